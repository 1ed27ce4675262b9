"""Shared by the fault storm, the tampering tests and the acceptance run: a real site, clients, walkers, judges."""

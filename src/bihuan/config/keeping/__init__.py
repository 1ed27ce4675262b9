"""Backup, restore, drill and upgrade of a whole installation: what needs more than ``ground.backup`` knows."""

"""What needs data that is not in the repository: ``scripts/acceptance FOLDER``."""

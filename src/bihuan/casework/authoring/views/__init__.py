"""The doors of the author's desk."""

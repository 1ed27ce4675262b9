"""One module per family of verbs; each has ``add_to(verbs)``."""

"""The text past cases began under; read by ``kinds.past_procedure``."""

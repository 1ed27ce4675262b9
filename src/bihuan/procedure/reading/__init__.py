"""Reading: Markdown with blocks into definitions. Strict, complete in its faults, never raising on what is written."""

from .duty import duty_definition
from .pack import ReadResult, read_frame, read_pack, read_procedure
from .source import anchor_of, fold, normalise
from .table import parse_time

__all__ = [
    "ReadResult",
    "anchor_of",
    "duty_definition",
    "fold",
    "normalise",
    "parse_time",
    "read_frame",
    "read_pack",
    "read_procedure",
]

"""Tables in and out: what a spreadsheet program or a text file holds, as rows of plain cells. Knows no business."""

from .cells import Cell, Column, Row
from .errors import TableRefusal
from .reading import Limits, Table, open_table
from .writing import FORMATS, write_csv, write_table, write_xlsx

__all__ = [
    "FORMATS",
    "Cell",
    "Column",
    "Limits",
    "Row",
    "Table",
    "TableRefusal",
    "open_table",
    "write_csv",
    "write_table",
    "write_xlsx",
]

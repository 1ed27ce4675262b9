"""What each page is given to show, as plain data. Reads only."""

from .cases import columns, definition_of_kind, openable, to_do
from .one import explained, shown
from .sheets import Sheet

__all__ = ["Sheet", "columns", "definition_of_kind", "explained", "openable", "shown", "to_do"]

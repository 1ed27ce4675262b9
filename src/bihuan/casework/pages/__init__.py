"""What each page is given to show, as plain data. Reads only."""

from .cases import definition_of_kind, explained, listed, openable, shown, to_do
from .sheets import Sheet

__all__ = ["Sheet", "definition_of_kind", "explained", "listed", "openable", "shown", "to_do"]

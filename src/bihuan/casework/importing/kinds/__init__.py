"""What can be imported, by name. A register's own kind is added here (docs/adding/import.md)."""

from __future__ import annotations

from .base import Kind
from .past import PastCases
from .staff import Staff

KINDS: dict[str, Kind] = {one.name: one for one in (PastCases(), Staff())}

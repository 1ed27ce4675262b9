"""What can be imported, by name. A register's own kind is added here (docs/adding/import.md)."""

from __future__ import annotations

from .base import Kind
from .customers import Customers
from .devices import Devices
from .past import PastCases
from .prices import Prices
from .staff import Staff

KINDS: dict[str, Kind] = {one.name: one for one in (Customers(), Devices(), Prices(), Staff(), PastCases())}

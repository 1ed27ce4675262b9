"""Changes to the catalogue and to devices: each one transaction and one journal entry.

``by`` is the person acting, None for the machine itself. ``at`` is the moment, aware. ``act_id`` makes an act count
once. Everything raises the refusals of ``customers.errors``.
"""

from .catalogue import HOUSE, NewProduct, add_product, add_products, change_product
from .devices import add_unit, change_unit, make_unit
from .many import NewUnit, add_many

__all__ = [
    "HOUSE",
    "NewProduct",
    "NewUnit",
    "add_many",
    "add_product",
    "add_products",
    "add_unit",
    "change_product",
    "change_unit",
    "make_unit",
]

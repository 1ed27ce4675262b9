"""Changes to customers: each one transaction and one journal entry.

``by`` is the person acting, None for the machine itself. ``at`` is the moment, aware. ``act_id`` makes an act count
once. Everything raises the refusals of ``errors``.
"""

from .consenting import add_text, give, withdraw
from .keeping import (
    add_contact,
    add_customer,
    add_site,
    change_contact,
    change_customer,
    change_site,
    make_contact,
    make_customer,
    reveal,
)
from .many import NewContact, NewCustomer, NewSite, add_many
from .merging import follow, merge

__all__ = [
    "NewContact",
    "NewCustomer",
    "NewSite",
    "add_contact",
    "add_customer",
    "add_many",
    "add_site",
    "add_text",
    "change_contact",
    "change_customer",
    "change_site",
    "follow",
    "give",
    "make_contact",
    "make_customer",
    "merge",
    "reveal",
    "withdraw",
]

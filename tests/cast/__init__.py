"""The site every crossing test plays on: three outlets, the fixed cast, one small pack of our own or a real one."""

from .doors import API, Doors, fresh, told
from .saying import INTAKE, acting, opening, registered
from .site import CAST, MONDAY, OWN_PACK, PACKS, PASSWORD, Site, make_site
from .tables import dump, entries, rows
from .together import at_once, kinds

__all__ = [
    "API",
    "CAST",
    "INTAKE",
    "MONDAY",
    "OWN_PACK",
    "PACKS",
    "PASSWORD",
    "Doors",
    "Site",
    "acting",
    "at_once",
    "dump",
    "entries",
    "fresh",
    "kinds",
    "make_site",
    "opening",
    "registered",
    "rows",
    "told",
]

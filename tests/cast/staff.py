"""People, outlets, visits and slips of the north, for whoever tries who may see what."""

from __future__ import annotations

from datetime import datetime, timedelta

from bihuan.procedure.definition import Text
from bihuan.registers.slips import actions as slips
from bihuan.registers.slips.holders import Holder
from bihuan.registers.visits import actions as visits

from .table import north_page, page

# parameter of the address → value; there is a person and an outlet of these names
FILLED = {"<str:username>": "li", "<slug:code>": "north", "<slug:act>": "change"}


def north_papers(number: str, at: datetime) -> dict[str, str]:
    """A visit to come and a slip of the north's case, so that there is something to hide."""
    doing = slips.Doing(number, "north", "zhou", at)
    slips.issue("order", Text("派工单"), [slips.NewCopy("main", Text("主联"), Holder("person", "li"))], doing)
    visits.book(number, "north", "li", at + timedelta(hours=1), by="zhou", at=at, place="前街 1 号")
    return FILLED


# kept by administrators, of whom there is none among the readers
ROWS = {
    ("GET", "/people/"): page(200),
    ("GET", "/people/new/"): page(403),
    ("POST", "/people/new/"): page(403),
    ("GET", "/people/<str:username>/"): page(403),
    ("GET", "/people/<str:username>/<slug:act>/"): page(405),
    ("POST", "/people/<str:username>/<slug:act>/"): page(403),
    ("GET", "/outlets/"): page(200),
    ("GET", "/outlets/new/"): page(403),
    ("POST", "/outlets/new/"): page(403),
    ("GET", "/outlets/<slug:code>/"): page(403),
    ("GET", "/outlets/<slug:code>/<slug:act>/"): page(405),
    ("POST", "/outlets/<slug:code>/<slug:act>/"): page(403),
    ("GET", "/visits/"): page(200),
    ("GET", "/slips/"): page(200),
    ("GET", "/slips/<str:number>/"): north_page(200),
}

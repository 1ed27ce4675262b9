"""People, outlets, visits and slips of the north, for whoever tries who may see what."""

from __future__ import annotations

from datetime import datetime, timedelta

from bihuan.procedure.definition import Text
from bihuan.registers.slips import actions as slips
from bihuan.registers.slips.holders import Holder
from bihuan.registers.visits import actions as visits

from .table import everybody, north_page, page

# parameter of the address → value; there is a person and an outlet of these names
FILLED = {"<str:username>": "li", "<slug:code>": "north", "<slug:act>": "change", "<str:secret>": "nobody-was-invited"}
NOTHING = "00000000-0000-7000-8000-000000000000"
FILLED |= {"<uuid:sitting>": NOTHING, "<uuid:token_id>": NOTHING}


def north_papers(number: str, at: datetime) -> dict[str, str]:
    """A visit to come and a slip of the north's case, so that there is something to hide."""
    doing = slips.Doing(number, "north", "zhou", at)
    slips.issue("order", Text("派工单"), [slips.NewCopy("main", Text("主联"), Holder("person", "li"))], doing)
    visits.book(number, "north", "li", at + timedelta(hours=1), by="zhou", at=at, place="前街 1 号")
    return FILLED


# the door and what one keeps of one's own way in; nobody here waits for a code or was invited, no outside door is set
ENTRY = {
    ("GET", "/sign-in/code/"): everybody(302),
    ("POST", "/sign-in/code/"): everybody(302),
    ("GET", "/sign-in/key/"): everybody(403),
    ("POST", "/sign-in/key/"): everybody(403),
    ("GET", "/sign-in/outside/"): everybody(404),
    ("GET", "/sign-in/outside/back/"): everybody(404),
    ("GET", "/invited/<str:secret>/"): everybody(410),
    ("POST", "/invited/<str:secret>/"): everybody(410),
    ("GET", "/profile/factors/"): page(200),
    ("GET", "/profile/factors/sure/"): page(405),
    ("POST", "/profile/factors/sure/"): page(422),
    # a session nobody gave a password for has to give it first
    ("GET", "/profile/factors/app/"): page(405),
    ("POST", "/profile/factors/app/"): page(422),
    ("GET", "/profile/factors/key/"): page(403),
    ("POST", "/profile/factors/key/"): page(403),
    ("GET", "/profile/factors/codes/"): page(405),
    ("POST", "/profile/factors/codes/"): page(422),
    ("GET", "/profile/factors/remove/"): page(405),
    ("POST", "/profile/factors/remove/"): page(422),
    ("GET", "/profile/key-proof/"): page(422),
    ("POST", "/profile/key-proof/"): page(422),
    ("GET", "/profile/sessions/<uuid:sitting>/end/"): page(405),
    ("POST", "/profile/sessions/<uuid:sitting>/end/"): page(404),
    ("GET", "/profile/token/<uuid:token_id>/revoke/"): page(405),
    ("POST", "/profile/token/<uuid:token_id>/revoke/"): page(404),
    ("GET", "/profile/outside/"): page(404),
    ("GET", "/profile/outside/unlink/"): page(405),
    ("POST", "/profile/outside/unlink/"): page(302),
}
# kept by administrators, of whom there is none among the readers
ROWS = {
    **ENTRY,
    ("GET", "/keys/"): page(403),
    ("GET", "/people/<str:username>/leave/"): page(403),
    ("POST", "/people/<str:username>/leave/"): page(403),
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

"""An added signer of the north's case, in the table of rights: signed already, so that the case itself goes on."""

from __future__ import annotations

from datetime import datetime

from bihuan.casework.countersigning import actions
from bihuan.people.models import Person

from .table import north_page


def north_signature(number: str, at: datetime) -> dict[str, str]:
    """The dispatcher asked the technician, who agreed."""
    by = {name: Person.objects.get(username=name) for name in ("zhou", "li")}
    added = actions.add_signer(number, "assign", "li", "排得开吗", by=by["zhou"], at=at)
    actions.sign(added.pk, True, "", by=by["li"], at=at)
    return {"<uuid:signing>": str(added.pk)}


NOT_THE_DISPATCHER = dict.fromkeys(("chen", "li", "sun", "qian", "wu"), 403)
ROWS = {
    ("GET", "/approvals/<str:number>/signers/"): north_page(200, **NOT_THE_DISPATCHER),
    ("POST", "/approvals/<str:number>/signers/"): north_page(422, **NOT_THE_DISPATCHER),
    ("GET", "/approvals/signing/<uuid:signing>/"): north_page(200),
    ("POST", "/approvals/signing/<uuid:signing>/"): north_page(403),
    ("GET", "/approvals/signing/<uuid:signing>/let-off/"): north_page(200),
    ("POST", "/approvals/signing/<uuid:signing>/let-off/"): north_page(403),
}

"""How people are reached, in the table of rights: everybody their own, the log by administrators alone."""

from __future__ import annotations

from datetime import datetime

from bihuan.people.messages import actions
from bihuan.people.models import Person

from .table import page


def own_way(at: datetime) -> dict[str, str]:
    """A way by which the dispatcher is reached, for others to try their hands at."""
    address = actions.add_address("mail", "zhou@example.com", by=Person.objects.get(username="zhou"), at=at)
    return {"<uuid:key>": str(address.pk)}


ROWS = {
    ("GET", "/messages/"): page(200),
    ("GET", "/messages/read/"): page(405),
    ("POST", "/messages/read/"): page(302),
    ("GET", "/messages/settings/"): page(200),
    ("GET", "/messages/settings/add/"): page(405),
    # what is sent here is no address, and whose robot it would be only an administrator says
    ("POST", "/messages/settings/add/"): page(422),
    ("GET", "/messages/settings/<uuid:key>/"): page(405),
    ("POST", "/messages/settings/<uuid:key>/"): page(404, zhou=302),
    ("GET", "/messages/log/"): page(403),
}

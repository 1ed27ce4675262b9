"""``GET /live/``: what changed since the cursor, in one indexed query and without a template."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from bihuan.journal.queries import Cursor
from bihuan.people import access

from .. import live

encode = msgspec.json.Encoder().encode
MOST_TOPICS = 20


def since(request: HttpRequest) -> HttpResponse:
    """204 when nothing did; without a cursor the one to begin with. Who is not signed in is told so, not led away."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    now = timezone.now()
    topics = [one for one in request.GET.get("topics", "").split(",") if one][:MOST_TOPICS]
    try:
        cursor = Cursor.parse(request.GET.get("since", "")[:60])
        found, after = live.changed(cursor, topics, access.visible_outlets(request.user, now))
    except (ValueError, OverflowError):
        found, after = {}, live.newest()
    else:
        if after == cursor:
            return HttpResponse(status=204)
    body = {"cursor": str(after), "server_time": now, "changed": found}
    return HttpResponse(encode(body), content_type="application/json", headers={"Cache-Control": "no-store"})

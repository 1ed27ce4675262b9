"""The north's work, of which nobody elsewhere may see anything: what stands in every address of the table of rights."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from . import audits, counted, files_taken, money, papers, privacy, reached, signers, staff
from .doors import Doors, fresh
from .registers import TYPED, north_records
from .saying import INTAKE

ORDER = {"repairer": "li"}
OPEN = {**INTAKE, "contact": "王老师", "problem": "响", "urgency": "normal"}

# parameter of an address → value; made anew for every test
FILLED: dict[str, str] = {}
_ALWAYS = {
    "<slug:action>": "assign",
    "<int:run>": "1",
    "<str:place>": "intake",
    "<slug:field>": "contact",
    "<slug:kind>": "job",
    "<slug:name>": "assigned",
    "<str:copy>": "01",
    "<str:file>": "01-job.toml",
    "<int:view>": "1",
    "<int:number>": "1",
    "<uuid:batch>": "00000000-0000-7000-8000-000000000000",
}


def fill(doors: Doors) -> str:
    """A case of the north, waiting to be assigned, beside a customer and a device of the north; its number."""
    FILLED.update(north_records(doors.site.at))
    FILLED.update(money.north_money(doors.site.at))
    FILLED.update(files_taken.FILLED)
    number = doors.open()
    FILLED.update(papers.north_file(number))
    FILLED.update(staff.north_papers(number, timezone.now()))
    FILLED.update(reached.own_way(timezone.now()))
    FILLED.update(signers.north_signature(number, timezone.now()))
    FILLED.update(privacy.north_requests(timezone.now()))
    FILLED.update(audits.north_audit(number, timezone.now()))
    FILLED.update(counted.this_month(timezone.now()))
    return number


def filled(pattern: str, number: str) -> str:
    """The address with the north's case in it."""
    for part, value in (_ALWAYS | {"<str:number>": number, "<reference>": number} | FILLED).items():
        pattern = pattern.replace(part, value)
    assert "<" not in pattern, f"say what to fill into {pattern}"
    return pattern


def body(method: str, pattern: str) -> dict[str, Any]:
    """What is sent: to the API an act with an id of its own, to a page its form."""
    if method in {"GET", "HEAD", "OPTIONS"}:
        return {}
    if pattern == "/api/v1/cases":
        return _json({"kind": "job", "id": fresh(), "answers": INTAKE})
    if pattern == "/api/v1/customers/<customer>/acts":
        return _json({"action": "add-contact", "id": fresh(), "answers": {"name": "新联系人"}})
    if pattern == money.ACTS:
        return money.VOIDING
    if pattern == "/api/v1/cases/<reference>/move":
        return _json({"to": fresh(), "steps": {}, "reason": "新版", "id": fresh()})
    if pattern.startswith("/api/"):
        return _json({"action": "assign", "id": fresh(), "answers": ORDER})
    look = {"days": "30", "label": "x", "theme": "", "density": "standard", "language": ""}
    return {"body": {**TYPED, **OPEN, **ORDER, "_action": "assign", **look}}


def _json(said: dict[str, Any]) -> dict[str, Any]:
    return {"body": json.dumps(said), "content_type": "application/json"}

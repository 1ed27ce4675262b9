"""The shortest honest way to a follow-up: a fault that was solved on the telephone, on the integrator's own pack."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.cast import Site, acting, opening

from bihuan.casework import actions
from bihuan.casework.models import Case

INTAKE: dict[str, Any] = {
    "channel": "hotline",
    "service": "telephone",
    "belongs": "product",
    "customer": "城东小学",
    "contact": "王老师",
    "phone": "13800138001",
    "address": "城东路 8 号",
    "region": "city",
    "product": "投影机",
    "problem": "不亮",
    "urgency": "ordinary",
}
TELEPHONE = {"spoken-to": "王老师", "method": "telephone", "satisfaction": 5, "complaint": False}


def reported(site: Site, at: datetime, by: str = "chen", **other: Any) -> Case:
    """A fault that was just reported."""
    answers = {**INTAKE, **other}
    number = actions.open_case(site.people[by], opening(at, kind="repair", answers=answers)).number
    return Case.objects.get(number=number)


def solved(site: Site, at: datetime, **other: Any) -> Case:
    """Solved on the telephone, reported back, the record complete: standing at the follow-up an hour after ``at``."""
    case = reported(site, at, **other)
    way: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("li", "support-by-telephone", {"solved": True, "answer": "换了插座"}),
        ("li", "report-back", {"result": "已解决", "customer-situation": "满意"}),
        ("zhou", "complete-record", {"result": "已解决", "finished-on": "2026-03-02", "hours": 1}),
    )
    for number, (who, act, answers) in enumerate(way, 1):
        actions.act(site.people[who], acting(case.number, act, at + timedelta(minutes=20 * number), answers))
    case.refresh_from_db()
    return case


def followed_up(site: Site, case: Case, at: datetime, **other: Any) -> Case:
    """Called by the follow-up clerk at ``at``."""
    actions.act(site.sun, acting(case.number, "follow-up", at, {**TELEPHONE, **other}))
    case.refresh_from_db()
    return case

"""A complaint walked to its verified correction on the small pack beside this file."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from tests.cast import MONDAY, make_site
from tests.cast.saying import acting, opening
from tests.cast.site import Site

from bihuan.casework import actions
from bihuan.casework.models import Case

PACK = Path(__file__).parent / "chain_pack"
SLIP = {
    "slip.contact": "王老师",
    "slip.phone": "13800000001",
    "slip.product": "KF-72",
    "slip.device": "SN-1",
    "slip.problem": "漏水",
}
DAY = timedelta(days=1)


def complaining_site() -> Site:
    return make_site(pack=PACK)


def complain(site: Site, by: str = "chen", at: datetime = MONDAY, **changed: Any) -> Case:
    """A complaint registered by ``by`` at ``at``; ``changed`` replaces answers of the slip, None leaves one out."""
    answers = {**SLIP, **{f"slip.{name}": value for name, value in changed.items()}}
    said = {name: value for name, value in answers.items() if value is not None}
    answer = actions.open_case(site.people[by], opening(at, kind="complaint", answers=said))
    return Case.objects.get(number=answer.number)


def do(site: Site, by: str, case: Case, action: str, at: datetime, answers: Any = None) -> Case:
    """One act; the case as it stands then."""
    actions.act(site.people[by], acting(case.number, action, at, answers))
    case.refresh_from_db()
    return case


def acted(site: Site, complaint: Case, at: datetime, by: str = "zhou") -> Case:
    """The corrective action opened for ``complaint``, with two measures under way."""
    part = {"part": "密封圈", "batch": "P-7", "quantity": 2}
    do(site, by, complaint, "correct-it", at, {"cause.words": "密封圈老化", "cause.parts": [part]})
    action = complaint.children.get()
    due = timezone.localtime(at + 5 * DAY).date().isoformat()
    measures = [{"what": "换密封圈", "due": due}, {"what": "改进货检验", "due": due}]
    return do(site, by, action, "decide", at, {"measures.list": measures})


def measured(site: Site, action: Case, at: datetime, doer: str = "li", checker: str = "sun") -> Case:
    """Every measure carried out by one and verified by another; the action is observed."""
    for one in action.children.order_by("number"):
        do(site, doer, one, "carry-out", at)
        do(site, checker, one, "verify", at, {"check.done": True})
    action.refresh_from_db()
    return action


def closed(site: Site, complaint: Case, at: datetime) -> Case:
    """``complaint`` corrected, checked thirty days later and closed."""
    action = measured(site, acted(site, complaint, at), at + DAY)
    after = at + 32 * DAY
    do(site, "sun", action, "check-effect", after, {"effect.effective": True, "effect.seen": "未再漏"})
    return do(site, "chen", complaint, "close", after, {"answer.words": "已换密封圈", "answer.part": "备用滤网"})

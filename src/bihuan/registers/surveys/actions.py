"""Tries and answers of one case. Each runs in the caller's transaction; as an effect the act's entry carries it.

``try_by_hand`` (from the console) and ``publish`` write one entry of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bihuan.ground.ids import new_id
from bihuan.people import access
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .errors import AnsweredAlready, NotYours, WrongAnswer
from .models import Answer, Attempt, Survey
from .quiet import Span, out_of_quiet

# what other words mean the same
ALSO = {"later": Attempt.CALL_BACK, "callback": Attempt.CALL_BACK, "no answer": Attempt.NO_ANSWER}


@dataclass(frozen=True)
class Called:
    """About which case, by whom, when; ``contact`` the number called (E.164), "" = not said."""

    number: str
    outlet: str
    by: str
    at: datetime
    contact: str = ""


def attempt(
    called: Called,
    result: str,
    following: datetime | None = None,
    note: str = "",
    *,
    quiet: Sequence[Span] = (),
    zone: tzinfo | None = None,
) -> Attempt:
    """A try that brought no answers. The next one is moved out of the ``quiet`` hours of ``zone`` (the site's).

    Raises ``WrongAnswer``: a result nobody knows, a next call not after this one, "call back" without a moment.
    """
    result = ALSO.get(result.strip().lower(), result.strip().lower()) or Attempt.NO_ANSWER
    if result not in Attempt.RESULTS:
        raise WrongAnswer(Text(f"没有「{result}」这种结果", f"There is no result “{result}”"), "result")
    if following is not None and following <= called.at:
        raise WrongAnswer(Text("再打的时刻须晚于现在", "The next call must be later than this one"), "next")
    if result == Attempt.CALL_BACK and following is None:
        raise WrongAnswer(Text("改约须写明再打的时刻", "Say when to call back"), "next")
    if following is not None:
        following = out_of_quiet(following, quiet, zone or timezone.get_default_timezone())
    return Attempt.objects.create(
        id=new_id(called.at),
        number=called.number,
        outlet=called.outlet,
        result=result,
        next=following,
        contact=called.contact[:32],
        note=note.strip()[:2000],
        by=called.by,
        at=called.at,
    )


def try_by_hand(
    number: str,
    outlet: str,
    result: str,
    following: datetime | None = None,
    note: str = "",
    *,
    by: Person,
    at: datetime,
    contact: str = "",
    quiet: Sequence[Span] = (),
) -> Attempt:
    """The same from the follow-up console, with one entry. Raises ``NotYours`` outside one's scope, ``WrongAnswer``."""
    if not access.may_see(by, outlet, at):
        raise NotYours(Text("不是本网点的事项", "This is not a case of yours"))
    with transaction.atomic():
        made = attempt(Called(number, outlet, by.username, at, contact), result, following, note, quiet=quiet)
        content = {"case": number, "result": made.result, "next": made.next.isoformat() if made.next else ""}
        entry(outlet, "call", str(made.pk), "try-to-reach", by, at, content | {"note": made.note})
    return made


def record(
    called: Called,
    answers: dict[str, Any],
    satisfaction: int | None = None,
    *,
    result: str = "",
    visit: str = "",
    survey: Survey | None = None,
) -> Answer:
    """The answers about one visit; without ``visit`` about the next one nobody was asked about yet.

    Raises ``AnsweredAlready`` where the visit has its answers, ``WrongAnswer`` for a mark outside 1–5.
    """
    if satisfaction is not None and not 1 <= satisfaction <= 5:
        raise WrongAnswer(Text("满意度为 1 至 5", "Satisfaction is 1 to 5"), "result")
    _one_at_a_time(called.number)
    had = set(Answer.objects.filter(number=called.number).values_list("visit", flat=True))
    visit = visit.strip()[:40] or next(str(place) for place in range(1, len(had) + 2) if str(place) not in had)
    if visit in had:
        raise AnsweredAlready(Text(f"第 {visit} 次上门已有回访答复", f"Visit {visit} has its answers already"), "visit")
    return Answer.objects.create(
        id=new_id(called.at),
        number=called.number,
        outlet=called.outlet,
        visit=visit,
        survey=survey,
        answers=answers,
        satisfaction=satisfaction,
        result=result[:60],
        contact=called.contact[:32],
        by=called.by,
        at=called.at,
    )


def publish(
    code: str,
    title: str,
    questions: Sequence[dict[str, Any]],
    *,
    by: Person,
    at: datetime,
    title_en: str = "",
    kind: str = "",
) -> Survey:
    """The next version of a questionnaire; earlier ones stay with the answers given to them. Raises ``NotYours``."""
    if not access.may_manage_people(by):
        raise NotYours(Text("问卷由管理员发布", "Administrators publish questionnaires"))
    if not code.strip() or not title.strip():
        raise WrongAnswer(Text("请填写代码和名称", "Give a code and a title"), "code" if not code.strip() else "title")
    names = [str(one.get("name", "")) for one in questions]
    if not questions or "" in names or len(set(names)) != len(names):
        raise WrongAnswer(Text("每一问须有自己的名称", "Every question needs a name of its own"), "questions")
    with transaction.atomic():
        _one_at_a_time(f"survey {code}")
        last = Survey.objects.filter(code=code.strip()).order_by("-version").first()
        made = Survey.objects.create(
            id=new_id(at),
            code=code.strip()[:60],
            version=last.version + 1 if last else 1,
            title=title.strip()[:120],
            title_en=title_en.strip()[:120],
            kind=kind,
            questions=list(questions),
            made_by=by.username,
            made_at=at,
        )
        entry(HOUSE, "survey", str(made.pk), "publish-survey", by, at, {"code": made.code, "version": made.version})
    return made


def _one_at_a_time(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"surveys {name}"])

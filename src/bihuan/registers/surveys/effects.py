"""Named effects of an act on the follow-up of its case. What each returns is kept with the act's entry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from bihuan.procedure.definition import Text
from bihuan.registers.customers import phones
from bihuan.registers.deeds import Carrier, Deed, of_kind

from . import actions, queries
from .actions import Called
from .errors import WrongAnswer

MARKS = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}


def record(deed: Deed) -> dict[str, Any]:
    """``surveys.record``: ``answers`` (else the form being filled), ``result`` (1–5: satisfaction), ``survey``."""
    given = deed.arguments
    result, code = _text(given.get("result")), _text(given.get("survey"))
    survey = queries.survey_for(deed.definition.kind if deed.definition else "", code)
    if code and survey is None:
        raise WrongAnswer(Text(f"没有问卷 {code}", f"There is no questionnaire {code}"), "survey")
    answers = given.get("answers")
    answers = answers if isinstance(answers, dict) else dict(deed.answers.get(deed.form) or {})
    visit = _text(given.get("visit"))
    made = actions.record(_called(deed), answers, _mark(result), result=result, visit=visit, survey=survey)
    found = {"visit": made.visit, "satisfaction": made.satisfaction, "survey": str(survey) if survey else ""}
    return found | {"result": made.result}


def attempt(deed: Deed) -> dict[str, Any]:
    """``surveys.attempt``: ``result`` (no-answer unless said) and the moment of the ``next`` call."""
    given = deed.arguments
    following = _moment(given.get("next"))
    made = actions.attempt(_called(deed), _text(given.get("result")), following, _text(given.get("note")))
    return {"result": made.result, "next": made.next.isoformat() if made.next else ""}


def _called(deed: Deed) -> Called:
    contact = _text(deed.arguments.get("contact"))
    if not contact and deed.definition is not None:
        contact = of_kind(deed, "phone")
    return Called(deed.number, deed.outlet, deed.doer, deed.at, (phones.e164(contact) or "") if contact else "")


def _mark(result: str) -> int | None:
    """A figure is the satisfaction; words are not."""
    try:
        mark = float(result)
    except ValueError:
        return None
    found = MARKS.get(f"{mark:g}")
    if found is None:
        raise WrongAnswer(Text("满意度为 1 至 5", "Satisfaction is 1 to 5"), "result")
    return found


def _moment(value: Any) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise WrongAnswer(Text("再打的时刻不可读", "The moment of the next call cannot be read"), "next") from error
    return timezone.make_aware(moment) if moment.tzinfo is None else moment


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


EFFECTS: dict[str, Carrier] = {"surveys.record": record, "surveys.attempt": attempt}

"""The case at a glance beside the questions: what was wrong, what was done, by whom, when, for how much."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.people.models import Person
from bihuan.procedure.definition import Definition
from bihuan.registers.charges import queries as charges
from bihuan.registers.visits import queries as visits

from ... import forms
from ...actions.keeping import surroundings_of
from ...models import Case
from ...seeing import hidden_forms
from ..names import Names
from ..words import answered, local
from .queue import Entry

AFTER = frozenset({"done", "followed-up", "closed"})


def of(person: Person, entry: Entry, at: datetime, language: str) -> dict[str, Any]:
    """What the caller wants in sight while talking."""
    case, definition = entry.case, entry.definition
    hidden = hidden_forms(definition, case.state, person, at)
    names = Names(language, surroundings_of(case.outlet).zone, at, hidden=hidden)
    opening = definition.acts[definition.opening.act].form
    filled = [name for name in case.state.answers if name in definition.forms and name != opening]
    return {
        "fault": case.title,
        "solution": _solution(case, definition),
        "facts": [(label, value) for label, value in _facts(case, definition, names) if value],
        "files": sum(1 for value in _of_kind(case, definition, {"file"}) for _one in _listed(value)),
        "signed": bool(list(_of_kind(case, definition, {"signature"}))),
        "forms": [
            {
                "title": definition.forms[name].title.say(language),
                "answers": answered(definition, name, case.state.answers[name], names),
            }
            for name in filled
        ],
        "others": entry.merged,
    }


def _facts(case: Case, definition: Definition, names: Names) -> Iterable[tuple[str, str]]:
    went = [visit for visit in visits.of_case(case.number) if getattr(visit, "arrived_at", None)]
    arrived = went[-1].arrived_at if went else _entered(case, definition, "on-site")
    doers = [case.state.doers[name][0] for name in case.state.doers if name in _working_acts(case, definition)]
    yield _("谁去的"), names.person(doers[-1]) if doers else ""
    yield _("到达"), local(arrived, names.zone)
    yield _("完工"), local(case.done_at or _entered(case, definition, "done"), names.zone)
    ledger = charges.of_case(case.number)
    received = ledger.received if ledger else 0
    yield _("收费"), f"¥{received:,.2f}"


def _entered(case: Case, definition: Definition, stage: str) -> datetime | None:
    """When the case first came to ``stage``."""
    moments = [
        case.state.moments[f"enter {step.name}"]
        for step in definition.steps.values()
        if step.stage == stage and f"enter {step.name}" in case.state.moments
    ]
    return min(moments, default=None)


def _working_acts(case: Case, definition: Definition) -> list[str]:
    """The acts that were done at the customer's or under way there."""
    stages = {"under-way", "on-site"}
    return [
        act.name
        for act in definition.acts.values()
        if act.name in case.state.done and any(definition.steps[step].stage in stages for step in act.at)
    ]


def _solution(case: Case, definition: Definition) -> str:
    """The words that stand for what was done: the long answer of the act that led to *done*, else of the last work."""
    leading = [
        act
        for act in definition.acts.values()
        if act.form in case.state.answers
        and act.name != definition.opening.act
        and any(definition.steps[way.step].stage in AFTER for way in act.ways if way.step in definition.steps)
        and not any(definition.steps[step].stage in AFTER for step in act.at)
    ]
    for act in leading:
        for name, asked in definition.forms[act.form].fields.items():
            value = case.state.answers[act.form].get(name)
            if asked.kind in forms.LONG_KINDS and value:
                return str(value)
    return ""


def _of_kind(case: Case, definition: Definition, kinds: set[str]) -> Iterable[Any]:
    for name, filled in case.state.answers.items():
        form = definition.forms.get(name)
        for asked in form.fields.values() if form else ():
            if asked.kind in kinds and filled.get(asked.name):
                yield filled[asked.name]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

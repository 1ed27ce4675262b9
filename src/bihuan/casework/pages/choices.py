"""What a question lets one choose from where the system knows: people, skills, cases, posts, outlets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bihuan.people import queries as people
from bihuan.procedure.definition import Definition, Form
from bihuan.registers.charges.models import PriceLine
from bihuan.registers.charges.queries import price_lines
from bihuan.registers.deeds import Question
from bihuan.registers.documents import queries as documents

from ..actions.carrying import would_take
from ..facts import collect
from ..models import Case
from .names import outlet_names

Choices = dict[str, list[tuple[str, str]]]

STANDING = "cases.standing-at."
LISTED = 500


def known(
    definition: Definition, action: str, form: Form, case: Case | None, outlet: str, at: datetime, language: str
) -> Choices:
    """(value, label) by kind of field; a kind that is not in it is asked as plain text."""
    fields = list(form.fields.values())
    for lines in form.lines.values():
        fields += lines.fields.values()
    kinds = {field.kind for field in fields}
    found: Choices = {}
    if "person" in kinds:
        # who is chosen together with a skill goes out to work from here; anybody else may sit above
        offered = people.working_at if "skill" in kinds else people.reachable_from
        found["person"] = [(one.username, one.called(language)) for one in offered(outlet, at)]
    if "skill" in kinds:
        found["skill"] = [(name, name) for name in people.skills_at(outlet, at)]
    if "rate" in kinds:
        found["rate"] = [(one.code, _price(one, language)) for one in price_lines(at, outlet)]
    if "place" in kinds:
        names = outlet_names(people.below(outlet), language)
        found["place"] = sorted(names.items(), key=lambda pair: pair[0])
    if "post" in kinds and case is not None:
        posts = documents.pack_of(case.version).posts
        found["post"] = [(name, post.title.say(language)) for name, post in posts.items()]
    if "case" in kinds:
        found["case"] = _standing(definition, action, case, outlet, at)
    return {kind: choices for kind, choices in found.items() if choices}


def _price(line: PriceLine, language: str) -> str:
    title = line.title_en if language == "en" and line.title_en else line.title
    return f"{line.code} {title} ¥{line.amount}"


def _standing(
    definition: Definition, action: str, case: Case | None, outlet: str, at: datetime
) -> list[tuple[str, str]]:
    """The cases the act itself asks about (``know = ["cases.standing-at.…"]``) or acts on, with what they are about."""
    wanted = [name for name in definition.acts[action].know if name.startswith(STANDING)]
    steps = dict.fromkeys(step for at_steps in _acted_on(definition, case).values() for step in at_steps)
    wanted += [f"{STANDING}{step}" for step in steps]
    facts: dict[str, Any] = collect(
        wanted, Question(definition, {}, at, outlet=outlet, number=case.number if case else "")
    )
    numbers = [number for listed in facts.values() for number in listed]
    acted_on = {step: act for act, steps in _acted_on(definition, case).items() for step in steps}
    found = Case.objects.filter(number__in=numbers).order_by("number")[:LISTED]
    return [
        (one.number, f"{one.number} {one.title}".strip())
        for one in found
        if case is None or one.step not in acted_on or would_take(one, acted_on[one.step], case.kind, at)
    ]


def _acted_on(definition: Definition, case: Case | None) -> dict[str, tuple[str, ...]]:
    """Act → the steps at which a hand-in's effect (``case.act``) will find the cases of the procedure it belongs to."""
    if case is None or not definition.duty_of:
        return {}
    whole = documents.definition_of(case.version_id)
    effects = [each for act in definition.acts.values() for each in act.effects if each.name == "case.act"]
    named = dict.fromkeys(str(each.arguments["act"].value) for each in effects)
    return {name: whole.acts[name].at for name in named if name in whole.acts}

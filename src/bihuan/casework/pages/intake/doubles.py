"""Open work about the same thing: the device, the place, or a call from the same number within the last days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from bihuan.people.models import Person
from bihuan.procedure.definition import Definition, Form, Text
from bihuan.registers.customers import phones

from ... import agreed, queries, reading
from ...definitions import definition_for
from ...derived import AFTER_DONE
from ...marks import readable
from ...models import Case, Mark
from ...places import at_places
from ...seeing import as_read, posts_of
from ..callers import reached_under
from ..words import step_title
from .arranged import of_kind

MOST = 3
SAME = {
    "device": Text("同一设备", "Same device"),
    "address": Text("同一地址", "Same address"),
    "phone": Text("{within}内同一号码", "Same number within {within}"),
}


@dataclass(frozen=True)
class Double:
    """An open case about the same thing. ``act``: the address of an act of its document made for a remark, else ""."""

    case: Case
    why: str
    step: str
    act: str


def found(person: Person, form: Form, answers: dict[str, Any], at: datetime, language: str) -> list[Double]:
    """Open cases of ``person``'s scope about the same device, address or caller, the newest first; at most three."""
    devices = _said(form, answers, "device")
    places = _said(form, answers, "address")
    numbers = [number for number in map(phones.e164, _said(form, answers, "phone")) if number]
    lately = agreed.span("same-number-within", at)
    seen = Mark.objects.filter(readable(posts_of(person, at)))
    ways = {
        "device": Q(pk__in=seen.filter(kind="device", value__in=devices).values("case")),
        "address": Q(pk__in=at_places(seen, places).values("case")),
        "phone": Q(pk__in=reached_under(person, numbers, at).values("pk"), opened_at__gt=at - lately),
    }
    wanted = [kind for kind, said in (("device", devices), ("address", places), ("phone", numbers)) if said]
    cases: dict[Case, str] = {}
    for kind in wanted:
        open_ones = queries.visible_to(person, at).filter(ways[kind], ended_at__isnull=True, work_order=True)
        open_ones = open_ones.exclude(stage__in=AFTER_DONE)
        for case in open_ones.order_by("-id")[:MOST]:
            cases.setdefault(case, kind)
    newest = sorted(cases, key=lambda case: case.opened_at, reverse=True)[:MOST]
    within = agreed.said(lately, language)
    return [
        _double(person, case, SAME[cases[case]].say(language).format(within=within), at, language) for case in newest
    ]


def _said(form: Form, answers: dict[str, Any], kind: str) -> list[str]:
    values = [answers.get(name) for name in of_kind(form, kind)]
    return [one for value in values for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _double(person: Person, case: Case, why: str, at: datetime, language: str) -> Double:
    definition = definition_for(case)
    act = _remark(person, case, definition, at)
    address = f"/cases/{case.number}/acts/{act}/" if act else ""
    return Double(as_read(case, person, at), why, step_title(definition, case.step, language), address)


def _remark(person: Person, case: Case, definition: Definition, at: datetime) -> str:
    """The act of the document that only adds words to a case at any step, if it is this person's; "" without one."""
    for offer in reading.offers(person, case, at):
        act = definition.acts[offer.act]
        form = definition.forms.get(act.form)
        only_words = not (act.at or act.ways or act.children or act.effects or act.standing)
        if offer.allowed and only_words and form and any(one.kind == "long-text" for one in form.fields.values()):
            return act.name
    return ""

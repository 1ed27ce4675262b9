"""What stands left and right of the form: the caller and their work; the device, doubles, promises to say aloud."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from bihuan.people.models import Person
from bihuan.procedure.definition import Definition, Form
from bihuan.registers.customers import phones

from ... import queries
from ...marks import readable
from ...models import Mark
from ...seeing import all_as_read, posts_of
from .. import callers
from ..cases import rows
from ..sheets import Sheet
from .arranged import of_kind
from .promised import prospect

FAULTS = 8
LONGEST_FAULT = 40
LAST_REPAIRS = 3


def shown(
    person: Person, definition: Definition, sheet: Sheet, doubles: list[Any], at: datetime, language: str
) -> dict[str, Any]:
    """Both columns for the answers typed so far."""
    form, answers = sheet.form, sheet.answers
    typed = _first(form, answers, "phone")
    matches = callers.people_found(person, typed or _first(form, answers, "customer", "contact"), at)
    sure = matches[0] if len(matches) == 1 and matches[0].sure else None
    serial = _first(form, answers, "device")
    cases = callers.work_of(person, callers.numbers_of(sure, typed), [serial] if serial else [], at)
    return {
        "typed": phones.grouped(phones.e164(typed) or "") or typed,
        "caller": sure,
        "caller_fill": json.dumps(filling(form, sure.answers) if sure else {}),
        "maybe": [] if sure else [{"match": one, "fill": json.dumps(filling(form, one.answers))} for one in matches],
        "units": [_unit(form, one) for one in (callers.units_of(person, sure.customer, at) if sure else [])],
        "work": rows([one for one in cases if not callers.is_done(one)], at, language),
        "past": rows([one for one in cases if callers.is_done(one)], at, language),
        "device": _device(person, form, answers, at, language),
        "faults": _faults(person, _first(form, answers, "product"), at),
        "fault_field": next(iter(of_kind(form, "fault")), ""),
        "doubles": doubles,
        "prospect": prospect(person, definition, answers, sheet.here, at, language),
    }


def filling(form: Form, known: dict[str, str]) -> dict[str, str]:
    """What is known by kind, by the names this form gives its questions; a choice only where the form offers it."""
    found = {}
    for kind, value in known.items():
        for name in of_kind(form, kind)[:1] if kind != "since" else _dates(form):
            labels = {choice.name: choice.name for choice in form.fields[name].choices}
            labels |= {choice.label.zh: choice.name for choice in form.fields[name].choices}
            given = labels.get(value, "") if labels else value
            if given:
                found[name] = given
    return found


def _dates(form: Form) -> list[str]:
    """The date asked beside a device: since when the customer has it."""
    fields = list(form.fields.values())
    device = [number for number, one in enumerate(fields) if one.kind in {"device", "product"}]
    return [
        fields[number + 1].name for number in device if number + 1 < len(fields) and fields[number + 1].kind == "date"
    ]


def _first(form: Form, answers: dict[str, Any], *kinds: str) -> str:
    """The first answer to a question of one of ``kinds``."""
    return next((str(answers[name]) for name in of_kind(form, *kinds) if answers.get(name)), "")


def _unit(form: Form, unit: Any) -> dict[str, Any]:
    return {"unit": unit, "fill": json.dumps(filling(form, callers.unit_answers(unit)))}


def _device(person: Person, form: Form, answers: dict[str, Any], at: datetime, language: str) -> dict[str, Any] | None:
    """The device named on the form: on the books or not, its warranty with the reason, its last repairs."""
    serial, product = _first(form, answers, "device"), _first(form, answers, "product")
    if not serial and not product:
        return None
    unit = callers.unit_of(person, serial, at) if serial else None
    since = next((str(answers[name]) for name in _dates(form) if answers.get(name)), "")
    ended = queries.visible_to(person, at).filter(ended_at__isnull=False)
    seen = Mark.objects.filter(readable(posts_of(person, at)))
    about = ended.filter(pk__in=seen.filter(kind="device", value=serial).values("case")) if serial else []
    repairs = all_as_read(about.order_by("-id")[:LAST_REPAIRS], person, at) if serial else []
    return {
        "serial": serial,
        "product": (unit.model.name if unit and unit.model else "") or product,
        "unit": unit,
        "unknown": bool(serial and unit is None),
        "warranty": callers.warranty_of(unit, product, _day(since), at),
        "repairs": rows(repairs, at, language),
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _faults(person: Person, product: str, at: datetime) -> list[str]:
    """What is most often wrong with this product, in the words of the cases one may see; at most eight."""
    if not product:
        return []
    seen = Mark.objects.filter(readable(posts_of(person, at)))
    cases = seen.filter(kind="product", value=product, case__in=queries.visible_to(person, at)).values("case")
    said = seen.filter(kind="fault", case__in=cases).values("value").annotate(times=Count("id"))
    return [
        one["value"] for one in said.order_by("-times", "value")[: FAULTS * 2] if len(one["value"]) <= LONGEST_FAULT
    ][:FAULTS]

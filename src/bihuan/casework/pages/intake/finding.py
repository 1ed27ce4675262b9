"""What the fields of the desk offer while one types: callers by number or name, devices by anything."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.people.models import Person
from bihuan.procedure.definition import Form
from bihuan.registers.products import queries as products

from .. import callers
from ..cases import definition_of_kind, openable
from .around import filling
from .arranged import of_kind

PEOPLE = frozenset({"phone", "contact", "customer"})


def offered(person: Person, kind: str, field: str, given: QueryDict, at: datetime) -> list[dict[str, Any]] | None:
    """What ``field`` of the opening form of ``kind`` offers; None where ``person`` opens none or it finds nothing.

    ``given``: ``q`` is what was typed; the customer named on the form has devices to offer before anything is typed.
    """
    definition = definition_of_kind(kind, at)
    if definition is None or kind not in {one["kind"] for one in openable(person, at)}:
        return None
    form = definition.forms.get(definition.acts[definition.opening.act].form)
    asked = form.fields.get(field) if form else None
    if form is None or asked is None:
        return None
    text = given.get("q", "")[:100]
    if asked.kind in PEOPLE:
        return find_people(person, form, field, text, at)
    if asked.kind == "product":
        return find_models(text)
    if asked.kind != "device":
        return None
    owner = next((given[name][:100] for name in of_kind(form, "customer") if given.get(name)), "")
    return find_devices(person, form, field, text or owner, at)


def find_people(person: Person, form: Form, field: str, text: str, at: datetime) -> list[dict[str, Any]]:
    """Callers as options of ``field``: what is shown, what is written, what else it fills in."""
    options = []
    for match in callers.people_found(person, text, at):
        fill = filling(form, match.answers)
        # the field one types in keeps what was typed, unless a name was completed
        value = fill.pop(field, "") or text
        source = _("客户档案") if match.customer else _("上次受理")
        more = " · ".join(part for part in (match.contact, match.phone, fill.get(_place(form), "")) if part)
        options.append({"label": match.name, "more": more, "value": value, "fill": json.dumps(fill), "source": source})
    return options


def find_devices(person: Person, form: Form, field: str, text: str, at: datetime) -> list[dict[str, Any]]:
    """Devices as options of ``field``."""
    options = []
    for unit in callers.units_found(person, text, at):
        known = callers.unit_answers(unit)
        if unit.customer:
            known["customer"] = unit.customer.name
        fill = filling(form, known)
        value = fill.pop(field, "") or known.get("device", "")
        more = " · ".join(part for part in (known.get("product", ""), known.get("customer", "")) if part)
        options.append(
            {"label": unit.serial, "more": more, "value": value, "fill": json.dumps(fill), "source": _("设备档案")}
        )
    return options


def find_models(text: str) -> list[dict[str, Any]]:
    """Models of the catalogue, for a device whose serial nobody can read."""
    found = products.products(text, callers.MOST) if text else []
    return [{"label": one.name, "more": one.code, "value": one.name, "fill": "{}", "source": ""} for one in found]


def _place(form: Form) -> str:
    return next((one.name for one in form.fields.values() if one.kind == "address"), "")

"""This device and its like: what else happened to it, what parts it took, which cases of the kind resemble this one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet, Value
from django.utils.translation import gettext as _

from bihuan.people.models import Person
from bihuan.procedure.definition import Definition
from bihuan.registers.documents import queries as documents
from bihuan.registers.products import queries as products
from bihuan.registers.products.models import Unit

from .. import linking, matters
from ..definitions import definition_for
from ..masks import hidden
from ..matters import Matter, marked
from ..models import Case
from ..seeing import all_as_read, as_read, hidden_forms, posts_of
from ..used_parts import Part, parts_of
from .names import Names
from .words import local, said, step_title

SHOWN = 3
COUNTED = 100
EARLIER = 20


@dataclass(frozen=True)
class Likeness:
    """One way of being alike: its name in the address of its group, what it is called, the cases, their list."""

    key: str
    label: str
    cases: QuerySet[Case]
    address: str


def panel(
    person: Person,
    case: Case,
    definition: Definition,
    names: Names,
    unit_of: Callable[[str], Unit | None] | None = None,
) -> dict[str, Any] | None:
    """What stands under "this device and its like"; None for a case that names no device, model or fault.

    ``unit_of``: how a page that has asked for devices already finds one by its serial.
    """
    matter = matters.matter_of(definition, as_read(case, person, names.at).state.answers)
    if not (matter.known or matter.faults):
        return None
    unit_of = unit_of or partial(products.unit_by_serial, person, at=names.at)
    unit = unit_of(matter.devices[0]) if matter.devices else None
    seen = linking.open_to(person, names.at).exclude(pk=case.pk)
    groups = _counted(person, _likenesses(seen, case, matter, unit, posts_of(person, names.at)), seen, names)
    return {
        "title": _("此设备与类似投诉") if is_complaint(case) else _("此设备与类似事项"),
        "unit": unit,
        "address": f"/devices/{unit.pk}/" if unit else "",
        "batch": unit.batch if unit else "",
        "groups": groups,
        "parts": _parts(person, seen, case, matter, names),
        "chain": f"/cases/{case.number}/chain/",
    }


def is_complaint(case: Case) -> bool:
    """Whether the organisation calls this kind of case a complaint."""
    return case.kind in documents.pack_of(case.version).complaints


def recurrence(person: Person, case: Case, definition: Definition, names: Names) -> dict[str, Any] | None:
    """The case put right before this one was opened whose fault is here again; None where there is none in sight."""
    matter = matters.matter_of(definition, as_read(case, person, names.at).state.answers)
    seen = linking.open_to(person, names.at).exclude(pk=case.pk)
    earlier = matters.put_right_before(seen, matter, case.opened_at, posts=posts_of(person, names.at))
    if earlier is None or earlier.ended_at is None:
        return None
    return {
        "number": earlier.number,
        "title": _title(as_read(earlier, person, names.at), names),
        "ended": local(earlier.ended_at, names.zone)[:10],
        "days": (case.opened_at - earlier.ended_at).days,
        "address": f"/cases/{earlier.number}/chain/",
    }


def _likenesses(
    seen: QuerySet[Case], case: Case, matter: Matter, unit: Unit | None, posts: Collection[str]
) -> list[Likeness]:
    """The ways this case may have its like: the device in any kind of case, all else among cases of its own kind."""
    found = []
    same = seen.filter(kind=case.kind)
    if matter.devices:
        serials = matters.written(matter.devices)
        listed = {"device": matter.devices[0], "sort": "newest"}
        found.append(
            Likeness(
                "device", _("此设备以前的事项"), seen.filter(pk__in=marked("device", serials, posts)), _list(listed)
            )
        )
    models = matter.models or ((unit.model.code,) if unit else ())
    of_model = {"kind": case.kind, "product": models[0], "sort": "newest"} if models else {}
    if models and matter.faults:
        both = same.filter(pk__in=marked("product", models, posts)).filter(pk__in=marked("fault", matter.faults, posts))
        found.append(Likeness("both", _("同型号同故障"), both, _list({**of_model, "fault": matter.faults[0]})))
    if unit is not None and unit.batch:
        serials = matters.of_batch(unit.batch, (unit.model.code,))
        alike = same.filter(pk__in=marked("device", serials, posts))
        listed = {"kind": case.kind, "batch": unit.batch, "sort": "newest"}
        found.append(Likeness("batch", _("同批次"), alike, _list(listed)))
    if models:
        found.append(
            Likeness("model", _("同型号"), same.filter(pk__in=marked("product", models, posts)), _list(of_model))
        )
    if matter.faults:
        listed = {"kind": case.kind, "fault": matter.faults[0], "sort": "newest"}
        found.append(
            Likeness("fault", _("同故障"), same.filter(pk__in=marked("fault", matter.faults, posts)), _list(listed))
        )
    return found


def _list(asked: dict[str, str]) -> str:
    return f"/cases/?{urlencode(asked)}"


def _counted(person: Person, ways: list[Likeness], seen: QuerySet[Case], names: Names) -> list[dict[str, Any]]:
    """Each way with its count (up to a hundred) and its newest cases: one question for the counts, one for the rows."""
    if not ways:
        return []
    parts = [
        way.cases.order_by("-id").annotate(way=Value(way.key)).values_list("way", "id")[: COUNTED + 1] for way in ways
    ]
    ids: dict[str, list[UUID]] = {way.key: [] for way in ways}
    for key, pk in parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]:
        ids[key].append(pk)
    for group in ids.values():
        group.sort(reverse=True)
    newest = seen.filter(pk__in=[pk for group in ids.values() for pk in group[:SHOWN]])
    rows = {one.pk: one for one in all_as_read(newest, person, names.at)}
    return [
        {
            "key": way.key,
            "label": way.label,
            "count": f"{COUNTED}+" if len(ids[way.key]) > COUNTED else str(len(ids[way.key])),
            "address": way.address,
            "rows": [_row(rows[pk], names) for pk in ids[way.key][:SHOWN] if pk in rows],
        }
        for way in ways
        if ids[way.key]
    ]


def _row(case: Case, names: Names) -> dict[str, Any]:
    return {
        "number": case.number,
        "title": _title(case, names),
        "kind": names.kind(case.kind),
        "step": step_title(definition_for(case), case.step, names.language),
        "opened": local(case.opened_at, names.zone)[:10],
        "ended": case.ended_at is not None,
    }


def _title(case: Case, names: Names) -> str:
    return case.title if names.whole_phones else hidden(case.title)


def _parts(person: Person, seen: QuerySet[Case], case: Case, matter: Matter, names: Names) -> list[dict[str, str]]:
    """Parts this case and the newest about its device named, or those they opened; the newest first."""
    near, posts = [case], posts_of(person, names.at)
    if matter.devices:
        near += seen.filter(pk__in=marked("device", matters.written(matter.devices), posts)).order_by("-id")[:EARLIER]
        near += seen.filter(parent__in=[one.pk for one in near]).order_by("-id")[:EARLIER]
    once = sorted({one.pk: one for one in near}.values(), key=lambda one: one.opened_at, reverse=True)
    unseen = {one.pk: hidden_forms(definition_for(one), one.state, person, names.at) for one in once}
    return part_rows([part for one in once for part in parts_of(one, unseen[one.pk])], names)


def part_rows(parts: Iterable[Part], names: Names) -> list[dict[str, str]]:
    """These parts in words, each with the case it stands in."""
    told = []
    for part in parts:
        words = " · ".join(
            f"{field.ask.say(names.language)} {said(field, value, names)}" for field, value in part.beside
        )
        shown = words if names.whole_phones else hidden(words)
        told.append({"part": part.name, "words": shown, "number": part.case.number})
    return told

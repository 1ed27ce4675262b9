"""The opening form in the order of a call. Only the kind of each question decides where it stands; none is left out.

Caller, device, fault, way of service, place, wished time, urgency, the rest, files. A plain question (text, date,
person …) has no place of its own: it stays with its neighbour in the document, so that "whose device" stays with the
device. A question that has to be answered only because of another stands right behind that other one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bihuan.procedure.definition import Field, Form, Text

PARTS: tuple[tuple[str, Text, frozenset[str]], ...] = (
    ("caller", Text("来电人", "Caller"), frozenset({"customer", "contact", "phone"})),
    ("device", Text("设备", "Device"), frozenset({"device", "product", "part"})),
    ("fault", Text("故障", "Fault"), frozenset({"fault"})),
    ("way", Text("方式", "Way"), frozenset({"choice"})),
    ("place", Text("地址", "Place"), frozenset({"address", "region", "place"})),
    ("wish", Text("期望", "Wish"), frozenset({"wish", "moment"})),
    ("urgency", Text("缓急", "Urgency"), frozenset({"urgency"})),
    ("rest", Text("其他", "More"), frozenset()),
    ("files", Text("附件", "Files"), frozenset({"file", "signature"})),
)
# within a part, what identifies comes first: the number one is called from finds everything else
FIRST = {"phone": 0, "contact": 1, "customer": 2, "device": 0, "product": 1}
KEYS = 9
_OF_KIND = {kind: name for name, _title, kinds in PARTS for kind in kinds}


@dataclass
class Part:
    """One numbered part of the form; ``key`` is its number on the keyboard, 0 beyond nine."""

    name: str
    title: Text
    key: int
    questions: list[Any] = field(default_factory=list)
    tables: list[Any] = field(default_factory=list)


def arranged(form: Form, questions: Iterable[Any], tables: Iterable[Any]) -> list[Part]:
    """Every question and table of ``form``, each once, in parts numbered from 1; empty parts are left out."""
    asked = {one.name: one for one in questions}
    for name, one in asked.items():
        one.when = json.dumps(asked_when(form, name)) if asked_when(form, name) else ""
    parts = {name: Part(name, title, 0) for name, title, _kinds in PARTS}
    for name, place in order_of(form):
        parts[place].questions.append(asked[name])
    parts["rest"].tables = list(tables)
    shown = [one for one in parts.values() if one.questions or one.tables]
    for number, one in enumerate(shown, 1):
        one.key = number if number <= KEYS else 0
    return shown


def order_of(form: Form) -> list[tuple[str, str]]:
    """(question, part) of every question, in the order in which they are asked."""
    behind = {name: upon for name, upon in ((one.name, _upon(form, one)) for one in form.fields.values()) if upon}
    own = [one for one in form.fields.values() if one.name not in behind]
    places = _places(own)
    ranked = sorted(own, key=lambda one: FIRST.get(one.kind, 5))  # stable: the document's order within a rank
    found: list[tuple[str, str]] = []

    def put(name: str, place: str) -> None:
        found.append((name, place))
        for other, upon in behind.items():
            if upon == name:
                put(other, place)

    for place, _title, _kinds in PARTS:
        for one in ranked:
            if places[one.name] == place:
                put(one.name, place)
    # questions that wait for each other in a ring belong to nobody
    put_already = {name for name, _place in found}
    found += [(name, "rest") for name in form.fields if name not in put_already]
    return found


def _places(own: list[Field]) -> dict[str, str]:
    """The part of each question; a plain one goes with the one before it, behind a choice with the one after it."""
    places: dict[str, str] = {}
    for number, one in enumerate(own):
        place = _OF_KIND.get(one.kind)
        if place is None:
            before = places.get(own[number - 1].name, "") if number else ""
            after = next((_OF_KIND[each.kind] for each in own[number + 1 :] if each.kind in _OF_KIND), "")
            place = before if before not in {"", "way", "rest", "files"} else after if after == "caller" else "rest"
        places[one.name] = place
    return places


def _upon(form: Form, one: Field) -> str:
    """The question of the same form that decides whether ``one`` must be answered; kinds with a place keep it."""
    if not one.must or one.must == ((),) or (one.kind in _OF_KIND and one.kind != "choice"):
        return ""
    keys = (test.key for table in one.must for test in table)
    names = (key.removeprefix(f"{form.name}.") for key in keys)
    return next((name for name in names if name in form.fields and name != one.name), "")


def asked_when(form: Form, name: str) -> list[dict[str, list[str]]]:
    """The answers to other choices under which ``name`` has to be answered: any of these tables; [] = shown always.

    Only what a page can see by itself: choices of the same form that equal something, or are one of several.
    """
    one = form.fields[name]
    if not _upon(form, one):
        return []
    tables = []
    for table in one.must or ():
        wanted: dict[str, list[str]] = {}
        for test in table:
            other = test.key.removeprefix(f"{form.name}.")
            if test.operator not in {"equal", "one-of"} or test.of or other not in form.fields:
                return []
            values = test.value if isinstance(test.value, list | tuple) else [test.value]
            if not form.fields[other].choices:
                return []
            wanted[other] = [str(value) for value in values]
        tables.append(wanted)
    return tables


def of_kind(form: Form, *kinds: str) -> list[str]:
    """The names of the questions of these kinds, in the document's order."""
    return [one.name for one in form.fields.values() if one.kind in kinds]

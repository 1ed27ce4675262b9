"""A site for trying things out: outlets, people and cases of the pack's ``demo.toml`` and examples, all by acts.

The pack's own examples are walked by the people of the demonstration, each from its day moved close to today, so
that every stage of the procedure has a case standing in it.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bihuan.casework import actions as casework
from bihuan.casework.errors import CaseworkError
from bihuan.ground.ids import new_id
from bihuan.people import actions as people
from bihuan.people import queries as people_queries
from bihuan.people.models import Holding, Person
from bihuan.procedure.definition import Definition
from bihuan.procedure.reading import read_pack
from bihuan.procedure.refusals import Refusal
from bihuan.procedure.rehearsal.example import Example, ExampleStep
from bihuan.procedure.rehearsal.moments import MomentError, moment, with_zone
from bihuan.procedure.rehearsal.reading import read_examples
from bihuan.registers.calendars import actions as calendars
from bihuan.registers.calendars import queries as calendar_queries
from bihuan.registers.documents import actions as documents
from bihuan.registers.outlets import actions as outlets

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
MAKER = "demonstration"


@dataclass
class Made:
    """What was made: passwords by username (shown once), numbers of cases, acts done."""

    passwords: dict[str, str] = field(default_factory=dict)
    cases: list[str] = field(default_factory=list)
    acts: int = 0


def furnish(folder: Path, now: datetime) -> Made | None:
    """Fill an empty site from the pack in ``folder``; None when there are people already."""
    if Person.objects.exists():
        return None
    made = Made()
    written = tomllib.loads((folder / "demo.toml").read_text(encoding="utf-8"))
    pack = read_pack(folder).pack
    if pack is None:
        return None
    today = now.date()
    leaves = [one["code"] for one in written.get("outlet", []) if one.get("parent")]
    for one in written.get("outlet", []):
        outlets.open_outlet(
            one["code"],
            name=one["name"],
            name_en=one.get("name-en", ""),
            parent=one.get("parent", ""),
            kind=one.get("kind", "own"),
            contract_from=today if one.get("kind") == "contracted" else None,
            by=None,
            at=now,
        )
    calendars.seed_default(pack.hours, by=MAKER, at=now)
    documents.load_pack(folder, by=None, at=now)
    for one in written.get("person", []):
        made.passwords[one["username"]] = _person(one, now)
    for example in read_examples(folder, pack, pack.procedures).examples:
        if leaves and _walkable(example, pack):
            _walk(
                example, pack.procedures[example.procedure], now, made, leaves[len(made.cases) % 4 // 3 % len(leaves)]
            )
    return made


def _person(one: dict[str, Any], now: datetime) -> str:
    password = secrets.token_urlsafe(9)
    person = people.add_person(
        username=one["username"],
        name=one["name"],
        name_en=one.get("name-en", ""),
        password=password,
        is_administrator=bool(one.get("administrator")),
        by=None,
        at=now,
    )
    for words in one.get("posts", []):
        post, _at, outlet = words.partition("@")
        people.give_post(person, post, outlet, start=now.date() - timedelta(days=365), by=None, at=now)
    for skill in one.get("skills", []):
        people.add_skill(person, skill, start=now.date() - timedelta(days=365), by=None, at=now)
    return password


def _walkable(example: Example, pack: Any) -> bool:
    """Only stories that run through: begun by a person, nothing in them refused."""
    procedure = pack.procedures.get(example.procedure)
    if procedure is None or not procedure.opening.by_hand or example.duty is not None or not example.steps:
        return False
    return not any(step.expected.refusal for step in example.steps)


def _walk(example: Example, procedure: Definition, now: datetime, made: Made, outlet: str) -> None:
    """Walk one example as far as the site's people and registers let it; moved so that it ends before ``now``."""
    zone = ZoneInfo(calendar_queries.calendar_for("").zone)
    moments = _moments(example, zone)
    if not moments:
        return
    # whole weeks, so that a Monday stays a Monday
    shift = timedelta(weeks=(now - moments[-1]).days // 7)
    number = ""
    for step, told in zip(example.steps, moments, strict=True):
        at = min(told + shift, now)
        if not step.act and not step.opening:
            continue
        person = _holder(step, outlet)
        if person is None:
            return
        try:
            answers = _told(with_zone(step.answers, procedure, zone), shift)
            number = _do(person, example, step, answers, number, at, now, outlet)
        except (Refusal, CaseworkError):
            return
        made.acts += 1
        if step.opening:
            made.cases.append(number)


def _do(
    person: Person,
    example: Example,
    step: ExampleStep,
    answers: Any,
    number: str,
    at: datetime,
    now: datetime,
    outlet: str,
) -> str:
    sentence = casework.Sentence(
        id=new_id(at),
        action="" if step.opening else step.act,
        kind=example.procedure if step.opening else "",
        case=number,
        outlet=outlet if step.opening else "",
        at=at,
        received=max(at, now),
        answers=answers,
    )
    return (casework.open_case if step.opening else casework.act)(person, sentence).number


def _told(value: Any, shift: timedelta) -> Any:
    """The example's answers with its people by the names they sign in with and its moments moved like the rest."""
    if isinstance(value, dict):
        return {key: _told(one, shift) for key, one in value.items()}
    if isinstance(value, list):
        return [_told(one, shift) for one in value]
    if not isinstance(value, str):
        return value
    if MOMENT.match(value):
        return (datetime.fromisoformat(value) + shift).isoformat()
    found = Person.objects.filter(name=value).first()
    return found.username if found else value


def _moments(example: Example, zone: Any) -> list[datetime]:
    found: list[datetime] = []
    try:
        for step in example.steps:
            found.append(moment(step.clock or step.at, found[-1] if found else None, zone))
    except MomentError:
        return []
    return found


def _holder(step: ExampleStep, outlet: str) -> Person | None:
    """Somebody who holds the post the example names, at ``outlet`` or above it."""
    post = step.by.rpartition(":")[2].partition("+")[0]
    holding = Holding.objects.filter(post=post, outlet__in=people_queries.places_of(outlet))
    found = holding.select_related("person").order_by("person__username").first()
    return found.person if found else None

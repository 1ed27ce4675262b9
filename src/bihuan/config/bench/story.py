"""The case that is measured: the longest plain story of the pack's own examples, done by people made for it.

The story is walked once through casework and everything it wrote is put on record, so that the floors can do the very
same writes without knowing anything.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone
from msgspec import Struct

from bihuan.casework import actions as casework
from bihuan.config.demonstration import furnish
from bihuan.ground.ids import new_id
from bihuan.ground.words import Trouble
from bihuan.people import actions as people
from bihuan.people import queries as people_queries
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition
from bihuan.procedure.reading import read_pack
from bihuan.procedure.rehearsal.example import Example, ExampleStep
from bihuan.procedure.rehearsal.moments import with_zone
from bihuan.procedure.rehearsal.reading import read_examples
from bihuan.registers.calendars import queries as calendars
from bihuan.registers.outlets import actions as outlets


class Line(Struct, frozen=True):
    """One act of the story: which act (the first opens the case), by which post, with which answers.

    ``named``: answers that name a person, and by the post of which of the story's people they are filled.
    """

    act: str
    post: str
    answers: dict[str, Any]
    named: dict[str, str] = {}


class Written(Struct, frozen=True):
    """What one act of the story wrote: the case's columns, the entry, its letters and the marks that were new."""

    case: dict[str, Any]
    entry: dict[str, Any]
    content: str
    letters: tuple[tuple[str, str, str, str], ...]
    marks: tuple[tuple[str, str], ...]


class Cast(Struct, frozen=True):
    """Who does the story at one outlet: per post the person's id and token."""

    outlet: str
    tokens: dict[str, str]
    persons: dict[str, str]

    def answers(self, line: Line) -> dict[str, Any]:
        """The line's answers, with this outlet's own people where the form asks for a person."""
        named = {key: f"{self.outlet}-{post}" for key, post in line.named.items()}
        return {**line.answers, **named}


class Story(Struct, frozen=True):
    """The acts, those who do them at every outlet, and what doing them writes."""

    kind: str
    lines: tuple[Line, ...]
    casts: tuple[Cast, ...]
    written: tuple[Written, ...]
    series: str


def prepare(folder: Path, outlets_wanted: int, now: datetime) -> Story:
    """Furnish the empty site from the pack in ``folder``, and make the story's people at so many outlets of their own.

    Raises Trouble for a pack with faults or without a story that runs through.
    """
    if furnish(folder, now) is None:
        raise Trouble(f"{folder} 不能用来测速", f"{folder} cannot be used for measuring")
    pack = read_pack(folder).pack
    if pack is None:
        raise Trouble(f"{folder} 有错误", f"{folder} has faults")
    kind, lines = _story(read_examples(folder, pack, pack.procedures).examples, pack.procedures)
    posts = sorted({line.post for line in lines})
    skills = {kind, *_answered("skill", lines, pack.procedures[kind])}
    casts = tuple(_cast(f"bench-{number + 1}", posts, skills, now) for number in range(outlets_wanted))
    written, series = _walk(kind, lines, casts[0], now)
    return Story(kind, lines, casts, written, series)


def _story(examples: Any, procedures: dict[str, Definition]) -> tuple[str, tuple[Line, ...]]:
    """The longest beginning of an example that only people act in and nothing is refused in."""
    found: tuple[str, tuple[Line, ...]] = ("", ())
    zone = ZoneInfo(calendars.calendar_for("").zone)
    for example in examples:
        procedure = procedures.get(example.procedure)
        if procedure is None or not procedure.opening.by_hand or procedure.duty_of or example.duty is not None:
            continue
        lines = _lines(example, procedure, zone)
        if len(lines) > len(found[1]):
            found = (example.procedure, lines)
    if not found[1]:
        raise Trouble("样例中没有走得通的事项", "No example of the pack runs through")
    return found


def _lines(example: Example, procedure: Definition, zone: ZoneInfo) -> tuple[Line, ...]:
    lines: list[Line] = []
    steps = [*takewhile(_by_a_person, example.steps)]
    for place, step in enumerate(steps):
        act = procedure.opening.act if step.opening else step.act
        # whoever acts next is the one that was named
        named = dict.fromkeys(_asking("person", step.answers, procedure), _post(steps[min(place + 1, len(steps) - 1)]))
        lines.append(Line(act, _post(step), with_zone(step.answers, procedure, zone), named))
    return tuple(lines) if steps and steps[0].opening else ()


def _post(step: ExampleStep) -> str:
    return step.by.rpartition(":")[2].partition("+")[0]


def _asking(kind: str, answers: dict[str, Any], procedure: Definition) -> list[str]:
    """The keys of answers to fields of this kind."""
    found = []
    for key in answers:
        form, _dot, name = key.partition(".")
        asked = procedure.forms.get(form)
        if asked is not None and name in asked.fields and asked.fields[name].kind == kind:
            found.append(key)
    return found


def _answered(kind: str, lines: tuple[Line, ...], procedure: Definition) -> set[str]:
    return {str(line.answers[key]) for line in lines for key in _asking(kind, line.answers, procedure)}


def _by_a_person(step: ExampleStep) -> bool:
    plain = bool(step.by) and not step.by.startswith("case:") and not step.child and not step.clock
    return plain and bool(step.opening or step.act) and not step.expected.refusal


def _cast(code: str, posts: list[str], skills: set[str], now: datetime) -> Cast:
    outlets.open_outlet(code, code, parent=people_queries.root_outlet(), by=None, at=now)
    tokens, persons = {}, {}
    for post in posts:
        person = people.add_person(f"{code}-{post}", f"{post} {code}", None, by=None, at=now)
        start = now.date() - timedelta(days=30)
        people.give_post(person, post, code, start=start, by=None, at=now)
        for skill in sorted(skills):
            people.add_skill(person, skill, start=start, by=None, at=now)
        tokens[post] = people.make_token(person, by=None, at=now)
        persons[post] = str(person.pk)
    return Cast(code, tokens, persons)


def _walk(kind: str, lines: tuple[Line, ...], cast: Cast, now: datetime) -> tuple[tuple[Written, ...], str]:
    written: list[Written] = []
    marks: set[tuple[str, str]] = set()
    number = ""
    for line in lines:
        number = do(kind, line, cast, number, timezone.now())
        one = _read_back(number, marks)
        marks |= set(one.marks)
        written.append(one)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM casework_series WHERE %s LIKE split_part(name, '{', 1) || '%%'", [number])
        series = cursor.fetchone()
    return tuple(written), series[0] if series else "bench"


def do(kind: str, line: Line, cast: Cast, number: str, at: datetime, received: datetime | None = None) -> str:
    """One line of the story through casework, done ``at`` and heard of then unless ``received`` later; the number."""
    opening = not number
    sentence = casework.Sentence(
        id=new_id(at),
        action="" if opening else line.act,
        kind=kind if opening else "",
        outlet=cast.outlet if opening else "",
        case=number,
        at=at,
        received=received or at,
        answers=cast.answers(line),
    )
    person = Person.objects.get(pk=cast.persons[line.post])
    return (casework.open_case if opening else casework.act)(person, sentence).number


_CASE = """SELECT row_to_json(c) FROM (SELECT kind, version_id, step, stage, title, revision, work_order, opened_at,
    ended_at, due_at, promised_at, "group", state::text AS state FROM casework_case WHERE number = %s) c"""
_ENTRY = """SELECT row_to_json(e), e.text, e.id FROM (SELECT j.id, about_kind, verb, doer_kind, doer, post, instead_of,
    document, version, clause, c.text FROM journal_entry j JOIN journal_content c ON c.entry_id = j.id
    WHERE about_number = %s ORDER BY position DESC LIMIT 1) e"""


def _read_back(number: str, marks: set[tuple[str, str]]) -> Written:
    with connection.cursor() as cursor:
        cursor.execute(_CASE, [number])
        case = _plain(cursor.fetchone()[0])
        cursor.execute(_ENTRY, [number])
        told, content, entry = cursor.fetchone()
        cursor.execute('SELECT to_kind, "to", subject, body FROM journal_letter WHERE entry_id = %s', [entry])
        letters = cursor.fetchall()
        cursor.execute(
            "SELECT m.kind, value FROM casework_mark m JOIN casework_case c ON c.id = case_id WHERE number = %s",
            [number],
        )
        new = sorted(set(cursor.fetchall()) - marks)
    columns = {name: value for name, value in _plain(told).items() if name not in {"id", "text"}}
    return Written(case, columns, content, tuple(letters), tuple(new))


def _plain(value: Any) -> dict[str, Any]:
    import json  # noqa: PLC0415 - the driver hands JSON over as text or as a dictionary, by its settings

    return json.loads(value) if isinstance(value, str) else dict(value)

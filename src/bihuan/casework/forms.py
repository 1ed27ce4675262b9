"""From a form of the document to fields on a page, and from what was sent back to answers.

Nothing here knows a question: kinds, choices and musts come from the definition alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict

from bihuan.procedure.definition import Condition, Definition, Field, Form, Lines
from bihuan.procedure.sentences import Speaker
from bihuan.procedure.state import Problem

BLANK_ROWS = 3
MOST_ROWS = 200
WORTH_SAYING = 2
LONG_KINDS = {"long-text", "fault", "wish"}
FILE_KINDS = {"file", "signature"}

Files = dict[str, list[dict[str, Any]]]
"""Files that answer questions, by the name of the question on the page."""


@dataclass
class Asked:
    """One question as a page shows it."""

    name: str
    label: str
    kind: str
    required: bool
    value: Any = ""
    values: list[str] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    several: bool = False
    help: str = ""
    errors: list[str] = field(default_factory=list)
    sometimes: bool = False
    when: str = ""
    """In which case it must be answered, in words; "" where that takes more than a glance."""
    kept: list[tuple[str, str]] = field(default_factory=list)
    """(id, name) of files handed in already."""


@dataclass
class AskedLines:
    """One table of questions: a row per line and a few blank ones."""

    name: str
    label: str
    columns: list[str]
    rows: list[list[Asked]]
    errors: list[str]


@dataclass(frozen=True)
class Reader:
    """Who a form is drawn for: language, local zone, and what is known to choose from by kind of field."""

    definition: Definition
    language: str
    zone: ZoneInfo
    known: dict[str, list[tuple[str, str]]]


def asked(reader: Reader, form: Form, answers: dict[str, Any]) -> list[Asked]:
    """The questions of ``form`` with ``answers`` filled in."""
    return [_asked(reader, one, one.name, answers.get(one.name)) for one in form.fields.values()]


def asked_lines(reader: Reader, form: Form, answers: dict[str, Any]) -> list[AskedLines]:
    """The tables of ``form`` with ``answers`` filled in and a few blank rows below."""
    language = reader.language
    tables = []
    for lines in form.lines.values():
        given = answers.get(lines.name)
        rows = list(given) if isinstance(given, list) else []
        rows += [{}] * (BLANK_ROWS if not lines.per else max(0, 1 - len(rows)))
        shown = [
            [
                _asked(reader, one, f"{lines.name}-{number}-{one.name}", row.get(one.name))
                for one in lines.fields.values()
            ]
            for number, row in enumerate(rows[:MOST_ROWS])
        ]
        columns = [one.ask.say(language) for one in lines.fields.values()]
        tables.append(AskedLines(lines.name, lines.ask.say(language), columns, shown, []))
    return tables


def _asked(reader: Reader, one: Field, name: str, value: Any) -> Asked:
    language, definition, zone = reader.language, reader.definition, reader.zone
    value = one.default if value is None else value
    kept = _kept(one, value)
    if kept or one.kind == "file":
        value = [] if one.several else ""
    choices = [(choice.name, choice.label.say(language)) for choice in one.choices] or reader.known.get(one.kind, [])
    if one.kind == "step":
        choices = [(step.name, step.title.say(language)) for step in definition.steps.values()]
    return Asked(
        name=name,
        label=one.ask.say(language),
        kind="long-text" if one.kind in LONG_KINDS else "choice" if choices else one.kind,
        required=one.must == ((),),
        sometimes=bool(one.must) and one.must != ((),),
        when=_when(reader, one.must),
        value=_shown(one, value, zone),
        values=[str(each) for each in value] if isinstance(value, list) else [],
        choices=choices,
        several=one.several,
        help=one.help.say(language) if one.help else "",
        kept=kept,
    )


def _when(reader: Reader, must: Condition | None) -> str:
    """The condition under which a question must be answered, where one table of at most two tests says it."""
    if not must or len(must) != 1 or not 0 < len(must[0]) <= WORTH_SAYING:
        return ""
    return Speaker(reader.definition, reader.language, reader.definition.posts).condition(must)


def _kept(one: Field, value: Any) -> list[tuple[str, str]]:
    """The files among an answer that were handed in here."""
    if one.kind not in FILE_KINDS:
        return []
    told = value if isinstance(value, list) else [value]
    return [(str(each["id"]), str(each.get("name", ""))) for each in told if isinstance(each, dict) and "id" in each]


def _shown(one: Field, value: Any, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if one.kind == "moment" and isinstance(value, str):
        try:
            return datetime.fromisoformat(value).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        except ValueError:
            return value
    return str(value)


def read(form: Form, sent: QueryDict, zone: ZoneInfo, files: Files | None = None) -> dict[str, Any]:
    """The answers in ``sent``. What cannot be read is passed on as text, so that the engine names the problem."""
    answers: dict[str, Any] = {}
    files = files or {}
    for one in form.fields.values():
        value = _read(one, one.name, sent, zone, files)
        if value is not None:
            answers[one.name] = value
    for lines in form.lines.values():
        rows = _read_lines(lines, sent, zone, files)
        if rows:
            answers[lines.name] = rows
    return answers


def _read_lines(lines: Lines, sent: QueryDict, zone: ZoneInfo, files: Files) -> list[dict[str, Any]]:
    prefix = f"{lines.name}-"
    numbers = {
        int(part)
        for part in (key[len(prefix) :].partition("-")[0] for key in (*sent, *files) if key.startswith(prefix))
        if part.isdecimal() and len(part) <= 4
    }
    rows = []
    for number in sorted(numbers)[:MOST_ROWS]:
        row = {}
        for one in lines.fields.values():
            value = _read(one, f"{prefix}{number}-{one.name}", sent, zone, files)
            if value is not None:
                row[one.name] = value
        if row:
            rows.append(row)
    return rows


def _read(one: Field, name: str, sent: QueryDict, zone: ZoneInfo, files: Files) -> Any:
    if name in files:
        return files[name] if one.several else files[name][-1]
    texts = [value.replace("\x00", "").replace("\r\n", "\n").strip() for value in sent.getlist(name)]
    if one.kind in FILE_KINDS:
        # an id without its file is one taken off again, or none of theirs
        texts = [text for text in texts if not is_id(text)]
    texts = [text for text in texts if text]
    if not texts:
        return None
    if one.several:
        return [typed_answer(one, part, zone) for text in texts for part in _parts(one, text)]
    return typed_answer(one, texts[-1], zone)


def is_id(text: str) -> bool:
    """Whether ``text`` is the id of something handed in."""
    try:
        return UUID(text).version == 7
    except ValueError:
        return False


def _parts(one: Field, text: str) -> list[str]:
    """Several answers in one box stand on lines of their own, or are parted by commas."""
    if one.choices or ("\n" not in text and "," not in text and "，" not in text and "、" not in text):
        return [text]
    for mark in ("，", "、", ",", "\n"):
        text = text.replace(mark, "\n")
    return [part.strip() for part in text.split("\n") if part.strip()]


def typed_answer(one: Field, text: str, zone: ZoneInfo) -> Any:
    """``text`` as the question wants it; what does not fit stays text, so that the engine names the problem."""
    try:
        if one.kind in {"number", "money"}:
            number = float(text.replace(",", ""))
            return int(number) if number.is_integer() and abs(number) < 1e15 else number
        if one.kind == "yes-no":
            return {"yes": True, "no": False}.get(text, text)
        if one.kind == "moment":
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()
    except (ValueError, OverflowError):
        return text
    return text


def place_problems(
    questions: list[Asked], tables: list[AskedLines], problems: tuple[Problem, ...], language: str
) -> list[tuple[str, str]]:
    """Lay every problem beside its question; returns (anchor, words) of all of them for the summary on top."""
    by_name = {one.name: one for one in questions}
    for table in tables:
        by_name.update({one.name: one for row in table.rows for one in row})
    summary = []
    for problem in problems:
        path = problem.field.split(".")
        words = problem.words.say(language)
        target = _target(by_name, path)
        if target is not None:
            target.errors.append(words)
            summary.append(
                (target.name, f"{target.label}：{words}" if language == "zh" else f"{target.label}: {words}")
            )
            continue
        table = next((one for one in tables if one.name in path), None)
        if table is not None:
            table.errors.append(words)
        summary.append((table.name if table else "form", f"{table.label if table else problem.field}：{words}"))
    return summary


def _target(by_name: dict[str, Asked], path: list[str]) -> Asked | None:
    """``form.field`` or ``form.lines.2.field`` to the question it means."""
    if "-".join(path) in by_name:
        return by_name["-".join(path)]
    for start in range(1, len(path)):
        name = "-".join(path[start:])
        if name in by_name:
            return by_name[name]
    return None

"""The writes of one act in plain SQL, as the floors do them: the same rows as casework writes, put together beforehand.

Standard library only: the client processes read it without paying for anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Ids = tuple[Any, Any, Any]
Execute = Callable[[str, list[Any]], Any]

LOCK = "SELECT id, step, revision, outlet FROM casework_case WHERE number = %s FOR UPDATE"
POSTS = """SELECT post, coalesce(outlet_id, '') FROM people_holding
    WHERE person_id = %s AND start <= current_date AND ("end" IS NULL OR "end" >= current_date)"""
NUMBER = """INSERT INTO casework_series (name, last) VALUES (%s, 1)
    ON CONFLICT (name) DO UPDATE SET last = casework_series.last + 1 RETURNING last"""
INSERT = """INSERT INTO casework_case (id, number, kind, version_id, step, stage, outlet, title, revision, work_order,
        opened_at, ended_at, due_at, promised_at, "group", state)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
UPDATE = """UPDATE casework_case SET step = %s, stage = %s, title = %s, revision = %s, ended_at = %s, due_at = %s,
    promised_at = %s, state = %s WHERE id = %s"""
MARK = """INSERT INTO casework_mark (case_id, kind, value) SELECT %s, * FROM unnest(%s::text[], %s::text[])
    ON CONFLICT DO NOTHING"""
APPEND = (
    "SELECT * FROM journal_append(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
LETTER = """INSERT INTO journal_letter (id, entry_id, key, to_kind, "to", subject, body, state, next_try)
    SELECT gen_random_uuid(), %s, key, to_kind, recipient, subject, body, 'waiting', now()
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS laid (key, to_kind, recipient, subject, body)"""
INSERTED = ("kind", "version_id", "step", "stage")
INSERTED_LATER = ("title", "revision", "work_order", "opened_at", "ended_at", "due_at", "promised_at", "group", "state")
UPDATED = ("step", "stage", "title", "revision", "ended_at", "due_at", "promised_at", "state")
SAID = ("verb", "doer_kind", "doer", "post", "instead_of")
CITED = ("document", "version", "clause")


def inserting(case_id: Any, number: str, outlet: str, case: dict[str, Any]) -> list[Any]:
    """The values of ``INSERT``."""
    return [
        case_id,
        number,
        *(case[name] for name in INSERTED),
        outlet,
        *(case[name] for name in INSERTED_LATER),
    ]


def updating(case_id: Any, case: dict[str, Any]) -> list[Any]:
    """The values of ``UPDATE``."""
    return [*(case[name] for name in UPDATED), case_id]


def appending(ids: Ids, outlet: str, number: str, written: dict[str, Any], at: Any, random: bytes) -> list[Any]:
    """The values of ``APPEND``: ``ids`` of entry, act and case; ``random`` 112 bytes for three digests and a salt."""
    entry = written["entry"]
    return [
        ids[0],
        outlet,
        ids[1],
        entry["about_kind"],
        str(ids[2]),
        number,
        *(entry[name] for name in SAID),
        at,
        at,
        *(entry[name] for name in CITED),
        random[:32],
        random[32:64],
        random[64:96],
        random[96:112],
        written["content"],
    ]


def laying(entry: Any, letters: list[list[str]]) -> list[Any]:
    """The values of ``LETTER``."""
    return [entry, [f"{entry}:{place}" for place in range(len(letters))], *map(list, zip(*letters, strict=True))]


def carry_out(
    execute: Execute,
    ids: Ids,
    opened: tuple[str, str] | None,
    case: tuple[str, str],
    written: dict[str, Any],
    person: str,
    at: Any,
    random: bytes,
) -> str:
    """All statements of one act through ``execute``; ``opened`` is (series, prefix) when the act opens the case.

    ``case`` is (number, outlet). Returns the case's number.
    """
    number, outlet = case
    if opened is not None:
        execute(POSTS, [person]).fetchall()
        count = execute(NUMBER, [opened[0]]).fetchone()[0]
        number = f"{opened[1]}{count}"
        execute(INSERT, inserting(ids[2], number, outlet, written["case"]))
    else:
        found = execute(LOCK, [number]).fetchone()
        ids = (ids[0], ids[1], found[0])
        execute(POSTS, [person]).fetchall()
        execute(UPDATE, updating(ids[2], written["case"]))
    marks = written["marks"]
    if marks:
        execute(MARK, [ids[2], *map(list, zip(*marks, strict=True))])
    execute(APPEND, appending(ids, outlet, number, written, at, random))
    if written["letters"]:
        execute(LETTER, laying(ids[0], written["letters"]))
    return number

"""A case's row read under its lock and written again, in plain SQL: what every act does, so it is kept short."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from django.db import connection

from bihuan.journal.actions import Beside
from bihuan.procedure.state import State

from .indexing import closed_vector, vector_of
from .marks import Told
from .models import Case

_read_state = msgspec.json.Decoder(State).decode
_encode = msgspec.json.Encoder().encode

_NAMES = [field.attname for field in Case._meta.concrete_fields]
_COLUMNS = ", ".join(f'"{field.column}"' for field in Case._meta.concrete_fields)
_STATE = _NAMES.index("state")
# what an act can change of a case; the rest stays as it was opened
STANDING = (
    "step", "stage", "title", "closed_title", "closed_to", "revision", "ended_at", "due_at", "promised_at", "risk_at",
    "done_at", "person", "state",
)  # fmt: skip
_TYPES = (
    "text", "text", "text", "text", "text[]", "integer", "timestamptz", "timestamptz", "timestamptz", "timestamptz",
    "timestamptz", "text", "jsonb",
)  # fmt: skip

# every part of these statements is a name of our own
_READ = f"SELECT {_COLUMNS} FROM casework_case WHERE "  # noqa: S608
_WITHIN = "(%s::text[] IS NULL OR outlet = ANY (%s)) FOR UPDATE"
_LOCK = {"id": f"{_READ} id = %s AND {_WITHIN}", "number": f"{_READ} number = %s AND {_WITHIN}"}
_DUE = _READ + "due_at <= %s ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED"
_WRITE = f"UPDATE casework_case SET {', '.join(f'{name} = %s' for name in STANDING)} WHERE id = %s"  # noqa: S608
_PLACES = ", ".join(["%s"] * len(_NAMES))
_INSERT = f"INSERT INTO casework_case ({_COLUMNS}) VALUES ({_PLACES})"  # noqa: S608
_MARK = """INSERT INTO casework_mark (case_id, kind, value, posts)
    SELECT %s, kind, value, string_to_array(posts, ',')
    FROM unnest(%s::text[], %s::text[], %s::text[]) AS found (kind, value, posts)
    ON CONFLICT (case_id, kind, value) DO UPDATE SET posts = EXCLUDED.posts"""
# a tie by name was never said in an answer
_UNMARK = """DELETE FROM casework_mark WHERE case_id = %s AND kind <> 'link'
    AND (kind, value) NOT IN (SELECT * FROM unnest(%s::text[], %s::text[]))"""
_TEXT = """INSERT INTO casework_casetext (case_id, outlet, vector) VALUES (%s, %s, %s::tsvector)
    ON CONFLICT (case_id) DO UPDATE SET vector = EXCLUDED.vector"""
_NEW = ", ".join(f"{name} = new.{name}" for name in STANDING)
_COLUMN_KINDS = ", ".join(f"{name} {kind}" for name, kind in zip(("id", *STANDING), ("uuid", *_TYPES), strict=True))
# many rows travel as one JSON text: the driver would quote an array sign by sign
_WRITE_MANY = f"""UPDATE casework_case kept SET {_NEW}
    FROM json_to_recordset(%s::json) AS new ({_COLUMN_KINDS}) WHERE kept.id = new.id"""  # noqa: S608


def lock(key: str, value: Any, outlets: Collection[str] | None) -> Case | None:
    """The case with this ``id`` or ``number`` in one of ``outlets`` (None = any), locked until the transaction ends."""
    within = None if outlets is None else list(outlets)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK[key], [value, within, within])
        row = cursor.fetchone()
    return None if row is None else _case(row)


def lock_due(now: Any, limit: int) -> list[Case]:
    """Up to ``limit`` cases the clock owes something at ``now``, the longest due first; what others hold is left."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [now, limit])
        return [_case(row) for row in cursor.fetchall()]


def inserting(case: Case) -> Beside:
    """The change that puts a new ``case`` on record, to go with its entry."""
    values = [getattr(case, name) for name in _NAMES]
    values[_STATE] = _encode(case.state).decode()
    return Beside(_INSERT, values)


def writing(case: Case) -> Beside:
    """The change that writes where ``case`` stands now, to go with its entry."""
    return Beside(_WRITE, [*_standing(case), case.pk])


def pinning(case: Case) -> Beside:
    """The change that pins ``case`` to the version it was moved to."""
    return Beside("UPDATE casework_case SET version_id = %s WHERE id = %s", [case.version_id, case.pk])


def marking(case: Case, marks: Sequence[Told]) -> Beside:
    """The change that lets ``case`` be found by these; what it is found by already stays once, for whose eyes it is."""
    told = [(one.kind, one.value, ",".join(one.posts)) for one in marks]
    kinds, values, posts = zip(*told, strict=True)
    return Beside(_MARK, [case.pk, list(kinds), list(values), list(posts)])


def unmarking(case: Case, marks: Collection[Told]) -> Beside:
    """The change after which ``case`` is found by nothing it does not say any more; ``marks``: all it says now."""
    return Beside(_UNMARK, [case.pk, [one.kind for one in marks], [one.value for one in marks]])


def indexing(case: Case, marks: Sequence[Told]) -> Beside:
    """The change that lets ``case`` be found by its number, its titles and all its ``marks`` as they are now."""
    return Beside(_TEXT, [case.pk, case.outlet, vector_for(case, marks)])


def vector_for(case: Case, marks: Sequence[Told]) -> str:
    """The words of ``case`` for its index: what everybody finds it by, then what each post finds beside."""
    plain = [(one.kind, one.value) for one in marks if not one.posts]
    vectors = [vector_of(case.number, case.title, case.outlet, plain)]
    titled = [Told("title", case.closed_title, tuple(case.closed_to))] if case.closed_title else []
    beside = [*titled, *(one for one in marks if one.posts)]
    for post in sorted({post for one in beside for post in one.posts}):
        vectors.append(closed_vector([(one.kind, one.value) for one in beside if post in one.posts], post))
    return " ".join(vectors)


def carry_out(changes: Sequence[Beside]) -> None:
    """These changes now, in their order."""
    with connection.cursor() as cursor:
        for change in changes:
            cursor.execute(change.sql, change.values)


def write_many(cases: Sequence[Case]) -> None:
    """Write where all of ``cases`` stand now, in one statement."""
    if not cases:
        return
    rows = [{"id": case.pk, **{name: getattr(case, name) for name in STANDING}} for case in cases]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE_MANY, [_encode(rows).decode()])


def _case(row: Sequence[Any]) -> Case:
    values = list(row)
    values[_STATE] = _read_state(values[_STATE])
    return Case.from_db(connection.alias, _NAMES, values)


def _standing(case: Case) -> list[Any]:
    values = [getattr(case, name) for name in STANDING]
    values[-1] = _encode(case.state).decode()
    return values

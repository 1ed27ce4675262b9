"""The last look: whatever table or file still holds a name or number of somebody who was erased loses it.

Rows of registers are blanked by what they are (``WIPED``); after that every text, JSON and list column of every table
is looked through, so that a room built later is reached as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from bihuan.journal.models import Entry, Letter
from bihuan.registers.customers.phones import e164

from ..definitions import definition_for
from ..importing.models import Export, Import
from ..importing.receiving import discard
from ..marks import marks_of
from ..models import Case, Draft, View
from .errors import MARK
from .finding import matching, seen_of, written
from .models import Request
from .terms import Terms, any_of, in_text, loosely

# what is written freely about a case in the registers: (table, column of the number, column, what stands there after)
WIPED: tuple[tuple[str, str, str, str], ...] = (
    ("charges_receipt", "number", "payer", ""),
    ("surveys_attempt", "number", "note", ""),
    ("surveys_attempt", "number", "contact", ""),
    ("surveys_answer", "number", "contact", ""),
    ("surveys_answer", "number", "answers", ""),
    ("visits_visit", "case_number", "place", ""),
    ("visits_visit", "case_number", "because", MARK),
    ("warranty_decision", "case_number", "because", MARK),
)
# entries about these are somebody's own
ELSES = ("case", "note", "customer")
_ENTRY = re.compile(r'"entry":\s*"([0-9a-f-]{36})"')
# columns by which a row says whose case it belongs to
_KEYS = ("case_id", "case_number", "number")
# never looked through: books, what is signed, accounts of our own people, the machinery, the orders themselves
_NOT = ("journal_", "documents_", "django_", "auth_", "people_", "privacy_", "procrastinate_", "calendars_", "outlets_")
# blanked row by row where they are this person's; another's row may bear the same name
_OWN_ROWS = frozenset({"casework_case", "casework_mark", "casework_casetext", "casework_series"})
_COLUMNS = """
SELECT c.table_name, c.column_name FROM information_schema.columns c
JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
  AND (c.data_type IN ('text', 'character varying', 'jsonb', 'json')
       OR (c.data_type = 'ARRAY' AND c.udt_name IN ('_text', '_varchar')))
ORDER BY 1, 2
"""


def wipe(order: UUID, numbers: Sequence[str]) -> int:
    """Blank what registers hold about the cases of these numbers; runs in the caller's transaction."""
    changed = 0
    with connection.cursor() as cursor:
        for table, key, column, mark in WIPED:
            cursor.execute(
                "SELECT privacy_wipe(%s, %s, %s, %s, %s, %s)", [order, table, column, key, list(numbers), mark]
            )
            changed += int(cursor.fetchone()[0])
    return changed


def sweep_rows(order: UUID, cases: Sequence[Case]) -> int:
    """Replace in rows of registers about ``cases`` what their own answers call the person and the place.

    Before the answers are blanked: afterwards nobody knows what to look for. In the caller's transaction.
    """
    changed = 0
    numbers = [case.number for case in cases]
    for table, names in columns().items():
        key = next((one for one in ("case_number", "number") if one in names), "")
        if not key or table.startswith(("casework_", "customers_")):
            continue
        there = _present(table, key, numbers)
        for case in cases:
            pattern = _own_words(case) if case.number in there else ""
            for column in names if pattern else ():
                changed += _replace(order, table, column, pattern, key, [case.number], spare=False)
    return changed


def _present(table: str, key: str, numbers: Sequence[str]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT {key} FROM {table} WHERE {key} = ANY (%s)", [list(numbers)])  # noqa: S608 - from the catalogue
        return {row[0] for row in cursor.fetchall()}


def _own_words(case: Case) -> str:
    """A pattern for what this case's answers call the person: names, numbers, addresses."""
    marks = marks_of(definition_for(case), case.state.answers)
    phones = [number for kind, value in marks if kind == "phone" and (number := e164(value))]
    words = [value for kind, value in marks if kind in {"contact", "customer", "address"} and len(value) > 1]
    own = Terms("case", case.pk, names=tuple(words), phones=tuple(phones))
    return own.of_all


def columns() -> dict[str, list[str]]:
    """Every column that can hold words, by table."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for table, column in cursor.fetchall():
            if not table.startswith(_NOT) or table in {"privacy_request", "privacy_hold"}:
                found.setdefault(table, []).append(column)
    return found


def sweep(order: UUID, terms: Terms, cases: Sequence[tuple[str, str]], spared: Sequence[tuple[str, str]]) -> int:
    """Replace whatever is left: numbers anywhere but in the spared cases' rows, names where no other case's row is.

    ``cases`` and ``spared`` are (id, number). Returns how many values changed.
    """
    changed = 0
    own, away = ([value for one in listed for value in one] for listed in (cases, spared))
    for table, names in columns().items():
        key = next((one for one in _KEYS if one in names or (one == "case_id" and _has_case(table))), "")
        if table == "casework_case":
            key = "id"
            changed += _sweep_states(order, terms, own, away)
        others = [one for one in names if (table, one) != ("casework_case", "state")]
        if terms.of_phones:
            quick = any_of(loosely(one) for one in terms.phones)
            for column in _holding(table, others, quick, terms.of_phones):
                changed += _replace(order, table, column, terms.of_phones, key, away, spare=True)
        # a name is one person's only in rows of this person's own cases, and where no case is spoken of at all
        words = terms.of_own if key else terms.of_names
        if words and not table.startswith("customers_") and (key or table not in _OWN_ROWS):
            for column in _holding(table, others, words, words, key, own):
                changed += _replace(order, table, column, words, key, own if key else [], spare=False)
    return changed


def _holding(
    table: str, names: Sequence[str], quick: str, pattern: str, key: str = "", ids: Sequence[str] = ()
) -> list[str]:  # fmt: skip
    """The columns in which ``pattern`` is found, told by one walk over the table; ``key``, ``ids``: only in these rows.

    ``quick``: a pattern sooner tried that finds at least as much. It is tried on the whole of a row at once.
    """
    if not names or (key and not ids):
        return []
    quoted = [f'"{one}"::text' for one in names]
    told = ", ".join(f"bool_or({one} ~ %s)" for one in quoted)
    there = f'"{key}"::text = ANY (%s) AND ' if key else ""
    sql = f"SELECT {told} FROM {table} WHERE {there}concat_ws(' ', {', '.join(quoted)}) ~ %s"  # noqa: S608 - from the catalogue
    with connection.cursor() as cursor:
        cursor.execute(sql, [*[pattern] * len(names), *([list(ids)] if key else []), quick])
        return [one for one, holds in zip(names, cursor.fetchone(), strict=True) if holds]


def _sweep_states(order: UUID, terms: Terms, own: Sequence[str], away: Sequence[str]) -> int:
    """What cases say, as ``sweep`` does it: only those are looked at that can say anything of the person."""
    by_phone, _by_name = written(terms, seen_of(terms))
    by_name = matching(Case, "state::text", terms.of_own or "(?!)").filter(number__in=own)
    found = ((terms.of_phones, by_phone - {*away}), (terms.of_own, {str(one.pk) for one in by_name}))
    return sum(
        _replace(order, "casework_case", "state", pattern, "id", sorted(ids), spare=False)
        for pattern, ids in found
        if pattern and ids
    )


def _has_case(table: str) -> bool:
    return table in {"casework_mark", "casework_casetext", "casework_dutyperiod"}


def _replace(
    order: UUID, table: str, column: str, pattern: str, key: str, ids: Sequence[str], *, spare: bool
) -> int:  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT privacy_replace(%s, %s, %s, %s, %s, %s, %s)",
            [order, table, column, pattern, key, list(ids), spare],
        )
        return int(cursor.fetchone()[0])


def forget_beside(terms: Terms) -> int:
    """Drafts, kept lists, addresses of exports and letters that hold it."""
    pattern = terms.of_all
    if not pattern:
        return 0
    gone = Letter.objects.filter(pk__in=_letters(terms)).delete()[0]
    for model, text in ((Draft, "answers::text"), (View, "name || ' ' || query")):
        ids = list(matching(model, text, pattern).values_list("pk", flat=True))
        gone += model.objects.filter(pk__in=ids).delete()[0]
    asked = matching(Export, "query", pattern).values_list("pk", flat=True)
    return gone + Export.objects.filter(pk__in=list(asked)).update(query="")


def _letters(terms: Terms) -> list[UUID]:
    """Letters that write the number, and those that write the name and speak of nobody else's case or customer."""
    by_phone = matching(Letter, "subject || ' ' || body", terms.of_phones or "(?!)")
    by_name = matching(Letter, "subject || ' ' || body", terms.of_names or "(?!)")
    others = by_name.filter(entry__about_kind__in=ELSES).values_list("pk", flat=True)
    found = {*by_phone.values_list("pk", flat=True), *by_name.values_list("pk", flat=True)}
    return list(found - (set(others) - set(by_phone.values_list("pk", flat=True))))


def forget_files(terms: Terms, entries: Collection[UUID]) -> int:
    """Lists written out, tables handed in, letters laid in the folder and copies made for this person; how many went.

    A list or table is not opened to see who is in it: all of them go, each can be written again. An import under way
    is left to end; the hourly tidying takes its file.
    """
    gone = 0
    for file in [*_within("exports"), *(one.file for one in Request.objects.filter(about_id=terms.identity))]:
        gone += file.is_file()
        file.unlink(missing_ok=True)
    for one in Import.objects.exclude(state=Import.RUNNING):
        if one.folder.is_dir() or (one.stored and one.file.is_file()):
            discard(one)
            gone += 1
    for file in _letter_files(terms, entries):
        file.unlink(missing_ok=True)
        gone += 1
    return gone


def _letter_files(terms: Terms, entries: Collection[UUID]) -> list[Path]:
    """Letters laid in the folder: those of these entries, those that write the number, and by name as ``_letters``."""
    phones, names = in_text(terms)
    own = {str(one) for one in entries}
    found, named = [], {}
    for file in _under(Path(settings.LETTERS_FOLDER)):
        text = file.read_text(encoding="utf-8", errors="replace")
        entry = _ENTRY.search(text)
        if phones.search(text) or (entry is not None and entry.group(1) in own):
            found.append(file)
        elif names.search(text):
            named[file] = UUID(entry.group(1)) if entry else None
    others = set(Entry.objects.filter(pk__in=named.values(), about_kind__in=ELSES).values_list("pk", flat=True))
    return [*found, *(file for file, entry in named.items() if entry not in others)]


def _within(name: str) -> list[Path]:
    return _under(Path(settings.DATA) / name)


def _under(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.is_file()) if folder.is_dir() else []

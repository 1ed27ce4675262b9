"""Everything that is held about one person: which cases, entries, files and rows of registers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from bihuan.files.models import Attachment

from ..attachments import ABOUT
from ..models import Case
from . import traces
from .terms import Terms, any_of, escaped, loosely

# tables whose rows say by the case's number which case they belong to: (table, column of the number)
BY_NUMBER: tuple[tuple[str, str], ...] = (
    ("charges_quote", "number"),
    ("charges_charge", "number"),
    ("charges_receipt", "number"),
    ("surveys_attempt", "number"),
    ("surveys_answer", "number"),
    ("visits_visit", "case_number"),
    ("slips_slip", "case_number"),
    ("slips_movement", "case_number"),
    ("warranty_decision", "case_number"),
)


@dataclass
class Found:
    """What was found. ``uncertain`` are cases in which only the name is the same and nothing else tells whose it is."""

    terms: Terms
    cases: list[Case] = field(default_factory=list)
    uncertain: list[Case] = field(default_factory=list)
    entries: list[tuple[UUID, str]] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    # entries about somebody else's case or customer in which the same name is written
    mentions: int = 0

    @property
    def numbers(self) -> list[str]:
        return [one.number for one in self.cases]

    @property
    def counts(self) -> dict[str, int]:
        """How much there is of each kind."""
        return {
            "contacts": len(self.terms.contacts),
            "sites": len(self.terms.sites),
            "cases": len(self.cases),
            "uncertain": len(self.uncertain),
            "mentions": self.mentions,
            "entries": len(self.entries),
            "files": len(self.files),
            **self.rows,
        }


def find(
    terms: Terms,
    *,
    namesakes: bool = False,
    more: Iterable[UUID] = (),
    spared: Iterable[UUID] = (),
    seen: Sequence[UUID] | None = None,
) -> Found:
    """Look everywhere. ``namesakes``: uncertain cases count as this person's. ``more``: cases already known to be.

    ``spared``: cases that must stay as they are; neither they nor their entries are in what is found. ``seen``: what
    ``seen_of`` told of these terms a moment ago, where nothing was changed since.
    """
    away = {str(one) for one in spared}
    seen = seen_of(terms) if seen is None else seen
    sure, uncertain = _cases(terms, seen)
    sure |= {str(one) for one in more}
    if namesakes:
        sure, uncertain = sure | uncertain, set()
    sure, uncertain = sure - away, uncertain - sure - away
    cases = list(Case.objects.filter(pk__in=sure).order_by("pk"))
    found = Found(terms, cases, list(Case.objects.filter(pk__in=uncertain).order_by("pk")))
    found.entries = _entries(found, sorted(away), seen)
    elsewhere = _mentions(found, sorted(away), seen)
    found.entries += elsewhere if namesakes else []
    found.mentions = 0 if namesakes else len(elsewhere)
    found.files = list(Attachment.objects.filter(about_kind=ABOUT, about_id__in=sorted(sure)).order_by("pk"))
    found.rows = _counted(found)
    return found


def seen_of(terms: Terms) -> list[UUID]:
    """Every entry whose content can say anything of this person: the one look at all that was ever written.

    Everything after it asks these alone. Where the book is traced (``traces``) only what may say it is read.
    """
    pattern = any_of([terms.of_phones, terms.of_names, _of_contacts(terms)])
    if not pattern:
        return []
    ways, reach = traces.sought(terms), traces.reached()
    possible = traces.possible(ways, reach) if ways is not None and reach is not None else None
    if possible is None:
        return _seen_by_all(terms, pattern)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry_id FROM journal_content WHERE entry_id = ANY (%s) AND text ~ %s", [possible, pattern]
        )
        return [row[0] for row in cursor.fetchall()]


def _seen_by_all(terms: Terms, pattern: str) -> list[UUID]:
    """As ``seen_of`` by every content there is; by a pattern first that is tried in half the time and finds more."""
    quick = any_of([*(loosely(one) for one in terms.phones), terms.of_names, _of_contacts(terms)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry_id FROM journal_content WHERE text ~ %s AND text ~ %s", [quick, pattern])
        return [row[0] for row in cursor.fetchall()]


def _of_contacts(terms: Terms) -> str:
    return any_of(escaped(str(one)) for one in terms.contacts)


def _cases(terms: Terms, seen: Sequence[UUID]) -> tuple[set[str], set[str]]:
    """Cases that are this person's, and those that only bear the same name."""
    sure: set[str] = set()
    if terms.of_phones:
        sql = "SELECT case_id FROM casework_mark WHERE kind = 'phone' AND value ~ %s AND value ~ %s"
        sure |= _ids(sql, [any_of(map(loosely, terms.phones)), terms.of_phones])
    if terms.kind == "customer":
        named = [*terms.numbers, *terms.names]
        sure |= _ids("SELECT case_id FROM casework_mark WHERE kind = 'customer' AND value = ANY (%s)", [named])
    by_phone, by_name = written(terms, seen)
    sure |= by_phone
    by_name -= sure
    if by_name:
        ours = _ids(
            "SELECT case_id FROM casework_mark WHERE case_id = ANY (%s::uuid[])"
            " AND ((kind = 'customer' AND value = ANY (%s)) OR (kind = 'address' AND value = ANY (%s)))",
            [sorted(by_name), list(terms.numbers), list(terms.addresses)],
        )
        others = _ids(
            "SELECT case_id FROM casework_mark WHERE case_id = ANY (%s::uuid[]) AND kind = 'phone'", [sorted(by_name)]
        )
        sure |= ours - others
        # another number beside the same name and place may be the person's second one, or a relative's
        by_name = (by_name - ours - others) | (ours & others)
    return sure, by_name


def written(terms: Terms, seen: Sequence[UUID]) -> tuple[set[str], set[str]]:
    """Cases that write the number, and that write the name, in any answer: a field, a title, words written freely.

    What a case says came from its entries, so that only cases of entries ``seen`` are looked at, and those entries of
    which were disposed of.
    """
    if not terms.of_all:
        return set(), set()
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, [list(seen), terms.of_phones or "(?!)", terms.of_all])
        rows = cursor.fetchall()
    return {str(row[0]) for row in rows if row[1]}, {str(row[0]) for row in rows if not row[1]}


_WRITTEN = """
WITH about AS MATERIALIZED (
    SELECT about_id FROM journal_entry WHERE id = ANY (%s) AND about_kind = 'case'
    UNION
    SELECT e.about_id FROM journal_disposal d JOIN journal_entry e ON e.id = d.entry_id WHERE e.about_kind = 'case'
), told AS MATERIALIZED (
    SELECT k.id, k.state::text AS said FROM about JOIN casework_case k ON k.id = about.about_id::uuid
)
SELECT id, said ~ %s FROM told WHERE said ~ %s
"""


def _entries(found: Found, spared: Sequence[str], seen: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """(id, chain) of every entry that still has its content and says something of this person.

    Entries about their cases and about the customer as a whole; elsewhere those that write the number; where no
    other case or customer is spoken of, also those that write the name.
    """
    terms = found.terms
    ids, numbers = [str(one.pk) for one in found.cases], found.numbers
    customers = [str(one) for one in terms.customers]
    given = {
        "cases": ids,
        "numbers": numbers,
        "customers": customers,
        "contacts": _of_contacts(terms) or "(?!)",
        "phones": terms.of_phones or "(?!)",
        "names": terms.of_names or "(?!)",
        "spared": list(spared),
        "seen": list(seen),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, given)
        return [(row[0], row[1]) for row in cursor.fetchall()]


_ENTRIES = """
WITH meant AS (
    SELECT id FROM journal_entry WHERE about_id = ANY (%(cases)s)
        OR (about_number <> '' AND about_number = ANY (%(numbers)s))
        OR (about_kind = 'customer' AND about_id = ANY (%(customers)s))
    UNION
    SELECT e.id FROM journal_entry e JOIN journal_content c ON c.entry_id = e.id WHERE e.id = ANY (%(seen)s) AND (
        (e.about_kind = 'customer' AND e.verb <> 'reveal' AND c.text ~ %(contacts)s)
        OR c.text ~ %(phones)s
        OR (e.about_kind NOT IN ('case', 'note', 'customer') AND c.text ~ %(names)s
            AND NOT EXISTS (SELECT FROM casework_case k WHERE k.number = e.about_number)))
)
SELECT e.id, e.chain FROM meant JOIN journal_entry e USING (id) JOIN journal_content c ON c.entry_id = e.id
WHERE e.verb <> 'dispose' AND NOT (e.about_kind IN ('case', 'note') AND e.about_id = ANY (%(spared)s))
ORDER BY e.chain, e.seq
"""


def _mentions(found: Found, spared: Sequence[str], seen: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """Entries about other cases and customers that write the name, beside those found already."""
    if not found.terms.of_names:
        return []
    sql = """SELECT e.id, e.chain FROM journal_entry e JOIN journal_content c ON c.entry_id = e.id
        WHERE e.id = ANY (%s) AND e.about_kind IN ('case', 'note', 'customer') AND c.text ~ %s
        AND NOT (e.about_id = ANY (%s)) AND NOT (e.id = ANY (%s)) ORDER BY e.chain, e.seq"""
    with connection.cursor() as cursor:
        told = [one for one, _chain in found.entries]
        cursor.execute(sql, [list(seen), found.terms.of_names, list(spared), told])
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _counted(found: Found) -> dict[str, int]:
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table, column in BY_NUMBER:
            cursor.execute(
                f"SELECT count(*) FROM {table} WHERE {column} = ANY (%s)",  # noqa: S608 - names of our own
                [found.numbers],
            )
            counts[table] = int(cursor.fetchone()[0])
        pattern = found.terms.of_all or "(?!)"
        for name, sql in _ELSEWHERE.items():
            cursor.execute(sql, [pattern])
            counts[name] = int(cursor.fetchone()[0])
    return {name: count for name, count in counts.items() if count}


_ELSEWHERE = {
    "letters": "SELECT count(*) FROM journal_letter WHERE subject || ' ' || body ~ %s",
    "drafts": "SELECT count(*) FROM casework_draft WHERE answers::text ~ %s",
    "views": "SELECT count(*) FROM casework_view WHERE name || ' ' || query ~ %s",
    "exports": "SELECT count(*) FROM casework_export WHERE query ~ %s",
    "imports": "SELECT count(*) FROM casework_importproblem WHERE zh || ' ' || en ~ %s",
}


def matching(model: Any, text: str, pattern: str) -> QuerySet[Any]:
    """The rows of ``model`` in whose ``text`` (an expression of our own) the pattern is found."""
    return model.objects.extra(where=[f"{text} ~ %s"], params=[pattern])  # noqa: S610 - the expression is ours


def _ids(sql: str, given: Sequence[Any]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return {str(row[0]) for row in cursor.fetchall()}

"""Finding cases by what somebody typed: the end of a number, words, first letters, a telephone number in any writing.

A question becomes one ``tsquery`` over ``CaseText`` (``indexing`` says what is in it). Words differ by a factor of a
hundred thousand in how often they occur, so the newest hits are looked for in two steps, both flat as rows grow: the
newest rows are walked and tested, which ends at once for a frequent word; what did not fill the page there is rare
and is read from the index of words.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import Lookup, QuerySet

from bihuan.ground import bigrams

from .indexing import any_of, backwards, closed, national, quoted
from .models import Case

# how many of the newest rows are tested one by one before the index of words is asked
WALK = 6_000
# what a second walk may test at most, and how many rows of a walk cost as much as one hit read from the index
LONGEST_WALK = 30_000
HIT_IN_ROWS = 4
LONGEST = 100
SHORTEST_END = 4
SHORTEST_INITIALS, LONGEST_INITIALS = 2, 12
# beyond this many outlets the scope is compared row by row instead of being part of the question
MOST_SIGNS = 40
NOTHING = ""


@SearchVectorField.register_lookup
class Matches(Lookup):
    """``text__vector__matches="'投影' & '@north'"``: the words as ``tsquery`` input."""

    lookup_name = "matches"

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_values = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", [*left_values, self.rhs]


def asked(text: str, *, parts_of_phones: bool, posts: Collection[str] = ()) -> str:
    """What was typed as ``tsquery`` input; ``NOTHING`` when there is nothing to look for.

    ``parts_of_phones``: whether a telephone number may be found by a part of it. Who sees numbers masked finds one only
    by the whole of it: otherwise its figures could be guessed one after the other. ``posts``: those whose closed words
    are looked through beside what everybody may read (``indexing``).
    """
    typed = " ".join(text.replace("\x00", " ").split())[:LONGEST]
    ways = [_for(_phone(typed, parts_of_phones), posts)] if " " in typed else []
    words = [one for one in (_for(_word(word, parts_of_phones), posts) for word in typed.split()) if one]
    if words:
        ways.append("(" + " & ".join(words) + ")")
    ways = [one for one in ways if one]
    return any_of(ways) if ways else NOTHING


def _for(query: str, posts: Collection[str]) -> str:
    """``query`` over what everybody may read and what these posts may."""
    return any_of([query, *(closed(query, post) for post in sorted(posts))]) if query and posts else query


def _word(word: str, parts_of_phones: bool) -> str:
    """One word typed: any of the ways it may be meant."""
    folded = word.casefold()
    ways = [bigrams.query(word), _phone(word, parts_of_phones)]
    if len(folded) >= SHORTEST_END and folded.isascii() and any(sign.isdecimal() for sign in folded):
        ways.append(f"{quoted('^' + backwards(folded))}:*")
    if SHORTEST_INITIALS <= len(folded) <= LONGEST_INITIALS and folded.isascii() and folded.isalpha():
        ways.append(f"{quoted('%' + folded)}:*")
    ways = [one for one in ways if one]
    return any_of(ways) if ways else NOTHING


def _phone(text: str, parts: bool) -> str:
    """The ways ``text`` may be a telephone number."""
    digits = "".join(sign for sign in text if "0" <= sign <= "9")
    if len(digits) < SHORTEST_END or any(sign.isalpha() for sign in text):
        return NOTHING
    whole = {digits, national(text) or digits}
    ways = [quoted(f"#{one}") for one in sorted(whole)]
    if parts:
        ways += [f"{quoted(f'#{digits}')}:*", f"{quoted(f'~{digits[::-1]}')}:*"]
    return any_of(ways)


def within(query: str, outlets: Collection[str] | None) -> str:
    """``query`` narrowed to ``outlets`` (None = all), by the signs in the index itself where there are not too many."""
    if outlets is None or len(outlets) > MOST_SIGNS:
        return query
    signs = [quoted(f"@{outlet}") for outlet in sorted(outlets)] or [quoted("@")]
    return f"{query} & {any_of(signs)}"


def matching(cases: QuerySet[Case], query: str, outlets: Collection[str] | None) -> QuerySet[Case]:
    """``cases`` (already those of ``outlets``) narrowed to what ``query`` finds."""
    if query == NOTHING:
        return cases.none()
    rare = few(query, outlets)
    if rare is not None:
        return cases.filter(pk__in=rare)
    return cases.filter(text__vector__matches=within(query, outlets))


def few(query: str, outlets: Collection[str] | None, most: int = 500) -> list[UUID] | None:
    """All cases of ``outlets`` that ``query`` finds, in no order, where these are few; None where they may be many.

    Beside other filters the database guesses badly how rare a word is; a list of ids leaves it nothing to guess.
    """
    if query == NOTHING:
        return []
    given = {"query": within(query, outlets), "walk": WALK, "limit": max(WALK // 200, 1), "most": most + 1}
    with connection.cursor() as cursor:
        cursor.execute(_FREQUENT, given)
        if cursor.fetchone()[0] >= given["limit"]:
            return None
        cursor.execute(_FEW, given)
        found = [row[0] for row in cursor.fetchall()]
    return found if len(found) <= most else None


def counted(query: str, outlets: Collection[str] | None, limit: int) -> int:
    """How many cases of ``outlets`` ``query`` finds; ``limit`` when there are as many or more."""
    if query == NOTHING or (outlets is not None and not outlets):
        return 0
    listed = outlets is not None and len(outlets) > MOST_SIGNS
    where = _where(["outlet = ANY(%(outlets)s)"] if listed else [], None)
    given = {"query": within(query, outlets), "limit": limit, "outlets": list(outlets or ())}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(where=where), given)
        return int(cursor.fetchone()[0])


def newest(query: str, outlets: Collection[str] | None, limit: int, before: UUID | None = None) -> list[UUID]:
    """The newest ``limit`` of ``outlets`` that ``query`` finds, the newest first; only those older than ``before``."""
    if query == NOTHING or (outlets is not None and not outlets):
        return []
    found, complete = _walked(query, outlets, limit, before, WALK)
    if len(found) < limit and not complete and (longer := _worth_walking(len(found), limit)):
        found, complete = _walked(query, outlets, limit, before, longer)
    if len(found) >= limit or complete:
        return found[:limit]
    return _from_index(query, outlets, limit, before)


def _worth_walking(found: int, limit: int) -> int:
    """How many rows a second walk should test, from what the first one ``found``; 0 where the index is the shorter way.

    A word that is neither frequent nor rare has thousands of hits all over the table, each read from another place,
    while the rows of a walk lie side by side.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ROWS)
        rows = cursor.fetchone()[0]
    needed = WALK * limit // found if found else 0
    hits = rows * found // WALK
    return (
        min(needed * 3 // 2, LONGEST_WALK) if needed and needed < hits * HIT_IN_ROWS and needed <= LONGEST_WALK else 0
    )


_NEAR = """
SELECT case_id FROM (
    SELECT case_id, vector FROM casework_casetext WHERE {where} ORDER BY case_id DESC LIMIT {walk}
) near WHERE vector @@ %(query)s::tsquery ORDER BY case_id DESC LIMIT %(limit)s
"""
_FAR = """
WITH hits AS MATERIALIZED (SELECT case_id FROM casework_casetext WHERE vector @@ %(query)s::tsquery AND {where})
SELECT case_id FROM hits ORDER BY case_id DESC LIMIT %(limit)s
"""
_COUNTED = """
SELECT count(*) FROM (
    SELECT 1 FROM casework_casetext WHERE vector @@ %(query)s::tsquery AND {where} LIMIT %(limit)s
) hits
"""
_FREQUENT = """
SELECT count(*) FROM (SELECT 1 FROM (
    SELECT vector FROM casework_casetext ORDER BY case_id DESC LIMIT %(walk)s
) near WHERE vector @@ %(query)s::tsquery LIMIT %(limit)s) hits
"""
_FEW = "SELECT case_id FROM casework_casetext WHERE vector @@ %(query)s::tsquery LIMIT %(most)s"
_ROWS = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'casework_casetext'::regclass"
_BOUND = "SELECT min(case_id::text), count(*) FROM (SELECT case_id FROM casework_casetext WHERE {where}"
_BOUND += " ORDER BY case_id DESC LIMIT {walk}) near"


def _walked(
    query: str, outlets: Collection[str] | None, limit: int, before: UUID | None, most: int
) -> tuple[list[UUID], bool]:
    """Hits among the ``most`` newest rows of each outlet, and whether these were all there are.

    With several outlets only hits newer than the newest row at which one of the walks broke off are sure to be the
    newest of all.
    """
    places: list[str | None] = [None] if outlets is None else sorted(outlets)
    walk = max(most // len(places), limit)
    if len(places) > MOST_SIGNS:
        return [], False
    found: list[UUID] = []
    bounds: list[UUID] = []
    with connection.cursor() as cursor:
        for place in places:
            given = {"query": query, "limit": limit, "outlet": place, "before": before}
            where = _where(["outlet = %(outlet)s"] if place is not None else [], before)
            cursor.execute(_NEAR.format(where=where, walk=walk), given)
            hits = [row[0] for row in cursor.fetchall()]
            if len(hits) == limit:
                bounds.append(hits[-1])
            else:
                cursor.execute(_BOUND.format(where=where, walk=walk), given)
                last, passed = cursor.fetchone()
                if passed == walk:
                    bounds.append(UUID(last))
            found += hits
    sure = max(bounds, default=None)
    return sorted((one for one in found if sure is None or one >= sure), reverse=True), sure is None


def _from_index(query: str, outlets: Collection[str] | None, limit: int, before: UUID | None) -> list[UUID]:
    listed = outlets is not None and len(outlets) > MOST_SIGNS
    where = _where(["outlet = ANY(%(outlets)s)"] if listed else [], before)
    given = {"query": within(query, outlets), "limit": limit, "before": before, "outlets": list(outlets or ())}
    with connection.cursor() as cursor:
        cursor.execute(_FAR.format(where=where), given)
        return [row[0] for row in cursor.fetchall()]


def _where(conditions: list[str], before: UUID | None) -> str:
    """Every part is a condition of our own."""
    return " AND ".join([*conditions, *(["case_id < %(before)s"] if before else [])]) or "true"

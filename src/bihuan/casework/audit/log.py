"""The log: every entry of the book within the reader's scope, newest first, page by page at the same speed for ever.

Entries are walked by their id, which sorts by the moment they were recorded. What has an index of its own (chain,
doer, verb, the thing it is about, a clause) is found by it; every other filter is tried on at most ``WALKED`` entries a
page, and a page that found nothing so far says from where it goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case as Choice
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, UUIDField, Value, When
from django.db.models.functions import Cast

from bihuan.journal.models import Entry
from bihuan.journal.origin import DOORS

from ..models import Case

PAGE = 50
WALKED = 10_000
FIRST_WALK = 1_000
LONGEST = 200
WHOLE_DAY = len("2026-03-02")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OF_A_CASE = ("case", "note")
# along so many chains each for itself; a scope of more is nearly everything
MOST_CHAINS = 40


@dataclass(frozen=True)
class Wanted:
    """What the log is narrowed to; "" = not at all. ``after``/``before``: the id one comes from."""

    doer: str = ""
    post: str = ""
    deputy: str = ""
    kind_of_doer: str = ""
    verb: str = ""
    about: str = ""
    number: str = ""
    document: str = ""
    clause: str = ""
    kind: str = ""
    chain: str = ""
    door: str = ""
    address: str = ""
    start: datetime | None = None
    until: datetime | None = None
    after: UUID | None = None
    before: UUID | None = None

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return replace(self, after=None, before=None) != Wanted()


@dataclass(frozen=True)
class Page:
    """One page: entries newest first, and the ids of the neighbours. ``unfinished``: walked so far, found too few."""

    entries: list[Entry] = field(default_factory=list)
    older: UUID | None = None
    newer: UUID | None = None
    unfinished: datetime | None = None


def asked(given: Mapping[str, str], zone: ZoneInfo) -> Wanted:
    """What an address asks for; what cannot be read is not asked for. ``start``, ``until``: local, both counted."""
    found: dict[str, Any] = {}
    for one in fields(Wanted):
        text = str(given.get(one.name, "")).replace("\x00", "").strip()[:LONGEST]
        if not text:
            continue
        if one.name in ("after", "before"):
            found[one.name] = _id(text)
        elif one.name in ("start", "until"):
            found[one.name] = moment(text, zone, end=one.name == "until")
        else:
            found[one.name] = text
    return Wanted(**found)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def moment(text: str, zone: ZoneInfo, *, end: bool) -> datetime | None:
    """A local day or minute; ``end``: the first moment after it. None for what is none."""
    try:
        read = datetime.fromisoformat(text)
        if end:
            read += timedelta(days=1) if len(text) <= WHOLE_DAY else timedelta(minutes=1)
        found = read.replace(tzinfo=read.tzinfo or zone).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return found if found >= _EPOCH else None


def floor_id(at: datetime) -> UUID:
    """The least id an entry recorded at ``at`` (whole milliseconds) or later can have."""
    milliseconds = max(0, (at - _EPOCH) // timedelta(milliseconds=1))
    return UUID(int=milliseconds << 80)


def within(scope: frozenset[str] | None) -> QuerySet[Entry]:
    """Every entry of the chains in ``scope`` (None = all)."""
    return Entry.objects.all() if scope is None else Entry.objects.filter(chain__in=scope)


def page(scope: frozenset[str] | None, wanted: Wanted, size: int = PAGE) -> Page:
    """One page of the log within ``scope``. Of what was recorded in one instant the later entry stands first."""
    backwards = wanted.before is not None and wanted.after is None
    entries, reached = _walked(scope, wanted, size + 1, backwards)
    more = len(entries) > size
    entries = sorted(entries[:size], key=lambda one: one.pk, reverse=True)
    older = entries[-1].pk if entries and (more or backwards) else None if more else reached
    newer = entries[0].pk if entries and (wanted.after or (backwards and more)) else None
    return Page(
        entries=sorted(entries, key=lambda one: (_milliseconds(one.pk), one.position), reverse=True),
        older=older,
        newer=newer,
        unfinished=None if more or backwards or reached is None else moment_of(reached),
    )


def _walked(
    scope: frozenset[str] | None, wanted: Wanted, size: int, backwards: bool
) -> tuple[list[Entry], UUID | None]:
    """Up to ``size`` entries, and the id up to which was walked where the walk was cut short."""
    turn = "id" if backwards else "-id"
    tried = _tried(wanted)
    if tried is None and not (wanted.document and wanted.clause):
        return _straight(scope, wanted, size, turn), None
    if tried is None:
        # a clause acted under every day is met among the newest; one hardly ever used is found by its own index
        found = _by_index(within(scope), wanted, backwards).order_by(turn)
        entries, _reached = _first_of(found, _under(wanted), wanted, size, FIRST_WALK)
        return (entries if len(entries) >= size else _straight(scope, wanted, size, turn)), None
    found = _by_index(within(scope), wanted, backwards).order_by(turn)
    reached: UUID | None = None
    for length in (FIRST_WALK, WALKED):
        entries, reached = _first_of(found, tried, wanted, size, length)
        if len(entries) >= size or reached is None:
            return entries, None
    return entries, reached


def _first_of(
    found: QuerySet[Entry], tried: Q, wanted: Wanted, size: int, length: int
) -> tuple[list[Entry], UUID | None]:
    """Of the first ``length`` found, up to ``size`` that fit; and the last one's id, None where there are no more."""
    ids = found.values("pk")[:length]
    fitting = _narrowed(Entry.objects.filter(pk__in=ids), tried, wanted).order_by(*found.query.order_by)
    entries = list(fitting[:size])
    reached = None if len(entries) >= size else found.values_list("pk", flat=True)[length - 1 : length].first()
    return entries, reached


def _straight(scope: frozenset[str] | None, wanted: Wanted, size: int, turn: str) -> list[Entry]:
    """Where an index answers everything: one short walk, or one along each chain of the scope and for each of a
    clause and its parts."""
    backwards = turn == "id"
    along = [within(scope)]
    if scope is not None and not wanted.chain and len(scope) <= MOST_CHAINS:
        along = [Entry.objects.filter(chain=chain) for chain in sorted(scope)]
    if wanted.document and wanted.clause:
        whole, parts = Q(clause=wanted.clause), Q(clause__startswith=f"{wanted.clause} ")
        along = [one.filter(under, document=wanted.document) for one in along for under in (whole, parts)]
    walks = [_by_index(one, wanted, backwards).order_by(turn) for one in along]
    if len(walks) == 1:
        return list(walks[0].select_related("kept")[:size])
    ids = sorted((pk for one in walks for pk in one.values_list("pk", flat=True)[:size]), reverse=not backwards)
    return list(Entry.objects.filter(pk__in=ids[:size]).select_related("kept").order_by(turn))


def _by_index(found: QuerySet[Entry], wanted: Wanted, backwards: bool) -> QuerySet[Entry]:
    """Narrowed by what an index answers."""
    if wanted.start:
        found = found.filter(pk__gte=floor_id(wanted.start))
    if wanted.until:
        found = found.filter(pk__lt=floor_id(wanted.until))
    if wanted.after:
        found = found.filter(pk__lt=wanted.after)
    elif backwards:
        found = found.filter(pk__gt=wanted.before)
    if wanted.chain:
        found = found.filter(chain=wanted.chain)
    if wanted.doer:
        found = found.filter(doer=wanted.doer)
    if wanted.verb:
        found = found.filter(verb=wanted.verb)
    if wanted.number:
        case = Case.objects.filter(number=wanted.number[:40]).values_list("pk", flat=True).first()
        if case:
            found = found.filter(about_kind__in=OF_A_CASE, about_id=str(case))
    return found


def _under(wanted: Wanted) -> Q:
    """Under the clause itself or a part of it: "4.2" and "4.2 a", never "4.20"."""
    clause = Q(clause=wanted.clause) | Q(clause__startswith=f"{wanted.clause} ")
    return clause & Q(document=wanted.document)


def _tried(wanted: Wanted) -> Q | None:
    """What is tried entry by entry; None where nothing is."""
    tried = Q()
    plain = {"post": wanted.post, "instead_of": wanted.deputy, "doer_kind": wanted.kind_of_doer,
             "about_kind": wanted.about, "document": "" if wanted.clause else wanted.document}  # fmt: skip
    for name, value in plain.items():
        tried &= Q(**{name: value}) if value else Q()
    if wanted.door in DOORS:
        tried &= Q(kept__text__contains=f'"door":"{wanted.door}"')
    elif wanted.door:
        tried &= Q(pk__isnull=True)
    if wanted.address:
        tried &= Q(kept__text__contains=f'"from":{{"address":"{_in_json(wanted.address)}"')
    if wanted.number and not Case.objects.filter(number=wanted.number[:40]).exists():
        tried &= Q(about_number=wanted.number)
    if wanted.kind:
        tried &= Q(of_kind=True)
    if tried and wanted.document and wanted.clause:
        tried &= _under(wanted)
    return tried or None


def _in_json(text: str) -> str:
    return "".join(one for one in text if one.isalnum() or one in ".:-_ %")


def _narrowed(found: QuerySet[Entry], tried: Q, wanted: Wanted) -> QuerySet[Entry]:
    found = found.select_related("kept")
    if wanted.kind:
        # what an entry about something else calls its thing need not be a case's id
        case_id = Choice(
            When(about_kind__in=OF_A_CASE, then=F("about_id")), default=Value(None), output_field=CharField()
        )
        found = found.alias(case_id=Cast(case_id, UUIDField())).alias(
            of_kind=Exists(Case.objects.filter(pk=OuterRef("case_id"), kind=wanted.kind))
        )
    return found.filter(tried)


def _milliseconds(identifier: UUID) -> int:
    return identifier.int >> 80


def moment_of(identifier: UUID) -> datetime:
    """The moment an entry of this id was recorded, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=_milliseconds(identifier))


def neighbours(entry: Entry) -> dict[str, Entry | None]:
    """The entries before and behind this one in its chain."""
    around = {one.seq: one for one in Entry.objects.filter(chain=entry.chain, seq__in=(entry.seq - 1, entry.seq + 1))}
    return {"before": around.get(entry.seq - 1), "behind": around.get(entry.seq + 1)}


def pieces(scope: frozenset[str] | None, wanted: Wanted, size: int) -> Iterator[list[Entry]]:
    """Every entry that fits, newest first, so many at a time: a file is written without holding them all."""
    wanted = replace(wanted, after=None, before=None)
    while True:
        found = page(scope, wanted, size)
        if found.entries:
            yield found.entries
        if found.older is None:
            return
        wanted = replace(wanted, after=found.older)


def counted(scope: frozenset[str] | None, wanted: Wanted, limit: int) -> int | None:
    """How many entries fit, counted up to ``limit``; None where more than ``WALKED`` had to be tried."""
    found = _by_index(within(scope), replace(wanted, after=None, before=None), backwards=False).order_by()
    tried = _tried(wanted)
    if tried is None:
        return found[:limit].count()
    if found[: WALKED + 1].count() > WALKED:
        return None
    return _narrowed(found, tried, wanted).order_by()[:limit].count()

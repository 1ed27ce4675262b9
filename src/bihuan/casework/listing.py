"""Lists of cases: what an address asks for, read strictly, never fatally; pages by key, both ways, flat as rows grow.

An address that was sent on may name what no longer exists or was never meant: what cannot be used is named and
dropped, the rest still narrows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import QueryDict

from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.registers.customers import queries as customers
from bihuan.registers.customers.errors import OutOfSight as NoSuchCustomer

from . import figures, matters, queries, rights, search, seeing
from .indexing import any_of, national, quoted
from .models import Case

STATES = ("open", "unassigned", "at-risk", "overdue", "pressing", "ended")
STAGES = ("received", "assigned", "accepted", "under-way", "on-site", "waiting", "done", "followed-up", "closed")
SORTS = ("promised", "-promised", "opened", "-opened", "number", "-number", "newest")
SPANS = {"today": 0, "7d": 6, "30d": 29}
MANY = ("kind", "stage", "outlet", "step")
MATTERS = ("device", "product", "fault", "batch")
SIZES = (25, 50, 100)
MOST_UNITED = 16


@dataclass(frozen=True)
class Fault:
    """A part of the address that could not be used: its name and what stood there."""

    name: str
    value: str


@dataclass
class Wanted:
    """What a list is asked for. Empty = not narrowed. Days are of the site's zone, both included."""

    kind: list[str] = field(default_factory=list)
    stage: list[str] = field(default_factory=list)
    outlet: list[str] = field(default_factory=list)
    step: list[str] = field(default_factory=list)
    state: str = ""
    opened: str = ""
    opened_from: date | None = None
    opened_to: date | None = None
    done: str = ""
    mine: bool = False
    person: str = ""
    customer: str = ""
    device: str = ""
    product: str = ""
    fault: str = ""
    batch: str = ""
    figure: str = ""
    behind: figures.Behind | None = None
    q: str = ""
    sort: str = ""
    size: int = queries.PAGE
    after: str = ""
    before: str = ""
    faults: list[Fault] = field(default_factory=list)

    @property
    def order(self) -> str:
        """The order it is shown in: by deadline, but the newest first where words are looked for."""
        return self.sort or ("newest" if self.q else "promised")


def wanted(given: QueryDict, kinds: Iterable[str]) -> Wanted:
    """The address read; ``kinds`` are those there are."""
    found = Wanted(mine=given.get("mine", "") in {"1", "yes"})
    known: dict[str, Iterable[str] | None] = {
        "kind": set(kinds), "stage": STAGES, "step": None, "outlet": people.outlet_codes() if "outlet" in given else (),
    }  # fmt: skip
    for name in MANY:
        values = [one for value in given.getlist(name) for one in value.split(",") if one]
        allowed = known[name]
        good = [one for one in values if (one in allowed if allowed is not None else _plain(one))]
        setattr(found, name, list(dict.fromkeys(good)))
        found.faults += [Fault(name, one[:60]) for one in values if one not in good]
    for name, choices in (("state", STATES), ("sort", SORTS), ("opened", (*SPANS, "month")), ("done", SPANS)):
        value = given.get(name, "")
        if value in choices:
            setattr(found, name, value)
        elif value:
            found.faults.append(Fault(name, value[:60]))
    for name in ("opened_from", "opened_to"):
        _read_day(found, name, given.get(name, ""))
    for name in ("person", "customer", "figure", *MATTERS):
        value = given.get(name, "").strip()
        if value and not _plain(value):
            found.faults.append(Fault(name, value[:60]))
        else:
            setattr(found, name, value)
    found.q = " ".join(given.get("q", "").replace("\x00", " ").split())[: search.LONGEST]
    found.size = int(given["size"]) if given.get("size", "") in map(str, SIZES) else queries.PAGE
    found.after, found.before = given.get("after", "")[:120], given.get("before", "")[:120]
    return found


def _plain(value: str) -> bool:
    return "\x00" not in value and len(value) <= 200


def _read_day(found: Wanted, name: str, value: str) -> None:
    if not value:
        return
    try:
        setattr(found, name, date.fromisoformat(value))
    except ValueError:
        found.faults.append(Fault(name, value[:60]))


def narrowed(person: Person, asked: Wanted, at: datetime, zone: ZoneInfo) -> QuerySet[Case]:
    """The cases within ``person``'s scope that ``asked`` wants, in no order."""
    outlets = access.visible_outlets(person, at)
    cases = queries.visible_to(person, at)
    if asked.figure:
        cases = figures.narrowed(cases, person, asked, at)
    for name in MANY:
        values = getattr(asked, name)
        if values:
            cases = cases.filter(**{name: values[0]} if len(values) == 1 else {f"{name}__in": values})
    cases = in_state(cases, asked.state, at) if asked.state else cases
    cases = _opened(cases, asked, at.astimezone(zone), zone)
    if asked.done:
        cases = cases.filter(done_at__gte=_midnight(at.astimezone(zone).date() - timedelta(SPANS[asked.done]), zone))
    if asked.mine or asked.person:
        cases = cases.filter(person=person.username if asked.mine else asked.person)
    cases = matters.narrowed(cases, asked, seeing.posts_of(person, at))
    if asked.customer:
        cases = search.matching(cases, _of_customer(person, asked, at), outlets)
    if asked.q:
        cases = search.matching(cases, typed(person, asked.q, at), outlets)
    return cases


def typed(person: Person, text: str, at: datetime) -> str:
    """``text`` as this person may look for it."""
    whole = rights.sees_numbers(person, "", at)
    return search.asked(text, parts_of_phones=whole, posts=seeing.closed_posts(person, at))


def in_state(cases: QuerySet[Case], state: str, at: datetime) -> QuerySet[Case]:
    """Cases in a state of their promises at ``at``; an unknown one narrows to nothing."""
    standing = {
        "open": Q(ended_at__isnull=True),
        # work nobody has yet: a complaint or a request that was only received waits for an answer, not for a hand
        "unassigned": Q(ended_at__isnull=True, stage="received", work_order=True),
        "ended": Q(ended_at__isnull=False),
        "overdue": Q(ended_at__isnull=True, promised_at__lt=at),
        "pressing": Q(ended_at__isnull=True, risk_at__lte=at),
        "at-risk": Q(ended_at__isnull=True, promised_at__gte=at, risk_at__lte=at),
    }
    return cases.filter(standing[state]) if state in standing else cases.none()


def _opened(cases: QuerySet[Case], asked: Wanted, now: datetime, zone: ZoneInfo) -> QuerySet[Case]:
    first, last = asked.opened_from, asked.opened_to
    if asked.opened:
        first = now.date().replace(day=1) if asked.opened == "month" else now.date() - timedelta(SPANS[asked.opened])
    if first:
        cases = cases.filter(opened_at__gte=_midnight(first, zone))
    if last and last < date.max:
        cases = cases.filter(opened_at__lt=_midnight(last + timedelta(1), zone))
    return cases


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _of_customer(person: Person, asked: Wanted, at: datetime) -> str:
    """Cases in which one of the customer's telephone numbers stands; a customer out of sight is named and dropped."""
    try:
        customer = customers.find(person, asked.customer, at)
    except NoSuchCustomer:
        asked.faults.append(Fault("customer", asked.customer[:60]))
        return search.NOTHING
    numbers = [national(one.phone) or one.phone.lstrip("+") for one in customer.contacts.all() if one.phone]
    return any_of([quoted(f"#{number}") for number in numbers]) if numbers else search.NOTHING


@dataclass(frozen=True)
class Segment:
    """A stretch of the list with one order: what is in it, and by which keys (name, ascending) – the last is unique."""

    name: str
    only: Q
    keys: tuple[tuple[str, bool], ...]


_PROMISED = Q(ended_at__isnull=True, promised_at__isnull=False)
_UNPROMISED = Segment("n", Q(ended_at__isnull=True, promised_at__isnull=True), (("id", False),))
_ENDED = Segment("e", Q(ended_at__isnull=False), (("id", False),))
ORDERS: dict[str, tuple[Segment, ...]] = {
    "promised": (Segment("p", _PROMISED, (("promised_at", True), ("id", True))), _UNPROMISED, _ENDED),
    "-promised": (Segment("p", _PROMISED, (("promised_at", False), ("id", False))), _UNPROMISED, _ENDED),
    "opened": (Segment("o", Q(), (("opened_at", True), ("id", True))),),
    "-opened": (Segment("o", Q(), (("opened_at", False), ("id", False))),),
    "number": (Segment("u", Q(), (("number", True),)),),
    "-number": (Segment("u", Q(), (("number", False),)),),
    "newest": (Segment("i", Q(), (("id", False),)),),
}
_OPEN_STATES = frozenset({"open", "at-risk", "overdue", "pressing"})


@dataclass(frozen=True)
class Page:
    """One page: its cases in order, and the keys to go on from either way ("" = nothing there)."""

    cases: list[Case]
    previous: str
    next: str


def page(person: Person, asked: Wanted, at: datetime, zone: ZoneInfo) -> Page:
    """The page of ``asked`` after or before its key; a key that means nothing gives the first page and is named."""
    outlets = access.visible_outlets(person, at)
    back = bool(asked.before)
    start = _key(asked, asked.before or asked.after)
    # words alone are answered by the search itself, which narrows nothing else
    alone = _words_alone(asked) and not back
    cases = Case.objects.none() if alone else narrowed(person, asked, at, zone)
    found = fetched(person, cases, asked, outlets, at, start=start, back=back, limit=asked.size + 1)
    more = len(found) > asked.size
    found = found[: asked.size]
    if back:
        found.reverse()
    first = key_of(asked, found[0]) if found else ""
    last = key_of(asked, found[-1]) if found else ""
    has_previous = more if back else start is not None
    has_next = True if back and start is not None else more
    return Page(found, first if has_previous else "", last if has_next else "")


def counted(person: Person, asked: Wanted, at: datetime, zone: ZoneInfo) -> int:
    """How many there are on all pages: exact up to 999, then 1000."""
    if _words_alone(asked):
        outlets = access.visible_outlets(person, at)
        return search.counted(typed(person, asked.q, at), outlets, queries.COUNT_LIMIT)
    return queries.counted(narrowed(person, asked, at, zone))


Key = tuple[str, tuple[Any, ...]]


def key_of(asked: Wanted, case: Case) -> str:
    """Where ``case`` stands in the order of ``asked``, for an address."""
    segment = next(one for one in ORDERS[asked.order] if _stands_in(one, case))
    values = [getattr(case, name) for name, _ascending in segment.keys]
    return "~".join([segment.name, *(one.isoformat() if isinstance(one, datetime) else str(one) for one in values)])


def _stands_in(segment: Segment, case: Case) -> bool:
    if segment.name in {"o", "u", "i"}:
        return True
    ended = case.ended_at is not None
    return segment.name == ("e" if ended else "n" if case.promised_at is None else "p")


def _key(asked: Wanted, text: str) -> Key | None:
    if not text:
        return None
    name, *parts = text.split("~")
    segment = next((one for one in ORDERS[asked.order] if one.name == name), None)
    try:
        if segment is None or len(parts) != len(segment.keys) or "\x00" in text:
            raise ValueError
        return name, tuple(_read_key(key, part) for (key, _up), part in zip(segment.keys, parts, strict=True))
    except ValueError:
        asked.faults.append(Fault("after" if asked.after else "before", text[:60]))
        asked.after = asked.before = ""
        return None


def _read_key(name: str, text: str) -> Any:
    if name == "id":
        return UUID(text)
    if name == "number":
        return text
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def fetched(
    person: Person,
    cases: QuerySet[Case],
    asked: Wanted,
    outlets: frozenset[str] | None,
    at: datetime,
    *,
    start: Key | None = None,
    back: bool = False,
    limit: int = queries.PAGE + 1,
) -> list[Case]:
    """Up to ``limit`` cases from ``start`` on (not included), in order – or, going ``back``, from behind."""
    if _words_alone(asked) and not back:
        before = start[1][0] if start else None
        return _whole(search.newest(typed(person, asked.q, at), outlets, limit, before))
    segments: Sequence[Segment] = _segments(asked)
    segments = segments[::-1] if back else segments
    names = [one.name for one in segments]
    if start:
        segments = segments[names.index(start[0]) :] if start[0] in names else segments
    ids: list[UUID] = []
    for segment in segments:
        left = limit - len(ids)
        if left <= 0:
            break
        key = start[1] if start and segment.name == start[0] else None
        ids += _ids(cases.filter(segment.only), segment, key, back, left, _places(asked, outlets))
    return _whole(ids)


def _words_alone(asked: Wanted) -> bool:
    """Whether nothing but words narrows the list, so that the two-step search answers it."""
    named = [getattr(asked, name) for name in (*MANY, *MATTERS)]
    others = (*named, asked.state, asked.opened, asked.opened_from, asked.opened_to)
    rest = (asked.done, asked.mine, asked.person, asked.customer, asked.figure)
    return bool(asked.q) and asked.order == "newest" and not any((*others, *rest))


def _segments(asked: Wanted) -> tuple[Segment, ...]:
    """The stretches that can hold anything: the ended ones do not where only open ones are wanted, and so on."""
    found = ORDERS[asked.order]
    if asked.state in _OPEN_STATES:
        found = tuple(one for one in found if one.name != "e")
    if asked.state in {"at-risk", "overdue", "pressing"}:
        found = tuple(one for one in found if one.name != "n")
    return tuple(one for one in found if one.name not in {"p", "n"}) if asked.state == "ended" else found


def _places(asked: Wanted, outlets: frozenset[str] | None) -> list[str]:
    """The outlets to be read one by one: an index in the order of the list exists for one outlet, not for several."""
    if outlets is None or asked.outlet or not 1 < len(outlets) <= MOST_UNITED:
        return []
    return sorted(outlets)


def _ids(
    cases: QuerySet[Case], segment: Segment, key: tuple[Any, ...] | None, back: bool, limit: int, places: list[str]
) -> list[UUID]:
    keys = [(name, ascending != back) for name, ascending in segment.keys]
    if key is not None:
        cases = cases.filter(_beyond(keys, key))
    order = [name if ascending else f"-{name}" for name, ascending in keys]
    names = list(dict.fromkeys(["id", *(name for name, _ascending in keys)]))
    if not places:
        return [row[0] for row in cases.order_by(*order).values_list(*names)[:limit]]
    parts = [cases.filter(outlet=place).order_by(*order).values_list(*names)[:limit] for place in places]
    return [row[0] for row in parts[0].union(*parts[1:], all=True).order_by(*order)[:limit]]


def _beyond(keys: list[tuple[str, bool]], values: tuple[Any, ...]) -> Q:
    """What comes after these values in this order; the first comparison alone bounds the walk along the index."""
    beyond = Q()
    same = Q()
    for (name, ascending), value in zip(keys, values, strict=True):
        beyond |= same & Q(**{f"{name}__{'gt' if ascending else 'lt'}": value})
        same &= Q(**{name: value})
    name, ascending = keys[0]
    return Q(**{f"{name}__{'gte' if ascending else 'lte'}": values[0]}) & beyond


def _whole(ids: list[UUID]) -> list[Case]:
    found = Case.objects.in_bulk(ids)
    return [found[one] for one in ids if one in found]


def neighbours(person: Person, asked: Wanted, case: Case, at: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Numbers of the cases before and after ``case`` in the list it was opened from ("" = none)."""
    cases = narrowed(person, asked, at, zone)
    outlets = access.visible_outlets(person, at)
    start = _key(asked, key_of(asked, case))
    either = [fetched(person, cases, asked, outlets, at, start=start, back=back, limit=1) for back in (True, False)]
    before, after = (one[0].number if one else "" for one in either)
    return before, after


def numbers(person: Person, asked: Wanted, at: datetime, zone: ZoneInfo, limit: int) -> list[str]:
    """Numbers of all that match, in their order, up to ``limit``: what an act on all of them is done on."""
    cases = narrowed(person, asked, at, zone)
    found = fetched(person, cases, asked, access.visible_outlets(person, at), at, limit=limit)
    return [one.number for one in found]

"""What is settled, who looked at numbers, who carried lists out of the house, what was asked and ordered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from bihuan.ground.ids import new_id
from bihuan.journal.models import Entry
from bihuan.people import access
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from ..roles import roles_of
from .errors import NotAllowed
from .models import Hold, Order, Policy, Request

READERS = frozenset({"auditor", "service-manager"})
# what the book calls showing a whole number: on a customer's card, at the follow-up desk
REVEALS = ("reveal", "number-shown")
MOST = 500


def policy() -> Policy:
    """What this site has settled; the legal least where nobody has settled anything."""
    return Policy.objects.filter(pk=1).first() or Policy()


def may_read(person: Person, at: datetime) -> bool:
    """Whether this person may read the lists of this room: administrators, auditors, who manages the service."""
    return access.may_manage_people(person) or bool(READERS & set(roles_of(person, at)))


def reading(person: Person, at: datetime) -> None:
    """Raise NotAllowed unless ``person`` may read the lists of this room."""
    if not may_read(person, at):
        words = Text("须由管理员、审计或服务经理查看", "For administrators, auditors and service managers")
        raise NotAllowed(words)


def governing(person: Person | None) -> None:
    """Raise NotAllowed unless ``person`` is an administrator (None = the machine)."""
    if person is not None and not access.may_manage_people(person):
        raise NotAllowed(Text("须由管理员办理", "For administrators"))


@dataclass(frozen=True)
class Told:
    """One entry of the book as the lists of this room show it. ``content`` is None once disposed of."""

    at: datetime
    doer: str
    outlet: str
    number: str
    verb: str
    content: dict[str, Any] | None


def reveals(
    person: Person, at: datetime, *, first: date, last: date, doer: str = "", limit: int = MOST
) -> list[Told]:  # fmt: skip
    """Every whole number shown between two days (both counted), newest first, within the reader's scope."""
    return _told(_between(person, at, first, last, doer).filter(verb__in=REVEALS), limit)


def exports_made(
    person: Person, at: datetime, *, first: date, last: date, doer: str = "", limit: int = MOST
) -> list[Told]:  # fmt: skip
    """Every list handed out as a file: what list, filter and how many rows stand in ``content``; newest first.

    Entries of the house are read by whoever may read this room's lists, and by nobody else.
    """
    reading(person, at)
    entries = _between(person, at, first, last, doer, house=True).filter(about_kind="export", verb="export")
    return _told(entries, limit)


def _told(entries: QuerySet[Entry], limit: int) -> list[Told]:
    return [
        Told(one.recorded_at, one.doer, one.chain, one.about_number, one.verb, _answers(one))
        for one in entries.select_related("kept").order_by("-id")[:limit]
    ]


def _answers(one: Entry) -> dict[str, Any] | None:
    content = one.content
    return None if content is None else content.get("answers", content)


def _between(
    person: Person, at: datetime, first: date, last: date, doer: str, *, house: bool = False
) -> QuerySet[Entry]:  # fmt: skip
    """Entries of these days. An entry's id begins with the moment it was recorded, so the key itself is the period."""
    reading(person, at)
    zone = timezone.get_current_timezone()
    begin = datetime.combine(first, datetime.min.time(), zone)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    low, high = _floor(begin), _floor(end)
    entries = Entry.objects.filter(id__gte=low, id__lt=high)
    outlets = None if access.may_manage_people(person) or house else access.visible_outlets(person, at)
    if outlets is not None:
        entries = entries.filter(chain__in=outlets)
    return entries.filter(doer=doer) if doer else entries


def _floor(moment: datetime) -> UUID:
    """The least id an entry of this moment can have."""
    return UUID(int=new_id(moment).int >> 80 << 80)


def over_limit(told: Iterable[Told], limit: int | None) -> list[tuple[date, str, int]]:
    """(day, who, how often) of everybody who looked more than ``limit`` times on one day; nothing where none is set."""
    if limit is None:
        return []
    often = Counter((timezone.localdate(one.at), one.doer) for one in told)
    return sorted(((day, doer, count) for (day, doer), count in often.items() if count > limit), reverse=True)


def looking_too_often(at: datetime) -> list[tuple[date, str, int]]:
    """As ``over_limit`` for everybody on the day of ``at`` up to now; for the clock, which reads for nobody."""
    limit = policy().reveals_a_day
    if limit is None:
        return []
    day = timezone.localdate(at)
    begin = datetime.combine(day, datetime.min.time(), timezone.get_current_timezone())
    today = Entry.objects.filter(id__gte=_floor(begin), verb__in=REVEALS, done_at__lte=at)
    often = today.values("doer").annotate(count=Count("id")).filter(count__gt=limit).order_by("doer")
    return [(day, one["doer"], one["count"]) for one in often]


def requests_open() -> QuerySet[Request]:
    """Requests that wait for somebody, the soonest due first."""
    return Request.objects.filter(state__in=[Request.OPEN, Request.RUNNING, Request.RESTRICTED]).order_by("due_on")


def overdue(day: date) -> int:
    """How many requests should have been answered by now."""
    return Request.objects.filter(state=Request.OPEN, due_on__lt=day).count()


def holds(*, lifted: bool = False) -> QuerySet[Hold]:
    """Holds in force, or those lifted."""
    return Hold.objects.filter(lifted_at__isnull=not lifted).order_by("-id")


def orders() -> QuerySet[Order]:
    """Every list, the newest first."""
    return Order.objects.order_by("-made_at")


def waiting_for(person: Person) -> QuerySet[Order]:
    """Retention lists somebody else drew up or checked, so that this person may confirm them."""
    return Order.objects.filter(Q(kind=Order.RETENTION, state=Order.CHECKED) & ~Q(checked_by=person.username))

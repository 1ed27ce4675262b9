"""Booking, moving, arriving, leaving, cancelling.

Carried out inside a case's act these write no entry of their own: the entry of the case carries what they tell.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from bihuan.ground.ids import new_id
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from . import queries
from .errors import DoubleBooked, NotQualified, WrongVisit
from .models import Visit

# minutes set aside where the text names no length, and the longest one visit may take
MINUTES = 60
LONGEST = 14 * 24 * 60


def book(
    case_number: str,
    outlet: str,
    username: str,
    start: datetime,
    *,
    by: str,
    at: datetime,
    minutes: int = MINUTES,
    place: str = "",
    skill: str = "",
) -> Visit:
    """Set ``minutes`` from ``start`` aside for ``username``; the same case's earlier booking of this person is moved.

    Raises WrongVisit, NotQualified (``skill`` not held on the day of ``start``), DoubleBooked.
    """
    _time_that_can_be(start, minutes)
    start = start.astimezone(UTC)
    with transaction.atomic():
        person = _locked(username)
        if skill and not people.qualified(person.username, skill, start):
            raise NotQualified(
                Text(
                    f"{person.name}在 {people.day_of(start)} 没有「{skill}」的有效资格",
                    f"{person.called('en')} does not hold “{skill}” on {people.day_of(start)}",
                ),
                "skill",
            )
        earlier = _booked(case_number, person)
        visit = Visit(
            id=new_id(at),
            case_number=case_number,
            outlet=outlet,
            person=person,
            during=DateTimeTZRange(start, start + timedelta(minutes=minutes)),
            place=(place or (earlier.place if earlier else ""))[:300],
            skill=skill[:80],
            booked_by=by,
            booked_at=at,
        )
        _free_but_for(earlier, visit)
        if earlier:
            # out of the way first: until the new one stands it counts as cancelled
            Visit.objects.filter(pk=earlier.pk).update(state=Visit.CANCELLED)
        _write(visit)
        if earlier:
            Visit.objects.filter(pk=earlier.pk).update(state=Visit.MOVED, replaced_by=visit)
    return visit


def arrive(
    case_number: str, outlet: str, username: str, *, by: str, at: datetime, minutes: int = MINUTES, place: str = ""
) -> Visit:
    """``username`` is there: their booking for this case is under way. Whoever arrives has left where they were before.

    Without a booking one is made from ``at`` on, as short as it must be not to touch the next. Raises WrongVisit,
    DoubleBooked where the person is booked elsewhere at that very moment.
    """
    with transaction.atomic():
        person = _locked(username)
        visit = _booked(case_number, person)
        already = Visit.objects.filter(case_number=case_number, person=person, state=Visit.UNDER_WAY).first()
        if visit is None and already is not None:
            return already
        _leave(person, at)
        if visit is None:
            visit = _unannounced(case_number, outlet, person, at, minutes, place, by)
        visit.state, visit.arrived_at = Visit.UNDER_WAY, at
        _write(visit)
    return visit


def leave(case_number: str, username: str, *, at: datetime) -> Visit | None:
    """``username`` has left: their visit for this case is done. None when they were not there."""
    with transaction.atomic():
        person = _locked(username)
        visit = Visit.objects.filter(case_number=case_number, person=person, state=Visit.UNDER_WAY).first()
        if visit is not None:
            visit.state, visit.left_at = Visit.DONE, max(at, visit.arrived_at)
            _write(visit)
    return visit


def cancel(case_number: str, *, at: datetime, because: str = "", username: str = "") -> int:
    """Give back the time booked for the case (of this person only, where named); returns how many bookings.

    Who is already there stays there. ``at`` closes nothing else: the row itself says who booked when.
    """
    found = Visit.objects.filter(case_number=case_number, state=Visit.BOOKED)
    if username:
        found = found.filter(person=username)
    return found.update(state=Visit.CANCELLED, because=because[:300])


def _time_that_can_be(start: datetime, minutes: int) -> None:
    if start.tzinfo is None:
        raise WrongVisit(Text("约定时间须带时区", "The moment needs a zone"), "at")
    if not 1 <= minutes <= LONGEST:
        raise WrongVisit(Text("时长须为 1 分钟至 14 天", "A visit takes from a minute to 14 days"), "minutes")


def _locked(username: str) -> Person:
    """The person, whose time nobody else gives away until this transaction ends."""
    person = Person.objects.select_for_update(no_key=True).filter(username=username, is_active=True).first()
    if person is None:
        raise WrongVisit(Text(f"没有在用的账号 {username}", f"There is no active account {username}"), "who")
    return person


def _booked(case_number: str, person: Person) -> Visit | None:
    return Visit.objects.filter(case_number=case_number, person=person, state=Visit.BOOKED).first()


def _free_but_for(earlier: Visit | None, visit: Visit) -> None:
    found = queries.busy(visit.person_id, visit.starts, visit.ends)
    others = [one for one in found if earlier is None or one.pk != earlier.pk]
    if others:
        raise _double(visit.person)


def _double(person: Person) -> DoubleBooked:
    # the other case may be another outlet's: its number is not told
    return DoubleBooked(
        Text(
            f"{person.name}这段时间已有别的上门，先改那一次或另约时间",
            f"{person.called('en')} has another visit in that time: move that one, or choose another time",
        ),
        "at",
    )


def _write(visit: Visit) -> None:
    """Save; what only the database sees (two at the same instant, hand-written rows) is refused in the same words."""
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError as error:
        if "visit_one_place_at_a_time" in str(error):
            raise _double(visit.person) from error
        raise


def _leave(person: Person, at: datetime) -> None:
    for visit in Visit.objects.filter(person=person, state=Visit.UNDER_WAY):
        visit.state, visit.left_at = Visit.DONE, max(at, visit.arrived_at)
        _write(visit)


def _unannounced(
    case_number: str, outlet: str, person: Person, at: datetime, minutes: int, place: str, by: str
) -> Visit:
    """A visit nobody had booked, until the person's next one."""
    until = at + timedelta(minutes=minutes)
    booked = queries.busy(person.username, at, until)
    if booked and booked[0].starts <= at:
        raise _double(person)
    if booked:
        until = booked[0].starts
    return Visit(
        id=new_id(at),
        case_number=case_number,
        outlet=outlet,
        person=person,
        during=DateTimeTZRange(at, until),
        place=place[:300],
        booked_by=by,
        booked_at=at,
    )

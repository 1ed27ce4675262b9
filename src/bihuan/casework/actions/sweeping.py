"""Duties: a case is opened for every period of a duty that comes due."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from bihuan.ground.ids import new_id
from bihuan.people import queries as people
from bihuan.procedure import duties, engine
from bihuan.procedure.definition import Definition, Duty
from bihuan.procedure.duties import Period
from bihuan.procedure.reading import duty_definition
from bihuan.procedure.state import CLOCK
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import Version
from bihuan.registers.outlets import queries as outlets

from ..models import Case, DutyPeriod
from ..numbers import take_number
from .keeping import Change, Moment, calendar_id, keep, surroundings_of

# how long before its period begins to be due a duty's case may be opened, and how far back one is made up for
AHEAD = timedelta(days=1)
BEHIND = timedelta(days=31)
PERIOD_ONCE = "duty_period_once"


def open_duties(now: datetime, ahead: timedelta = AHEAD) -> int:
    """Open a case for every period of every duty that falls due until ``now + ahead`` and has none yet."""
    opened = 0
    for version, definition in documents.all_in_force(now):
        for duty in definition.duties.values():
            for outlet in _places(duty, now):
                opened += _open_periods(version, definition, duty, outlet, now, ahead)
    return opened


def _places(duty: Duty, now: datetime) -> list[str]:
    """The outlets a duty is owed by: each of its ``per`` that day; else those where its post is held, else the house.

    A post is held at a place, and the list handed in there names that place's cases: opened at the house alone, a
    duty of an outlet's post could be done by nobody.
    """
    if duty.per == "outlets.contracted":
        return sorted(outlets.contracted(now).values_list("key_id", flat=True))
    if duty.per == "outlets.all":
        return people.outlet_codes()
    held = people.places_holding(duty.who.posts, now)
    return held or [people.root_outlet()]


def _open_periods(
    version: Version, definition: Definition, duty: Duty, outlet: str, now: datetime, ahead: timedelta
) -> int:
    own = duty_definition(definition, duty)
    surroundings = surroundings_of(outlet)
    since = max(version.effective_from, now - BEHIND)
    last = DutyPeriod.objects.filter(kind=own.kind, per=outlet).order_by("-due_on").select_related("case").first()
    if duty.every.time is not None:
        done = last.case.ended_at if last else since
        periods = [duties.next_after(duty, done, surroundings.calendar)] if done else []
    else:
        periods = duties.periods_opening(duty, since, now + ahead, surroundings.calendar)
    known = set(DutyPeriod.objects.filter(kind=own.kind, per=outlet).values_list("due_on", flat=True))
    fresh = [period for period in periods if period.shown not in known and period.opens <= now + ahead]
    return sum(_open_period(version, own, outlet, period, now) for period in fresh)


def _template(version: Version, own: Definition) -> str:
    """The series of this duty, else the one the pack has for all its duties."""
    numbers = documents.pack_of(version).numbers
    return numbers.get(own.kind) or numbers.get("duty", "")


def _open_period(version: Version, own: Definition, outlet: str, period: Period, now: datetime) -> int:
    """One case for one period; of two workers that come at once the second finds it taken and opens nothing."""
    try:
        _write_period(version, own, outlet, period, now)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation) or error.__cause__.diag.constraint_name != PERIOD_ONCE:
            raise
        return 0
    return 1


def _write_period(version: Version, own: Definition, outlet: str, period: Period, now: datetime) -> None:
    surroundings = surroundings_of(outlet)
    facts = {"duty.due": period.due.isoformat(), "duty.period": period.shown.isoformat(), "duty.per": outlet}
    if period.about_start and period.about_end:
        facts["duty.about"] = f"{period.about_start}/{period.about_end}"
    with transaction.atomic():
        outcome = engine.start(own, CLOCK, {}, facts, now, surroundings)
        case = Case(
            id=new_id(now),
            number=take_number(_template(version, own), own.kind, outlet, now.astimezone(surroundings.zone)),
            kind=own.kind,
            version=version,
            outlet=outlet,
            opened_at=now,
            title=f"{own.title.zh} {period.shown}",
        )
        keep(case, Change(own, outcome, CLOCK, {}, Moment(now, now), calendar_id(surroundings)), opening=True)
        DutyPeriod.objects.create(kind=own.kind, per=outlet, due_on=period.shown, case=case)

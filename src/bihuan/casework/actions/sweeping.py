"""Duties: a case is opened for every period of a duty that comes due."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from bihuan.ground.ids import new_id
from bihuan.procedure import duties, engine
from bihuan.procedure.definition import Definition, Duty
from bihuan.procedure.duties import Period
from bihuan.procedure.reading import duty_definition
from bihuan.procedure.state import CLOCK
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import Version

from ..models import Case, DutyPeriod
from ..numbers import take_number
from .keeping import Change, Moment, calendar_id, keep, surroundings_of
from .subjects import Subject, subjects_of

# how long before its period begins to be due a duty's case may be opened, and how far back one is made up for
AHEAD = timedelta(days=1)
BEHIND = timedelta(days=31)
LIMIT = 500
PERIOD_ONCE = "duty_period_once"


def open_duties(now: datetime, ahead: timedelta = AHEAD, limit: int = LIMIT) -> int:
    """Open a case for every period of every duty that falls due until ``now + ahead`` and has none yet.

    At most ``limit`` at once: what is left is opened the next time.
    """
    opened = 0
    for version, definition in documents.all_in_force(now):
        for duty in definition.duties.values():
            opened += _open_duty(version, definition, duty, now, ahead, limit - opened)
    return opened


def _open_duty(
    version: Version, definition: Definition, duty: Duty, now: datetime, ahead: timedelta, limit: int
) -> int:
    own = duty_definition(definition, duty)
    subjects = subjects_of(duty, now)
    known = _known(own.kind, duty, now)
    opened = 0
    for subject in subjects:
        if opened >= limit:
            break
        opened += _open_periods(version, own, duty, subject, now, ahead, known.get(subject.per, {}))
    return opened


def _known(kind: str, duty: Duty, now: datetime) -> dict[str, dict[date, datetime | None]]:
    """Subject → its periods that have a case, each with when that case ended; asked once for all subjects.

    Of a beat "so long after the last one" only the last one, else those that could still be made up for.
    """
    periods = DutyPeriod.objects.filter(kind=kind)
    if duty.every.time is not None:
        periods = periods.order_by("per", "-due_on").distinct("per")
    else:
        periods = periods.filter(due_on__gte=(now - 2 * BEHIND).date())
    found: dict[str, dict[date, datetime | None]] = {}
    for per, due_on, ended in periods.values_list("per", "due_on", "case__ended_at"):
        found.setdefault(per, {})[due_on] = ended
    return found


def _open_periods(
    version: Version, own: Definition, duty: Duty, subject: Subject, now: datetime, ahead: timedelta,
    known: dict[date, datetime | None],
) -> int:  # fmt: skip
    calendar = surroundings_of(subject.outlet).calendar
    since = max(version.effective_from, now - BEHIND)
    if duty.every.time is not None:
        done = known[max(known)] if known else since
        periods = [duties.next_after(duty, done, calendar)] if done else []
    else:
        periods = duties.periods_opening(duty, since, now + ahead, calendar)
    fresh = [period for period in periods if period.shown not in known and period.opens <= now + ahead]
    return sum(_open_period(version, own, subject, period, now) for period in fresh)


def _template(version: Version, own: Definition) -> str:
    """The series of this duty, else the one the pack has for all its duties."""
    numbers = documents.pack_of(version).numbers
    return numbers.get(own.kind) or numbers.get("duty", "")


def _open_period(version: Version, own: Definition, subject: Subject, period: Period, now: datetime) -> int:
    """One case for one period; of two workers that come at once the second finds it taken and opens nothing."""
    try:
        _write_period(version, own, subject, period, now)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation) or error.__cause__.diag.constraint_name != PERIOD_ONCE:
            raise
        return 0
    return 1


def _write_period(version: Version, own: Definition, subject: Subject, period: Period, now: datetime) -> None:
    outlet = subject.outlet
    surroundings = surroundings_of(outlet)
    facts = {"duty.due": period.due.isoformat(), "duty.period": period.shown.isoformat(), "duty.per": subject.per}
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
            title=" · ".join(filter(None, (f"{own.title.zh} {period.shown}", subject.words))),
        )
        keep(case, Change(own, outcome, CLOCK, {}, Moment(now, now), calendar_id(surroundings)), opening=True)
        DutyPeriod.objects.create(kind=own.kind, per=subject.per, due_on=period.shown, case=case)

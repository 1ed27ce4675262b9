"""What the clock owes: limits passed, waits over, duties due. Work that is due is a row with an indexed moment."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.people import queries as people
from bihuan.procedure import duties, engine
from bihuan.procedure.definition import Definition, Duty
from bihuan.procedure.reading import duty_definition
from bihuan.procedure.state import CLOCK
from bihuan.registers.calendars import queries as calendars
from bihuan.registers.documents import queries as documents

from ..definitions import definition_for
from ..models import Case, DutyPeriod
from ..numbers import take_number
from .keeping import Change, Moment, keep, surroundings_of

# how far ahead of its due date a duty's case is opened, so that it can be seen coming
AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Swept:
    """What one round did."""

    ticked: int = 0
    opened: int = 0


def sweep(now: datetime, limit: int = 200) -> Swept:
    """Let the clock act on up to ``limit`` due cases, the longest due first; several workers share the rows.

    One transaction holds the cases of one round; entries of one chain are written together (design 4).
    """
    with transaction.atomic():
        due = Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(due_at__lte=now).order_by("due_at")
        by_outlet: dict[str, list[Case]] = defaultdict(list)
        for case in due[:limit]:
            by_outlet[case.outlet].append(case)
        count = 0
        for outlet in sorted(by_outlet):
            surroundings = surroundings_of(outlet)
            for case in by_outlet[outlet]:
                definition = definition_for(case)
                with transaction.atomic():
                    outcome = engine.tick(definition, case.state, now, surroundings)
                    keep(case, Change(definition, outcome, CLOCK, {}, {}, Moment(now, now), verb="tick"))
                count += 1
    return Swept(ticked=count)


def open_duties(now: datetime, ahead: timedelta = AHEAD) -> int:
    """Open a case for every period of every duty that falls due until ``now + ahead`` and has none yet."""
    opened = 0
    for version, definition in documents.all_in_force(now):
        for duty in definition.duties.values():
            for outlet in _places(duty):
                opened += _open_periods(version, definition, duty, outlet, now, ahead)
    return opened


def _places(duty: Duty) -> list[str]:
    """The outlets a duty is owed by: each of its ``per``, or the house as a whole."""
    if duty.per in {"outlets.all", "outlets.contracted"}:
        return people.outlet_codes()
    return [people.root_outlet()]


def _open_periods(version, definition: Definition, duty: Duty, outlet: str, now: datetime, ahead: timedelta) -> int:
    own = duty_definition(definition, duty)
    calendar = calendars.calendar_for(outlet)
    first = version.effective_from or now
    opened = 0
    known = set(DutyPeriod.objects.filter(kind=own.kind, per=outlet).values_list("due_on", flat=True))
    for period in duties.due_dates(duty, max(first, now - timedelta(days=62)), now + ahead, calendar):
        if period.due_on in known:
            continue
        with transaction.atomic():
            surroundings = surroundings_of(outlet)
            outcome = engine.start(own, CLOCK, {}, {"duty.period": period.name}, now, surroundings)
            case = Case(
                id=new_id(now),
                number=take_number("", own.kind.upper(), outlet, now),
                kind=own.kind,
                version=version,
                outlet=outlet,
                opened_at=now,
                title=f"{duty.title.zh} {period.name}",
            )
            keep(case, Change(own, outcome, CLOCK, {}, {}, Moment(now, now)), opening=True)
            DutyPeriod.objects.create(kind=own.kind, per=outlet, due_on=period.due_on, case=case)
            opened += 1
    return opened

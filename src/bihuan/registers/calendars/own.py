"""An outlet's own working hours from a day on: another version of its calendar, the days before as they were.

Nothing has to happen on the day itself: whatever is promised from now on and reaches over it is counted by the old
hours up to it and by the new ones from it. What was promised before keeps the calendar it was promised under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import OutletKey, Person
from bihuan.procedure import calendars
from bihuan.procedure.calendars import Calendar, DayEntry, Windows, WrongCalendar
from bihuan.procedure.definition import Text
from bihuan.procedure.refusals import Refusal

from . import queries
from .actions import enter, one_at_a_time, store
from .models import CalendarUse

# what is counted anew after a pause may have begun so long ago; and so far ahead may be settled
DAYS_BACK = DAYS_AHEAD = 400
BEFORE = Text("改用前的时段", "Hours before the change")


class NotAllowed(Refusal):
    """Administrators settle which hours an outlet keeps."""

    code = "not-allowed"

    def __init__(self) -> None:
        super().__init__(Text("网点的工作时间由管理员确定", "Administrators settle the hours of an outlet"))


@dataclass(frozen=True)
class Changed:
    """What the change makes of it: the calendar in force, the one to come, the outlets that go by it."""

    old: Calendar
    new: Calendar
    first: date
    outlets: tuple[str, ...]


def would_change(outlet: str, week: Mapping[int, Windows], first: date, today: date) -> Changed:
    """What ``change`` would make of it, and nothing written. Raises ``WrongCalendar``."""
    if not OutletKey.objects.filter(pk=outlet).exists():
        raise WrongCalendar(Text("没有这个网点", "There is no such outlet"))
    if not today <= first <= today + timedelta(DAYS_AHEAD):
        zh, en = f"从今天起 {DAYS_AHEAD} 天之内的一天", f"A day from today on, within {DAYS_AHEAD} days"
        raise WrongCalendar(Text(zh, en))
    if not any(week.values()):
        raise WrongCalendar(Text("一周里至少要有一天上班", "At least one day of the week has to be worked"))
    old = queries.calendar_for(outlet)
    kept = {day: entry for day, entry in old.days.items() if entry.name != BEFORE or day < first}
    bare = calendars.build(outlet, old.zone, dict(week), kept, old.announced)
    span = (first - timedelta(back) for back in range(1, DAYS_BACK + 1))
    stayed = {day: _as_it_was(old, day) for day in span if old.windows(day) != bare.windows(day)}
    new = calendars.build(name_of(outlet), old.zone, dict(week), {**kept, **stayed}, old.announced)
    if all(old.windows(day) == new.windows(day) for day in _ahead(today)):
        raise WrongCalendar(Text("与现在的工作时间一样，没有要改的", "These are the hours it keeps already"))
    return Changed(old, new, first, _followers(outlet))


def _as_it_was(old: Calendar, day: date) -> DayEntry:
    found = old.windows(day)
    return DayEntry("split", BEFORE, found) if found else DayEntry("off", BEFORE)


def _ahead(today: date) -> list[date]:
    return [today + timedelta(ahead) for ahead in range(2 * DAYS_AHEAD)]


def name_of(outlet: str) -> str:
    """The name of an outlet's own calendar: its code, unless that is the name of the organisation's."""
    return outlet if outlet != queries.DEFAULT else f"{outlet}-outlet"


def _followers(outlet: str) -> tuple[str, ...]:
    """The outlet and those below it that have no calendar of their own."""
    own = set(CalendarUse.objects.exclude(outlet=outlet).values_list("outlet", flat=True))
    below = sorted(people.below(outlet) - {outlet})
    spared = {code for other in own for code in people.below(other) if other in below}
    return (outlet, *(code for code in below if code not in spared))


def change(outlet: str, week: Mapping[int, Windows], first: date, *, by: Person, at: datetime) -> Changed:
    """The outlet keeps these hours from ``first`` on. Raises ``NotAllowed``, ``WrongCalendar``."""
    if not access.may_manage_people(by):
        raise NotAllowed
    with transaction.atomic():
        one_at_a_time(name_of(outlet))
        made = would_change(outlet, week, first, people.day_of(at))
        before = queries.newest_row(made.old.name)
        store(made.new, at, before.country if before else "")
        CalendarUse.objects.update_or_create(outlet=outlet, defaults={"name": made.new.name})
        told = {"outlet": outlet, "from": first.isoformat(), "version": made.new.version}
        told["before"] = f"{made.old.name}@{made.old.version}"
        enter(made.new.name, "calendar-changed", by.username, at, told)
    return made

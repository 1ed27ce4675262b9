"""Until which day the record of a form is kept, for one case: the term stands in the document, the day is computed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal

from . import clocks
from .calendars import Calendar
from .clocks import NeverDue
from .conditions import holds
from .definition import Definition, Keep, Time
from .engine.working import Surroundings, Working, moment_of, zone_of
from .state import State

NOT: Literal["not"] = "not"
# A term of retention ends with a day, also in a document that counts its promises to the minute.
BY_DAYS = "calendar, end of day"

KeptUntil = date | Literal["not"] | None


def keep_until(
    definition: Definition, form: str, state: State, calendar: Calendar, times: Mapping[str, Time] | None = None
) -> KeptUntil:
    """The last day on which the record of ``form`` has to be there; from the next one on it may be disposed of.

    ``"not"`` where the document says that it is not kept; None where no day can be named: the moment the term runs from
    has not come, no term fits the case, or nothing is said. ``longest`` is the latest day any form of the procedure has
    for this case, filled or not, and is named only once the case has ended: until then a longer one may still come.
    Years and months go by date (29 February ends on the 28th), working days by ``calendar``, which also gives the zone
    of the site. ``times`` are the pack's words of time. Raises KeyError for an unknown form.
    """
    count = _Count(definition, state, calendar, times or {})
    keep = definition.forms[form].keep or definition.keep
    if keep is None:
        return None
    return count.longest() if keep.longest else count.until(form, keep)


class _Count:
    """The case in hand while its terms are counted."""

    def __init__(self, definition: Definition, state: State, calendar: Calendar, times: Mapping[str, Time]) -> None:
        self.definition, self.state, self.calendar, self.times = definition, state, calendar, times
        self.working = Working(definition, state, Surroundings(calendar))

    def longest(self) -> date | None:
        if self.state.ended is None:
            return None
        days = []
        for form in self.definition.forms.values():
            keep = form.keep or self.definition.keep
            if keep is None or keep.longest or keep.never:
                continue
            day = self.until(form.name, keep)
            if isinstance(day, date):
                days.append(day)
            elif form.name in self.state.answers:
                return None  # a record of the case whose own day is open may be the longest
        return max(days, default=None)

    def until(self, form: str, keep: Keep) -> KeptUntil:
        if keep.never:
            return NOT
        start = self.start(form, keep)
        term = next((term.time for term in keep.terms if holds(term.condition, self.working.look)), "")
        if start is None or not term:
            return None
        return self.last_day(start, self.times.get(term) or clocks.time_of(term))

    def start(self, form: str, keep: Keep) -> datetime | None:
        """The moment a term runs from: closing, opening, a step, an act, filling the form, an answer or a fact."""
        state, name = self.state, keep.start
        if name == "closed":
            return state.ended
        if name == "opened":
            return state.opened
        if name == "done":
            acts = [act.name for act in self.definition.acts.values() if act.form == form]
            return max((state.moments[act] for act in acts if act in state.moments), default=None)
        if "." in name and name not in state.moments:
            return self.written(self.working.look(name))
        return state.moments.get(name)

    def written(self, value: Any) -> datetime | None:
        return moment_of(value, self.calendar, end_of_day=False)

    def last_day(self, start: datetime, time: Time) -> date | None:
        try:
            end = clocks.due(start, time, BY_DAYS, self.calendar)
        except NeverDue:
            return None
        # a day ends with the midnight that already belongs to the next one
        return (end - timedelta(minutes=1)).astimezone(zone_of(self.calendar)).date()

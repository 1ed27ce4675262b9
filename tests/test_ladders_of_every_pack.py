"""No rung of any pack is climbed outside working time, unless the clock its clause names is elapsed time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from tests.every_pack import FOLDERS, ROOT, calendar_of, definitions_of, pack_of

from bihuan.procedure import clocks
from bihuan.procedure.engine.counting import calendar_label
from bihuan.procedure.engine.owing import rung_clock, rung_moment
from bihuan.procedure.engine.working import Surroundings, Working, zone_of
from bihuan.procedure.state import ClockRun, State

PACKS = tuple(folder for folder in FOLDERS if folder.parent == ROOT / "packs")
FIRST = datetime(2026, 2, 12, 1, 0, tzinfo=UTC)
STARTS = [FIRST + timedelta(hours=13 * number) for number in range(48)]  # Spring Festival and its make-up days


def runs_of(definition, deadline, calendar):
    """The promise begun at each start, by each of its limits, and missed at its due moment."""
    for within in deadline.within:
        time = clocks.written(within.time)
        for start in STARTS:
            due = clocks.due(start, within.time, definition.days, calendar)
            yield ClockRun(deadline.name, 1, "missed", start, due, time, "", calendar_label(calendar), missed_at=due)
    if not deadline.within:
        midnights = [clocks.due(start, clocks.time_of("1 day"), "calendar, end of day", calendar) for start in STARTS]
        for due in midnights:
            yield ClockRun(deadline.name, 1, "missed", due, due, "", "", calendar_label(calendar), missed_at=due)


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_a_rung_of_a_clock_that_rests_is_climbed_within_working_time(folder):
    calendar = calendar_of(folder)
    zone, outside, seen = zone_of(calendar), [], 0
    for definition in definitions_of(folder):
        work = Working(definition, State("", 1, FIRST, FIRST), Surroundings(calendar))
        for deadline in definition.deadlines.values():
            for run in runs_of(definition, deadline, calendar):
                for number in range(len(deadline.late)):
                    climbing = replace(run, rungs=number)
                    moment = rung_moment(work, deadline, climbing)
                    above = deadline.late[number:]
                    if any(rung_clock(definition, each, climbing, zone) == "elapsed" for each in above):
                        continue
                    seen += 1
                    if clocks.in_hours(moment, calendar) != moment:
                        outside.append((definition.kind, deadline.name, number, moment.isoformat()))
    assert outside == []
    assert seen > 100


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_every_pack_says_when_it_tells_what_is_late(folder):
    assert pack_of(folder).hours.ladders == "in-hours"

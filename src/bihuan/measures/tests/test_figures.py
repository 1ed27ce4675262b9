"""Every figure against a recount by another way: each case replayed by the engine up to the end of the period."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from tests.cast import MONDAY

from bihuan.casework import replay
from bihuan.casework.definitions import definition_for
from bihuan.casework.models import Case
from bihuan.measures import behind, periods
from bihuan.procedure.replay import replay_state
from bihuan.registers.calendars import queries as calendars

from .conftest import APRIL, MARCH, ZONE

PERIODS = [MARCH, MARCH.after, *(periods.read("week", f"2026-W{week}", ZONE) for week in (10, 11, 13, 14))]


def stood(case: Case, until: datetime):
    """The case's state at ``until`` as the engine makes it from its entries; None before its beginning."""
    entries = [one for one in replay.recorded(case) or [] if one.at < until]
    difference, state = replay_state(definition_for(case), calendars.calendar_of, entries)
    assert difference is None
    return state


def naive(period, known: datetime, outlets=("north", "south")) -> dict[tuple[str, str, str], set]:
    """Section, row and column → numbers, counted from states and not from happenings."""
    until, found = min(period.end, known), {}

    def add(column: str, *rows: tuple[str, str]) -> None:
        for section, row in rows:
            found.setdefault((section, row, column), set()).add(case.pk)

    for case in Case.objects.filter(outlet__in=outlets):
        state = stood(case, until)
        if state is None or (state.ended and state.ended < period.start):
            continue
        duty = "." in case.kind
        rows = [("duty", case.kind)] if duty else [("whole", "all"), ("kind", case.kind), ("outlet", case.outlet)]
        if state.opened >= period.start:
            add("opened", *rows)
        add("ended" if state.ended else "open", *rows)
        kept = {run.name for run in state.clocks if run.state == "met" and period.start <= run.stopped < until}
        late = [run for run in state.clocks if run.state == "missed" or (run.state == "running" and run.due < until)]
        missed = {run.name for run in late if period.start <= run.due < until}
        if not state.ended and any(run.stopped is None for run in late):
            add("overdue", *rows)
        for column, names in (("missed", missed), ("kept", kept - missed)):
            add(column, *(("promise", f"{case.kind}/{name}") for name in names))
        if missed or kept:
            add("missed" if missed else "kept", *rows)
    return found


def figures(site, period, known=APRIL, person="qian") -> dict[tuple[str, str, str], set]:
    """What the report says, of the sections the recount knows."""
    counted = behind.counted_for(site.people[person], period, known, APRIL)
    return {
        (section, row, column): set(cases)
        for section, rows in counted.sections.items()
        if section in {"whole", "kind", "outlet", "promise", "duty"}
        for row, columns in rows.items()
        for column, cases in columns.items()
        if cases and column != "later"
    }


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.key)
def test_every_figure_is_what_a_replay_of_every_case_gives(site, march, period):
    assert figures(site, period) == naive(period, APRIL)


def test_the_month_is_not_empty_and_holds_every_column(site, march):
    columns = {column for section, _row, column in figures(site, MARCH) if section == "whole"}
    assert columns == {"opened", "ended", "open", "overdue", "kept", "missed"}


def test_an_outlet_counts_its_own_cases_and_no_others(site, march):
    assert figures(site, MARCH, person="wang") == naive(MARCH, APRIL, ("south",))
    assert figures(site, MARCH, person="zhou") == naive(MARCH, APRIL, ("north",))
    assert figures(site, MARCH, person="outsider") == {}


def test_what_is_recorded_later_changes_the_month_and_is_told(site, march, recorded_late):
    july = APRIL + timedelta(days=90)
    before = behind.counted_for(site.qian, MARCH, APRIL, july)
    now = behind.counted_for(site.qian, MARCH, july, july)
    assert recorded_late.pk not in before.cases("whole", "all", "ended")
    assert recorded_late.pk in now.cases("whole", "all", "ended")
    assert now.cases("whole", "all", "later") == {recorded_late.pk}


def test_the_month_read_as_it_was_known_then_is_the_same_for_ever(site, march, request):
    then = figures(site, MARCH)
    request.getfixturevalue("recorded_late")
    assert figures(site, MARCH) == then
    assert figures(site, MARCH, known=APRIL + timedelta(days=90)) != then


def test_what_lies_before_an_end_recorded_later_counts_as_it_was_known(site, march, recorded_late):
    """Ended on 22 March, known only in April: for whoever reads the book of 10 April it is open in April."""
    april = MARCH.after
    known_then = behind.counted_for(site.qian, april, APRIL, APRIL + timedelta(days=90))
    known_now = behind.counted_for(site.qian, april, APRIL + timedelta(days=90), APRIL + timedelta(days=90))
    assert recorded_late.pk in known_then.cases("whole", "all", "open")
    assert recorded_late.pk not in known_now.cases("whole", "all", "open")


def test_faults_and_devices_are_counted_by_the_answers_of_the_opened(site, march):
    counted = behind.counted_for(site.qian, MARCH, APRIL, APRIL)
    opened = [case for case in march if MARCH.start <= case.opened_at < MARCH.end]
    faults = Counter(case.state.answers["intake"]["problem"] for case in opened)
    devices = Counter(case.state.answers["intake"].get("device", "~none") for case in opened)
    urgency = Counter(case.state.answers["intake"]["urgency"] for case in opened)
    sections = {"fault": faults, "device": devices, "choice~job~intake~urgency": urgency}
    for section, expected in sections.items():
        rows = counted.sections[section]
        assert {row: len(columns["opened"]) for row, columns in rows.items()} == expected
    assert len(opened) < len(march)


def test_stages_are_those_of_the_end_of_the_month_not_of_today(site, march):
    counted = behind.counted_for(site.qian, MARCH, APRIL, APRIL)
    expected: Counter = Counter()
    for case in Case.objects.exclude(kind__contains="."):
        state = stood(case, MARCH.end)
        if state is not None and state.ended is None:
            expected[definition_for(case).steps[state.step].stage] += 1
    assert {row: len(columns["open"]) for row, columns in counted.sections["stage"].items()} == expected


def test_the_week_tells_each_day_and_how_soon_somebody_answered(site, march):
    week = periods.read("week", "2026-W10", ZONE)
    counted = behind.counted_for(site.qian, week, APRIL, APRIL)
    days = {row: len(columns["opened"]) for row, columns in counted.sections["day"].items()}
    assert days == {f"2026-03-0{day}": int(day in {2, 4, 6, 8}) for day in range(2, 9)}
    # of 2, 4, 6 and 8 March: 4 March after 20 minutes, 6 March after 95, the others not within the week
    answers = {row: set(columns["opened"]) for row, columns in counted.sections["answer"].items()}
    assert answers == {"30m": {march[1].pk}, "2h": {march[2].pk}, "~none": {march[0].pk, march[3].pk}}
    assert counted.middle_wait() == timedelta(minutes=57.5)


def test_an_unfinished_month_ends_when_it_is_read(site, march):
    known = MONDAY + timedelta(days=9)
    assert figures(site, MARCH, known) == naive(MARCH, known)

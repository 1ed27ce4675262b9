"""Disposal days worked out by hand, from the words of a document and the moments of one case."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bihuan.procedure import engine
from bihuan.procedure.calendars import of_hours
from bihuan.procedure.definition import Hours, Time
from bihuan.procedure.engine import Surroundings
from bihuan.procedure.retention import keep_until
from bihuan.procedure.state import Doer, State

from .sample import TEXT, read

CALENDAR = of_hours("head", Hours(), range(2026, 2030))
HOLDS = (("clerk", ""), ("repairer", ""))
# 23:30 on 2 March and 00:30 on 5 March in Shanghai: in UTC both lie on another day of the site
OPENED = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
CLOSED = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)

SLIP = "fields.problem = "
FINDING = 'fields.result.ask = { zh = "结果", en = "Result" }'
EXTRA = '```toml\n[forms.extra]\ntitle = { zh = "其他", en = "Other" }\n```\n## 3 维修'
DUE = 'fields.due = { ask = { zh = "约定日", en = "Day" }, kind = "date" }\n'


def document(slip: str = "", finding: str = "", default: str = "") -> str:
    """The sample with a term of retention for each of its two forms, and another for the rest."""
    text = TEXT.replace(SLIP, f"keep = {slip}\n{SLIP}") if slip else TEXT
    text = text.replace(FINDING, f"keep = {finding}\n{DUE}{FINDING}") if finding else text
    return text.replace('{ for = "2 years", by = "clerk" }', default) if default else text


def defined(text: str):
    result = read(text)
    assert result.faults == ()
    return result.definition


def played(definition, closed: datetime | None = CLOSED, result: str = "good", **answers) -> State:
    """Opened late on 2 March; found good and thereby closed in the first hour of 5 March."""
    around = Surroundings(CALENDAR)
    given = {"slip.problem": "不亮", "slip.urgent": True}
    doer = Doer("chen", HOLDS)
    state = engine.start(definition, doer, given, {}, OPENED, around).state
    if closed is None:
        return state
    filled = {"finding.result": result, **{f"finding.{name}": value for name, value in answers.items()}}
    return engine.act(definition, state, "check", doer, filled, {}, closed, around).state


def until(text: str, form: str, closed: datetime | None = CLOSED, times=None, **more):
    definition = defined(text)
    return keep_until(definition, form, played(definition, closed, **more), CALENDAR, times)


@pytest.mark.rule("INT-00-06")
@pytest.mark.parametrize(
    ("keep", "day"),
    [
        ('{ for = "2 years" }', date(2028, 3, 5)),
        ('{ for = "3 years", from = "closed" }', date(2029, 3, 5)),
        ('{ for = "3 years", from = "opened" }', date(2029, 3, 2)),
        ('{ for = "6 months", from = "register" }', date(2026, 9, 2)),
        ('{ for = "1 week", from = "enter done" }', date(2026, 3, 12)),
        ('{ for = "2 days", from = "leave received" }', date(2026, 3, 7)),
        ('{ for = "1 year", from = "done" }', date(2027, 3, 2)),
        ('{ for = "1 hour" }', date(2026, 3, 5)),
        ('{ for = "3 working days", from = "closed" }', date(2026, 3, 10)),
        ('"not"', "not"),
    ],
)
def test_the_last_day_is_counted_from_the_moment_the_document_names(keep, day):
    assert until(document(slip=keep), "slip") == day


@pytest.mark.rule("INT-00-06")
@pytest.mark.parametrize(("result", "day"), [("good", date(2027, 3, 5)), ("bad", date(2031, 3, 5))])
def test_the_first_term_whose_condition_holds_is_the_term(result, day):
    text = document(
        slip='{ for = [{ if = { "finding.result" = "bad" }, time = "5 years" }, { time = "1 year" }], from = "check" }'
    )
    assert until(text, "slip", result=result) == day


def test_a_term_that_no_condition_reaches_names_no_day():
    text = document(slip='{ for = [{ if = { "finding.result" = "bad" }, time = "5 years" }] }')
    assert until(text, "slip") is None


def test_an_answer_may_be_the_day_a_term_runs_from():
    text = document(finding='{ for = "1 year", from = "finding.due" }')
    assert until(text, "finding", due="2024-02-29") == date(2025, 2, 28)
    assert until(text, "finding") is None


@pytest.mark.rule("INT-00-06")
def test_the_longest_is_the_latest_day_of_the_case():
    text = document(slip='{ for = "2 years" }', finding='{ for = "3 years" }', default='"longest"')
    text = text.replace("## 3 维修", EXTRA)
    assert [until(text, form) for form in ("slip", "finding", "extra")] == [
        date(2028, 3, 5),
        date(2029, 3, 5),
        date(2029, 3, 5),
    ]


def test_the_longest_goes_by_days_not_by_figures():
    text = document(slip='{ for = "40 months", from = "opened" }', finding='{ for = "3 years" }', default='"longest"')
    assert until(text.replace('keep = { for = "3 years" }', 'keep = "longest"'), "finding") == date(2029, 7, 2)


def test_while_the_case_runs_nothing_that_waits_for_its_end_has_a_day():
    text = document(slip='{ for = "2 years" }', finding='"longest"')
    assert [until(text, form, closed=None) for form in ("slip", "finding")] == [None, None]
    text = document(slip='{ for = "2 years", from = "opened" }', finding='"longest"')
    assert [until(text, form, closed=None) for form in ("slip", "finding")] == [date(2028, 3, 2), None]


def test_a_record_whose_own_day_is_open_keeps_the_longest_open():
    text = document(slip='{ for = "9 years", from = "finding.due" }', finding='"longest"').replace("## 3 维修", EXTRA)
    assert until(text, "extra") == date(2028, 3, 5)
    assert until(text, "finding") is None
    assert until(text, "finding", due="2026-01-01") == date(2035, 1, 1)


def test_the_longest_of_records_that_are_not_kept_is_no_day():
    assert until(document(slip='"not"', finding='"longest"'), "finding") is None


def test_a_form_without_a_term_of_its_own_has_that_of_the_procedure():
    assert until(TEXT, "finding") == date(2028, 3, 5)
    assert until(TEXT.replace('keep = { for = "2 years", by = "clerk" }\n', ""), "finding") is None


def test_a_word_of_the_pack_is_counted_as_the_pack_says():
    text = document(slip='{ for = "promptly" }')
    assert until(text, "slip", times={"promptly": Time(1, "working-days", "promptly")}) == date(2026, 3, 6)


def test_a_document_that_counts_its_promises_in_working_days_still_keeps_calendar_days():
    text = TEXT.replace('owner = "head"', 'owner = "head"\ndays = "working, end of day"')
    text = text.replace('{ for = "2 years", by = "clerk" }', '{ for = "2 days" }')
    assert until(text, "slip") == date(2026, 3, 7)

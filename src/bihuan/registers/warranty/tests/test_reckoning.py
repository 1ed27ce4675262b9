"""The arithmetic by hand: months, scopes, beginnings; and that nothing is ever guessed."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bihuan.registers.warranty.reckoning import after_months, reckon

# worked out by hand with a calendar (民法典 §202)
BY_HAND = [
    ("2025-03-02", 12, "2026-03-02"),
    ("2025-03-02", 36, "2028-03-02"),
    ("2025-01-31", 1, "2025-02-28"),
    ("2024-01-31", 1, "2024-02-29"),
    ("2024-02-29", 12, "2025-02-28"),
    ("2024-02-29", 48, "2028-02-29"),
    ("2025-08-31", 6, "2026-02-28"),
    ("2025-08-31", 1, "2025-09-30"),
    ("2025-12-15", 1, "2026-01-15"),
    ("2025-11-30", 3, "2026-02-28"),
    ("2023-11-30", 3, "2024-02-29"),
    ("2025-12-31", 24, "2027-12-31"),
]


@pytest.mark.parametrize(("start", "months", "end"), BY_HAND)
def test_a_period_of_months_ends_as_worked_out_by_hand(start, months, end):
    assert after_months(date.fromisoformat(start), months).isoformat() == end


@given(start=some.dates(date(1990, 1, 1), date(2090, 12, 31)), months=some.integers(1, 600))
def test_the_end_lies_in_the_right_month_and_never_after_the_day(start, months):
    end = after_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


def terms(scope="all", months=12, starts="invoice", first="2020-01-01", last=None, name="T", **more):
    given = {"id": name, "scope": scope, "months": months, "starts": starts, "valid_from": first, "valid_until": last}
    return {**given, "document": name, "clause": "1", "exclusions": [], **more}


def known(*conditions, **more):
    return {"terms": list(conditions), "invoice_on": "2025-03-02", "accepted_on": "2025-03-05", **more}


@pytest.mark.parametrize(
    ("day", "status"),
    [("2025-03-02", "in"), ("2026-03-01", "in"), ("2026-03-02", "in"), ("2026-03-03", "out"), ("2040-01-01", "out")],
)
def test_the_last_day_still_counts(day, status):
    found = reckon(known(terms()), date.fromisoformat(day))
    assert (found.status, found.ends, found.rule, found.start) == (status, date(2026, 3, 2), "T 1", date(2025, 3, 2))


@pytest.mark.parametrize(
    ("inputs", "status", "rule"),
    [
        # a model's terms before those of its line, these before those for everything
        (known(terms(name="A"), terms("line", 24, name="L"), terms("product", 36, name="P")), "in", "P 1"),
        (known(terms(name="A"), terms("line", 24, name="L")), "in", "L 1"),
        # narrower terms that had ended before do not count, nor those that came later
        (known(terms(name="A"), terms("product", 36, last="2025-03-01", name="P")), "out", "A 1"),
        (known(terms(name="A"), terms("product", 36, first="2025-03-03", name="P")), "out", "A 1"),
        (known(terms("product", 36, last="2025-03-02", name="P")), "in", "P 1"),
        # each begins with its own day
        (known(terms("all", 24, "acceptance", name="A")), "in", "A 1"),
        # nothing known, nothing guessed
        (known(), None, ""),
        (known(terms(first="2025-03-03")), None, ""),
        (known(terms(starts="acceptance"), accepted_on=None), None, ""),
        (known(terms(starts="invoice"), invoice_on=None), None, ""),
        # a wider rule does not step in for a narrower one whose beginning nobody knows
        (known(terms(name="A"), terms("product", 36, "acceptance", name="P"), accepted_on=None), None, ""),
        # two that both fit
        (known(terms(last="2025-03-03", name="A"), terms(starts="acceptance", first="2025-03-04", name="B")), None, ""),
        # what the form states counts only where the device has no day of its own
        ({"terms": [terms(name="A", months=24)], "bought_on": "2025-06-01"}, "in", "A 1"),
        (known(terms(name="A"), bought_on="2026-05-01"), "out", "A 1"),
        # a registration is the beginning whatever else is known
        (known(terms(name="A"), registration={"start": "2026-01-01", "proof": "卡"}), "in", "A 1"),
    ],
)
def test_which_terms_apply(inputs, status, rule):
    found = reckon(inputs, date(2026, 6, 1))
    assert (found.status, found.rule) == (status, rule)


def test_a_period_beyond_the_calendar_is_unknown():
    assert reckon(known(terms(months=1200), invoice_on="9990-01-01"), date(2026, 1, 1)).status is None


days = some.dates(date(2015, 1, 1), date(2030, 12, 31)).map(str)
maybe = some.none() | days
conditions = some.builds(
    terms, some.sampled_from(["all", "line", "product"]), some.integers(1, 60),
    some.sampled_from(["invoice", "acceptance"]), days, maybe, some.text("AB", min_size=1, max_size=3),
)  # fmt: skip


@given(
    inputs=some.fixed_dictionaries(
        {"terms": some.lists(conditions, max_size=5), "invoice_on": maybe, "accepted_on": maybe, "bought_on": maybe}
    ),
    day=some.dates(date(2015, 1, 1), date(2035, 12, 31)),
)
def test_reckoned_again_from_what_was_kept_it_is_the_same(inputs, day):
    first = reckon(inputs, day)
    again = reckon(json.loads(json.dumps(inputs)), day)
    assert again == first
    shuffled = {**inputs, "terms": list(reversed(inputs["terms"]))}
    assert (reckon(shuffled, day).status, reckon(shuffled, day).ends) == (first.status, first.ends)
    assert (first.status is None) == (first.ends is None)
    if first.status is not None:
        assert first.status == ("in" if day <= first.ends else "out")

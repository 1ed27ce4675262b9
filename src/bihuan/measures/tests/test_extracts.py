"""Figures from extracts are those from the book: after every act, in every scope, after something was disposed of."""

from __future__ import annotations

import pytest

from bihuan.casework.models import Case
from bihuan.measures import behind, extracts, periods
from bihuan.measures.models import Extract

from .conftest import APRIL, MARCH, ZONE
from .test_figures import figures, naive

PERIODS = (MARCH, MARCH.after, periods.read("week", "2026-W10", ZONE), periods.read("week", "2026-W13", ZONE))


@pytest.fixture(autouse=True)
def everything_settled(monkeypatch) -> None:
    """A test is one transaction, whose own entries no reader would call settled."""
    monkeypatch.setattr(extracts, "SETTLED", "true")


def read_on(limit: int = 1000) -> None:
    while extracts.carry_on(limit):
        pass


def sections(site, period, known=APRIL, at=APRIL, person="qian"):
    """Every set of a report, that of questions with choices among them."""
    counted = behind.counted_for(site.people[person], period, known, at)
    found = {
        (section, row, column): cases
        for section, rows in counted.sections.items()
        for row, columns in rows.items()
        for column, cases in columns.items()
        if cases
    }
    return found, sorted(counted.waits), counted.gaps


def without_extracts(monkeypatch, *asked, **how):
    with monkeypatch.context() as context:
        context.setattr(extracts, "MOST_BEHIND", -1)
        return sections(*asked, **how)


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.key)
@pytest.mark.parametrize("limit", [1000, 7])
def test_every_figure_is_the_same_with_extracts_and_without(site, march, period, limit, monkeypatch):
    read_on(limit)
    assert Extract.objects.count() == Case.objects.count()
    assert sections(site, period) == without_extracts(monkeypatch, site, period)
    assert figures(site, period) == naive(period, APRIL)

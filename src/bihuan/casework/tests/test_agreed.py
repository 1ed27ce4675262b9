"""Figures of the screens: the pack's where it says something, else the usual ones."""

from __future__ import annotations

from datetime import time, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from bihuan.casework import agreed

NOW = timezone.now()


def written(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    pack = SimpleNamespace(settings={name.replace("_", "-"): value for name, value in settings.items()})
    monkeypatch.setattr(agreed.documents, "current_pack", lambda at: (None, pack))


def test_what_the_pack_says_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    written(monkeypatch, same_number_within="36 hours", called_again_at="08:15")
    assert agreed.span("same-number-within", NOW) == timedelta(hours=36)
    assert agreed.time_of_day("called-again-at", NOW) == time(8, 15)


@pytest.mark.parametrize("nonsense", ["", "soon", "2 working days", "7"])
def test_without_a_span_of_plain_time_the_usual_one_counts(monkeypatch: pytest.MonkeyPatch, nonsense: str) -> None:
    written(monkeypatch, same_number_within=nonsense, called_again_at=nonsense)
    assert agreed.span("same-number-within", NOW) == timedelta(days=7)
    assert agreed.time_of_day("called-again-at", NOW) == time(9)


def test_in_an_empty_house_the_usual_ones_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreed.documents, "current_pack", lambda at: None)
    assert {name: agreed.span(name, NOW) for name in agreed.SPANS} == agreed.SPANS


def test_a_span_is_said_in_days_where_it_comes_out_even() -> None:
    assert agreed.said(timedelta(days=7), "zh") == "7 天"
    assert agreed.said(timedelta(hours=36), "en") == "36 hours"

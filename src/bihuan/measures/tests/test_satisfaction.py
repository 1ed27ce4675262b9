"""Satisfaction per customer and month: what was answered, counted once a case, never an average over nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from bihuan.casework.models import Mark
from bihuan.ground.ids import new_id
from bihuan.measures import satisfaction
from bihuan.measures.satisfaction import CONTENT, Marks, heard
from bihuan.registers.surveys.models import Answer

from .conftest import APRIL, MARCH
from .test_pages import door, numbers

NAMES = ("甲公司", "乙公司", "丙公司")


@pytest.fixture
def answered(march) -> list[Answer]:
    """Every job of another customer in turn; most answered once, two of them twice, one without a mark."""
    made = []
    for place, job in enumerate(march[:12]):
        Mark.objects.create(case=job, kind="customer", value=NAMES[place % 3])
        for visit in range(1 + (place in {2, 7})):
            at = job.opened_at + timedelta(days=1 + 2 * visit)
            mark = None if place == 5 else (place + visit) % 5 + 1
            made.append(
                Answer.objects.create(
                    id=new_id(at), number=job.number, outlet=job.outlet, visit=str(visit + 1), satisfaction=mark,
                    by="sun", at=at,
                )
            )  # fmt: skip
    return made


def naive(answers, march, month: str, customer: str) -> list[int]:
    """The newest mark of every case of the customer in the month."""
    newest: dict[str, int] = {}
    names = {job.number: NAMES[place % 3] for place, job in enumerate(march)}
    for one in sorted(answers, key=lambda one: one.at):
        if one.satisfaction and f"{one.at:%Y-%m}" == month and customer in {"all", names[one.number]}:
            newest[one.number] = one.satisfaction
    return sorted(newest.values())


def test_every_customer_and_month_is_what_the_register_says(site, march, answered):
    voices = heard(site.qian, MARCH, APRIL, APRIL)
    assert [month.key for month in voices.months][-2:] == ["2026-02", "2026-03"]
    for customer in (*NAMES, "all"):
        marks = voices.of("2026-03", customer)
        expected = naive(answered, march, "2026-03", customer)
        assert sorted(marks.given.values()) == expected
        assert expected
        assert marks.mean == Decimal(sum(expected)) / len(expected) or abs(
            marks.mean - Decimal(sum(expected)) / len(expected)
        ) <= Decimal("0.05")
        assert len(marks.content) == sum(mark >= CONTENT for mark in expected)


def test_over_nothing_there_is_no_mean_and_no_share(site, march, answered):
    marks = heard(site.qian, MARCH, APRIL, APRIL).of("2026-02", "all")
    assert (marks.count, marks.mean, marks.share) == (0, None, None)
    page = door(site.qian).get("/reports/satisfaction/2026-03/").content.decode()
    assert page.count("尚无答案") == 5 * (len(NAMES) + 1)
    empty = door(site.qian).get("/reports/satisfaction/2025-12/").content.decode()
    assert "这六个月没有客户说过分数" in empty
    assert "data-figure" not in empty


def test_an_outlet_hears_its_own_customers_alone(site, march, answered):
    own = {job.number for job in march if job.outlet == "south"}
    marks = heard(site.wang, MARCH, APRIL, APRIL).of("2026-03", "all")
    expected = naive([one for one in answered if one.number in own], march, "2026-03", "all")
    assert sorted(marks.given.values()) == expected
    assert heard(site.outsider, MARCH, APRIL, APRIL).rows() == []


def test_answers_after_the_moment_asked_for_do_not_count(site, march, answered):
    known = answered[3].at + timedelta(seconds=1)
    marks = heard(site.qian, MARCH, known, APRIL).of("2026-03", "all")
    assert sorted(marks.given.values()) == naive([one for one in answered if one.at < known], march, "2026-03", "all")


def test_every_number_of_the_trend_opens_its_cases(site, march, answered):
    client = door(site.qian)
    found = numbers(client, "/reports/satisfaction/2026-03/")
    assert len(found) == 8
    for link, count in found:
        assert f'class="pager-count">{count} ' in client.get(link).content.decode(), link


def test_customers_beyond_the_shown_share_the_last_row(site, march, answered, monkeypatch):
    whole = heard(site.qian, MARCH, APRIL, APRIL)
    monkeypatch.setattr(satisfaction, "SHOWN", 1)
    first, *others = whole.rows()
    together = {case: mark for one in others for case, mark in whole.of("2026-03", one).given.items()}
    assert whole.of("2026-03", "~rest").given == together
    assert not set(together) & set(whole.of("2026-03", first).given)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # how busy the machine is proves nothing
@given(some.lists(some.integers(1, 5), min_size=1, max_size=60))
def test_the_mean_is_rounded_half_up_and_the_share_is_of_the_same_answers(given_marks):
    marks = Marks({uuid4(): mark for mark in given_marks})
    exact = Decimal(sum(given_marks)) / len(given_marks)
    assert marks.mean == Decimal(int(exact * 10 + Decimal("0.5"))) / 10
    content = sum(mark >= CONTENT for mark in given_marks)
    assert marks.share == (200 * content + len(given_marks)) // (2 * len(given_marks))

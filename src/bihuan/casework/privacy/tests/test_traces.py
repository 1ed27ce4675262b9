"""With traces a look finds exactly what reading everything finds, whatever is traced; with a content they go."""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.cast.known import NAME, WRITTEN

from bihuan.casework.privacy import finding, traces
from bihuan.casework.privacy.models import Trace, Traced
from bihuan.casework.privacy.terms import Terms, in_text, terms_of
from bihuan.journal import actions as journal
from bihuan.journal.models import Content, Entry

WHO = UUID("01a19f6f-e43e-75b1-908f-2cbeb7f2e865")
NAMES = (
    "欧阳晓棠",
    "王伟",
    "(北京)宏图网络",
    "John Smith",
    "ACME GmbH & Co",
    'Haus "Anna"',
    "José Åström",
    "C\\D联合",
    "李 丽",
)
PHONES = ("+8613912345678", "+862158881234", "+14155550123", "+4930901820", "1234567")
APART = st.sampled_from(["", " ", "-", "(", ") ", ".", "+", "%20", "%2B", "\u3000", " - "])
AROUND = st.lists(
    st.sampled_from(["0", "1", "7", "86", "00", "+", "a", "%", "%20", "%E6", "王", "欧", " ", "-", '"', ":", "\\", "T"])
    | st.text(max_size=3),
    max_size=6,
).map("".join)
WAYS_OF_A_NAME = (str, quote, quote_plus, lambda name: json.dumps(name, ensure_ascii=False)[1:-1])


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, str]:
    """A number and some way to write it, with other figures beside it or parts of it missing."""
    number = draw(st.sampled_from(PHONES))
    start = draw(st.integers(0, min(3, len(number) - 1)))
    return number, "".join(figure + draw(APART) for figure in number[start:])


@settings(max_examples=150, deadline=None)
@given(numbers(), AROUND, AROUND)
@example(("+8613912345678", "0086 139%201234%2B5678"), "2026-11-22 ", "-")
@example(("1234567", "123-45-67"), "", "")
def test_a_number_that_is_found_in_a_text_has_left_its_trace(pair, before, behind):
    number, written = pair
    terms = Terms("contact", WHO, phones=(number,))
    text = before + written + behind
    ways = traces.sought(terms)
    assert ways is not None
    if in_text(terms)[0].search(text):
        assert any(set(way) <= traces.of_text(text) for way in ways)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(WAYS_OF_A_NAME), AROUND, AROUND)
@example("王伟", quote, "%E7%E7", "%8B")
def test_a_name_that_is_found_in_a_text_has_left_its_traces(name, written, before, behind):
    terms = Terms("contact", WHO, names=(name,))
    text = before + written(name) + behind
    ways = traces.sought(terms)
    if name == "李 丽":
        assert ways is None
    elif in_text(terms)[1].search(text):
        assert any(set(way) <= traces.of_text(text) for way in ways or ())


def test_a_way_to_be_written_that_leaves_no_trace_is_not_sought_by_traces():
    assert traces.sought(Terms("contact", WHO, names=("王伟",), phones=("95588",))) is None
    assert traces.sought(Terms("contact", WHO, names=("li", "王伟"))) is None
    assert traces.sought(Terms("contact", WHO, names=("A座",))) is None
    assert len(traces.sought(Terms("contact", WHO, names=("王伟", "Li Wei-Min"), contacts=(WHO,))) or ()) == 3


def test_an_id_leaves_its_trace_wherever_it_is_written():
    ((way,),) = traces.sought(Terms("contact", WHO, contacts=(WHO,))) or ()
    for text in (f'"{WHO}"', f"ab{WHO}", f"/x/{WHO}/y", f"{WHO}{WHO}", f"0-{WHO}-0"):
        assert way in traces.of_text(text)


# ------------------------------------------------------------------------------------------------------ over the book


@pytest.fixture
def settled(monkeypatch) -> None:
    """A test is one transaction, whose own entries no reader would call settled."""
    monkeypatch.setattr(traces, "SETTLED", "true")


def trace(limit: int = 1000) -> None:
    while traces.carry_on(limit):
        pass


def by_reading(terms: Terms) -> set[UUID]:
    pattern = finding.any_of([terms.of_phones, terms.of_names, *map(str, terms.contacts)])
    return set(finding._seen_by_all(terms, pattern))


def asked_without_reading_all(terms: Terms, monkeypatch) -> set[UUID]:
    with monkeypatch.context() as only:
        only.setattr(finding, "_seen_by_all", lambda terms, pattern: pytest.fail("everything was read"))
        return set(finding.seen_of(terms))


def test_what_is_found_is_the_same_at_every_stage_of_the_tracing(known, site, settled, monkeypatch):
    both = terms_of("contact", known.contact.pk), terms_of("customer", known.customer.pk)
    everything = [by_reading(terms) for terms in both]
    assert [len(one) for one in everything] == [4, 4]
    assert [set(finding.seen_of(terms)) for terms in both] == everything
    assert traces.carry_on(Entry.objects.count() // 2)
    assert [asked_without_reading_all(terms, monkeypatch) for terms in both] == everything
    with monkeypatch.context() as far_behind:
        far_behind.setattr(traces, "MOST_BEHIND", 2)
        assert traces.possible([[1]], traces.reached()) is None
        assert [set(finding.seen_of(terms)) for terms in both] == everything
    trace(3)
    assert traces.carry_on() == 0
    assert Trace.objects.count() == Content.objects.count()
    assert [asked_without_reading_all(terms, monkeypatch) for terms in both] == everything
    assert Trace.objects.exclude(pk__in=everything[0]).exists()


def test_traces_of_another_shape_or_thrown_away_are_not_asked_and_are_made_anew(known, settled, monkeypatch):
    trace()
    before = {pk: set(told) for pk, told in Trace.objects.values_list("pk", "told")}
    Trace.objects.all().update(told=[1])
    terms = terms_of("contact", known.contact.pk)
    with monkeypatch.context() as newer:
        newer.setattr(traces, "SHAPE", traces.SHAPE + 1)
        assert traces.reached() is None
        assert set(finding.seen_of(terms)) == by_reading(terms)
        trace()
        assert Traced.objects.get().shape == traces.SHAPE
    assert {pk: set(told) for pk, told in Trace.objects.values_list("pk", "told")} == before
    traces.forget()
    assert (Trace.objects.count(), traces.reached()) == (0, None)
    trace()
    assert {pk: set(told) for pk, told in Trace.objects.values_list("pk", "told")} == before


def test_a_trace_says_no_name_and_goes_with_its_content(known, site, settled):
    trace()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(told::text, ' ') FROM privacy_trace")
        told = cursor.fetchone()[0]
    assert NAME not in told and WRITTEN not in told and "13912345678" not in told
    one = Entry.objects.filter(about_id=str(known.case.pk)).first()
    assert one is not None and Trace.objects.filter(pk=one.pk).exists()
    journal.dispose([one.pk], "list", "wu", site.at)
    assert not Trace.objects.filter(pk=one.pk).exists()
    assert Trace.objects.count() > 0

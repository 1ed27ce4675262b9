"""A round of the sweep: cases of one chain kept together, each case that cannot be kept left alone by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from tests.cast import MONDAY, registered

from bihuan.casework import actions
from bihuan.casework.actions import rounds
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.journal.models import Entry, Letter

LATE = MONDAY + timedelta(minutes=60)


def kept() -> list[tuple]:
    """What a round leaves behind of every case, without the ids."""
    told = [(letter.to, letter.subject, letter.body) for letter in Letter.objects.order_by("subject", "to", "body")]
    written = Entry.objects.filter(verb="tick").order_by("about_number")
    said = [(entry.about_number, entry.clause, entry.doer_kind, entry.content) for entry in written]
    cases = Case.objects.order_by("number").values_list(
        "number", "step", "stage", "title", "revision", "ended_at", "due_at", "promised_at", "state"
    )
    return [told, said, list(cases)]


@pytest.fixture
def three(site):
    return [registered(site, at=MONDAY + timedelta(minutes=count)) for count in range(3)]


def test_kept_together_is_the_same_as_kept_one_by_one(three, monkeypatch):
    with transaction.atomic():
        assert actions.sweep(LATE) == rounds.Swept(3, 0)
        together = kept()
        transaction.set_rollback(True)
    assert len(together[1]) == 3
    monkeypatch.setattr(rounds, "_plain", lambda case, change: False)
    assert actions.sweep(LATE) == rounds.Swept(3, 0)
    assert kept() == together


def test_every_case_replays_after_a_round(three):
    actions.sweep(LATE)
    assert list(differences(Case.objects.all())) == []


def test_a_case_the_clock_cannot_act_on_is_left_and_named_while_the_others_go_on(three, monkeypatch, caplog):
    broken = three[1]
    real = rounds.engine.tick

    def tick(definition, state, until, surroundings):
        if state.opened == broken.state.opened:
            raise KeyError("a step nobody knows")
        return real(definition, state, until, surroundings)

    monkeypatch.setattr(rounds.engine, "tick", tick)
    assert actions.sweep(LATE) == rounds.Swept(3, 1)
    assert broken.number in caplog.text
    swept = Entry.objects.filter(verb="tick").values_list("about_number", flat=True)
    assert sorted(swept) == [three[0].number, three[2].number]
    left = Case.objects.get(pk=broken.pk)
    assert (left.state, left.due_at) == (broken.state, LATE + rounds.REST)
    assert actions.sweep(LATE) == rounds.Swept(0, 0), "it keeps nobody waiting"


def test_a_case_that_cannot_be_written_is_left_while_those_it_was_kept_with_go_on(three, monkeypatch, caplog):
    broken = three[1]
    real = rounds.engine.tick

    def tick(definition, state, until, surroundings):
        outcome = real(definition, state, until, surroundings)
        if state.opened == broken.state.opened:
            outcome.state.facts["not json"] = object()
        return outcome

    monkeypatch.setattr(rounds.engine, "tick", tick)
    assert actions.sweep(LATE) == rounds.Swept(3, 1)
    assert broken.number in caplog.text
    swept = Entry.objects.filter(verb="tick").values_list("about_number", flat=True)
    assert sorted(swept) == [three[0].number, three[2].number]
    assert Case.objects.get(pk=broken.pk).due_at == LATE + rounds.REST
    assert sorted({letter.subject.split()[0] for letter in Letter.objects.all()}) == [three[0].number, three[2].number]


def test_who_was_moved_on_by_another_of_the_same_round_is_not_told_twice(three, monkeypatch):
    """As a case does that tells the one it came from, when both are due at once."""
    real = rounds.keep

    def telling(case, change):
        real(case, change)
        if case.pk == three[0].pk:
            other = Case.objects.get(pk=three[1].pk)
            real(other, rounds._tick(other, LATE, rounds.surroundings_of(other.outlet)))

    monkeypatch.setattr(rounds, "_plain", lambda case, change: False)
    monkeypatch.setattr(rounds, "keep", telling)
    assert actions.sweep(LATE) == rounds.Swept(3, 0)
    swept = Entry.objects.filter(verb="tick").values_list("about_number", flat=True)
    assert sorted(swept) == [one.number for one in three]
    assert list(differences(Case.objects.all())) == []

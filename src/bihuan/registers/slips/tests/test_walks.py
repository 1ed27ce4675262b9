"""Random walks: whatever is done in whatever order, a copy is in one hand, no number is missing, none counts twice."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bihuan.registers.deeds import RegisterRefusal
from bihuan.registers.slips.models import Copy, Movement, Slip

from .conftest import MONDAY, do, make_house

CASES = st.sampled_from(["A-1", "A-2"])
NAMES = st.sampled_from(["job", "receipt", "back"])
COPIES = st.sampled_from(["job.main", "job.stub", "receipt.customer", "receipt.own", "back.finance", "back.store"])
HANDS = st.sampled_from(["repairer", "dispatcher", "follow-up", "office", "customer", "li", "顺达货运"])
DOERS = st.sampled_from([("zhou", "dispatcher"), ("li", "repairer"), ("sun", "follow-up"), ("wu", "office")])


class Slips(RuleBasedStateMachine):
    """A model beside the tables: who has which copy, by the hand-overs that were accepted."""

    def __init__(self):
        super().__init__()
        # each walk begins on an empty register
        self.walk = transaction.atomic()
        self.walk.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.walk.__exit__(None, None, None)

    @initialize()
    def furnish(self):
        make_house()
        self.hands: dict[tuple[str, str], str] = {}
        self.given: list[str] = []
        self.reasons: dict[str, str] = {}
        self.used: set = set()
        self.minute = 0

    def say(self, name, case, doer, **arguments):
        """The answer, or None where it was refused."""
        self.minute += 1
        at = MONDAY + timedelta(minutes=self.minute)
        before = list(Movement.objects.order_by("id").values_list("id", flat=True))
        try:
            with transaction.atomic():
                return do(name, doer[0], doer[1], number=case, at=at, **arguments)
        except RegisterRefusal:
            assert list(Movement.objects.order_by("id").values_list("id", flat=True)) == before
            return None

    @rule(case=CASES, name=NAMES, doer=DOERS)
    def issue(self, case, name, doer):
        told = self.say("slips.issue", case, doer, slip=name)
        for copy, holder in told["copies"].items():
            self.hands[name, told["number"], copy] = holder
        if name == "receipt":
            self.given.append(told["number"])

    @rule(case=CASES, copy=COPIES, giver=st.none() | HANDS, to=HANDS, doer=DOERS)
    def hand(self, case, copy, giver, to, doer):
        named = {"give": giver} if giver else {}
        told = self.say("slips.hand", case, doer, copy=copy, to=to, **named)
        for one in told["handed"] if told else ():
            form, name = one["copy"].split(".")
            assert self.hands[form, one["number"], name] == one["from"]
            self.hands[form, one["number"], name] = one["to"]

    @rule(case=CASES, copy=COPIES)
    def use(self, case, copy):
        told = self.say("slips.use", case, ("zhou", "dispatcher"), copies=[copy])
        for one in told["used"] if told else ():
            number, name = one.rsplit(" ", 1)
            key = (copy.split(".")[0], number, name)
            assert key not in self.used
            self.used.add(key)
            self.hands[key] = "dispatcher"

    @rule(case=CASES, copy=COPIES, to=COPIES)
    def attach(self, case, copy, to):
        self.say("slips.attach", case, ("zhou", "dispatcher"), copy=copy, to=to)
        # what is fastened moves with the other, without a word in the answer
        for one in Copy.objects.filter(state="attached").select_related("slip", "attached_to"):
            self.hands[one.slip.form, one.slip.number, one.name] = one.attached_to.holder

    @rule(case=CASES, name=NAMES, because=st.sampled_from(["", "写错", "重开"]))
    def void(self, case, name, because):
        told = self.say("slips.void", case, ("zhou", "dispatcher"), slip=name, because=because)
        if told and name == "receipt":
            self.reasons[told["void"]] = because

    @rule(case=CASES)
    def refused_after_all(self, case):
        """An act that took a number and was refused for another reason."""
        try:
            with transaction.atomic():
                do("slips.issue", number=case, slip="receipt")
                raise RuntimeError
        except RuntimeError:
            pass

    @invariant()
    def every_copy_is_in_the_one_hand_its_movements_end_in(self):
        moves: dict = {}
        for one in Movement.objects.order_by("copy", "step"):
            moves.setdefault(one.copy_id, []).append(one)
        for copy in Copy.objects.select_related("slip", "attached_to"):
            way = moves[copy.pk]
            assert [one.step for one in way] == list(range(1, len(way) + 1))
            assert all(one.to_holder == two.from_holder for one, two in pairwise(way))
            assert (way[0].from_holder, way[-1].to_holder) == ("", copy.holder)
            if copy.state != "attached" and not copy.attached_to_id:
                assert self.hands[copy.slip.form, copy.slip.number, copy.name] == copy.holder

    @invariant()
    def no_number_is_missing_and_none_is_void_without_a_reason(self):
        kept = Slip.objects.filter(form="receipt").order_by("sequence")
        assert [one.sequence for one in kept] == list(range(1, len(self.given) + 1))
        assert [one.number for one in kept] == self.given
        assert {one.number: one.void_reason for one in kept if one.state == "void"} == self.reasons


@pytest.mark.django_db
def test_whatever_is_done_in_whatever_order_every_copy_and_number_is_accounted_for():
    run_state_machine_as_test(Slips, settings=settings(max_examples=25, stateful_step_count=25, deadline=None))

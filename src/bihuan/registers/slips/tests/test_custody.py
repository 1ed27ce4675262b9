"""Copies from hand to hand: a copy has one holder, the giver must hold it, and the way it went can be read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import at_once, kinds

from bihuan.journal.models import Entry
from bihuan.registers.slips import queries
from bihuan.registers.slips.errors import AlreadyUsed, NoSuchSlip, NotInHand, WrongSlip
from bihuan.registers.slips.models import Copy, Movement, Slip

from .conftest import MONDAY, ask, do

OFFICE_CLERK = {"doer": "wu", "post": "office"}


def holders(number="A-1") -> dict[str, str]:
    found = Copy.objects.filter(slip__case_number=number).select_related("slip")
    return {f"{one.slip.form}.{one.name}": one.holder for one in found}


def test_an_issued_slip_lies_with_those_its_copies_are_for(house):
    entries = Entry.objects.count()
    told = do("slips.issue", slip="job")
    assert told == {"slip": "job", "number": "A-1", "copies": {"main": "repairer", "stub": "dispatcher"}}
    assert do("slips.issue", slip="plain") == {"slip": "plain", "number": "A-1", "copies": {"original": "dispatcher"}}
    assert Entry.objects.count() == entries


def test_issued_to_somebody_all_copies_are_first_in_that_hand(house):
    assert do("slips.issue", slip="job", to="li")["copies"] == {"main": "li", "stub": "li"}


def test_a_copy_for_nobody_is_first_with_whoever_issues_it(house):
    assert do("slips.issue", slip="back", doer="li", post="repairer")["copies"] == {
        "finance": "repairer",
        "store": "office",
    }


def test_the_chain_from_the_repairer_to_the_office_is_complete(house):
    do("slips.issue", slip="job")
    hands = [("repairer", "dispatcher"), ("dispatcher", "follow-up"), ("follow-up", "office")]
    for step, (giver, to) in enumerate(hands, 1):
        told = do("slips.hand", copy="job.main", give=giver, to=to, at=MONDAY + timedelta(days=step))
        assert told == {"handed": [{"number": "A-1", "copy": "job.main", "from": giver, "to": to}]}
    copy = Copy.objects.get(name="main")
    chain = [(one.step, one.from_holder, one.to_holder, one.at) for one in queries.custody(copy)]
    assert chain == [
        (1, "", "repairer", MONDAY),
        (2, "repairer", "dispatcher", MONDAY + timedelta(days=1)),
        (3, "dispatcher", "follow-up", MONDAY + timedelta(days=2)),
        (4, "follow-up", "office", MONDAY + timedelta(days=3)),
    ]
    assert {(one.case_number, one.by, one.act_id is None) for one in queries.custody(copy)} == {("A-1", "zhou", False)}


def test_what_the_giver_does_not_hold_is_not_handed_on(house):
    do("slips.issue", slip="job")
    for more in ({"give": "dispatcher"}, {}, {"doer": "sun", "post": "follow-up"}, {"give": "customer"}):
        with pytest.raises(NotInHand) as refused:
            do("slips.hand", copy="job.main", to="office", **more)
        assert refused.value.field == "from"
    assert (holders()["job.main"], Movement.objects.count()) == ("repairer", 2)


def test_several_copies_are_handed_on_all_or_none(house):
    do("slips.issue", slip="job")
    with pytest.raises(NotInHand):
        do("slips.hand", copies=["job.stub", "job.main"], to="office")
    assert holders() == {"job.main": "repairer", "job.stub": "dispatcher"}


def test_a_person_holds_what_their_post_holds_and_the_other_way_round(house):
    do("slips.issue", slip="job")
    do("slips.hand", copy="job.main", to="zhao", doer="li", post="repairer")
    do("slips.hand", copy="job.main", give="repairer", to="dispatcher", doer="zhou")
    assert holders()["job.main"] == "dispatcher"
    with pytest.raises(NotInHand):
        do("slips.hand", copy="job.main", give="li", to="office")


def test_whoever_receives_says_so_and_takes_it_from_whoever_holds_it(house):
    do("slips.issue", slip="job")
    do("slips.hand", copy="job.main", to="office", **OFFICE_CLERK)
    assert Movement.objects.get(step=2).from_holder == "repairer"


def test_an_outside_carrier_and_the_customer_can_hold_a_copy(house):
    do("slips.issue", slip="receipt")
    do("slips.hand", copy="receipt.customer", give="customer", to="顺达货运")
    held = Copy.objects.get(name="customer")
    assert (held.holder_kind, held.holder) == ("office", "顺达货运")
    do("slips.hand", copy="receipt.customer", give="顺达货运", to="customer")
    assert Copy.objects.get(name="customer").holder_kind == "customer"


def test_a_whole_slip_is_handed_on_as_far_as_it_is_in_hand(house):
    do("slips.issue", slip="job")
    do("slips.hand", slip="job", give="dispatcher", to="office")
    assert holders() == {"job.main": "repairer", "job.stub": "office"}
    with pytest.raises(NoSuchSlip):
        do("slips.hand", slip="job", give="follow-up", to="office")


def test_a_list_of_numbers_hands_in_what_is_on_its_way_and_leaves_the_stubs(house):
    first = do("slips.issue", slip="receipt")["number"]
    do("slips.hand", copy="receipt.customer", give="customer", to="dispatcher")
    do("slips.issue", slip="job", number="A-2")
    do("slips.hand", copy="job.main", number="A-2", give="repairer", to="dispatcher")
    lines = [{"number": first}, {"number": "A-2"}]
    do("slips.hand", copies=lines, give="dispatcher", to="office", number="MONTH-1")
    assert holders() == {"receipt.customer": "office", "receipt.own": "dispatcher"}
    assert holders("A-2") == {"job.main": "office", "job.stub": "dispatcher"}
    assert do("slips.hand", copies=[], give="dispatcher", to="office") == {"handed": []}
    for numbers in (["X-9"], [first]):
        with pytest.raises(NoSuchSlip):
            do("slips.hand", copies=numbers, give="dispatcher", to="office", number="MONTH-1")


def test_another_outlets_number_is_nobodys(house):
    number = do("slips.issue", slip="job", number="S-1", outlet="south")["number"]
    with pytest.raises(NoSuchSlip):
        do("slips.hand", copies=[number], give="repairer", to="office")


@pytest.mark.parametrize(
    ("arguments", "error", "field"),
    [
        ({"to": "office"}, WrongSlip, "copy"),
        ({"copy": "job.main", "to": ""}, WrongSlip, "to"),
        ({"copy": "job.blue", "to": "office"}, NoSuchSlip, "copy"),
        ({"copy": "nothing.main", "to": "office"}, NoSuchSlip, "slip"),
    ],
)
def test_a_hand_over_that_names_nothing_is_refused(house, arguments, error, field):
    do("slips.issue", slip="job")
    with pytest.raises(error) as refused:
        do("slips.hand", **arguments)
    assert (refused.value.field, Movement.objects.count()) == (field, 2)


def test_a_copy_is_used_once(house):
    do("slips.issue", slip="job")
    told = do("slips.use", copies=["job.main"], **OFFICE_CLERK)
    assert told == {"used": ["A-1 main"]}
    copy = Copy.objects.get(name="main")
    assert (copy.state, copy.used_by, copy.holder, copy.movements.count()) == ("used", "wu", "office", 2)
    for verb, more in (
        ("slips.use", {"copies": ["job.main"]}),
        ("slips.hand", {"copy": "job.main", "to": "office", **OFFICE_CLERK}),
        ("slips.attach", {"copy": "job.main", "to": "job.stub"}),
        ("slips.void", {"slip": "job", "because": "写错"}),
    ):
        with pytest.raises(AlreadyUsed):
            do(verb, **more)
    assert Slip.objects.get().state == "open"
    do("slips.use", copies=["job.stub"])
    assert Slip.objects.get().state == "used"


def test_a_copy_used_for_a_slip_of_the_same_act_is_fastened_when_that_one_is_made_out(house):
    do("slips.issue", slip="receipt")
    do("slips.use", copies=["receipt.own"], attach="back.finance")
    assert Copy.objects.get(name="own").attached_to is None
    do("slips.issue", slip="back")
    assert Copy.objects.get(name="own").attached_to == Copy.objects.get(name="finance")


def test_what_is_fastened_goes_where_the_other_goes(house):
    do("slips.issue", slip="receipt")
    do("slips.issue", slip="back")
    do("slips.attach", copy="receipt.customer", to="back.finance")
    assert holders()["receipt.customer"] == "dispatcher"
    do("slips.hand", copy="back.finance", to="sun")
    assert (holders()["receipt.customer"], holders()["back.finance"]) == ("sun", "sun")
    with pytest.raises(AlreadyUsed):
        do("slips.hand", copy="receipt.customer", give="sun", to="office")
    with pytest.raises(WrongSlip):
        do("slips.attach", copy="back.finance", to="back.finance")


def test_the_facts_follow_the_copies(house):
    assert (ask("slips.issued"), ask("slips.issued", "job"), ask("slips.out"), ask("slips.held-by")) == (
        False,
        False,
        0,
        None,
    )
    do("slips.issue", slip="job")
    assert (ask("slips.issued", "job"), ask("slips.issued", "receipt"), ask("slips.out")) == (True, False, 1)
    assert [ask("slips.held-by", name) for name in ("main", "stub", "job.main", "blue", "")] == [
        "repairer", "dispatcher", "repairer", None, None,
    ]  # fmt: skip
    do("slips.hand", copy="job.main", give="repairer", to="office")
    assert ask("slips.out") == 0
    do("slips.issue", slip="receipt")
    assert (ask("slips.out"), ask("slips.held-by", "customer"), ask("slips.held-by", "main")) == (
        1,
        "customer",
        "office",
    )
    do("slips.void", slip="receipt", because="写错")
    assert (ask("slips.out"), ask("slips.issued", "receipt"), ask("slips.held-by", "customer")) == (0, False, None)


def test_a_mark_is_put_on_once(house):
    do("slips.issue", slip="job")
    for _ in range(2):
        assert do("slips.mark", slip="job", mark_as="逾期") == {"marked": "A-1", "as": "逾期"}
    assert list(Slip.objects.get().marks.values_list("words", flat=True)) == ["逾期"]
    with pytest.raises(WrongSlip):
        do("slips.mark", slip="job", mark_as=" ")


def test_of_two_who_take_the_same_copy_at_the_same_instant_one_has_it(real_house):
    do("slips.issue", slip="job")
    found = at_once(
        lambda: do("slips.hand", copy="job.main", give="repairer", to="sun"),
        lambda: do("slips.hand", copy="job.main", give="repairer", to="office"),
        lambda: do("slips.hand", copy="job.main", give="repairer", to="customer"),
    )
    assert kinds(found) == ["NotInHand", "NotInHand", "dict"]
    taken = next(one for one in found if isinstance(one, dict))
    assert holders()["job.main"] == taken["handed"][0]["to"]
    assert Movement.objects.filter(copy__name="main").count() == 2


def test_of_two_who_use_the_same_copy_at_the_same_instant_one_counts(real_house):
    do("slips.issue", slip="job")
    found = at_once(*[lambda: do("slips.use", copies=["job.main"])] * 3)
    assert kinds(found) == ["AlreadyUsed", "AlreadyUsed", "dict"]

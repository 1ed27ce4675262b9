"""The integrator's procedure with the registers behind it: warranty, visits, slips, charges – and what they refuse."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.cast import MONDAY, PACKS, acting, dump, make_site, opening

from bihuan.casework import actions
from bihuan.casework.errors import EffectRefused
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.journal.models import Entry
from bihuan.people import actions as people
from bihuan.procedure.refusals import Refused
from bihuan.registers.charges import actions as charges
from bihuan.registers.charges import queries as charge_queries
from bihuan.registers.charges.models import Receipt
from bihuan.registers.charges.prices import Price, open_list
from bihuan.registers.customers import actions as customers
from bihuan.registers.products import actions as products
from bihuan.registers.slips import actions as slips
from bihuan.registers.slips.holders import Holder
from bihuan.registers.slips.models import Copy, Slip
from bihuan.registers.visits.models import Visit
from bihuan.registers.warranty import actions as warranty
from bihuan.registers.warranty.models import Decision

INTAKE = {
    "channel": "hotline", "service": "on-site", "belongs": "product", "customer": "城东小学", "contact": "王老师",
    "phone": "13800000001", "address": "城东路 8 号", "region": "city", "product": "TY-300", "serial": "PJ-1",
    "problem": "不亮", "urgency": "ordinary",
}  # fmt: skip
AGREED = {"result": "agreed", "warranty-told": True, "charge-told": True, "charge-quoted": 0}
TWO_O_CLOCK = "2026-03-02T14:00:00+08:00"


def minutes(count: int):
    return MONDAY + timedelta(minutes=count)


@pytest.fixture
def site(db: None):
    """The cast, one projector sold on 1 February 2025 with a year of warranty, and two prices."""
    made = make_site(pack=PACKS / "integrator")
    before = MONDAY - timedelta(days=400)
    (customer,) = customers.add_many(
        [customers.NewCustomer("城东小学", "north", contacts=(customers.NewContact("王老师", "13800000001"),))],
        by=None, at=MONDAY,
    )  # fmt: skip
    (projector,) = products.add_products(
        [products.NewProduct("TY-300", "投影机", line="投影机", replacement_price=Decimal(400))], by=None, at=MONDAY
    )
    bought = date(2025, 2, 1)
    unit = products.NewUnit("PJ-1", projector, customer, invoice_number="F1", invoice_on=bought, accepted_on=bought)
    products.add_many([unit], by=None, at=MONDAY)
    warranty.add_many_terms([warranty.NewTerms(12, "invoice", before.date(), "条款")], by=None, at=MONDAY)
    keeper = people.add_person("keeper", "管理员", None, is_administrator=True, by=None, at=MONDAY)
    lines = [Price("GF-01", "检查", Decimal(50)), Price("GF-03", "主板维修", Decimal(200))]
    open_list("收费标准", before.date(), by=keeper, at=MONDAY, lines=lines)
    return made


def opened(site, at=MONDAY, **more) -> str:
    return actions.open_case(site.chen, opening(at, kind="repair", answers={"intake": INTAKE | more})).number


def walk(site, number: str, *steps) -> None:
    for username, action, after, *answers in steps:
        actions.act(site.people[username], acting(number, action, minutes(after), answers[0] if answers else {}))


LOOKED_UP = ("chen", "look-up-warranty", 5, {"status": "out", "basis": "发票 F1"})
ON_THE_WAY = (
    ("zhou", "dispatch", 20, {"repairer": "li", "skill": "投影机", "priority": "ordinary"}),
    ("li", "accept", 25),
    ("li", "contact", 40, AGREED | {"agreed-time": TWO_O_CLOCK}),
)
AT_THE_DOOR = (
    *ON_THE_WAY,
    ("li", "set-out", 270, {"mode": "bus", "route-note": "3 路", "cost": 2}),
    ("li", "arrive", 300),
    ("li", "confirm-problem", 305, {"neat": True, "shoe-covers": True, "restated": "不亮"}),
)
TAKEN = (
    *AT_THE_DOOR,
    ("li", "judge", 310, {"diagnosis": "主板", "outcome": "bring-back", "warranty-decision": "out"}),
    ("li", "quote", 315, {"amount": 200, "rate": "GF-03", "consent": True}),
    ("li", "take-away", 320, {"customer-copy": True, "customer-signature": "王老师",
                              "items": [{"item": "投影机", "serial": "PJ-1", "condition": "完好"}]}),
    ("li", "bring-in", 360),
)  # fmt: skip
REPAIRED = (
    *TAKEN,
    ("li", "choose-route", 370, {"way": "own", "cost-share": 50}),
    ("li", "solve", 420, {"works": True, "hours": 1}),
)
PAID = {"amount": 200, "rule": "GF-03", "payer": "王老师", "items": [{"item": "主板", "amount": 200}]}
CLOSED = {"solution": "换主板", "opinion": "好", "signature": "王老师", "charge": 200, "device-receipt": "recovered"}
HANDED_ON = (
    ("li", "report-back", 450, {"result": "修好", "customer-situation": "满意"}),
    ("zhou", "complete-record", 455, {"result": "修好", "finished-on": "2026-03-02", "hours": 1}),
    ("zhou", "receive-copy", 456, {"complete": True}),
    ("zhou", "collect-papers", 460, {"slip": True, "device-receipt": True}),
    ("sun", "keep-slip", 465),
)


@pytest.mark.rule("INT-04-06")
def test_the_warranty_is_computed_from_device_sale_and_terms_and_a_slip_is_not_written_without_it(site):
    number = opened(site)
    with pytest.raises(Refused) as early:
        walk(site, number, ON_THE_WAY[0])
    assert early.value.clause == "4.2(1)"
    before = dump()
    with pytest.raises(Refused) as wrong:
        walk(site, number, ("chen", "look-up-warranty", 5, {"status": "in", "until": "2027-01-01", "basis": "发票"}))
    assert wrong.value.clause == "4.2(1)"
    assert dump() == before
    walk(site, number, LOOKED_UP, ON_THE_WAY[0])
    decision = Decision.objects.get(case_number=number)
    assert (decision.computed, decision.decided, str(decision.ends)) == ("out", "out", "2026-02-01")
    assert Case.objects.get(number=number).step == "dispatched"


@pytest.mark.rule("INT-04-06")
def test_written_otherwise_than_computed_the_decision_keeps_reason_and_post(site):
    number = opened(site)
    told = {"status": "in", "until": "2027-01-01", "basis": "厂家函", "differs-because": "厂家延保一年"}
    walk(site, number, ("chen", "look-up-warranty", 5, told))
    decision = Decision.objects.get(case_number=number)
    assert (decision.computed, decision.decided, decision.because) == ("out", "in", "厂家延保一年")
    assert (decision.doer, decision.post) == ("chen", "clerk")
    assert Entry.objects.get(verb="look-up-warranty").content["effects"][0]["decision"] == "in"


def test_nobody_is_promised_to_two_customers_at_once(site):
    first, second = opened(site), opened(site, serial="PJ-2")
    walk(site, first, LOOKED_UP, *ON_THE_WAY)
    walk(site, second, ("chen", "look-up-warranty", 5, {"status": "out", "basis": "无发票", "differs-because": "查无"}))
    walk(site, second, *ON_THE_WAY[:2])
    before = dump()
    with pytest.raises(EffectRefused) as booked:
        walk(site, second, ON_THE_WAY[2])
    assert booked.value.clause.endswith("4.2(3)")
    assert dump() == before
    walk(site, second, ("li", "contact", 41, AGREED | {"agreed-time": "2026-03-02T15:00:00+08:00"}))
    assert Visit.objects.filter(person="li").count() == 2


@pytest.mark.rule("INT-04-33")
def test_the_share_of_the_replacement_price_comes_from_quote_and_catalogue(site):
    number = opened(site)
    walk(site, number, LOOKED_UP, *TAKEN)
    with pytest.raises(Refused) as understated:
        walk(site, number, ("li", "choose-route", 370, {"way": "own", "cost-share": 49}))
    assert understated.value.clause == "4.2(6)"
    walk(site, number, ("li", "choose-route", 370, {"way": "own", "cost-share": 50}))
    assert Entry.objects.get(verb="choose-route").content["facts"] == {"charges.share-of-replacement": 50}


@pytest.mark.rule("INT-04-26")
def test_a_quote_without_a_price_in_force_is_refused(site):
    number = opened(site)
    walk(site, number, LOOKED_UP, *AT_THE_DOOR, TAKEN[len(AT_THE_DOOR)])
    before = dump()
    with pytest.raises(EffectRefused):
        walk(site, number, ("li", "quote", 315, {"amount": 200, "rate": "GF-99", "consent": True}))
    assert dump() == before


@pytest.mark.rule("INT-04-36")
def test_what_is_charged_has_a_numbered_receipt_or_the_job_is_not_closed(site):
    number = opened(site)
    walk(site, number, LOOKED_UP, *REPAIRED)
    with pytest.raises(Refused) as unpaid:
        walk(site, number, ("li", "close-with-customer", 430, CLOSED))
    assert unpaid.value.clause == "4.2(7)"
    walk(site, number, ("li", "collect-charge", 428, PAID))
    receipt = Receipt.objects.get(number=number)
    assert (receipt.amount, receipt.payer) == (Decimal("200.00"), "王老师")
    assert charge_queries.of_case(number).due == 0
    told = Entry.objects.get(verb="collect-charge").content["effects"]
    assert receipt.name in str(told)
    walk(site, number, ("li", "close-with-customer", 430, CLOSED))


@pytest.mark.rule("INT-04-36")
def test_a_voided_receipt_keeps_its_number_and_the_charge_is_owed_again(site):
    number = opened(site)
    walk(site, number, LOOKED_UP, *REPAIRED, ("li", "collect-charge", 428, PAID))
    receipt = Receipt.objects.get(number=number)
    charges.void_receipt(receipt.name, "金额写错", by="qian", at=minutes(429))
    with pytest.raises(Refused) as owed:
        walk(site, number, ("li", "close-with-customer", 430, CLOSED))
    assert owed.value.clause == "4.2(7)"


@pytest.mark.rule("INT-04-40", "INT-04-45")
def test_the_papers_go_from_hand_to_hand_and_end_at_the_office(site):
    number = opened(site)
    walk(site, number, LOOKED_UP, *REPAIRED, ("li", "collect-charge", 428, PAID))
    walk(site, number, ("li", "close-with-customer", 430, CLOSED), *HANDED_ON)
    slip = Copy.objects.get(slip__case_number=number, slip__form="slip", name="main")
    assert [one.to_holder for one in slip.movements.order_by("step")] == ["repairer", "dispatcher", "follow-up-clerk"]
    receipt = Copy.objects.get(slip__case_number=number, slip__form="equipment", name="customer")
    assert [one.to_holder for one in receipt.movements.order_by("step")] == ["customer", "repairer", "dispatcher"]
    assert slip.slip.number == number
    assert list(differences(Case.objects.all())) == []


@pytest.mark.rule("INT-04-40")
def test_a_slip_that_is_in_other_hands_is_not_received(site):
    number = opened(site)
    walk(site, number, LOOKED_UP, *REPAIRED, ("li", "collect-charge", 428, PAID))
    walk(site, number, ("li", "close-with-customer", 430, CLOSED), *HANDED_ON[:3])
    slip = Copy.objects.get(slip__case_number=number, slip__form="slip", name="main")
    slips.hand([slip], Holder("post", "office"), slips.Doing(number, "north", "wu", minutes(457)))
    before = dump()
    with pytest.raises(EffectRefused) as elsewhere:
        walk(site, number, HANDED_ON[3])
    assert elsewhere.value.clause.endswith("4.2(9)")
    assert dump() == before


def test_after_a_departure_whoever_has_the_slip_gives_it(site):
    number = opened(site)
    walk(site, number, LOOKED_UP, *REPAIRED, ("li", "collect-charge", 428, PAID))
    walk(site, number, ("li", "close-with-customer", 430, CLOSED), *HANDED_ON[:3])
    slip = Copy.objects.get(slip__case_number=number, slip__form="slip", name="main")
    slips.hand([slip], Holder("post", "office"), slips.Doing(number, "north", "wu", minutes(457)))
    here = Case.objects.get(number=number).step
    departed = {"depart.to": here, "depart.reason": "试", "departure.benefit": "试"}
    actions.act(site.qian, acting(number, "depart", minutes(458), departed, post="general-manager"))
    walk(site, number, HANDED_ON[3])
    slip.refresh_from_db()
    newest = slip.movements.order_by("step").last()
    assert (newest.from_holder, newest.to_holder) == ("office", "dispatcher")
    assert list(differences(Case.objects.all())) == []


@pytest.mark.rule("INT-04-63")
def test_declined_at_the_counter_the_numbered_receipt_comes_back(site):
    number = opened(site, channel="counter", service="brought-in")
    given = {"receipt-given": True, "symptom": "不亮", "items": [{"item": "投影机", "condition": "完好"}]}
    walk(site, number, LOOKED_UP, ("chen", "take-in", 10, given), *ON_THE_WAY[:2])
    walk(
        site, number,
        ("li", "judge", 40, {"diagnosis": "主板", "outcome": "on-site", "warranty-decision": "out"}),
        ("li", "quote", 45, {"amount": 200, "rate": "GF-03", "consent": False}),
        ("li", "hand-back", 50, {"words": "太贵", "returned": True}),
    )  # fmt: skip
    counter = Slip.objects.get(case_number=number, form="counter")
    assert counter.number == "ST20260302-0001"
    copy = counter.copies.get(name="customer")
    assert [one.to_holder for one in copy.movements.order_by("step")] == ["customer", "repairer"]


@pytest.mark.rule("INT-04-64")
def test_the_same_fault_of_the_same_device_within_thirty_days_is_a_repeat_of_the_earlier_case(site):
    first = opened(site)
    called_off = opened(site, minutes(5))
    actions.act(site.zhou, acting(called_off, "cancel", minutes(10), {"cancel.reason": "试"}))
    departed = {"depart.to": "archived", "depart.reason": "试", "departure.benefit": "试"}
    actions.act(site.qian, acting(first, "depart", minutes(60), departed, post="general-manager"))
    again = opened(site, minutes(70))
    with pytest.raises(Refused) as unlinked:
        walk(site, again, ("chen", "look-up-warranty", 75, LOOKED_UP[3]))
    assert unlinked.value.clause == "4.3(6)"
    walk(site, again, ("chen", "look-up-warranty", 75, LOOKED_UP[3] | {"earlier-case": first}))
    other = opened(site, minutes(80), serial="PJ-9")
    told = {"status": "out", "basis": "无", "differs-because": "查无此机"}
    walk(site, other, ("chen", "look-up-warranty", 85, told))

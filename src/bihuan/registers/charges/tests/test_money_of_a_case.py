"""Quote, consent, charge, receipt, settlement, reversal – as the effects of a case carry them out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.cast import MONDAY

from bihuan.journal.models import Entry
from bihuan.registers.charges import queries
from bihuan.registers.charges.effects import EFFECTS
from bihuan.registers.charges.errors import NoRule, NotNow, NotThere, WrongMoney
from bihuan.registers.charges.facts import FACTS
from bihuan.registers.charges.models import Charge, PriceLine, Quote, Receipt, Settlement

from .conftest import deed, question

LATER = MONDAY + timedelta(hours=1)


def do(name: str, **given):
    return EFFECTS[f"charges.{name}"](deed(**given))


def fact(name: str, **given):
    return FACTS[f"charges.{name}"](question(**given))


def test_a_quote_by_a_price_in_force_says_its_amount_and_rule(listed):
    told = do("quote", rate="GF-01")
    assert (told["amount"], told["consent"], told["rate"]) == ("80.00", None, "GF-01")
    assert fact("quoted") == 80
    assert fact("consented") is False


def test_a_quote_of_another_amount_than_the_list_needs_a_reason(listed):
    with pytest.raises(NoRule) as refused:
        do("quote", rate="GF-01", amount=100)
    assert refused.value.field == "because"
    assert do("quote", rate="GF-01", amount=100, because="夜间")["amount"] == "100.00"


@pytest.mark.parametrize(
    "given", [{"amount": 50}, {"rate": "GF-99"}, {}, {"lines": [{"what": "杂项"}]}, {"lines": [{"amount": 5}]}]
)
def test_a_quote_or_charge_without_its_rule_is_refused_and_leaves_nothing(listed, given):
    for name in ("quote", "add"):
        with pytest.raises(NoRule):
            do(name, **given)
    assert (Quote.objects.count(), Charge.objects.count()) == (0, 0)


def test_a_price_of_yesterday_is_no_rule_today(site, listed):
    early = MONDAY - timedelta(days=90)
    with pytest.raises(NoRule):
        do("quote", rate="GF-01", at=early)


def test_consent_given_later_is_that_of_the_newest_quote_and_given_once(listed):
    do("quote", rate="GF-01")
    do("quote", rate="GF-02")
    assert do("quote", consent=True, at=LATER)["amount"] == "30.50"
    assert fact("consented") is True
    first, second = Quote.objects.order_by("place")
    assert (first.consent, second.consent, second.consent_by, second.consent_at) == (None, True, "li", LATER)
    assert do("quote", consent=True)["consent"] is True
    with pytest.raises(NotNow):
        do("quote", consent=False)


def test_consent_without_a_quote_is_refused_and_nothing_quoted_is_unknown(site):
    assert (fact("quoted"), fact("consented"), fact("payer")) == (None, None, None)
    with pytest.raises(NotThere):
        do("quote", consent="yes")


def test_a_charge_without_words_is_what_was_agreed_to_at_its_own_price(site, listed):
    do("quote", lines=[{"rate": "GF-01"}, {"rate": "GF-02", "quantity": 2}], consent=True)
    told = do("add", at=MONDAY + timedelta(days=3))
    assert told["amount"] == "141.00"
    codes = list(Charge.objects.order_by("place").values_list("line__code", "quantity", "amount", "because"))
    assert codes == [("GF-01", 1, Decimal("80.00"), ""), ("GF-02", 2, Decimal("61.00"), "")]


def test_the_very_amount_agreed_to_has_its_rule_another_has_none(listed):
    do("quote", amount=200, because="按配件市价", consent=True)
    with pytest.raises(NoRule):
        do("add", amount=199)
    do("add", amount=200)
    assert Charge.objects.get().because == "按 2026-03-02 顾客同意的报价：按配件市价"


def test_the_code_written_where_the_reason_stands_means_the_price(listed):
    do("add", amount=80, because="GF-01", payer="王老师")
    row = Charge.objects.get()
    assert (row.line.code, row.payer) == ("GF-01", "王老师")
    assert fact("payer") == "王老师"


def test_what_is_due_is_charged_minus_received_and_settled_is_nothing_due(listed):
    assert (fact("due"), fact("settled")) == (0, True)
    do("add", rate="GF-01")
    assert (fact("due"), fact("settled")) == (80, False)
    do("receipt", amount="50")
    assert fact("due") == 30
    told = do("receipt", amount=30, to="王老师")
    assert told == {"receipt": "SJ-NORTH-2026-00002", "amount": "30.00", "to": "王老师"}
    assert (fact("due"), fact("settled")) == (0, True)


def test_a_void_receipt_is_no_longer_received_and_its_number_stays(listed):
    do("add", rate="GF-01")
    name = do("receipt", amount=80)["receipt"]
    do("void-receipt", number_=name, because="写错付款人")
    assert fact("due") == 80
    assert do("receipt", amount=80)["receipt"] == "SJ-NORTH-2026-00002"
    assert list(Receipt.objects.order_by("counter").values_list("state", "void_because")) == [
        ("void", "写错付款人"),
        ("good", ""),
    ]
    with pytest.raises(NotNow):
        do("void-receipt", number_=name, because="再来一次")


def test_voiding_wants_a_reason_and_a_receipt_of_the_same_outlet(listed):
    name = do("receipt", amount=80)["receipt"]
    with pytest.raises(NoRule):
        do("void-receipt", number_=name, because="  ")
    with pytest.raises(NotThere):
        do("void-receipt", number_=name, because="别处", outlet="south")
    assert Receipt.objects.get().state == "good"


def test_a_reversal_is_a_row_of_its_own_and_only_once(listed):
    do("add", lines=[{"rate": "GF-01"}, {"rate": "GF-02"}])
    told = do("reverse", lines="GF-01", because="未上门")
    assert told == {"reversed": [{"what": "上门工费", "amount": "80.00", "payer": "customer"}], "amount": "80.00"}
    assert fact("due") == 30.5
    assert fact("total-of-lines") == 30.5
    with pytest.raises(NotThere):
        do("reverse", lines="GF-01", because="再来一次")
    with pytest.raises(NoRule):
        do("reverse", lines="all")
    assert do("reverse", lines="all", because="整单作废")["amount"] == "30.50"
    assert (fact("due"), Charge.objects.count()) == (0, 4)


def test_settling_what_is_due_wants_a_receipt_that_covers_it_or_a_reason(listed):
    do("add", rate="GF-01")
    name = do("receipt", amount=50)["receipt"]
    for given in ({}, {"with": name}, {"receipt": name}):
        with pytest.raises(NotNow):
            do("settle", **given)
    with pytest.raises(NotThere):
        do("settle", receipt="SJ-NORTH-2026-00009")
    assert do("settle", with_="客户投诉，免收余款") == {
        "settled": "30.00",
        "receipt": "",
        "because": "客户投诉，免收余款",
    }
    assert (fact("due"), fact("settled"), Settlement.objects.get().amount) == (0, True, Decimal("30.00"))


def test_settling_by_the_receipt_that_covers_it_gives_nothing_up(listed):
    do("add", rate="GF-01")
    name = do("receipt", amount=80)["receipt"]
    do("settle", with_=name)
    assert (Settlement.objects.get().amount, Settlement.objects.get().receipt.name) == (0, name)


def test_the_total_of_lines_is_that_of_the_form_being_filled(listed):
    rows = [{"what": "a", "price": "12.50", "quantity": 3}, {"what": "b", "amount": 2}, {"note": "无价"}]
    assert fact("total-of-lines", form="bill", answers={"bill": {"items": rows, "date": "2026-03-02"}}) == 39.5
    do("add", rate="GF-01")
    assert fact("total-of-lines", form="other", answers={"bill": {"items": rows}, "other": {}}) == 80


@pytest.mark.parametrize("name", ["add", "receipt", "quote"])
def test_lines_that_do_not_make_the_amount_are_refused(listed, name):
    with pytest.raises(WrongMoney):
        do(name, amount=100, because="合同", lines=[{"what": "a", "amount": 60}, {"what": "b", "amount": 39}])


@pytest.mark.parametrize("amount", [-1, "-0.01", "abc", float("nan"), True, "0.001", 10**11, None, [], "1e400"])
def test_what_is_no_amount_is_refused_and_takes_no_number(listed, amount):
    with pytest.raises(WrongMoney):
        do("receipt", amount=amount)
    assert do("receipt", amount="1,230.5")["receipt"] == "SJ-NORTH-2026-00001"


def test_effects_write_no_entry_and_one_case_never_shows_in_another(listed):
    before = Entry.objects.count()
    do("add", rate="GF-01")
    do("receipt", amount=80)
    assert Entry.objects.count() == before
    assert queries.of_case("J2").charges == ()
    assert fact("due", number="J2") == 0


def test_changing_the_tariff_begins_a_new_version_and_keeps_the_old(listed):
    told = do("change-tariff", lines=[{"rate": "GF-01", "price": 90}], from_="2026-04-01")
    assert told == {"list": "收费标准", "from": "2026-04-01", "prices": {"GF-01": "90.00"}}
    assert do("quote", rate="GF-01")["amount"] == "80.00"
    assert do("quote", rate="GF-01", at=MONDAY + timedelta(days=31))["amount"] == "90.00"
    assert PriceLine.objects.count() == 4

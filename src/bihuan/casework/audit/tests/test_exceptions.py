"""Each exception is found when it really happened, and not otherwise."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import MONDAY

from bihuan.casework.actions import noting
from bihuan.casework.audit.exceptions import CATALOGUE
from bihuan.casework.audit.policy import documented
from bihuan.casework.models import Case
from bihuan.casework.paper.models import PrintCount
from bihuan.ground.ids import new_id
from bihuan.journal.models import Entry
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import SignInAttempt
from bihuan.registers.charges import actions as charges
from bihuan.registers.charges import prices
from bihuan.registers.charges.models import Receipt
from bihuan.registers.charges.prices import Price
from bihuan.registers.warranty.models import Decision

from .conftest import HOUR, found, span

pytestmark = pytest.mark.django_db


def verbs(name: str, **more) -> list[str]:
    """The verbs of the entries an exception leads to, newest first."""
    return [Entry.objects.get(pk=one.entry).verb for one in found(name, **more)]


def corrected(form: str, field: str, value, reason: str = "写错了") -> dict:
    return {"form": form, "field": field, "value": value, "reason": reason}


def test_an_ordinary_case_is_in_no_exception(walk):
    walk().do("li", "ask", {"request.what": "减免"}).do("qian", "decide", {"decision.agreed": True}).do("li", "finish")
    assert [one.name for one in CATALOGUE if one.found(span())] == []


def test_what_is_done_after_the_end_is_found_and_what_is_done_before_is_not(walk):
    case = walk().do("zhou", "correct", corrected("intake", "problem", "不转")).do("li", "begin").do("li", "finish")
    assert found("changed-after-closing") == []
    case.do("zhou", "amend", {"amendment.words": "换过保险丝"})
    case.do("zhou", "reopen")
    assert verbs("changed-after-closing") == ["reopen", "amend"]
    # under way again: from here on it is ordinary work
    case.do("zhou", "correct", corrected("intake", "problem", "还是不转"))
    assert verbs("changed-after-closing") == ["reopen", "amend"]


def test_a_promise_moved_after_its_moment_is_found_and_one_moved_in_time_is_not(walk):
    in_time = walk(**{"intake.urgency": "urgent"})
    in_time.do("zhou", "correct", corrected("intake", "urgency", "normal"), at=MONDAY + HOUR)
    assert found("deadline-after-breach") == []
    late = walk(**{"intake.urgency": "urgent"})
    late.do("zhou", "correct", corrected("intake", "urgency", "normal"), at=MONDAY + 3 * HOUR)
    assert [(one.number, one.who) for one in found("deadline-after-breach")] == [(late.case.number, "zhou")]


def test_a_promise_moved_to_an_earlier_moment_is_nothing_gained(walk):
    case = walk()
    case.do("zhou", "correct", corrected("intake", "urgency", "urgent"), at=MONDAY + 50 * HOUR)
    assert found("deadline-after-breach") == []


def test_approving_ones_own_request_is_found_and_anothers_is_not(walk):
    walk().do("li", "ask", {"request.what": "减免"}).do("qian", "decide", {"decision.agreed": True})
    assert found("self-approval") == []
    own = walk().do("qian", "ask", {"request.what": "减免"}).do("qian", "decide", {"decision.agreed": True})
    assert [(one.number, one.who) for one in found("self-approval")] == [(own.case.number, "qian")]


def test_a_second_decision_by_the_same_person_is_no_self_approval(walk):
    case = walk().do("li", "ask", {"request.what": "减免"}).do("qian", "decide", {"decision.agreed": True})
    case.do("qian", "confirm", {"confirmation.agreed": True})
    assert found("self-approval") == []


def test_departures_are_found_with_their_reason(walk):
    case = walk()
    assert found("departures") == []
    case.do("qian", "depart", {"to": "working", "reason": "客户急用"})
    (one,) = found("departures")
    assert (one.number, one.who, "客户急用" in one.words.zh) == (case.case.number, "qian", True)


def test_figures_corrected_are_found_and_words_are_not(walk):
    case = walk(**{"intake.hours": 2}).do("zhou", "correct", corrected("intake", "problem", "不转"))
    assert found("figures-corrected") == []
    case.do("zhou", "correct", corrected("intake", "hours", 5))
    (one,) = found("figures-corrected")
    assert (one.who, one.words.zh) == ("zhou", "hours: 2 → 5")


def test_acts_entered_long_after_they_were_done_are_found_by_the_threshold(walk):
    case = walk()
    done = MONDAY + HOUR
    case.do("li", "begin", at=done, received=done + timedelta(hours=23, minutes=59))
    assert found("entered-late") == []
    case.do("li", "finish", at=done + 2 * HOUR, received=done + 26 * HOUR)
    assert verbs("entered-late") == ["finish"]
    assert verbs("entered-late", period=span(**{"late-hours": 23})) == ["finish", "begin"]


def test_money_given_up_and_money_off_the_list_are_found_with_their_entries(walk):
    case = walk().do("li", "begin")
    case.do("li", "charge", {"money.amount": 80, "money.because": "材料"})
    case.do("li", "give-up", {"given-up.because": "老客户"})
    assert verbs("charges-waived") == ["give-up", "charge"]
    words = [one.words.zh for one in found("charges-waived")]
    assert ["放弃 80.00 元：老客户" in words[0], "80.00 元：材料" in words[1]] == [True, True]


def test_a_charge_by_the_list_is_in_no_exception(walk, site):
    admin = site.again("qian")
    admin.is_administrator = True
    admin.save()
    made = prices.open_list("标准", MONDAY.date(), by=admin, at=MONDAY)
    prices.add_line(made, Price("visit", "上门费", Decimal(50)), by=admin, at=MONDAY)
    case = walk().do("li", "begin").do("li", "charge", {"money.rate": "visit"})
    assert found("charges-waived") == []
    case.do("li", "receive", {"received.amount": 50})
    assert [found("charges-waived"), found("round-amounts"), found("receipts-voided")] == [[], [], []]


def test_round_amounts_are_found_from_the_threshold_on(walk):
    case = walk().do("li", "begin").do("li", "charge", {"money.amount": 5000, "money.because": "整机"})
    for amount in (400, 499, 510):
        case.do("li", "receive", {"received.amount": amount})
    assert found("round-amounts") == []
    case.do("li", "receive", {"received.amount": 500})
    assert [("500.00" in one.words.zh, one.entry is not None) for one in found("round-amounts")] == [(True, True)]
    assert len(found("round-amounts", span(**{"round-from": 400, "round-to": 10}))) == 3


def test_voided_receipts_are_found_by_the_day_they_were_voided(walk, site):
    case = walk().do("li", "begin").do("li", "charge", {"money.amount": 60, "money.because": "材料"})
    case.do("li", "receive", {"received.amount": 60})
    assert found("receipts-voided") == []
    at = case.at + HOUR
    charges.void_by_hand(Receipt.objects.get().name, "开错了", by=site.again("feng"), at=at)
    (one,) = found("receipts-voided")
    assert (one.at, one.number, Entry.objects.get(pk=one.entry).verb) == (at, case.case.number, "void-receipt")


def test_warranty_decided_otherwise_is_found_and_as_computed_is_not(walk):
    case = walk().do("li", "begin")
    case.do("li", "judge", {"judgement.as": "in", "judgement.because": "领导同意"})
    (one,) = found("warranty-overridden")
    assert (one.number, one.who, "领导同意" in one.words.zh) == (case.case.number, "li", True)
    assert Entry.objects.get(pk=one.entry).verb == "judge"


def test_a_decision_that_is_the_computed_one_is_no_exception(walk):
    case = walk()
    more = {"case_number": case.case.number, "outlet": "north", "doer": "li", "at": MONDAY, "inputs": {}}
    Decision.objects.create(computed="in", decided="in", rule="x", **more)
    assert found("warranty-overridden") == []


def test_a_copy_printed_again_is_found_and_the_first_printing_is_not(walk):
    case = walk()
    for ordinal in (1, 2):
        at = MONDAY + ordinal * HOUR
        PrintCount.objects.create(id=new_id(at), number=case.case.number, document="intake", copy="main", paper="a4",
                                  ordinal=ordinal, person="chen", at=at)  # fmt: skip
    assert [(one.number, one.who, one.words.zh) for one in found("reprints")] == [
        (case.case.number, "chen", "intake · main 第 2 次打印")
    ]
    assert found("reprints", span(**{"reprints-from": 3})) == []


def test_many_numbers_seen_by_one_person_in_a_day_are_one_finding(walk, site):
    number = walk().case.number
    for minute in range(20):
        at = MONDAY + timedelta(minutes=minute)
        noting.note(number, noting.NUMBER_SHOWN, "回访", by=site.again("chen" if minute else "zhou"), at=at)
    assert found("reveals") == []
    noting.note(number, noting.NUMBER_SHOWN, "回访", by=site.again("chen"), at=MONDAY + HOUR)
    (one,) = found("reveals")
    assert (one.who, one.words.zh, one.also) == ("chen", "一天查看 20 个完整电话", (number,))


def test_numbers_seen_on_several_days_are_counted_day_by_day(walk, site):
    number = walk().case.number
    for day in range(20):
        at = MONDAY + timedelta(days=day)
        noting.note(number, noting.NUMBER_SHOWN, "回访", by=site.again("chen"), at=at)
    assert found("reveals") == []


def test_exports_are_found_from_the_threshold_on(site):
    for rows in (999, 1000):
        entry(HOUSE, "export", str(rows), "export", site.qian, MONDAY, {"list": "事项", "format": "csv", "count": rows})
    (one,) = found("bulk-exports")
    assert (one.who, one.words.zh) == ("qian", "事项 · 1000 行 · csv")


def test_somebody_shut_out_at_the_door_is_found_and_a_few_wrong_tries_are_not(site):
    now = timezone.now()
    period = type(span())(now - HOUR, now + HOUR, None, None, documented().numbers)
    client = Client()
    for _try in range(9):
        client.post("/sign-in/", {"username": "chen", "password": "wrong-guess-1"})
    assert found("lock-outs", period) == []
    for _try in range(3):
        client.post("/sign-in/", {"username": "chen", "password": "wrong-guess-1"})
    (one,) = found("lock-outs", period)
    assert (one.who, one.words.zh) == ("chen", "试错次数过多，来自 127.0.0.1")
    # what was typed as a name may have been a password
    SignInAttempt.objects.all().delete()
    for _try in range(10):
        client.post("/sign-in/", {"username": "my-secret-word", "password": "x"})
    assert [each.who for each in found("lock-outs", period)] == ["", "chen"]
    assert not any("my-secret-word" in str(each.content) for each in Entry.objects.filter(verb="lock-out"))


def test_every_exception_has_words_in_both_languages_and_a_weight(site):
    for one in CATALOGUE:
        assert all((one.title.zh, one.title.en, one.words.zh, one.words.en)), one.name
    assert sorted(documented().weights) == sorted(one.name for one in CATALOGUE)
    assert {name for one in CATALOGUE for name in one.numbers} == set(documented().numbers)


def test_a_finding_of_another_outlet_is_not_found(walk, site):
    north = walk().do("qian", "depart", {"to": "working", "reason": "急"})
    scope = frozenset({"south"})
    assert found("departures", span(outlets=scope)) == []
    assert [one.number for one in found("departures", span(outlets=frozenset({"north"})))] == [north.case.number]


def test_only_the_period_counts(walk):
    walk().do("qian", "depart", {"to": "working", "reason": "急"})
    period = span()
    later = type(period)(MONDAY + 3 * HOUR, period.until, None, None, period.numbers)
    assert found("departures", later) == []
    assert Case.objects.count() == 1

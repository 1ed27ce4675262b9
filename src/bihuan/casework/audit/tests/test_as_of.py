"""A case as it stood: for every prefix of its story what was stored at that time, and nothing that came later."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import transaction
from tests.cast import MONDAY

from bihuan.casework import actions
from bihuan.casework.audit.as_of import as_of
from bihuan.casework.models import Case
from bihuan.journal.actions import dispose
from bihuan.journal.models import Entry
from bihuan.procedure.deadlines import explain
from bihuan.registers.calendars import queries as calendars

from .conftest import HOUR, browser

pytestmark = pytest.mark.django_db

STORED = (
    "step",
    "stage",
    "title",
    "revision",
    "ended_at",
    "due_at",
    "promised_at",
    "risk_at",
    "done_at",
    "person",
    "state",
)
STEPS = [
    ("li", "ask", {"request.what": "减免"}),
    ("qian", "decide", {"decision.agreed": True}),
    ("qian", "decide", {"decision.agreed": False}),
    ("li", "begin", {}),
    ("li", "charge", {"money.amount": 80, "money.because": "材料"}),
    ("li", "receive", {"received.amount": 80}),
    ("zhou", "correct", {"form": "intake", "field": "problem", "value": "不转", "reason": "听错"}),
    ("zhou", "correct", {"form": "intake", "field": "urgency", "value": "urgent", "reason": "催"}),
    ("qian", "depart", {"to": "working", "reason": "急"}),
    ("zhou", "reassign", {"act": "finish", "person": "li", "reason": "换人"}),
    ("li", "finish", {}),
    ("zhou", "amend", {"amendment.words": "补"}),
    ("zhou", "reopen", {}),
]


def stored(case: Case) -> dict:
    return {name: getattr(case, name) for name in STORED}


@pytest.mark.parametrize("seed", range(6))
def test_every_prefix_of_a_walked_case_is_what_was_stored_then(walk, seed):
    """Twenty acts chosen by chance, those the procedure refuses passed over; clocks strike between them."""
    chance = random.Random(seed)
    case = walk()
    told = [(case.at, stored(case.now))]
    for _turn in range(20):
        who, action, answers = chance.choice(STEPS)
        at = case.at + timedelta(minutes=chance.randint(1, 600))
        try:
            with transaction.atomic():
                case.do(who, action, answers, at=at)
        except Exception as refusal:  # whatever the procedure does not foresee here
            assert type(refusal).__name__ in {"Refused", "NotYours", "WrongAnswers", "EffectRefused"}, refusal
            case.at = at
            actions.sweep(at, 50)
        told.append((at, stored(case.now)))
    assert len(Entry.objects.filter(about_id=str(case.case.pk))) > 5
    for at, expected in told:
        stood = as_of(case.now, at)
        assert stored(stood.case) == expected, at
        assert (stood.exact, stood.broken) == (True, False)


def test_before_its_first_entry_there_is_no_such_case(walk):
    assert as_of(walk().case, MONDAY - timedelta(seconds=1)) is None


def test_what_was_done_before_but_recorded_later_was_not_known_then(walk):
    case = walk().do("li", "begin", at=MONDAY + HOUR, received=MONDAY + 3 * HOUR)
    assert as_of(case.now, MONDAY + 2 * HOUR).case.step == "received"
    assert as_of(case.now, MONDAY + 3 * HOUR).case.step == "working"


def test_a_promise_reads_as_it_read_then(walk):
    case = walk(**{"intake.urgency": "urgent"}).do("li", "begin", at=MONDAY + HOUR)
    before = case.now
    calendar = calendars.calendar_for("north", before.state.clocks[0].calendar)
    told = explain(_definition(before), before.state, "finished", calendar, MONDAY + HOUR, 1)
    case.do("zhou", "correct", {"form": "intake", "field": "urgency", "value": "normal", "reason": "缓"},
            at=MONDAY + 90 * timedelta(minutes=1))  # fmt: skip
    stood = as_of(case.now, MONDAY + HOUR)
    again = explain(stood.definition, stood.case.state, "finished", calendar, MONDAY + HOUR, 1)
    assert again == told
    assert stood.case.state.clocks[0].due == MONDAY + 2 * HOUR
    assert case.now.state.clocks[0].due == MONDAY + timedelta(days=2)


def _definition(case: Case):
    from bihuan.casework.definitions import definition_for  # noqa: PLC0415 - only for this

    return definition_for(case)


def test_nothing_is_ever_saved_by_looking_back(walk):
    case = walk().do("li", "begin")
    before = stored(case.now)
    as_of(case.now, MONDAY)
    assert stored(case.now) == before


def test_disposed_contents_are_named_and_the_rest_is_told(walk, site):
    case = walk().do("li", "ask", {"request.what": "秘密"}).do("qian", "decide", {"decision.agreed": True})
    entry = Entry.objects.get(about_id=str(case.case.pk), verb="ask")
    with transaction.atomic():
        dispose([entry.pk], "清单一", "qian", case.at + HOUR)
    stood = as_of(case.now, case.at)
    assert ([one.pk for one in stood.missing], stood.exact, stood.broken) == ([entry.pk], False, False)
    assert (stood.case.step, stood.case.state.answers["decision"]) == ("working", {"agreed": True})
    assert "request" not in stood.case.state.answers
    # before the one that is gone everything is as it was
    assert as_of(case.now, MONDAY).exact
    page = browser(site, "zhou").get(f"/cases/{case.case.number}/as-of/?at=2026-03-02T23:00").content.decode()
    assert ("清单一" in page, "秘密" in page, f"/audit/entries/{entry.pk}/" in page) == (True, False, True)


def test_the_page_shows_then_and_nothing_of_later(walk, site):
    case = walk().do("li", "ask", {"request.what": "减免材料费"}).do("qian", "decide", {"decision.agreed": True})
    client = browser(site, "zhou")
    address = f"/cases/{case.case.number}/as-of/"
    then = client.get(f"{address}?at=2026-03-02T10:00:00").content.decode()
    assert ("待批" in then, "减免材料费" in then, "批示" in then) == (True, True, False)
    now = client.get(address).content.decode()
    assert "批示" in now
    early = client.get(f"{address}?at=2026-03-01").content.decode()
    assert ("那时还没有这个事项" in early, "王老师" in early) == (True, False)
    wrong = client.get(f"{address}?at=neverday")
    assert (wrong.status_code, "这不是一个时刻" in wrong.content.decode()) == (422, True)


def test_another_outlets_case_is_not_there_at_any_moment(walk, site):
    case = walk()
    for username, status in (("wang", 404), ("outsider", 404), ("li", 200), ("north-audit", 200), ("south-audit", 404)):
        assert browser(site, username).get(f"/cases/{case.case.number}/as-of/").status_code == status, username


def test_the_audit_tab_leads_to_every_moment_of_the_case(walk, site):
    case = walk().do("li", "begin")
    client = browser(site, "zhou")
    tab = client.get(f"/cases/{case.case.number}/?tab=audit").content.decode()
    assert "as-of/?at=2026-03-02T01:00:00Z" in tab
    first = client.get(f"/cases/{case.case.number}/as-of/?at=2026-03-02T01:00:00Z").content.decode()
    assert ("已登记" in first, "as-of/?at=2026-03-02T02:00:00Z" in first) == (True, True)

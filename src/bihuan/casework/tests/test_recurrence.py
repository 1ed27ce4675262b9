"""A fault that was put right and is here again: the page says so, a fact says which case, the procedure acts on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.cast import dump

from bihuan.casework import facts, linking, replay
from bihuan.casework.actions.keeping import surroundings_of
from bihuan.casework.definitions import definition_for
from bihuan.casework.models import Case
from bihuan.casework.pages import similar
from bihuan.casework.pages.names import Names
from bihuan.journal.models import Letter
from bihuan.procedure.refusals import Refusal
from bihuan.registers.customers import actions as customers
from bihuan.registers.deeds import Question
from bihuan.registers.products import actions as products

from .complaining import DAY, acted, closed, complain, complaining_site, do, measured


@pytest.fixture
def at():
    return timezone.now() - timedelta(minutes=5)


@pytest.fixture
def site(db: None):
    return complaining_site()


def fact(case: Case, name: str, at):
    state = case.state
    question = Question(definition_for(case), state.answers, at, outlet=case.outlet, number=case.number)
    return facts.collect([name], question).get(name)


def page(person, path: str) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def earlier(site, at) -> Case:
    """A complaint about SN-1 corrected, checked and closed some days ago."""
    return closed(site, complain(site, at=at - 50 * DAY), at - 49 * DAY)


def test_a_fault_put_right_and_here_again_is_said_linked_and_told(site, at, earlier):
    again = complain(site, at=at, contact="李老师")
    assert fact(again, "cases.recurred-after", at) == earlier.number
    assert fact(again, "cases.days-since-put-right", at) == 17
    assert (again.pk, earlier.pk) in linking.chain_of(site.zhou, again, at).links
    assert Letter.objects.filter(subject__contains=again.number, to="leader@north").count() == 1
    text = page(site.zhou, f"/cases/{again.number}/")
    assert "再发" in text
    assert f"此前已在 {earlier.number} 验证有效" in text


@pytest.mark.parametrize(
    ("changed", "recurs"),
    [
        ({"device": "SN-2"}, True),
        ({"device": None}, True),
        ({"product": "KF-73"}, True),
        ({"device": "sn-1", "product": "KF-73"}, True),
        ({"device": "SN-2", "product": "KF-73"}, False),
        ({"problem": "异响"}, False),
    ],
)
def test_the_same_fault_of_the_same_device_or_model_recurs_and_nothing_else(site, at, earlier, changed, recurs):
    again = complain(site, at=at, **changed)
    assert (fact(again, "cases.recurred-after", at) == earlier.number) is recurs
    assert ("notice-warning" in page(site.zhou, f"/cases/{again.number}/")) is recurs


def test_the_kind_of_the_earlier_case_can_be_named(site, at, earlier):
    again = complain(site, at=at)
    action = earlier.children.get()
    assert fact(again, "cases.recurred-after.action", at) == action.number
    assert fact(again, "cases.recurred-after.complaint", at) == earlier.number
    assert fact(again, "cases.recurred-after.measure", at) is None


def test_what_was_never_checked_was_not_put_right(site, at):
    dropped = complain(site, at=at - 9 * DAY)
    do(site, "qian", dropped, "cancel", at - 8 * DAY, {"reason": "重了"})
    still_open = complain(site, at=at - 7 * DAY)
    measured(site, acted(site, still_open, at - 6 * DAY), at - 5 * DAY)
    again = complain(site, at=at)
    assert fact(again, "cases.recurred-after", at) is None
    assert "notice-warning" not in page(site.zhou, f"/cases/{again.number}/")


def test_a_complaint_does_not_recur_after_what_ended_later_than_it_came(site, at):
    waiting = complain(site, at=at - 50 * DAY)
    closed(site, complain(site, at=at - 50 * DAY), at - 49 * DAY)
    assert fact(waiting, "cases.recurred-after", at) is None


def test_another_outlets_correction_is_no_recurrence_here(site, at, earlier):
    south = complain(site, by="wang", at=at)
    assert fact(south, "cases.recurred-after", at) is None
    text = page(site.wang, f"/cases/{south.number}/")
    assert earlier.number not in text
    assert "notice-warning" not in text


def test_a_new_complaint_reopens_the_action_it_recurs_after(site, at, earlier):
    action = earlier.children.get()
    first = complain(site, at=at, problem="异响")
    assert "没有可重开的措施" in refused(site, "zhou", first, "take-up-again", at)
    again = complain(site, at=at)
    do(site, "zhou", again, "take-up-again", at)
    action.refresh_from_db()
    assert (again.step, action.step, action.ended_at) == ("joined", "planning", None)
    assert (again.pk, action.pk) in linking.chain_of(site.zhou, action, at).links
    assert list(replay.differences(Case.objects.all())) == []
    # nothing was checked in the one that was only joined, so a third recurs after the first
    assert fact(complain(site, at=at), "cases.recurred-after.complaint", at) == earlier.number


def test_the_action_is_reopened_where_it_ended(site, at, earlier):
    action = earlier.children.get()
    do(site, "zhou", action, "reopen", at)
    assert (action.step, action.ended_at) == ("planning", None)


# ------------------------------------------------------------------------------------- closing too early


def refused(site, by: str, case: Case, action: str, at, answers=None) -> str:
    """The words the act is refused with; nothing has changed after it."""
    before = dump()
    with pytest.raises(Refusal) as refusal:
        do(site, by, case, action, at, answers)
    assert dump() == before
    return refusal.value.words.zh


EFFECTIVE = {"effect.effective": True, "effect.seen": "未再漏"}


def test_an_action_is_not_checked_while_a_measure_is_open(site, at):
    action = acted(site, complain(site, at=at - 50 * DAY), at - 49 * DAY)
    assert "对策执行中" in refused(site, "sun", action, "check-effect", at, EFFECTIVE)
    measure = action.children.order_by("number").first()
    do(site, "li", measure, "carry-out", at - DAY)
    do(site, "sun", measure, "verify", at - DAY, {"check.done": True})
    assert "对策执行中" in refused(site, "sun", action, "check-effect", at, EFFECTIVE)


def test_an_action_is_not_checked_before_its_day(site, at):
    complaint = complain(site, at=at - 50 * DAY)
    action = measured(site, acted(site, complaint, at - 49 * DAY), at - 40 * DAY)
    refused(site, "sun", action, "check-effect", at - 11 * DAY, EFFECTIVE)
    do(site, "sun", action, "check-effect", at - 9 * DAY, EFFECTIVE)
    assert action.step == "closed"


def test_nobody_checks_what_they_did(site, at):
    complaint = complain(site, at=at - 50 * DAY)
    action = acted(site, complaint, at - 49 * DAY)
    measure = action.children.order_by("number").first()
    do(site, "sun", measure, "carry-out", at - 48 * DAY)
    refused(site, "sun", measure, "verify", at - 47 * DAY, {"check.done": True})
    do(site, "zhou", measure, "verify", at - 47 * DAY, {"check.done": True})
    measure = action.children.order_by("number").last()
    do(site, "li", measure, "carry-out", at - 48 * DAY)
    do(site, "sun", measure, "verify", at - 47 * DAY, {"check.done": True})
    action.refresh_from_db()
    refused(site, "zhou", action, "check-effect", at, EFFECTIVE)
    do(site, "sun", action, "check-effect", at, EFFECTIVE)
    assert action.step == "closed"


# ------------------------------------------------------------------------------------- what resembles it


@pytest.fixture
def alike(site, at) -> dict[str, Case]:
    """Complaints of the north, one likeness each, beside one about SN-1 of batch B-1; one of the south like in all."""
    owner = customers.add_customer("城东小学", outlet="north", by=None, at=at)
    model = products.add_product("KF-72", "空气源", by=None, at=at)
    for serial, batch in (("SN-1", "B-1"), ("SN-3", "B-1"), ("SN-4", "B-2")):
        products.add_unit(serial, model, owner, by=None, at=at, batch=batch)
    return {
        "south": complain(site, by="wang", at=at - 9 * DAY),
        "device": complain(site, at=at - 9 * DAY, product="别的", problem="异响"),
        "batch": complain(site, at=at - 8 * DAY, product="别的", problem="异响", device="SN-3"),
        "model": complain(site, at=at - 7 * DAY, problem="异响", device="SN-4"),
        "fault": complain(site, at=at - 6 * DAY, product="别的", device="SN-9"),
        "here": complain(site, at=at - 5 * DAY),
    }


def groups(person, case: Case, at) -> dict[str, tuple[str, list[str]]]:
    names = Names("zh", surroundings_of(case.outlet).zone, at)
    seen = similar.panel(person, case, definition_for(case), names)
    assert seen is not None
    return {one["key"]: (one["count"], [row["number"] for row in one["rows"]]) for one in seen["groups"]}


def test_each_likeness_finds_its_own_and_never_the_souths(site, at, alike):
    here = {name: case.number for name, case in alike.items()}
    assert groups(site.zhou, alike["here"], at) == {
        "device": ("1", [here["device"]]),
        "batch": ("2", [here["batch"], here["device"]]),
        "model": ("1", [here["model"]]),
        "fault": ("1", [here["fault"]]),
    }
    # both of the same moment: which of them stands first is nobody's promise
    count, numbers = groups(site.qian, alike["here"], at)["device"]
    assert (count, sorted(numbers)) == ("2", sorted([here["device"], here["south"]]))
    text = page(site.zhou, f"/cases/{here['here']}/")
    assert here["south"] not in text
    assert "此设备与类似投诉" in text


def test_each_count_opens_the_list_it_counts(site, at, alike):
    here = alike["here"]
    asked = f"/cases/?kind=complaint&product=KF-72&fault={here.title}"
    listed = page(site.zhou, asked)
    assert here.number in listed
    assert all(alike[name].number not in listed for name in ("south", "device", "batch", "model", "fault"))
    listed = page(site.zhou, "/cases/?kind=complaint&batch=B-1")
    assert [name for name, case in alike.items() if case.number in listed] == ["device", "batch", "here"]


def test_the_likenesses_take_two_questions_however_many_there_are(site, at, alike):
    def asked() -> int:
        with CaptureQueriesContext(connection) as context:
            groups(site.zhou, alike["here"], at)
        return sum('"casework_case"' in one["sql"] for one in context.captured_queries)

    few = asked()
    for days in range(4):
        complain(site, at=at - days * DAY)
    assert asked() == few <= 4

"""The list: one order whichever way one pages, filters that count the same as they show, addresses that never break."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from tests.cast import MONDAY
from tests.cast.saying import INTAKE, acting, registered

from bihuan.casework import actions, listing, queries
from bihuan.casework.definitions import definition_for
from bihuan.casework.models import Case, View
from bihuan.casework.pages import drawn, lists, promises

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def cases(site) -> list[Case]:
    """Twelve of the north and two of the south: urgent and normal, some assigned, two cancelled, one done."""
    made = []
    for place in range(14):
        urgency = "urgent" if place % 3 else "normal"
        answers = {**INTAKE, "intake.urgency": urgency, "intake.problem": f"漏水{place}"}
        by = "wang" if place in {4, 9} else "chen"
        made.append(registered(site, by, MONDAY + timedelta(minutes=7 * place), answers=answers))
    at = MONDAY + timedelta(minutes=120)
    for place in (1, 2, 5, 6):
        actions.act(site.zhou, acting(made[place].number, "assign", at, {"order.repairer": "li"}))
    actions.act(site.li, acting(made[6].number, "work", at, {"work.sure": True}))
    for place in (3, 8):
        actions.act(site.zhou, acting(made[place].number, "cancel", at, {"reason": "不修了"}))
    return made


NOW = MONDAY + timedelta(minutes=125)


def asked(query: str) -> listing.Wanted:
    return listing.wanted(QueryDict(query), ["job", "check", "job.hand-in"])


def shown(person, query: str, **more) -> list[str]:
    wanted = asked(query)
    for name, value in more.items():
        setattr(wanted, name, value)
    return [case.number for case in listing.page(person, wanted, NOW, ZONE).cases]


@pytest.mark.parametrize(
    "query", ["", "sort=-promised", "sort=opened", "sort=-opened", "sort=number", "sort=newest", "q=漏水"]
)
@pytest.mark.parametrize("reader", ["zhou", "qian", "wang"])
def test_paging_on_and_back_shows_every_case_once_in_one_order(site, cases, query, reader):
    person = site.people[reader]
    whole = shown(person, query)
    assert len(whole) == {"zhou": 12, "qian": 14, "wang": 2}[reader]
    forward, after = [], ""
    while True:
        page = listing.page(person, _at(query, after=after), NOW, ZONE)
        forward += [case.number for case in page.cases]
        if not page.next:
            break
        after = page.next
    assert forward == whole
    back, before = [], page.previous
    while before:
        page = listing.page(person, _at(query, before=before), NOW, ZONE)
        back = [case.number for case in page.cases] + back
        before = page.previous
    assert back == whole[: len(back)]
    assert len(whole) - len(back) <= 3


def _at(query: str, **keys: str) -> listing.Wanted:
    wanted = asked(query)
    wanted.size = 3
    for name, value in keys.items():
        setattr(wanted, name, value)
    return wanted


def test_the_most_pressing_promise_comes_first_then_those_without_then_the_ended_newest_first(site, cases):
    found = [Case.objects.get(number=number) for number in shown(site.qian, "")]
    promised = [case.promised_at for case in found if case.promised_at and not case.ended_at]
    kinds = ["p" if not c.ended_at and c.promised_at else "n" if not c.ended_at else "e" for c in found]
    assert promised == sorted(promised)
    assert kinds == sorted(kinds, key="pne".index)
    assert [c.number for c in found if c.ended_at] == [cases[8].number, cases[3].number]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("state=open", 10), ("state=ended", 2), ("stage=assigned", 3), ("stage=assigned,done", 4), ("outlet=south", 0),
        ("kind=job", 12), ("kind=check", 0), ("person=li", 4), ("person=li&state=open", 4), ("opened=7d", 12),
        ("opened_from=2026-03-03", 0), ("opened_to=2026-03-01", 0), ("opened_from=2026-03-02&opened_to=2026-03-02", 12),
        ("done=today", 1), ("state=unassigned", 6),
        ("q=漏水13", 1), ("q=漏水&stage=done", 1), ("q=没有", 0), ("mine=1", 0),
    ],
)  # fmt: skip
def test_a_filter_counts_what_it_shows(site, cases, query, count):
    wanted = asked(query)
    assert len(shown(site.zhou, query)) == count
    assert queries.counted(listing.narrowed(site.zhou, wanted, NOW, ZONE)) == count


def test_what_is_at_risk_or_overdue_is_what_its_chip_says(site, cases):
    def most_pressing(case: Case) -> str:
        chips = promises.chips(case, definition_for(case), at, "zh", only_open=True)
        return chips[0].state if chips else ""

    for minutes in (1, 20, 26, 31, 60, 100, 124):
        at = MONDAY + timedelta(minutes=minutes)
        opened = list(Case.objects.filter(stage="received", opened_at__lte=at, ended_at=None))
        for state, standing in (("at-risk", "at_risk"), ("overdue", "overdue")):
            narrowed = listing.in_state(Case.objects.filter(pk__in=[one.pk for one in opened]), state, at)
            told = {case.number for case in opened if most_pressing(case) == standing}
            assert set(narrowed.values_list("number", flat=True)) == told, (minutes, state)


@pytest.mark.parametrize(
    "query",
    [
        "kind=nothing", "stage=rubbish", "state=lost", "outlet=nowhere", "opened=ever", "opened_from=tomorrow",
        "sort=mood", "after=p~rubbish", "after=x~1", "before=e~1", "cols=price,mood", "customer=K999",
        "opened_to=9999-99-99",
    ],
)  # fmt: skip
def test_what_an_address_asks_in_vain_is_named_and_dropped(site, cases, query):
    client = Client()
    client.force_login(site.zhou)
    answer = client.get(f"/cases/?{query}")
    assert answer.status_code == 200
    assert query.partition("=")[2].partition(",")[0] in answer.content.decode()
    assert "不能用的条件" in answer.content.decode()


def test_the_neighbours_of_a_case_are_those_of_the_list_it_was_opened_from(site, cases):
    for query in ("", "sort=-opened", "stage=assigned", "q=漏水"):
        order = shown(site.zhou, query)
        for place, number in enumerate(order):
            case = Case.objects.get(number=number)
            before = order[place - 1] if place else ""
            after = order[place + 1] if place + 1 < len(order) else ""
            assert listing.neighbours(site.zhou, asked(query), case, NOW, ZONE) == (before, after), (query, place)


def test_a_view_is_seen_by_whom_it_is_for_and_counts_what_each_may_see(site, cases):
    View.objects.create(owner=site.zhou, name="只我", query="stage=done", shown_to="me")
    View.objects.create(owner=site.zhou, name="北区的", query="stage=assigned", shown_to="outlet", outlet="north")
    View.objects.create(owner=site.qian, name="大家的", query="state=open", shown_to="all")
    own = {
        "zhou": {"只我", "北区的", "大家的"},
        "li": {"北区的", "大家的"},
        "wang": {"大家的"},
        "qian": {"北区的", "大家的"},
    }
    for name, expected in own.items():
        told = {tab.label: tab.count for tab in lists.tabs(site.people[name], "", NOW, counted=True)}
        assert {"只我", "北区的", "大家的"} & told.keys() == expected, name
        assert told["大家的"] == {"wang": 2, "qian": 12}.get(name, 10)


def test_the_same_address_shows_a_colleague_the_same_and_a_stranger_only_their_own(site, cases):
    pages = {}
    for name in ("zhou", "chen", "wang"):
        client = Client()
        client.force_login(site.people[name])
        text = client.get("/cases/?state=open&sort=number").content.decode()
        pages[name] = [case.number for case in cases if f">{case.number}</a>" in text]
    assert pages["zhou"] == pages["chen"] != []
    assert set(pages["wang"]) == {cases[4].number, cases[9].number}


def test_whose_case_it_is_follows_the_newest_assignment(site, cases):
    case = Case.objects.get(number=cases[1].number)
    assert (case.person, case.stage) == ("li", "assigned")
    assert Case.objects.get(number=cases[0].number).person == ""


def test_a_row_draws_a_promise_as_the_component_does(site, cases):
    client = Client()
    client.force_login(site.zhou)
    case = Case.objects.get(number=cases[0].number)
    page = client.get(f"/cases/{case.number}/chips/").content.decode()
    shown = promises.chips(case, definition_for(case), timezone.now(), "zh")
    assert shown
    for chip in shown:
        assert _bare(drawn.chip(chip)) in _bare(page)


def _bare(html: str) -> str:
    """Without the seconds, which run, and without white space between tags."""
    return re.sub(r">\s+<", "><", re.sub(r'\s*data-seconds="-?\d+"\s*', " ", html))

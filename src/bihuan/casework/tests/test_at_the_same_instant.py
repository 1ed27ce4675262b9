"""Real connections, real commits: two who act at once, one who sends twice, eight who take numbers."""

from __future__ import annotations

from datetime import timedelta

from tests.cast import MONDAY, acting, at_once, entries, kinds, opening, registered

from bihuan.casework import actions, reading
from bihuan.casework.models import Case, DutyPeriod
from bihuan.ground.ids import new_id
from bihuan.journal.models import Entry, Letter

LATER = MONDAY + timedelta(minutes=10)
NEXT_MONDAY = MONDAY + timedelta(days=7)
ORDER = {"order.repairer": "li"}


def test_an_act_sent_twice_at_the_same_instant_is_done_once(real_site):
    case = registered(real_site)
    sentence = acting(case.number, "assign", LATER, ORDER)
    found = at_once(*[lambda: actions.act(real_site.again("zhou"), sentence)] * 4)
    assert kinds(found) == ["Answer"] * 4
    assert sorted(one.first for one in found) == [False, False, False, True]
    assert {(one.step, one.revision, one.entry) for one in found} == {("assigned", 2, found[0].entry)}
    assert [verb for verb, _doer, _post in entries(case.number)] == ["register", "assign"]


def test_an_opening_sent_twice_at_the_same_instant_opens_one_case(real_site):
    sentence = opening(identity=new_id(MONDAY))
    found = at_once(*[lambda: actions.open_case(real_site.again("chen"), sentence)] * 4)
    assert kinds(found) == ["Answer"] * 4
    assert sorted(one.first for one in found) == [False, False, False, True]
    assert {one.number for one in found} == {"J20260302-0001"}
    assert Case.objects.count() == 1
    assert Entry.objects.filter(about_kind="case").count() == 1


def test_of_two_who_act_at_once_one_wins_and_the_other_can_read_what_happened(real_site):
    case = registered(real_site, answers={"contact": "王", "problem": "不亮", "urgency": "normal"})
    found = at_once(
        lambda: actions.act(real_site.again("zhou"), acting(case.number, "assign", LATER, ORDER, expect=1)),
        lambda: actions.act(real_site.again("zhou"), acting(case.number, "drop", LATER, expect=1)),
    )
    assert kinds(found) == ["Answer", "Changed"]
    refused = next(one for one in found if type(one).__name__ == "Changed")
    assert (refused.seen, refused.now) == (1, 2)
    won = next(one for one in found if type(one).__name__ == "Answer")
    case.refresh_from_db()
    assert case.step == won.step
    meanwhile = reading.history(case)[refused.seen :]
    assert [(one["verb"], one["doer"]) for one in meanwhile] == [
        ({"assigned": "assign", "dropped": "drop"}[won.step], "zhou")
    ]


def test_without_an_expectation_the_second_is_judged_by_the_new_step(real_site):
    case = registered(real_site)
    found = at_once(*[lambda: actions.act(real_site.again("zhou"), acting(case.number, "assign", LATER, ORDER))] * 3)
    assert kinds(found) == ["Answer", "Refused", "Refused"]
    assert [verb for verb, _doer, _post in entries(case.number)] == ["register", "assign"]


def test_numbers_are_unique_and_without_gap_under_eight_threads(real_site):
    def five() -> list[str]:
        clerk = real_site.again("chen")
        return [actions.open_case(clerk, opening()).number for _count in range(5)]

    found = at_once(*[five] * 8)
    assert kinds(found) == ["list"] * 8
    numbers = sorted(number for some in found for number in some)
    assert numbers == [f"J20260302-{count:04}" for count in range(1, 41)]


def test_one_chain_stays_without_gap_when_two_outlets_write_at_once(real_site):
    def three(username: str) -> int:
        for _count in range(3):
            registered(real_site, by=username)
        return 3

    assert at_once(*[lambda: three("chen"), lambda: three("wang")] * 2) == [3, 3, 3, 3]
    for chain in ("north", "south"):
        places = list(Entry.objects.filter(chain=chain).order_by("seq").values_list("seq", flat=True))
        assert places == list(range(1, len(places) + 1))
        assert Entry.objects.filter(chain=chain, about_kind="case").count() == 6


def test_two_sweeps_at_once_tick_every_case_once(real_site):
    numbers = [registered(real_site).number for _count in range(6)]
    late = MONDAY + timedelta(minutes=31)
    found = at_once(*[lambda: actions.sweep(late)] * 2)
    assert kinds(found) == ["Swept", "Swept"]
    assert sum(one.ticked for one in found) == 6
    assert Entry.objects.filter(verb="tick").count() == 6
    assert sorted(Entry.objects.filter(verb="tick").values_list("about_number", flat=True)) == numbers
    assert Letter.objects.filter(to="leader@north").count() == 6
    assert actions.sweep(late).ticked == 0


def test_a_sweep_and_an_act_at_once_follow_each_other(real_site):
    case = registered(real_site)
    late = MONDAY + timedelta(minutes=31)
    found = at_once(
        lambda: actions.sweep(late),
        lambda: actions.act(real_site.again("zhou"), acting(case.number, "assign", late, ORDER)),
    )
    assert kinds(found) == ["Answer", "Swept"]
    case.refresh_from_db()
    assert (case.step, [(run.name, run.state) for run in case.state.clocks]) == ("assigned", [("assigned", "missed")])
    assert Letter.objects.filter(to="leader@north").count() == 1


def test_two_workers_open_each_duty_of_a_period_once(real_site):
    found = at_once(*[lambda: actions.open_duties(NEXT_MONDAY)] * 2)
    assert kinds(found) == ["int", "int"]
    assert sum(found) == 3
    periods = sorted(DutyPeriod.objects.values_list("kind", "per", "due_on"))
    assert periods == [("job.hand-in", outlet, NEXT_MONDAY.date()) for outlet in ("head", "north", "south")]
    assert Case.objects.filter(kind="job.hand-in").count() == 3
    assert actions.open_duties(NEXT_MONDAY) == 0

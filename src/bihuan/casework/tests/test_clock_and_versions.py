"""What the clock does by itself, and what a new text changes – and leaves alone."""

from __future__ import annotations

import shutil
from datetime import timedelta

import msgspec
import pytest
from tests.cast import INTAKE, MONDAY, OWN_PACK, acting, entries, registered

from bihuan.casework import actions
from bihuan.casework.definitions import definition_for
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.journal.models import Entry, Letter
from bihuan.procedure.refusals import WrongAnswers
from bihuan.registers.documents.actions import load_pack

ORDER = {"order.repairer": "li"}


def minutes(count: int):
    return MONDAY + timedelta(minutes=count)


@pytest.fixture
def pack(tmp_path):
    """A copy of the pack to write in."""
    folder = tmp_path / "pack"
    shutil.copytree(OWN_PACK, folder)
    return folder


def rewrite(folder, before: str, after: str, file: str = "01-job.md") -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after), encoding="utf-8")


def test_the_sweep_marks_a_missed_deadline_with_its_clause_and_tells(site):
    case = registered(site)
    assert actions.sweep(minutes(29)).ticked == 0
    assert actions.sweep(minutes(31)).ticked == 1
    case.refresh_from_db()
    run = case.state.clocks[0]
    assert (run.name, run.state, run.due, run.clause) == ("assigned", "missed", minutes(30), "4.2")
    letter = Letter.objects.get()
    assert (letter.to, "4.2" in letter.body, case.number in letter.subject) == ("leader@north", True, True)
    entry = Entry.objects.get(verb="tick")
    assert (entry.doer_kind, entry.doer, entry.clause, entry.document) == ("clock", "", "4.2", "C-01")
    assert (case.due_at, case.promised_at) == (None, minutes(30))
    assert actions.sweep(minutes(60)).ticked == 0


def test_the_sweep_takes_the_longest_due_first_and_keeps_to_its_limit(site):
    numbers = [registered(site, at=minutes(count)).number for count in range(3)]
    assert actions.sweep(minutes(60), limit=2).ticked == 2
    assert sorted(Entry.objects.filter(verb="tick").values_list("about_number", flat=True)) == numbers[:2]
    assert actions.sweep(minutes(60), limit=2).ticked == 1


def test_an_act_done_after_the_limit_finds_it_missed_without_any_sweep(site):
    case = registered(site)
    actions.act(site.zhou, acting(case.number, "assign", minutes(45), ORDER))
    case.refresh_from_db()
    run = case.state.clocks[0]
    assert (run.state, run.missed_at) == ("missed", minutes(30))
    assert sorted(Letter.objects.values_list("to", flat=True)) == ["leader@north", "repairer@north"]


def test_a_limit_changed_in_the_text_counts_for_new_cases_only(site, pack):
    old = registered(site)
    rewrite(pack, "三十分钟", "四十五分钟")
    rewrite(pack, 'time = "30 minutes"', 'time = "45 minutes"')
    load_pack(pack, by=None, at=minutes(5))
    new = registered(site, at=minutes(10))
    assert (old.state.clocks[0].due, new.state.clocks[0].due) == (minutes(30), minutes(55))
    assert old.version_id != new.version_id
    actions.sweep(minutes(40))
    old.refresh_from_db()
    new.refresh_from_db()
    assert [case.state.clocks[0].state for case in (old, new)] == ["missed", "running"]


def test_an_open_case_keeps_the_form_it_began_under(site, pack):
    old = registered(site)
    rewrite(pack, "fields.hours = {", 'fields.reason = { ask = "理由", must = true }\nfields.hours = {')
    load_pack(pack, by=None, at=minutes(5))
    new = registered(site, at=minutes(10))
    assert actions.act(site.zhou, acting(old.number, "assign", minutes(15), ORDER)).step == "assigned"
    with pytest.raises(WrongAnswers) as caught:
        actions.act(site.zhou, acting(new.number, "assign", minutes(15), ORDER))
    assert [one.field for one in caught.value.problems] == ["order.reason"]
    assert "reason" not in definition_for(old).forms["order"].fields


def test_a_step_taken_out_of_the_text_still_stands_for_the_case_that_is_at_it(site, pack):
    case = registered(site)
    actions.act(site.zhou, acting(case.number, "assign", minutes(10), ORDER))
    actions.act(site.li, acting(case.number, "work", minutes(20), {"work.sure": False}))
    (pack / "02-check.md").unlink()
    rewrite(pack, ', open = [{ case = "check", as = "checks" }]', "")
    rewrite(pack, 'by = { cases = "checks", all = "passed" }', 'by = "dispatcher"')
    load_pack(pack, by=None, at=minutes(25))
    actions.act(site.zhou, acting("C2026-001", "pass", minutes(30), {"verdict.words": "好"}))
    case.refresh_from_db()
    assert case.step == "done"


def test_every_case_of_a_lively_day_replays_to_where_it_stands(site):
    one, two, three = (registered(site, at=minutes(count)) for count in range(3))
    actions.act(site.zhou, acting(one.number, "assign", minutes(10), ORDER))
    actions.act(site.li, acting(one.number, "work", minutes(20), {"work.sure": False}))
    actions.act(site.zhou, acting("C2026-001", "pass", minutes(25), {"verdict.words": "好"}))
    bundle = {"bundle.cases": [three.number], "bundle.with": three.number}
    actions.act(site.zhou, acting(two.number, "bundle", minutes(26), bundle))
    actions.sweep(minutes(40))
    actions.open_duties(MONDAY + timedelta(days=7))
    duty = Case.objects.get(kind="job.hand-in", outlet="north")
    actions.act(
        site.sun, acting(duty.number, "hand-in", MONDAY + timedelta(days=7), {"hand-in-list.cases": [one.number]})
    )
    assert list(differences(Case.objects.order_by("id"))) == []
    assert Case.objects.count() == 7


def test_a_case_moved_behind_the_books_back_is_found(site):
    case = registered(site)
    actions.act(site.zhou, acting(case.number, "assign", minutes(10), ORDER))
    case.refresh_from_db()
    Case.objects.filter(pk=case.pk).update(state=msgspec.structs.replace(case.state, step="done"))
    assert [(one.number, one.entry) for one in differences(Case.objects.all())] == [(case.number, 2)]


def test_a_correction_is_an_entry_and_leaves_the_step(site):
    case = registered(site, answers={**INTAKE, "intake.urgency": "normal"})
    answers = {"form": "intake", "field": "urgency", "value": "urgent", "reason": "客户改口"}
    found = actions.act(site.zhou, acting(case.number, "correct", minutes(5), answers))
    case.refresh_from_db()
    assert (found.step, case.state.answers["intake"]["urgency"]) == ("received", "urgent")
    assert case.state.clocks[0].due == minutes(30)
    assert entries(case.number)[-1] == ("correct", "zhou", "dispatcher")


def test_a_duty_of_contracted_outlets_is_owed_by_those_alone(site, pack):
    rewrite(pack, 'per = "outlets.all"', 'per = "outlets.contracted"')
    load_pack(pack, by=None, at=minutes(5))
    assert actions.open_duties(MONDAY + timedelta(days=7)) == 1
    assert Case.objects.get().outlet == "south"


def test_a_duty_that_names_no_outlets_is_owed_where_its_post_is_held(site, pack):
    rewrite(pack, 'per = "outlets.all"\n', "")
    load_pack(pack, by=None, at=minutes(5))
    assert actions.open_duties(MONDAY + timedelta(days=7)) == 1
    assert Case.objects.get().outlet == "north"

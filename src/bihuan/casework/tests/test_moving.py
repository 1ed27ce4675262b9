"""An open case moved to the text now in force: what was recorded stays, what is owed is read afresh."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta

import pytest
from django.utils import timezone
from tests.cast import MONDAY, OWN_PACK, Doors, acting, dump, registered, told

from bihuan.casework import actions
from bihuan.casework.actions.moving import newer
from bihuan.casework.audit.as_of import as_of
from bihuan.casework.errors import OutOfSight
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.ground.ids import new_id
from bihuan.journal.models import Entry, Letter
from bihuan.people import actions as people
from bihuan.procedure.refusals import NotYours, Refused, WrongAnswers
from bihuan.registers.documents.actions import load_pack
from bihuan.registers.documents.models import Version

ORDER = {"order.repairer": "li"}
STAY = {"received": "received"}


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


def chief_of(site):
    """Who answers for the procedure in the whole house: its owner's post, held at the head office."""
    people.give_post(site.qian, "dispatcher", "head", start=date(2025, 1, 1), by=None, at=MONDAY)
    return site.again("qian")


@pytest.fixture
def chief(site):
    return chief_of(site)


@pytest.fixture
def doors(site) -> Doors:
    return Doors(site)


def in_force(folder, at):
    load_pack(folder, by=None, at=at)
    return newer(Case.objects.order_by("opened_at").first(), at)


def longer(pack):
    """The same text with forty-five minutes for thirty."""
    rewrite(pack, "三十分钟", "四十五分钟")
    rewrite(pack, 'time = "30 minutes"', 'time = "45 minutes"')
    rewrite(pack, 'version = "', 'version = "2')
    return in_force(pack, minutes(5))


def test_a_moved_case_goes_by_the_new_text_and_its_record_replays_over_the_move(site, chief, pack):
    case = registered(site)
    version, definition = longer(pack)
    found = actions.move(chief, case.number, version.pk, STAY, "新版放宽了时限", minutes(10))
    case.refresh_from_db()
    assert (case.version_id, found.step, found.revision) == (version.pk, "received", 2)
    run = case.state.clocks[0]
    assert (run.state, run.started, run.due) == ("running", MONDAY, minutes(45))
    entry = Entry.objects.get(verb="move")
    assert (entry.doer, entry.version, entry.content["answers"]["reason"]) == (
        "qian",
        definition.version,
        "新版放宽了时限",
    )
    assert (entry.content["answers"]["steps"], entry.content["kind"]) == (STAY, "move")
    actions.act(site.zhou, acting(case.number, "assign", minutes(40), ORDER))
    case.refresh_from_db()
    assert case.state.clocks[0].state == "met"
    assert list(differences(Case.objects.all())) == []


def test_a_moved_case_is_told_by_the_text_each_entry_was_written_under(doors, pack):
    site = doors.site
    chief_of(site)
    case = registered(site)
    rewrite(pack, "[acts.assign]", "[acts.hand-out]")
    rewrite(pack, 'until = "assign"', 'until = "hand-out"')
    actions.act(site.zhou, acting(case.number, "assign", minutes(3), ORDER))
    version, _definition = longer(pack)
    actions.move(site.again("qian"), case.number, version.pk, {"assigned": "assigned"}, "新版", minutes(10))
    browser = doors.browser("qian")
    text = browser.get(f"/cases/{case.number}/").content.decode()
    assert "派活" in text
    assert ">assign<" not in text
    assert "1.0 → 21.0 · 新版" in text
    run = Case.objects.get().state.clocks[0]
    shown = browser.get(f"/cases/{case.number}/deadlines/{run.name}/{run.run}/").content.decode()
    assert "与登记一致" in shown
    assert "与登记不一致" not in shown


@pytest.mark.parametrize(
    ("who", "steps", "reason", "refused"),
    [
        ("zhou", STAY, "新版", NotYours),
        ("qian", {}, "新版", Refused),
        ("qian", {"received": "dropped"}, "新版", Refused),
        ("qian", STAY, " ", WrongAnswers),
        ("wang", STAY, "新版", OutOfSight),
    ],
)
def test_a_refused_move_changes_nothing(site, chief, pack, who, steps, reason, refused):
    case = registered(site)
    version, _definition = longer(pack)
    before = dump()
    with pytest.raises(refused):
        actions.move(site.again(who), case.number, version.pk, steps, reason, minutes(10))
    assert dump() == before


def test_a_case_moves_to_no_version_but_one_in_force_of_its_own_procedure(site, chief, pack):
    case = registered(site)
    old = case.version_id
    version, _definition = longer(pack)
    other = Version.objects.get(document__kind="check", effective_until=None)
    codes = {}
    for name, wanted in (("other", other.pk), ("nobody's", new_id(minutes(1))), ("same", old)):
        with pytest.raises(Refused) as caught:
            actions.move(chief, case.number, wanted, STAY, "新版", minutes(10))
        codes[name] = caught.value.code
    actions.move(chief, case.number, version.pk, STAY, "新版", minutes(10))
    with pytest.raises(Refused) as back:
        actions.move(chief, case.number, old, STAY, "退回旧版", minutes(11))
    codes["back"] = back.value.code
    assert codes == {
        "other": "other-procedure", "nobody's": "other-procedure", "same": "same-version", "back": "not-in-force",
    }  # fmt: skip


def test_a_move_sent_twice_counts_once(site, chief, pack):
    case = registered(site)
    version, _definition = longer(pack)
    act_id = new_id(minutes(10))
    first = actions.move(chief, case.number, version.pk, STAY, "新版", minutes(10), act_id)
    again = actions.move(chief, case.number, version.pk, STAY, "新版", minutes(11), act_id)
    assert (first.first, again.first, again.revision) == (True, False, 2)
    assert Entry.objects.filter(verb="move").count() == 1


def test_whoever_acts_next_gets_a_letter_and_the_sweep_goes_by_the_new_limit(site, chief, pack):
    case = registered(site)
    version, _definition = longer(pack)
    actions.move(chief, case.number, version.pk, STAY, "新版", minutes(10))
    letter = Letter.objects.get()
    assert (letter.to, "请按新版办理" in letter.subject) == ("dispatcher@north", True)
    assert actions.sweep(minutes(31)).ticked == 0
    assert actions.sweep(minutes(46)).ticked == 1
    assert list(differences(Case.objects.all())) == []


def test_a_child_stays_under_its_own_version_when_its_parent_moves(site, chief, pack):
    case = registered(site)
    actions.act(site.zhou, acting(case.number, "assign", minutes(1), ORDER))
    actions.act(site.li, acting(case.number, "work", minutes(2), {"work.sure": False}))
    rewrite(pack, 'version = "', 'version = "2', "02-check.md")
    version, _definition = longer(pack)
    child = Case.objects.get(kind="check")
    pinned = child.version_id
    actions.move(chief, case.number, version.pk, {"checking": "checking"}, "新版", minutes(10))
    child.refresh_from_db()
    assert child.version_id == pinned
    actions.act(site.zhou, acting(child.number, "pass", minutes(30), {"verdict.words": "好"}))
    case.refresh_from_db()
    assert case.step == "done"
    assert list(differences(Case.objects.all())) == []


def test_as_it_stood_before_the_move_it_is_told_by_the_text_before(site, chief, pack):
    case = registered(site)
    version, _definition = longer(pack)
    actions.move(chief, case.number, version.pk, STAY, "新版", minutes(10))
    case.refresh_from_db()
    before, after = as_of(case, minutes(9)), as_of(case, minutes(11))
    assert [one.definition.version for one in (before, after)] == ["1.0", "21.0"]
    assert [one.case.state.clocks[0].due for one in (before, after)] == [minutes(30), minutes(45)]
    assert (before.exact, after.exact, after.broken) == (True, True, False)


def test_the_page_proposes_the_steps_shows_what_changes_and_moves(doors, pack):
    site = doors.site
    chief_of(site)
    case = Case.objects.get(number=doors.open("chen"))
    rewrite(pack, 'time = "30 minutes"', 'time = "45 minutes"')
    load_pack(pack, by=None, at=timezone.now())
    browser = doors.browser("qian")
    page = f"/cases/{case.number}/move/"
    assert page in browser.get(f"/cases/{case.number}/").content.decode()
    assert page not in doors.browser("chen").get(f"/cases/{case.number}/").content.decode()
    text = browser.get(page).content.decode()
    assert re.search(r'value="received"[^>]* (selected|checked)', text)
    assert "派出" in text
    sent = {"step-received": "received", "reason": "", "_expect": "1"}
    refused = browser.post(page, sent)
    assert (refused.status_code, "请填写" in refused.content.decode()) == (422, True)
    open_step = browser.post(page, {**sent, "step-received": "", "reason": "新版放宽"})
    assert (open_step.status_code, "新版放宽" in open_step.content.decode()) == (409, True)
    assert doors.browser("zhou").post(page, {**sent, "reason": "新版放宽"}).status_code == 403
    assert browser.post(page, {**sent, "_expect": "7", "reason": "新版放宽"}).status_code == 409
    assert browser.post(page, {**sent, "reason": "新版放宽"}).status_code == 302
    assert Case.objects.get(pk=case.pk).version_id != case.version_id
    assert browser.get(page).status_code == 302


def test_the_api_moves_a_case_and_says_which_version_is_newer(doors, pack):
    site = doors.site
    chief_of(site)
    number = doors.open("chen")
    address = f"/cases/{number}"
    assert told(doors.get("qian", address))["newer_version"] is None
    rewrite(pack, 'time = "30 minutes"', 'time = "45 minutes"')
    load_pack(pack, by=None, at=timezone.now())
    newer_version = told(doors.get("qian", address))["newer_version"]
    body = {"to": newer_version, "steps": STAY, "reason": "新版", "id": str(new_id(timezone.now()))}
    assert doors.post("zhou", f"{address}/move", body).status_code == 403
    wrong = doors.post("qian", f"{address}/move", {**body, "steps": {}})
    assert (wrong.status_code, told(wrong).get("reason", told(wrong))) == (409, "step-unmapped")
    assert doors.post("qian", f"{address}/move", {**body, "to": "nonsense"}).status_code == 422
    assert [doors.post("qian", f"{address}/move", body).status_code for _time in range(2)] == [201, 200]
    assert told(doors.get("qian", address))["version_id"] == newer_version

"""An open case moved to the text now in force: what was recorded stays, what is owed is read afresh."""

from __future__ import annotations

import shutil
from datetime import date, timedelta

import pytest
from tests.cast import MONDAY, OWN_PACK, acting, registered

from bihuan.casework import actions
from bihuan.casework.actions.moving import newer
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.journal.models import Entry
from bihuan.people import actions as people
from bihuan.registers.documents.actions import load_pack

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


@pytest.fixture
def chief(site):
    """Who answers for the procedure in the whole house: its owner's post, held at the head office."""
    people.give_post(site.qian, "dispatcher", "head", start=date(2025, 1, 1), by=None, at=MONDAY)
    return site.again("qian")


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

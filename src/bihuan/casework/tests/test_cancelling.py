"""A cancelled case and what it had opened: cancelled with it where its text says so, named and left where not."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from tests.cast import MONDAY, OWN_PACK, acting, dump, registered

from bihuan.casework import actions
from bihuan.casework.errors import EffectRefused
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.journal.models import Entry
from bihuan.procedure.reading import read_pack
from bihuan.registers.documents.actions import load_pack

CHILD = '\n## 3 取消\n调度员可取消。\n```toml\n[standing.cancel]\nby = "dispatcher"\nto = "dropped"\n```\n'


def minutes(count: int):
    return MONDAY + timedelta(minutes=count)


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / "pack"
    shutil.copytree(OWN_PACK, folder)
    rewrite(
        folder,
        "01-job.md",
        'to = "dropped"\ntitle = { zh = "取消"',
        'to = "dropped"\nchildren = "cancel"\ntitle = { zh = "取消"',
    )
    rewrite(folder, "02-check.md", '"passed*"]', '"passed*", "dropped*"]')
    rewrite(folder, "02-check.md", 'passed = "closed"', 'passed = "closed"\ndropped = "closed"')
    return folder


def rewrite(folder, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after), encoding="utf-8")


def with_child(site) -> Case:
    """A job that waits for its check."""
    case = registered(site, at=minutes(2))
    actions.act(site.zhou, acting(case.number, "assign", minutes(3), {"order.repairer": "li"}))
    actions.act(site.li, acting(case.number, "work", minutes(4), {"work.sure": False}))
    case.refresh_from_db()
    return case


def cancel(site, case):
    return actions.act(site.zhou, acting(case.number, "cancel", minutes(9), {"reason": "客户不要了"}))


def test_open_children_are_cancelled_with_their_case_each_by_an_entry_of_its_own(site, pack):
    with (pack / "02-check.md").open("a", encoding="utf-8") as file:
        file.write(CHILD)
    load_pack(pack, by=None, at=minutes(1))
    case = with_child(site)
    cancel(site, case)
    case.refresh_from_db()
    child = Case.objects.get(kind="check")
    assert (case.step, child.step) == ("dropped", "dropped")
    entry = Entry.objects.get(about_id=str(child.pk), verb="cancel")
    assert (entry.doer_kind, entry.doer, entry.post, entry.clause) == ("case", case.number, "parent", "3")
    assert entry.content["answers"] == {"reason": "客户不要了"}
    assert [one.ended for one in case.state.children["checks"]] == [True]
    assert list(differences(Case.objects.all())) == []


def test_one_that_cannot_be_cancelled_refuses_the_whole_and_nothing_has_changed(site, pack):
    with (pack / "02-check.md").open("a", encoding="utf-8") as file:
        file.write(
            CHILD.replace("[standing", '[also.sure]\non = "cancel"\nneeds = { "verdict.words" = "可" }\n[standing')
        )
    load_pack(pack, by=None, at=minutes(1))
    case = with_child(site)
    before = dump()
    with pytest.raises(EffectRefused) as caught:
        cancel(site, case)
    child = Case.objects.get(kind="check")
    assert caught.value.words.zh.startswith(f"{child.number} 不能一并取消")
    assert (caught.value.clause, dump()) == ("3", before)


def test_without_the_word_children_stay_and_are_named(site):
    case = with_child(site)
    cancel(site, case)
    child = Case.objects.get(kind="check")
    assert (child.step, child.ended_at) == ("open", None)
    told = [one for one in Entry.objects.get(verb="cancel").content["happenings"] if one["kind"] == "cancelled"]
    assert told[0]["data"]["children"] == [{"group": "checks", "number": child.number}]


def test_a_pack_whose_children_nobody_may_cancel_is_at_fault(pack):
    found = [one for one in read_pack(pack).faults if one.code != "step-unreachable"]
    assert [(one.code, one.clause) for one in found] == [("child-not-cancellable", "4.6")]
    rewrite(pack, "01-job.md", 'children = "cancel"', 'children = "away"')
    assert "wrong-type" in {one.code for one in read_pack(pack).faults}

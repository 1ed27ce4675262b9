"""A duty owed for each customer of a grade: one case each, at the outlet that looks after them."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from tests.cast import MONDAY, OWN_PACK, acting

from bihuan.casework import actions
from bihuan.casework.models import Case, DutyPeriod
from bihuan.casework.replay import differences
from bihuan.procedure.reading import read_pack
from bihuan.registers.customers.actions.keeping import add_customer
from bihuan.registers.documents.actions import load_pack

NEXT_MONDAY = MONDAY + timedelta(days=7)


@pytest.fixture
def pack(tmp_path):
    """The pack with its weekly list owed for every key customer instead of every outlet, and nobody to receive it."""
    folder = tmp_path / "pack"
    shutil.copytree(OWN_PACK, folder)
    path = folder / "01-job.md"
    text = path.read_text(encoding="utf-8").replace('per = "outlets.all"', 'per = "customers.of-grade.key"')
    path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def customers(site):
    """Two key customers in the north, one in the south, and one of no grade."""
    grades = {"甲学校": ("north", "key"), "乙医院": ("north", "key"), "丙厂": ("south", "key"), "丁店": ("north", "")}
    return {
        name: add_customer(name, outlet=outlet, grade=grade, by=site.qian, at=MONDAY).number
        for name, (outlet, grade) in grades.items()
    }


def test_one_case_is_opened_for_each_customer_of_the_grade_where_they_are_looked_after(site, pack, customers):
    load_pack(pack, by=None, at=MONDAY + timedelta(minutes=1))
    assert actions.open_duties(NEXT_MONDAY) == 3
    opened = {one.per: one.case for one in DutyPeriod.objects.select_related("case")}
    assert set(opened) == {customers[name] for name in ("甲学校", "乙医院", "丙厂")}
    assert [opened[customers[name]].outlet for name in ("甲学校", "丙厂")] == ["north", "south"]
    one = opened[customers["甲学校"]]
    assert (one.title, one.state.facts["duty.per"]) == (f"上交 2026-03-09 · {customers['甲学校']}", customers["甲学校"])
    assert "学校" not in one.title
    actions.act(site.sun, acting(one.number, "hand-in", NEXT_MONDAY, {"hand-in-list.cases": [one.number]}))
    assert actions.open_duties(NEXT_MONDAY + timedelta(hours=1)) == 0
    assert list(differences(Case.objects.all())) == []


def test_more_than_go_at_once_are_opened_the_next_time(site, pack, customers):
    load_pack(pack, by=None, at=MONDAY + timedelta(minutes=1))
    counts = [actions.open_duties(NEXT_MONDAY, limit=2) for _turn in range(3)]
    assert counts == [2, 1, 0]


def test_a_duty_for_each_of_what_is_no_list_of_subjects_is_a_fault(pack):
    path = pack / "01-job.md"
    path.write_text(path.read_text(encoding="utf-8").replace("customers.of-grade.key", "warranty.status"), "utf-8")
    faults = [(one.code, one.clause) for one in read_pack(pack).faults]
    assert ("not-a-subject", "4.5") in faults

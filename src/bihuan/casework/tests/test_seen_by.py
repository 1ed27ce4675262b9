"""``seen-by`` where a case is shown: whoever holds none of its posts reads neither the form nor its corrections."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import INTAKE, OWN_PACK, Doors, acting, told

from bihuan.casework import actions
from bihuan.casework.models import Case, Mark
from bihuan.casework.pages import home
from bihuan.casework.paper.documents import documents_of
from bihuan.registers.documents.actions import load_pack

SECRET = 97531


@pytest.fixture
def doors(site) -> Doors:
    return Doors(site)


@pytest.fixture
def number(doors, tmp_path) -> str:
    """A job whose order, hours and all, is for the dispatcher until the work is done; assigned and corrected once."""
    folder = tmp_path / "pack"
    shutil.copytree(OWN_PACK, folder)
    path = folder / "01-job.md"
    told_to = '[forms.order]\nseen-by = { posts = ["dispatcher"], until = "work" }\n'
    path.write_text(path.read_text(encoding="utf-8").replace("[forms.order]\n", told_to, 1), encoding="utf-8")
    load_pack(folder, by=None, at=timezone.now())
    number = doors.open("chen")
    site, now = doors.site, timezone.now()
    order = {"order.repairer": "li", "order.hours": SECRET - 1}
    actions.act(site.zhou, acting(number, "assign", now, order))
    wrong = {"form": "order", "field": "hours", "value": SECRET, "reason": "写错"}
    actions.act(site.zhou, acting(number, "correct", now, wrong))
    return number


def everything(doors, who, number) -> str:
    """What ``who`` gets to read of the case, through every door."""
    browser = doors.browser(who)
    pages = ["", "?tab=forms", "?tab=states", "acts/assign/", "acts/correct/", "print/"]
    texts = [browser.get(f"/cases/{number}/{page}").content.decode() for page in pages]
    api = [doors.get(who, f"/cases/{number}{part}").content.decode() for part in ("", "/journal")]
    return "\n".join([*texts, *api])


def test_who_holds_no_such_post_reads_it_nowhere_and_who_does_everywhere(doors, number):
    assert str(SECRET) in everything(doors, "zhou", number)
    for who in ("li", "chen", "qian"):
        text = everything(doors, who, number)
        assert [one for one in (SECRET, SECRET - 1) if str(one) in text] == [], who
    assert "限定岗位可见" in doors.browser("li").get(f"/cases/{number}/?tab=forms").content.decode()


def test_the_api_names_what_it_hides(doors, number):
    assert told(doors.get("li", f"/cases/{number}"))["hidden"] == ["order"]
    whole = told(doors.get("zhou", f"/cases/{number}"))
    assert (whole["hidden"], whole["answers"]["order"]["hours"]) == ([], SECRET)
    verbs = [one["verb"] for one in told(doors.get("li", f"/cases/{number}/journal"))["entries"]]
    assert verbs == ["register", "assign", "correct"]


def test_once_the_moment_has_come_everybody_in_scope_reads_and_prints_it(doors, number):
    case = Case.objects.get(number=number)
    assert "order" not in [one.form for one in documents_of(case, doors.site.again("qian"), timezone.now(), "zh")]
    actions.act(doors.site.li, acting(number, "work", timezone.now(), {"work.sure": True}))
    case.refresh_from_db()
    assert str(SECRET) in everything(doors, "qian", number)
    assert told(doors.get("qian", f"/cases/{number}"))["hidden"] == []
    assert "order" in [one.form for one in documents_of(case, doors.site.again("qian"), timezone.now(), "zh")]


# ---------------------------------------------------------------------------------- what a case is called and found by


@pytest.fixture
def closed(doors, tmp_path) -> Case:
    """A job whose intake is for the clerk until the work is done, assigned."""
    folder = tmp_path / "pack"
    shutil.copytree(OWN_PACK, folder)
    path = folder / "01-job.md"
    told_to = '[forms.intake]\nseen-by = { posts = ["clerk"], until = "work" }\n'
    path.write_text(path.read_text(encoding="utf-8").replace("[forms.intake]\n", told_to, 1), encoding="utf-8")
    load_pack(folder, by=None, at=timezone.now())
    number = doors.open("chen", answers={**INTAKE, "intake.device": "SN-4711"})
    actions.act(doors.site.zhou, acting(number, "assign", timezone.now(), {"order.repairer": "li"}))
    return Case.objects.get(number=number)


def stands(case: Case) -> tuple[str, str, list[str], set[tuple[str, tuple[str, ...]]]]:
    """Its name for everybody, that for some and for whom; its marks, each with whose eyes they are for."""
    case.refresh_from_db()
    marks = {(one.value, tuple(one.posts)) for one in Mark.objects.filter(case=case)}
    return case.title, case.closed_title, case.closed_to, marks


SAID = ("王老师", "投影机不亮", "SN-4711")
APART = ("", "投影机不亮", ["clerk"], {(value, ("clerk",)) for value in SAID})
OPEN = ("投影机不亮", "", [], {(value, ()) for value in SAID})


def found_by(doors, who: str, word: str) -> int:
    return len(told(doors.get(who, f"/cases?q={word}"))["cases"])


def test_name_and_marks_stand_apart_until_the_moment_comes(doors, closed):
    assert stands(closed) == APART
    assert {who: found_by(doors, who, "不亮") for who in ("chen", "zhou")} == {"chen": 1, "zhou": 0}
    actions.act(doors.site.li, acting(closed.number, "work", timezone.now(), {"work.sure": True}))
    assert stands(closed) == OPEN
    assert {who: found_by(doors, who, "不亮") for who in ("chen", "zhou")} == {"chen": 1, "zhou": 1}


def test_a_name_that_is_corrected_stays_apart(doors, closed):
    other = {"form": "intake", "field": "problem", "value": "不开机", "reason": "写错"}
    actions.act(doors.site.zhou, acting(closed.number, "correct", timezone.now(), other))
    title, name, readers, marks = stands(closed)
    assert (title, name, readers) == ("", "不开机", ["clerk"])
    assert ("不开机", ("clerk",)) in marks
    assert {who: found_by(doors, who, "不开机") for who in ("chen", "zhou")} == {"chen": 1, "zhou": 0}


@pytest.mark.parametrize("role", ["service-manager", "auditor"])
def test_home_calls_what_is_late_as_its_reader_may(doors, closed, role):
    Case.objects.filter(pk=closed.pk).update(promised_at=timezone.now() - timedelta(hours=1))
    named = {}
    for who in ("chen", "zhou"):
        late = home.blocks(getattr(doors.site, who), role, timezone.now(), "zh")[1]
        named[who] = {line["number"]: line["title"] for line in late.lines}[closed.number]
    assert named == {"chen": "投影机不亮", "zhou": ""}

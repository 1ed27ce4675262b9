"""A case is found by what it says now: a slip of the pen that was corrected marks it no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MONDAY, acting

from bihuan.casework import actions, remarking
from bihuan.casework.linking import LINK
from bihuan.casework.models import Case, CaseText, Mark

from .complaining import DAY, closed, complain, complaining_site
from .test_recurrence import fact


@pytest.fixture
def site(db: None):
    return complaining_site()


def found_by(case: Case, kind: str) -> list[str]:
    return sorted(Mark.objects.filter(case=case, kind=kind).values_list("value", flat=True))


def correct(site, case: Case, field: str, value: str, at) -> None:
    told = {"form": "slip", "field": field, "value": value, "reason": "看错"}
    actions.act(site.qian, acting(case.number, "correct", at, told))


def test_a_corrected_device_marks_the_case_alone(site):
    case = complain(site, at=MONDAY, device="SN-7")
    correct(site, case, "device", "SN-1", MONDAY + timedelta(minutes=5))
    assert found_by(case, "device") == ["SN-1"]


def test_a_fault_of_what_was_only_written_down_wrongly_does_not_recur(site):
    written_wrongly = complain(site, at=MONDAY, device="SN-7", product="KF-10")
    correct(site, written_wrongly, "device", "SN-8", MONDAY + timedelta(minutes=5))
    earlier = closed(site, written_wrongly, MONDAY + DAY)
    again = complain(site, at=MONDAY + 40 * DAY, device="SN-7", product="KF-11")
    assert fact(again, "cases.recurred-after", MONDAY + 40 * DAY) is None
    right = complain(site, at=MONDAY + 41 * DAY, device="SN-8", product="KF-12")
    assert fact(right, "cases.recurred-after", MONDAY + 41 * DAY) == earlier.number


def test_made_anew_old_marks_go_ties_stay_and_nothing_restricted_is_found(site):
    case, locked = complain(site, at=MONDAY), complain(site, at=MONDAY)
    before = list(Mark.objects.filter(case=case).order_by("kind", "value").values_list("kind", "value", "posts"))
    words = CaseText.objects.get(case=case).vector
    Mark.objects.create(case=case, kind="device", value="SN-99")
    Mark.objects.create(case=case, kind=LINK, value=locked.number)
    Mark.objects.filter(case=case, kind="fault").delete()
    Mark.objects.filter(case=locked).delete()
    Case.objects.filter(pk=locked.pk).update(restricted=True)
    assert remarking.renew() == 1
    found = Mark.objects.filter(case=case).exclude(kind=LINK).order_by("kind", "value")
    assert list(found.values_list("kind", "value", "posts")) == before
    assert (found_by(case, LINK), CaseText.objects.get(case=case).vector) == ([locked.number], words)
    assert (Mark.objects.filter(case=locked).count(), remarking.renew()) == (0, 0)

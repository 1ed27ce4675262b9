"""Two cases that are one: the newer ends, the survivor answers for the earliest promise, both entries say so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MONDAY, PACKS, acting, dump, make_site, opening

from bihuan.casework import actions
from bihuan.casework.errors import EffectRefused
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.journal import queries as journal

INTAKE = {
    "belongs": "product", "service": "on-site", "channel": "hotline", "customer": "城东小学", "contact": "王老师",
    "phone": "13800000001", "address": "城东路 1 号", "region": "city", "product": "投影机", "problem": "不亮",
    "urgency": "ordinary",
}  # fmt: skip
LATER = MONDAY + timedelta(minutes=10)


@pytest.fixture
def pair(db):
    """Two registrations of one fault, ten minutes apart: the earlier and the later."""
    site = make_site(pack=PACKS / "integrator")
    first, second = (
        actions.open_case(site.chen, opening(at, kind="repair", answers=INTAKE)).number for at in (MONDAY, LATER)
    )
    return site, first, second


def merge(site, number: str, into: str):
    said = {"number": into, "reason": "同一故障报了两次"}
    return actions.act(site.zhou, acting(number, "merge", LATER + timedelta(minutes=5), said))


def test_the_duplicate_ends_and_the_survivor_keeps_the_earliest_promise(pair):
    site, first, second = pair
    merge(site, first, second)
    ended, survivor = Case.objects.get(number=first), Case.objects.get(number=second)
    assert (ended.step, ended.ended_at is not None) == ("merged", True)
    assert {run.name: run.started for run in survivor.state.clocks if run.state == "running"} == {
        run.name: MONDAY for run in survivor.state.clocks if run.state == "running"
    }
    assert [entry.verb for entry in journal.entries_about("case", survivor.pk)] == ["register", "absorb"]
    assert list(differences(Case.objects.order_by("id"))) == []


@pytest.mark.parametrize("into", ["BX20260302-9999", "itself", "ended"])
def test_merging_into_nothing_open_is_refused_and_changes_nothing(pair, into):
    site, first, second = pair
    if into == "ended":
        actions.act(site.zhou, acting(second, "cancel", LATER, {"reason": "客户自己修好了"}))
    before = dump()
    with pytest.raises(EffectRefused):
        merge(site, first, {"itself": first, "ended": second}.get(into, into))
    assert dump() == before

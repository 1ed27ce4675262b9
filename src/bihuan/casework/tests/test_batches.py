"""One act on many cases: each done or refused by itself, a list gone on with counts nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import MONDAY, dump
from tests.cast.saying import INTAKE, acting, registered

from bihuan.casework import actions
from bihuan.casework.actions import batches
from bihuan.casework.models import Batch, BatchItem, Case
from bihuan.casework.pages import bulk
from bihuan.journal.models import Entry

AT = MONDAY + timedelta(minutes=30)
ORDER = {"order.repairer": "li"}


@pytest.fixture
def cases(site) -> list[Case]:
    """Four of the north: three waiting to be assigned, one assigned already; one of the south."""
    made = [registered(site, at=MONDAY + timedelta(minutes=place)) for place in range(4)]
    actions.act(site.zhou, acting(made[3].number, "assign", MONDAY + timedelta(minutes=9), ORDER))
    made.append(registered(site, "wang", MONDAY + timedelta(minutes=5)))
    return [Case.objects.get(pk=case.pk) for case in made]


def outcomes(batch: Batch) -> list[str]:
    return list(batch.items.order_by("position").values_list("outcome", flat=True))


def test_each_case_is_done_or_refused_by_itself_with_its_reason(site, cases):
    batch = batches.prepare(site.zhou, "assign", "派活", ORDER, [case.number for case in cases], AT)
    assert batches.carry_out(batch.pk, AT) == 5
    assert outcomes(batch) == ["done", "done", "done", "refused", "refused"]
    assert [Case.objects.get(pk=case.pk).stage for case in cases[:3]] == ["assigned"] * 3
    assert Case.objects.get(pk=cases[4].pk).stage == "received"
    refused = batch.items.filter(outcome="refused").order_by("position")
    assert all(item.words["zh"] for item in refused)
    batch.refresh_from_db()
    assert batch.ended_at == AT


def test_every_act_has_an_entry_of_its_own_by_whoever_asked(site, cases):
    batch = batches.prepare(site.zhou, "assign", "派活", ORDER, [case.number for case in cases[:2]], AT)
    batches.carry_out(batch.pk, AT)
    acts = set(batch.items.values_list("act_id", flat=True))
    entries = Entry.objects.filter(act_id__in=acts)
    assert {(entry.doer, entry.verb, entry.post) for entry in entries} == {("zhou", "assign", "dispatcher")}
    assert entries.count() == 2


def test_a_list_broken_off_is_gone_on_with_and_nothing_counts_twice(site, cases):
    batch = batches.prepare(site.zhou, "assign", "派活", ORDER, [case.number for case in cases[:3]], AT)
    assert batches.carry_out(batch.pk, AT, limit=1) == 1
    # as if the worker had died after the act and before it could write down what came of it
    batch.items.filter(position=1).update(outcome=BatchItem.Outcome.WAITING)
    before = Entry.objects.count()
    batches.carry_on(AT)
    assert outcomes(batch) == ["done", "done", "done"]
    assert Entry.objects.count() == before + 2


def test_a_stopped_list_does_nothing_more(site, cases):
    batch = batches.prepare(site.zhou, "assign", "派活", ORDER, [case.number for case in cases[:3]], AT)
    batches.carry_out(batch.pk, AT, limit=1)
    assert not batches.stop(batch.pk, site.chen)
    assert batches.stop(batch.pk, site.zhou)
    batches.carry_on(AT)
    assert outcomes(batch) == ["done", "stopped", "stopped"]
    assert Case.objects.get(pk=cases[2].pk).stage == "received"


def test_the_preview_says_how_many_and_why_not_the_others(site, cases):
    seen = bulk.preview(site.zhou, cases[:4], "assign", AT, "zh")
    assert [case.number for case in seen.allowed] == [case.number for case in cases[:3]]
    assert [(number, clause) for number, _words, clause in seen.refused] == [(cases[3].number, "")]
    assert sum(count for _words, _clause, count in seen.reasons) == 1
    acts = {one["action"]: one["count"] for one in bulk.common(site.zhou, cases[:4], AT, "zh")}
    assert acts["assign"] == 3
    assert acts["cancel"] == 4
    assert "correct" not in acts


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_page_goes_from_the_selection_to_the_result(site):
    now = timezone.now() - timedelta(minutes=20)
    made = [registered(site, at=now + timedelta(minutes=place), answers=INTAKE) for place in range(3)]
    numbers = [case.number for case in made]
    zhou = browser(site.zhou)
    chosen = zhou.post("/cases/bulk/", {"pick": numbers, "query": "state=open"}).content.decode()
    assert 'value="assign"' in chosen
    form = zhou.post("/cases/bulk/", {"numbers": " ".join(numbers), "action": "assign"}).content.decode()
    assert "将改 3 条" in form
    said = {"numbers": " ".join(numbers), "action": "assign", "step": "go"}
    before = dump()
    wrong = zhou.post("/cases/bulk/", said)
    assert wrong.status_code == 422
    assert dump() == before
    done = zhou.post("/cases/bulk/", {**said, "repairer": "li"}, follow=True)
    assert "已办理 3 条" in done.content.decode()
    assert set(Case.objects.filter(number__in=numbers).values_list("person", flat=True)) == {"li"}
    (batch,) = Batch.objects.all()
    assert browser(site.chen).get(f"/jobs/{batch.pk}/").status_code == 404


def test_all_that_match_means_the_address_and_only_what_may_be_seen(site, cases):
    wang = browser(site.wang)
    chosen = wang.post("/cases/bulk/", {"all": "1", "query": "kind=job"}).content.decode()
    assert f'value="{cases[4].number}"' in chosen
    other = wang.post("/cases/bulk/", {"pick": [cases[0].number], "query": ""}).content.decode()
    assert cases[0].number not in other
    assert "没有选中任何事项" in other

"""Samples: the same seed draws the same cases, risk comes first, sheets are filled, a closed sample is frozen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.cast import MONDAY

from bihuan.casework.audit import actions, policy, sampling
from bihuan.casework.audit.actions import Asked
from bihuan.casework.audit.errors import NotFinished, NothingToDraw, SampleClosed, WrongInput
from bihuan.casework.audit.models import Policy, Sample, Sheet
from bihuan.casework.models import Case, Draft
from bihuan.journal.models import Entry
from bihuan.layout.paper import leaves
from bihuan.people import actions as people
from bihuan.procedure.definition import Text

from .conftest import HOUR, browser, span

pytestmark = pytest.mark.django_db
DAYS = (date(2026, 3, 1), date(2026, 3, 31))
LATER = MONDAY + timedelta(days=1)
YES = dict.fromkeys(("promise", "forms", "approved", "money", "customer"), "yes")


def asked(size: int = 3, method: str = "random", seed: str = "2026-03", **more) -> Asked:
    return Asked("三月抽查", method, size, *DAYS, seed=seed, **more)


def drawn(site, *, outlets: frozenset[str] | None = None, by: str = "qian", **more) -> Sample:
    return actions.draw(asked(**more), span(outlets), by=site.again(by), at=LATER)


def numbers(sample: Sample) -> list[str]:
    return list(sample.sheets.order_by("place").values_list("number", flat=True))


def fill(site, sample: Sample, place: int, finding: str = "", **answers: str) -> Sheet:
    sheet = sample.sheets.get(place=place)
    return actions.fill(sheet, {**YES, **answers}, "", finding, by=site.again("qian"), at=LATER)


def test_the_same_seed_draws_the_same_cases_and_another_seed_others(walk, site):
    for _number in range(12):
        walk()
    first, second, other = drawn(site, size=5), drawn(site, size=5), drawn(site, size=5, seed="2026-04")
    assert numbers(first) == numbers(second)
    assert numbers(first) != numbers(other)
    assert (first.population, len(set(numbers(first)))) == (12, 5)
    # anybody can draw them again with nothing but the seed
    lots = {sampling.lot("2026-03", case.pk): case.number for case in Case.objects.all()}
    assert numbers(first) == [lots[lot] for lot in sorted(lots)][:5]
    assert [one.number for one in sampling.again(first, span())] == numbers(first)


def test_cases_opened_later_do_not_change_the_order_of_the_others(walk, site):
    for _number in range(8):
        walk()
    first = numbers(drawn(site, size=8))
    walk()
    again = numbers(drawn(site, size=9))
    assert [one for one in again if one in first] == first


def test_without_a_seed_one_is_made_and_kept(walk, site):
    walk()
    one, two = drawn(site, seed=""), drawn(site, seed="")
    assert (len(one.seed), one.seed != two.seed) == (16, True)


def test_by_risk_the_heaviest_come_first_and_say_why(walk, site):
    for _number in range(4):
        walk()
    own = walk().do("qian", "ask", {"request.what": "减免"}).do("qian", "decide", {"decision.agreed": True})
    left = walk().do("qian", "depart", {"to": "working", "reason": "急"})
    sample = drawn(site, size=4, method="risk")
    assert numbers(sample)[:2] == [own.case.number, left.case.number]
    sheets = list(sample.sheets.order_by("place"))
    assert [(one.score, one.reasons) for one in sheets[:3]] == [
        (8, [["self-approval", 1]]), (3, [["departures", 1]]), (0, []),
    ]  # fmt: skip
    assert numbers(sample) == numbers(drawn(site, size=4, method="risk"))
    # whatever the lots say
    for seed in "abcdefgh":
        again = drawn(site, size=2, method="risk", seed=seed)
        assert numbers(again) == [own.case.number, left.case.number]


def test_weights_decide_the_order_and_stand_with_the_sample(walk, site):
    own = walk().do("qian", "ask", {"request.what": "减免"}).do("qian", "decide", {"decision.agreed": True})
    left = walk().do("qian", "depart", {"to": "working", "reason": "急"})
    usual = policy.documented()
    heavier = usual.weights | {"departures": 50}
    policy.decide(usual.numbers, heavier, usual.questions, by=site.again("qian"), at=MONDAY + 12 * HOUR)
    sample = drawn(site, size=2, method="risk")
    assert numbers(sample) == [left.case.number, own.case.number]
    assert sample.weights["departures"] == 50


def test_only_cases_of_the_period_the_kind_and_the_scope_are_drawn(walk, site):
    walk(MONDAY + timedelta(days=30))
    north, south = walk().case.number, walk(MONDAY, "wang").case.number
    assert sorted(numbers(drawn(site, size=9))) == sorted([north, south])
    assert numbers(drawn(site, size=9, outlet="south")) == [south]
    assert numbers(drawn(site, size=9, outlets=frozenset({"north"}), by="north-audit")) == [north]
    with pytest.raises(NothingToDraw):
        drawn(site, kind="check")
    with pytest.raises(NothingToDraw):
        drawn(site, outlet="south", outlets=frozenset({"north"}))


@pytest.mark.parametrize(
    ("more", "field"),
    [({"size": 0}, "size"), ({"size": 501}, "size"), ({"method": "whim"}, "method"), ({"seed": "x" * 41}, "seed"),
     ({"seed": "a\nb"}, "seed")],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_by_name_and_nothing_is_left(walk, site, more, field):
    walk()
    before = Entry.objects.count()
    with pytest.raises(WrongInput) as refusal:
        drawn(site, **more)
    assert (refusal.value.field, Sample.objects.count(), Entry.objects.count()) == (field, 0, before)


def test_drawing_filling_and_closing_are_one_entry_each(walk, site):
    walk(), walk()
    before = Entry.objects.count()
    sample = drawn(site, size=2)
    fill(site, sample, 1, finding="收据缺顾客签字", money="no")
    fill(site, sample, 2)
    actions.close(sample, "基本符合", by=site.again("qian"), at=LATER)
    entries = list(Entry.objects.order_by("position"))[before:]
    assert [one.verb for one in entries] == ["draw-sample", "fill-sheet", "fill-sheet", "close-sample"]
    assert entries[0].content["answers"]["cases"] == numbers(sample)
    assert entries[0].content["answers"]["seed"] == "2026-03"
    assert entries[1].content["answers"]["finding"] == "收据缺顾客签字"
    assert {one.about_id for one in entries} == {str(sample.pk)}


def test_a_sheet_needs_every_answer_and_a_no_needs_words(walk, site):
    walk()
    sample = drawn(site, size=1)
    sheet = sample.sheets.get()
    for answers, field in ((YES | {"money": ""}, "answer-money"), (YES | {"forms": "maybe"}, "answer-forms"),
                           (YES | {"forms": "no"}, "remark")):  # fmt: skip
        with pytest.raises(WrongInput) as refusal:
            actions.fill(sheet, answers, "", "", by=site.again("qian"), at=LATER)
        assert refusal.value.field == field
    assert sample.sheets.get().filled_at is None


def test_a_sample_is_closed_only_when_every_sheet_is_filled_and_then_stays(walk, site):
    walk(), walk()
    sample = drawn(site, size=2)
    fill(site, sample, 1)
    with pytest.raises(NotFinished):
        actions.close(sample, "好", by=site.again("qian"), at=LATER)
    fill(site, sample, 2)
    with pytest.raises(WrongInput):
        actions.close(sample, "  ", by=site.again("qian"), at=LATER)
    actions.close(sample, "好", by=site.again("qian"), at=LATER)
    with pytest.raises(SampleClosed):
        fill(site, sample, 1)
    with pytest.raises(SampleClosed):
        actions.close(sample, "更好", by=site.again("qian"), at=LATER)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_sheet SET remark = 'x' WHERE sample_id = %s",
        "UPDATE audit_sample SET conclusion = 'x' WHERE id = %s",
        "UPDATE audit_sample SET closed_at = NULL, closed_by = '' WHERE id = %s",
        "DELETE FROM audit_sheet WHERE sample_id = %s",
        "DELETE FROM audit_sample WHERE id = %s",
        "INSERT INTO audit_sheet"
        " (sample_id, place, number, outlet, score, reasons, answers, remark, finding, filled_by)"
        " VALUES (%s, 9, 'X', 'north', 0, '[]', '{}', '', '', '')",
    ],
)
def test_the_database_itself_keeps_a_closed_sample(walk, site, statement):
    walk()
    sample = drawn(site, size=1)
    fill(site, sample, 1)
    actions.close(sample, "好", by=site.again("qian"), at=LATER)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [sample.pk])


@pytest.mark.parametrize("column", ["seed = 'x'", "population = 1", "size = 9", "questions = '[]'"])
def test_how_an_open_sample_was_drawn_never_changes(walk, site, column):
    walk(), walk()
    sample = drawn(site, size=1)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE audit_sample SET {column} WHERE id = %s", [sample.pk])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_sheet SET number = 'X' WHERE sample_id = %s", [sample.pk])


def test_a_sample_is_seen_only_by_those_who_see_all_it_was_drawn_from(walk, site):
    walk()
    whole, north = drawn(site), drawn(site, outlets=frozenset({"north"}), by="north-audit")
    sees = {"qian": (200, 200), "north-audit": (404, 200), "south-audit": (404, 404)}
    for username, statuses in sees.items():
        client = browser(site, username)
        for sample, status in zip((whole, north), statuses, strict=True):
            for address in ("", "1/", "result.pdf"):
                answer = client.get(f"/audit/samples/{sample.pk}/{address}")
                assert answer.status_code == status, (username, address)
    listed = browser(site, "north-audit").get("/audit/samples/").content.decode()
    assert (str(north.pk) in listed, str(whole.pk) in listed) == (True, False)


def test_the_whole_way_by_page_ends_in_a_pdf(walk, site):
    case = walk().case
    client = browser(site, "qian")
    sent = {
        "title": "三月抽查",
        "method": "random",
        "size": "1",
        "start": "2026-03-01",
        "until": "2026-03-31",
        "seed": "s",
    }
    answer = client.post("/audit/samples/new/", sent)
    sample = Sample.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/audit/samples/{sample.pk}/")
    wrong = client.post("/audit/samples/new/", {**sent, "start": "when?", "title": "四月"})
    assert (wrong.status_code, "请填日期" in wrong.content.decode(), "四月" in wrong.content.decode()) == (
        422,
        True,
        True,
    )
    sheet = f"/audit/samples/{sample.pk}/1/"
    half = client.post(sheet, {"answer-promise": "no", "finding": "未回访顾客"})
    assert (half.status_code, "未回访顾客" in half.content.decode()) == (422, True)
    filled = {f"answer-{name}": value for name, value in (YES | {"customer": "no"}).items()}
    assert client.post(sheet, {**filled, "finding": "未回访顾客"})["Location"] == f"/audit/samples/{sample.pk}/"
    page = client.get(f"/audit/samples/{sample.pk}/").content.decode()
    assert ("未回访顾客" in page, "0 %" in page, case.number in page) == (True, True, True)
    open_pdf = client.get(f"/audit/samples/{sample.pk}/result.pdf").content
    client.post(f"/audit/samples/{sample.pk}/close/", {"conclusion": "回访要补"})
    closed = client.get(f"/audit/samples/{sample.pk}/result.pdf")
    assert (closed["Content-Type"], leaves(closed.content), open_pdf != closed.content) == (
        "application/pdf", [pytest.approx((210, 297), abs=0.1)], True,
    )  # fmt: skip
    assert client.post(sheet, filled).status_code == 409


def test_a_finding_is_handed_over_as_a_half_filled_form_and_nothing_is_opened(walk, site):
    walk()
    sample = drawn(site, size=1)
    fill(site, sample, 1, finding="收据缺签字", money="no")
    site.people["qian"] = site.again("qian")
    address = f"/audit/samples/{sample.pk}/1/hand-over/"
    client = browser(site, "qian")
    # the leader's posts open no case of this pack
    assert client.post(address, {"kind": "job"}).status_code == 422
    people.give_post(site.again("qian"), "clerk", "north", start=date(2025, 1, 1), by=None, at=MONDAY)
    before = Case.objects.count()
    client = browser(site, "qian")
    answer = client.post(address, {"kind": "job"})
    assert (answer.status_code, answer["Location"], Case.objects.count()) == (302, "/cases/new/job/", before)
    form = client.get("/cases/new/job/").content.decode()
    assert "收据缺签字" in form
    again = client.post(address, {"kind": "job"})
    assert (again.status_code, Draft.objects.count()) == (409, 1)


def test_thresholds_are_a_row_that_is_never_changed_and_every_change_an_entry(site):
    usual = policy.documented()
    assert policy.current() == usual
    before = Entry.objects.count()
    questions = [*usual.questions, policy.Question("photos", Text("照片齐全", "Photos there"))]
    policy.decide(usual.numbers | {"late-hours": 8}, usual.weights, questions, by=site.again("qian"), at=MONDAY)
    assert (policy.current().numbers["late-hours"], len(policy.current().questions)) == (8, 6)
    (entry,) = list(Entry.objects.order_by("position"))[before:]
    assert (entry.verb, entry.content["answers"]["numbers"]) == ("set-audit-policy", {"late-hours": [24, 8]})
    for statement in ("UPDATE audit_policy SET numbers = '{}'", "DELETE FROM audit_policy"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_policy_page_is_for_those_who_audit_or_lead_the_whole_house(site):
    for username, status in (("qian", 200), ("wu", 200), ("north-audit", 403), ("feng", 403)):
        assert browser(site, username).get("/audit/policy/").status_code == status, username
    client = browser(site, "qian")
    usual = policy.documented()
    sent = {f"number-{name}": str(value) for name, value in usual.numbers.items()}
    sent |= {f"weight-{name}": str(value) for name, value in usual.weights.items()}
    sent["questions"] = "one | 一 | One\ntwo | 二 | Two"
    for changed in ({"number-late-hours": "soon"}, {"weight-reveals": "101"}, {"questions": "Eins | 一 |"},
                    {"questions": ""}):  # fmt: skip
        answer = client.post("/audit/policy/", {**sent, **changed})
        assert (answer.status_code, Policy.objects.count()) == (422, 0), changed
    assert client.post("/audit/policy/", {**sent, "number-export-rows": "10"}).status_code == 302
    assert policy.current().numbers["export-rows"] == 10
    assert [one.name for one in policy.current().questions] == ["one", "two"]

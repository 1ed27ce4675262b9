"""Cases that hang together: opened by one another, linked by name; never anything out of sight."""

from __future__ import annotations

import json
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.cast.saying import acting, registered

from bihuan.casework import actions, chains, linking
from bihuan.casework.actions.keeping import surroundings_of
from bihuan.casework.definitions import definition_for
from bihuan.casework.models import Case, Mark
from bihuan.casework.pages import similar
from bihuan.casework.pages.names import Names
from bihuan.casework.privacy import blanking
from bihuan.procedure.state import Happening

from .complaining import DAY, acted, closed, complain, complaining_site, do, measured


@pytest.fixture
def at():
    return timezone.now() - timedelta(minutes=5)


@pytest.fixture
def complaints(db: None):
    return complaining_site()


def numbers(person, case: Case) -> set[str]:
    return {one.number for one in linking.chain_of(person, case, timezone.now()).cases}


def page(person, path: str) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def linked(site, at) -> tuple[Case, Case]:
    """Two jobs in the north, the second linked to the first by the effect ``case.link``."""
    first, second = registered(site, at=at), registered(site, at=at)
    said = {"bundle.cases": [first.number], "bundle.with": first.number}
    actions.act(site.zhou, acting(second.number, "bundle", at, said))
    return first, second


def test_a_link_is_found_from_either_end(site, linked):
    first, second = linked
    assert numbers(site.zhou, first) == numbers(site.zhou, second) == {first.number, second.number}
    assert linking.chain_of(site.zhou, first, timezone.now()).links == {(second.pk, first.pk)}
    assert list(Mark.objects.filter(kind="link").values_list("case", "value")) == [(second.pk, first.number)]


def test_links_of_older_entries_are_read_from_the_book(site, linked):
    first, second = linked
    Mark.objects.filter(kind="link").delete()
    links = import_module("bihuan.casework.migrations.0006_links").LINKS
    with connection.cursor() as cursor:
        cursor.execute(links)
        cursor.execute(links)
    assert list(Mark.objects.filter(kind="link").values_list("case", "value")) == [(second.pk, first.number)]


def test_what_names_one_other_case_ties_to_it_and_a_list_does_not(at):
    def happening(kind, name="", **data):
        return Happening(kind, name, at, data=data)

    happenings = [
        happening("effect", "case.link", to="A1"),
        happening("merged", "A2", into="A2"),
        happening("merged", "A3", **{"from": "A3"}),
        happening("effect", "case.act", act="again", on="A4"),
        happening("effect", "case.act", act="file", on=["A5", "A6"]),
        happening("filled", "slip", to="A7"),
    ]
    assert linking.links_of(happenings) == [("link", "A1"), ("link", "A2"), ("link", "A4")]


def test_a_chain_of_three_procedures_is_one_from_each_of_its_members(complaints, at):
    complaint = complain(complaints, at=at - 40 * DAY)
    action = acted(complaints, complaint, at - 39 * DAY)
    members = {complaint.number, action.number, *action.children.values_list("number", flat=True)}
    assert len(members) == 4
    for case in Case.objects.all():
        assert numbers(complaints.zhou, case) == members
    told = chains.told(complaints.zhou, complaint, at)
    assert [(one["number"][0], one["depth"]) for one in told["cases"]] == [("T", 0), ("A", 1), ("M", 2), ("M", 2)]
    assert told["parts"][0] == {
        "part": "密封圈", "beside": {"batch": "P-7", "quantity": 2}, "form": "cause", "case": complaint.number,
    }  # fmt: skip
    assert told["units"] == [{"serial": "SN-1", "model": "KF-72", "device": None, "batch": ""}]
    assert (told["open"], told["unchecked"], told["complete"]) == (4, 3, True)


def test_what_was_checked_says_by_whom_and_whose_work_it_was(complaints, at):
    complaint = complain(complaints, at=at - 40 * DAY)
    action = measured(complaints, acted(complaints, complaint, at - 39 * DAY), at - 38 * DAY)
    told = chains.told(complaints.zhou, action, at)
    measure = next(one for one in told["cases"] if one["kind"] == "measure")
    assert [(one["act"], one["by"], one["post"], one["checked"]) for one in measure["checks"]] == [
        ("verify", "sun", "follow-up-clerk", [{"act": "carry-out", "by": "li"}])
    ]
    assert measure["checks"][0]["outcome"][0]["answer"] is True
    waiting = next(one for one in told["cases"] if one["kind"] == "action")
    assert waiting["checks"][0]["by"] is None
    assert waiting["awaited"] == ["follow-up-clerk", "dispatcher"]
    text = page(complaints.zhou, f"/cases/{action.number}/chain/")
    for words in ("孙回访", "李师傅", "待验证 1 项", "未结 2 件", "密封圈", "换密封圈", "改进货检验"):
        assert words in text, words


def test_a_check_of_work_done_anew_is_open_again(complaints, at):
    complaint = complain(complaints, at=at - 40 * DAY)
    action = measured(complaints, acted(complaints, complaint, at - 39 * DAY), at - 38 * DAY)
    do(complaints, "sun", action, "check-effect", at - DAY, {"effect.effective": False, "effect.seen": "还漏"})
    told = chains.told(complaints.zhou, action, at)
    assert next(one for one in told["cases"] if one["kind"] == "action")["checks"][0]["by"] == "sun"
    due = at.date().isoformat()
    do(complaints, "zhou", action, "decide", at - DAY / 2, {"measures.list": [{"what": "换材料", "due": due}]})
    told = chains.told(complaints.zhou, action, at)
    assert next(one for one in told["cases"] if one["kind"] == "action")["checks"][0]["by"] is None


def test_the_chain_ends_where_the_scope_ends(complaints, at):
    """The south links its complaint to one of its own; the north's with the same number of links tells nothing."""
    north = complain(complaints, at=at - DAY)
    south = complain(complaints, by="wang", at=at - DAY)
    Mark.objects.create(case=south, kind="link", value=north.number)
    assert numbers(complaints.wang, south) == {south.number}
    assert numbers(complaints.zhou, north) == {north.number}
    assert numbers(complaints.qian, south) == {north.number, south.number}
    text = page(complaints.wang, f"/cases/{south.number}/chain/")
    assert north.number not in text
    assert "共 1 件" in text


def test_the_api_tells_the_same_chain(complaints, at):
    complaint = complain(complaints, at=at - 40 * DAY)
    closed(complaints, complaint, at - 39 * DAY)
    client = Client()
    client.force_login(complaints.zhou)
    told = client.get(f"/api/v1/cases/{complaint.number}/chain").json()
    assert told["cases"][0]["number"] == complaint.number
    assert (told["open"], told["unchecked"]) == (0, 0)
    assert json.dumps(told, ensure_ascii=False).count('"by": "sun"') == 3
    client.force_login(complaints.wang)
    answer = client.get(f"/api/v1/cases/{complaint.number}/chain")
    assert (answer.status_code, complaint.number in answer.content.decode()) == (404, False)


def test_numbers_somebody_wrote_into_a_complaint_are_masked_on_its_chain(complaints, at):
    complaint = complain(complaints, by="wang", at=at - DAY, problem="漏水，请打 13800000001")
    assert "13800000001" not in page(complaints.wang, f"/cases/{complaint.number}/chain/")
    assert "13800000001" in page(complaints.qian, f"/cases/{complaint.number}/chain/")


def test_a_restricted_case_is_no_member_for_those_who_may_not_read_it(complaints, at):
    first, second = complain(complaints, at=at - DAY), complain(complaints, at=at - DAY)
    Mark.objects.create(case=second, kind="link", value=first.number)
    Case.objects.filter(pk=first.pk).update(restricted=True)
    assert numbers(complaints.zhou, second) == {second.number}


def test_what_was_erased_stands_on_no_chain_and_the_tie_stays(complaints, at):
    """An erased complaint is still a member, by its number alone; its fault resembles nothing any more."""
    first = complain(complaints, at=at - 2 * DAY, problem="欧阳晓棠家里漏水")
    second = complain(complaints, at=at - DAY, problem="欧阳晓棠家里漏水")
    Mark.objects.create(case=second, kind="link", value=first.number)
    Mark.objects.create(case=first, kind="link", value=second.number)
    blanking.blank(first)
    text = page(complaints.zhou, f"/cases/{second.number}/chain/").replace(second.title, "")
    assert first.number in text
    assert "欧阳晓棠" not in text
    panel = similar.panel(complaints.zhou, second, definition_for(second), names_at(at))
    assert [one["key"] for one in panel["groups"]] == ["model"]
    assert Mark.objects.filter(case=first, kind="link").count() == 1
    told = json.dumps(chains.told(complaints.zhou, first, at)["cases"][0], default=str, ensure_ascii=False)
    assert "欧阳晓棠" not in told


def names_at(at) -> Names:
    return Names("zh", surroundings_of("north").zone, at)


def test_parts_on_a_form_for_some_posts_are_told_to_nobody_else(complaints, at):
    complaint = closed(complaints, complain(complaints, at=at - 50 * DAY), at - 49 * DAY)
    for path in (f"/cases/{complaint.number}/chain/", f"/cases/{complaint.number}/"):
        card = page(complaints.zhou, path).partition("此设备与类似投诉")[2] or page(complaints.zhou, path)
        assert "备用滤网" not in card
        assert "备用滤网" in page(complaints.chen, path)
    assert [one["part"] for one in chains.told(complaints.zhou, complaint, at)["parts"]] == ["密封圈"]
    assert [one["part"] for one in chains.told(complaints.chen, complaint, at)["parts"]] == ["密封圈", "备用滤网"]

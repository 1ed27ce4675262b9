"""Reading through the API: lists, filters, cursors, one case, its journal and its promises."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import INTAKE, fresh, told

from bihuan.casework import actions
from bihuan.casework.models import Case


def act(doors, username: str, number: str, action: str, answers=None, **more):
    said = {"id": fresh(), "action": action, "answers": answers or {}, **more}
    answer = doors.post(username, f"/cases/{number}/acts", said)
    assert answer.status_code == 201, answer.content.decode()


def numbers(answer) -> list[str]:
    assert answer.status_code == 200, answer.content.decode()
    return [one["number"] for one in told(answer)["cases"]]


@pytest.fixture
def cases(doors) -> list[str]:
    """Three of the north, oldest first: registered late, assigned, done; and one of the south."""
    long_ago = (timezone.now() - timedelta(hours=3)).isoformat()
    opened = [doors.open(at=long_ago), doors.open(answers={**INTAKE, "intake.device": "PJ-77"}), doors.open()]
    for number in opened[1:]:
        act(doors, "zhou", number, "assign", {"order.repairer": "li"})
    act(doors, "li", opened[2], "work", {"work.sure": True})
    doors.open("wang")
    return opened


def test_a_list_holds_ones_own_outlets_newest_first(doors, cases):
    assert numbers(doors.get("zhou", "/cases")) == cases[::-1]
    assert len(numbers(doors.get("qian", "/cases"))) == 4
    assert numbers(doors.get("outsider", "/cases")) == []


def test_pages_follow_each_other_by_cursor_without_gap_or_repetition(doors, cases):
    seen, after = [], ""
    for _page in range(3):
        said = told(doors.get("zhou", f"/cases?limit=1{after}"))
        seen += [one["number"] for one in said["cases"]]
        after = f"&after={said['next']}"
    assert seen == cases[::-1]
    assert said["next"] is None


def test_a_case_opened_meanwhile_does_not_shift_the_next_page(doors, cases):
    said = told(doors.get("zhou", "/cases?limit=2"))
    doors.open()
    assert numbers(doors.get("zhou", f"/cases?limit=2&after={said['next']}")) == cases[:1]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("kind=job", [2, 1, 0]),
        ("kind=check", []),
        ("step=received", [0]),
        ("stage=assigned", [1]),
        ("step=done&stage=done", [2]),
        ("outlet=north", [2, 1, 0]),
        ("outlet=south", []),
        ("state=open", [2, 1, 0]),
        ("state=ended", []),
        ("state=overdue", [0]),
        ("state=lost", []),
        ("q=PJ-77", [1]),
        ("q=王老师", [2, 1, 0]),
        ("q=nobody", []),
        ("q=王老师&step=received", [0]),
        ("limit=2", [2, 1]),
    ],
)
def test_a_list_is_narrowed_by_what_stands_in_its_address(doors, cases, question, found):
    assert numbers(doors.get("zhou", f"/cases?{question}")) == [cases[place] for place in found]


def test_the_end_of_a_number_finds_it(doors, cases):
    # numbers begin anew every day, and three hours ago may have been yesterday
    end = cases[2][-4:]
    assert numbers(doors.get("zhou", f"/cases?q={end}")) == [one for one in cases[::-1] if one.endswith(end)]
    assert numbers(doors.get("zhou", f"/cases?q={cases[2][-8:]}")) == [cases[2]]


def test_what_was_missed_is_still_found_among_the_overdue_after_the_sweep(doors, cases):
    actions.sweep(timezone.now())
    assert numbers(doors.get("zhou", "/cases?state=overdue")) == [cases[0]]


def test_what_has_ended_is_no_longer_overdue(doors, cases):
    act(doors, "zhou", cases[0], "cancel", {"reason": "客户不修了"})
    assert numbers(doors.get("zhou", "/cases?state=overdue")) == []
    assert numbers(doors.get("zhou", "/cases?state=ended")) == [cases[0]]


def test_one_case_says_where_it_stands_and_what_this_reader_may_do(doors, cases):
    answer = doors.get("zhou", f"/cases/{cases[0]}")
    said = told(answer)
    assert (said["number"], said["step"], said["revision"], answer["ETag"]) == (cases[0], "received", 1, '"1"')
    assert (said["document"], said["version"]) == ("C-01", "1.0")
    assert said["answers"]["intake"]["problem"] == "投影机不亮"
    allowed = {one["act"] for one in said["acts"] if one["allowed"]}
    assert {"assign", "bundle", "cancel"} <= allowed
    assert "drop" not in allowed
    drop = next(one for one in said["acts"] if one["act"] == "drop")
    assert (drop["code"], drop["clause"], drop["words"]["zh"]) == ("needs", "4.2", "急件不得撤销")
    assert {one["act"] for one in told(doors.get("wu", f"/cases/{cases[0]}"))["acts"] if one["allowed"]} == set()


def test_a_case_is_found_by_number_and_by_id_alike(doors, cases):
    case = Case.objects.get(number=cases[0])
    assert told(doors.get("zhou", f"/cases/{case.pk}")) == told(doors.get("zhou", f"/cases/{cases[0]}"))


def test_the_journal_tells_every_act_in_order(doors, cases):
    said = told(doors.get("wu", f"/cases/{cases[2]}/journal"))["entries"]
    assert [(one["verb"], one["doer"], one["post"], one["clause"]) for one in said] == [
        ("register", "chen", "clerk", "4.1"),
        ("assign", "zhou", "dispatcher", "4.2"),
        ("work", "li", "repairer", "4.3"),
    ]
    assert said[1]["answers"] == {"order.repairer": "li"}


def test_a_promise_is_told_span_by_span_with_its_clause(doors, cases):
    (said,) = told(doors.get("qian", f"/cases/{cases[1]}/deadlines"))["deadlines"]
    assert (said["name"], said["clause"], said["document"], said["proved"]) == ("assigned", "4.2", "C-01", True)
    assert said["spans"]


def test_the_procedures_in_force_say_what_may_be_opened_by_hand(doors):
    said = told(doors.get("chen", "/procedures"))["procedures"]
    assert [(one["kind"], one["number"], one["by_hand"]) for one in said] == [
        ("job", "C-01", True),
        ("check", "C-02", False),
    ]
    assert set(said[0]["form"]["fields"]) == {"contact", "device", "problem", "urgency"}

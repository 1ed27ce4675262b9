"""What the book keeps under short names, said as people say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from tests.cast import PACKS, make_site

from bihuan.casework import derived
from bihuan.casework.pages import chain, following, similar, story
from bihuan.casework.pages.names import Names
from bihuan.casework.pages.one import stages
from bihuan.casework.pages.words import answered, clause_called, fillings, stage_word
from bihuan.procedure.definition import Definition
from bihuan.procedure.reading import read_pack
from bihuan.procedure.state import ClockRun, State

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
NAMES = Names("zh", ZoneInfo("Asia/Shanghai"), AT)


@cache
def pack() -> dict[str, Definition]:
    read = read_pack(PACKS / "component-supplier").pack
    assert read is not None
    return read.procedures


def promise(name: str, days: int, state: str = "running") -> ClockRun:
    return ClockRun(name, 1, state, AT, AT + timedelta(days=days), "elapsed", "1", "")


def test_a_form_each_signer_filled_is_read_one_filling_after_the_other() -> None:
    complaint = pack()["customer-complaint"]
    told = answered(complaint, "assistance", {"*": [{"words": "查批号"}, {"words": "换模具"}]}, NAMES)
    assert told == [("意见", "查批号"), ("意见", "换模具")]
    assert fillings({"words": "查批号"}) == [{"words": "查批号"}]


def test_a_post_among_the_answers_is_said_by_its_title() -> None:
    routed = {"handling": ["manufacturing", "technical"], "readers": ["quality"]}
    assert answered(pack()["feedback"], "routing", routed, NAMES) == [
        ("处理部门", "制造部、技术课"),
        ("传阅部门", "质保部"),
    ]


def test_what_the_most_pressing_promise_waits_for_comes_first() -> None:
    runs = (promise("next-survey", 60), promise("next-visit", 20), promise("demands-passed-on", 1, "missed"))
    kept = ClockRun("first-visit", 1, "met", AT, AT, "elapsed", "1", "", stopped=AT)
    state = State("in-relation", 1, AT, AT, clocks=(*runs, kept))
    found = derived.promised_acts(pack()["customer-account"], state)
    assert found == ["pass-on-demands", "visit", "send-survey"]


def test_a_complaint_stands_at_its_own_steps_on_the_line_and_a_work_order_at_the_usual_stages() -> None:
    complaint = pack()["customer-complaint"]
    moments = {"enter investigating": AT, "enter assisting": AT - timedelta(days=1)}
    state = State("investigating", 3, AT, AT, moments=moments, entered={"investigating": 2})
    case = SimpleNamespace(state=state, step="investigating", stage=complaint.steps["investigating"].stage)
    line = stages(complaint, case, "zh")
    assert [(mark.label, mark.state) for mark in line if mark.state == "current"] == [("调查分析中 第2次", "current")]
    assert not {"派工", "接单", "在途", "完工"} & {str(mark.label) for mark in line}
    assert (stage_word("assigned"), stage_word("assigned", work_order=False)) == ("派工", "已交办")


def test_a_form_says_before_it_is_sent_where_it_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "running", lambda at: list(pack().values()))
    complaint = pack()["customer-complaint"]
    assert following.leads_to(complaint, "report", None, AT, "zh") == (
        "「调查分析中」，接着由质保部办“请部门协助”，通知质保部",
    )
    state = State("investigating", 1, AT, AT)
    outcomes = following.leads_to(complaint, "analyse", state, AT, "zh")
    assert [one.partition("，")[0] for one in outcomes] == ["「待填结果」", "「待定紧急对策」"]


def test_what_was_decided_against_the_reckoning_says_both() -> None:
    assert story._weighed({"effect": "warranty.decide", "decision": "in", "computed": "out"}) == {
        "decision": "保内（按期计算为保外）"
    }
    assert story._weighed({"decision": "in", "computed": "in", "rule": "12"}) == {"decision": "in", "rule": "12"}


def test_in_a_chain_what_led_to_the_complaint_stands_above_and_only_what_came_of_it_are_measures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(similar, "is_complaint", lambda case: case == "complaint")
    members = [("account", 0), ("survey", 1), ("complaint", 2), ("measure", 3), ("check", 4), ("demand", 1)]
    found = chain._places(tuple(SimpleNamespace(case=kind, depth=depth) for kind, depth in members))
    assert found == [
        ("origin", 0), ("origin", 1), ("origin", 2), ("measure", 0), ("measure", 1), ("beside", 0),
    ]  # fmt: skip
    alone = chain._places(tuple(SimpleNamespace(case=kind, depth=depth) for kind, depth in (("a", 0), ("b", 1))))
    assert alone == [("origin", 0), ("measure", 0)]


def test_what_a_register_tells_names_people_and_moments_as_they_are_read(db) -> None:
    make_site(AT)
    booked = {"effect": "visits.book", "visit": str(uuid4()), "who": "li", "from": AT.isoformat(), "place": "1 号"}
    told = story._told_by_registers(pack()["feedback"], {"effects": [booked]}, Names("zh", NAMES.zone, AT))
    assert told == [("预约上门", "李师傅 · 2026-03-02 09:00")]


def test_a_clause_without_a_number_is_called_by_its_heading() -> None:
    read = read_pack(PACKS / "field-repair").pack
    assert read is not None
    assert clause_called(read.procedures["field-job"], "close-out") == "客户善后"
    assert clause_called(pack()["feedback"], "2 a") == "2 a"

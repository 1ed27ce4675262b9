"""The sentences read back say everything that runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from bihuan.procedure.definition import Definition, Text
from bihuan.procedure.reading import read_pack
from bihuan.procedure.sentences import Speaker, sentences

from .sample import TEXT, changed, frame, read

PACKS = Path(__file__).parents[4] / "packs"
MORE = """## 4 月报
每月报告。
```toml
[duties.report]
title = { zh = "月报", en = "Monthly report" }
every = { month-day = 5 }
about = "last month"
by = "clerk"
form = "finding"
received-by = "head"
late = [{ tell = ["head"] }]

[waits.trial]
from = "check"
lasts = "72 hours"

[also.grave]
on = "check"
if = { "finding.count" = { at-least = 3 } }
tell = ["head"]

[standing.cancel]
by = "head"
to = "done"

[forms.finding]
keep = { for = "3 years", from = "closed", by = "clerk" }
```
"""
POSTS = {name: post.title for name, post in frame().posts.items()}


def definition_of(text: str) -> Definition:
    definition = read(text).definition
    assert definition is not None
    return definition


def test_each_clause_is_read_back_in_both_languages() -> None:
    definition = definition_of(TEXT)
    assert sentences(definition, "2", "zh", POSTS) == [
        "维修员在「已受理」鉴定，填《鉴定单》；结果为“好”→「完成」；否则→「已鉴定」。",
        "《鉴定单》问：结果（必填）、件数。",
    ]
    assert sentences(definition, "3", "en", POSTS) == [
        "Repairer at “Checked”: Repair; → “Done”.",
        "Deadline “Repaired”: from opening 1 day if Urgent is “yes”, otherwise 3 days until “Repair” or “Check”; "
        "once late: tell Head.",
    ]


def test_duties_waits_additions_standing_acts_and_retention_are_read_back() -> None:
    assert sentences(definition_of(TEXT + MORE), "4", "zh", POSTS) == [
        "每月 5 日前，受理员办“月报”（上月），填《鉴定单》；交主任签收；遇休息日照列，"
        "下一个工作日后算逾期；逾期通知主任。",
        "自“鉴定”起须等72 小时。",
        "“鉴定”时；如件数不少于“3”；通知主任。",
        "主任在任何未结束的步骤取消；→「完成」。",
        "《鉴定单》由受理员自结案起保存3 年。",
    ]


def test_a_form_continued_under_another_clause_is_read_back_where_each_part_stands() -> None:
    definition = definition_of(TEXT + MORE)
    assert not any("保存" in sentence for sentence in sentences(definition, "2", "zh", POSTS))


def test_an_unknown_clause_has_no_sentences() -> None:
    assert sentences(definition_of(TEXT), "9.9") == []


def test_two_clauses_of_one_number_are_told_apart_by_their_anchors() -> None:
    definition = definition_of(changed("## 3 维修", "## 2 维修 {#repair}"))
    assert sentences(definition, "repair", "zh", POSTS)[0] == "维修员在「已鉴定」维修；→「完成」。"
    assert len(sentences(definition, "2", "zh", POSTS)) == 2


CHANGES = [
    ('by = "repairer"\nform', 'by = "clerk"\nform', "another doer"),
    ('by = "repairer"\nto', 'by = { post = "repairer", other = "check" }\nto', "another person than before"),
    ('by = "repairer"\nto', 'by = { post = "repairer", via = "clerk" }\nto', "an outside doer"),
    ('at = "checked"', 'at = ["checked", "received"]', "another step"),
    ('time = "1 day"', 'time = "2 days"', "another limit"),
    ('time = "3 days"', 'time = "3 working days"', "another clock"),
    ('tell = ["head"]', 'tell = ["clerk"]', "another one told"),
    ('from = "opened"', 'from = "register"', "another start"),
    ('"slip.urgent" = true', '"slip.urgent" = false', "another condition"),
    ('"finding.result" = "good" }, step', '"finding.result" = "bad" }, step', "another choice"),
    ('to = "done"\n', 'to = "done"\ntell = ["head"]\n', "a letter more"),
    ('to = "done"\n', 'to = "done"\nneeds = { "finding.count" = { at-most = 9 } }\n', "a need more"),
    ('kind = "yes-no", must = true', 'kind = "yes-no"', "an answer no longer required"),
    ('keep = { for = "2 years"', 'keep = { for = "4 years"', "another retention"),
    ('late = [{ tell', 'pause = [{ in = ["checked"], because = "等件" }]\nlate = [{ tell', "a pause"),
    ('late = [{ tell', 'warn = [{ before = "2 hours", tell = ["clerk"] }]\nlate = [{ tell', "a warning"),
    ('late = [{ tell', 'late = [{ after = "1 day", tell', "a later rung"),
    ('late = [{ tell', 'while = "checked"\nlate = [{ tell', "a deadline of one step only"),
]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("old", "new"), [each[:2] for each in CHANGES], ids=[each[2] for each in CHANGES])
def test_what_runs_otherwise_reads_otherwise(old: str, new: str, language: str) -> None:
    before, after = definition_of(TEXT), definition_of(changed(old, new))

    def all_of(definition: Definition) -> list[str]:
        return [line for number in ("", "1", "2", "3") for line in sentences(definition, number, language, POSTS)]

    assert all_of(after) != all_of(before)


def test_what_is_opened_is_called_by_the_title_of_its_own_procedure() -> None:
    whole = definition_of(TEXT)
    other = replace(whole, kind="fault", title=Text("故障分析"))
    speaker = Speaker(whole, "zh", POSTS, {"fault": other})
    kinds = ("fault", "unknown", "fault.unknown")
    assert [speaker.kind(kind) for kind in kinds] == ["《故障分析》", "unknown", "fault.unknown"]
    assert Speaker(whole, "zh", POSTS).kind("fault") == "fault"


def test_cases_opened_under_one_name_are_said_by_what_they_are_and_where_they_stand() -> None:
    packs = read_pack(PACKS / "component-supplier").pack
    assert packs is not None
    complaint = packs.procedures["customer-complaint"]
    speaker = Speaker(complaint, "zh", complaint.posts, packs.procedures)
    assert speaker.key("urgent-measures.step") == "《对策的执行与跟踪》的步骤"
    assert speaker.value("urgent-measures.step", "verified") == "已验证"
    assert speaker.step_of("urgent-measures", "verified") == "「已验证」"
    assert Speaker(complaint, "zh", complaint.posts).key("urgent-measures.step") == "urgent-measures.step"

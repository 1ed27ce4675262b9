"""Sheets put together from several forms: read, checked, read back."""

from __future__ import annotations

import pytest

from bihuan.procedure.sentences import sentences

from .sample import TEXT, frame, read

SHEET = """
## 4 合印单
一张纸印齐。
```toml
[sheets.eight-d]
title = { zh = "8D 报告", en = "8D report" }
d4 = ["finding", "finding.result"]
cause = { title = { zh = "原因", en = "Cause" }, from = ["finding.count"] }
```
"""


def test_a_sheet_keeps_its_sections_in_the_order_they_are_written() -> None:
    result = read(TEXT + SHEET)
    assert [(each.code, each.words.zh) for each in result.faults] == []
    assert result.definition is not None
    sheet = result.definition.sheets["eight-d"]
    assert [(one.key, one.title.zh, one.parts) for one in sheet.sections] == [
        ("d4", "D4 根本原因", ("finding", "finding.result")),
        ("cause", "原因", ("finding.count",)),
    ]
    assert sheet.origin.clause == "4"


def test_a_sheet_is_read_back_section_by_section() -> None:
    definition = read(TEXT + SHEET).definition
    assert definition is not None
    posts = {name: post.title for name, post in frame().posts.items()}
    assert sentences(definition, "4", "zh", posts) == ["可打印“8D 报告”；D4 根本原因：《鉴定单》、结果；原因：件数。"]
    assert sentences(definition, "4", "en", posts) == [
        "“8D report” can be printed; D4 Root cause: “Finding”, Result; Cause: Count."
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ('"finding.count"', '"finding.counts"', "unknown-field", "表单 finding 没有 counts；是不是 finding.count？"),
        ('["finding", ', '["findings", ', "unknown-form", "没有表单或子事项组 findings；是不是 finding？"),
        ("d4 = ", "d9 = ", "missing-key", "栏目 d9 要写标题；不写标题的只有 d1 到 d8"),
        ('from = ["finding.count"]', "from = []", "missing-key", "栏目 cause 没有写印什么"),
        ('title = { zh = "原因", en = "Cause" }, ', "", "missing-key", "栏目 cause 缺少 title"),
        ('["finding", "finding.result"]', "[]", "missing-key", "栏目 d4 没有写印什么"),
        ("cause = {", "cause = { tilte = 1,", "unknown-key",
         "sheets.eight-d.cause 里没有 tilte 这个词；是不是 title？"),
    ],
)  # fmt: skip
def test_what_a_sheet_gets_wrong_is_named_at_its_own_line(old: str, new: str, code: str, words: str) -> None:
    assert SHEET.count(old) == 1
    text = TEXT + SHEET.replace(old, new)
    found = read(text).faults
    assert [(each.code, each.words.zh) for each in found] == [(code, words)]
    section = "cause = " if "cause" in words or "counts" in words else "d9 = " if "d9" in words else "d4 = "
    assert text.splitlines()[found[0].line - 1].startswith(section)


def test_a_sheet_without_sections_is_a_fault() -> None:
    text = TEXT + '\n## 4 合印单\n空的。\n```toml\n[sheets.empty]\ntitle = "空"\n```\n'
    assert [(each.code, each.words.zh) for each in read(text).faults] == [("missing-key", "单子 empty 没有栏目")]

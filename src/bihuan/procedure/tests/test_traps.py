"""The traps of the keyboard and the word processor, each with its line and the text to write instead."""

from __future__ import annotations

import pytest

from .sample import changed, read

Expected = list[tuple[str, int, str, str]]
CASES = [
    pytest.param(
        'by = "clerk"\nform = "slip"',
        'by = “clerk”\nform = "slip"',
        [
            ("full-width", 22, "1", 'by = "clerk"'),
        ],
        id="full-width quotes",
    ),
    pytest.param(
        'opens = { kind = "repair", act',
        'opens = { kind = "repair"， act',
        [
            ("full-width", 8, "", 'opens = { kind = "repair", act = "register" }'),
        ],
        id="a full-width comma",
    ),
    pytest.param(
        'form = "finding"\nto',
        'form ＝ "finding"\nto',
        [
            ("full-width", 37, "2", 'form = "finding"'),
        ],
        id="a full-width equals sign",
    ),
    pytest.param(
        'form = "finding"\nto',
        'form： "finding"\nto',
        [
            ("full-width", 37, "2", 'form = "finding"'),
        ],
        id="a full-width colon instead of the equals sign",
    ),
    pytest.param(
        'version = "1.0"',
        'version = "1.0”',
        [
            ("full-width", 6, "", 'version = "1.0"'),
        ],
        id="a string opened plainly and closed full-width",
    ),
    pytest.param(
        "[forms.finding]",
        '[acts.check]\nundoes = "register"\n[forms.finding]',
        [
            (
                "table-twice",
                40,
                "2",
                (
                    '[acts.check]\ntitle = { zh = "鉴定", en = "Check" }\n'
                    'at = "received"\nby = "repairer"\n'
                    'form = "finding"\nto = [{ if = { "finding.result" = "good" }, step ='
                    ' "done" }, { step = "checked" }]\n'
                    'undoes = "register"'
                ),
            ),
        ],
        id="a table opened twice in one block",
    ),
    pytest.param(
        'kind = "number" }\n',
        ('kind = "number" }\nkeep = { for = "2 years" }\n[forms.finding.keep]\nby = "clerk"\n'),
        [
            ("table-twice", 47, "2", 'keep = { for = "2 years", by = "clerk" }'),
        ],
        id="tables given inline and then opened",
    ),
    pytest.param(
        '[{ if = { "finding.result" = "good" }, step = "done" },',
        '[{ if = { "finding.result" = "good" },\n  step = "done" },',
        [
            (
                "inline-table-broken",
                38,
                "2",
                ('to = [{ if = { "finding.result" = "good" }, step = "done" }, { step = "checked" }]'),
            ),
        ],
        id="an inline table broken over two lines",
    ),
    pytest.param(
        'step = "done" }, {',
        'step = "done", }, {',
        [
            (
                "inline-table-comma",
                38,
                "2",
                ('to = [{ if = { "finding.result" = "good" }, step = "done" }, { step = "checked" }]'),
            ),
        ],
        id="an inline table that ends in a comma",
    ),
    pytest.param(
        "## 2 鉴定\n维修员鉴定；修得好的当场修好。\n```toml",
        "## 2 鉴定\n维修员鉴定；修得好的当场修好。\n```tmol",
        [
            ("fence-language", 32, "2", "```toml"),
        ],
        id="a mistyped fence",
    ),
    pytest.param(
        "维修员鉴定；修得好的当场修好。\n```toml",
        "维修员鉴定；修得好的当场修好。\n ```toml",
        [
            ("fence-indented", 32, "2", "```toml"),
        ],
        id="an indented fence",
    ),
    pytest.param(
        'version = "1.0"',
        "version = 1.0",
        [
            ("wrong-type", 6, "", 'version = "1.0"'),
        ],
        id="a version without quotes",
    ),
    pytest.param(
        'version = "1.0"',
        'version = "1.0"\neffective = 2026-08-01',
        [
            ("bare-date", 7, "", 'effective = "2026-08-01"'),
        ],
        id="a date without quotes",
    ),
    pytest.param(
        'version = "1.0"',
        'version = "1.0"\neffective = "2026-08"',
        [
            ("effective-not-a-date", 7, "", 'effective = "2026-08-01"'),
        ],
        id="an effective date that is not whole",
    ),
    pytest.param(
        'kind = "number" }',
        'kind = "number", at-most = 1_000 }',
        [
            (
                "underscored-number",
                45,
                "2",
                ('fields.count = { ask = { zh = "件数", en = "Count" }, kind = "number", at-most = 1000 }'),
            ),
        ],
        id="a number with an underscore",
    ),
    pytest.param(
        "[forms.finding]",
        '[forms.finding]\nversion = "1.0"',
        [
            ("key-of-the-head", 41, "2", 'version = "1.0"'),
        ],
        id="a key of the head after a header",
    ),
    pytest.param(
        'to = "done"\n',
        'to = "done"\nwork_order = true\n',
        [
            ("key-of-the-head", 55, "3", "work_order = true"),
        ],
        id="another key of the head after a header",
    ),
    pytest.param(
        "[deadlines.repaired]",
        "[deadline.repaired]",
        [
            ("unknown-key", 56, "3", "deadlines"),
        ],
        id="an unknown table",
    ),
    pytest.param(
        "## 3 维修",
        "## 2 维修",
        [
            ("clause-twice", 47, "2", "## 2 维修 {#2-2}"),
        ],
        id="a clause number used twice",
    ),
    pytest.param(
        "## 3 维修",
        "## 维修",
        [
            ("heading-without-number", 47, "", "## 维修 {#name}"),
        ],
        id="a block under a heading without number",
    ),
    pytest.param(
        'to = "done"\n',
        "to = done\n",
        [
            ("step-without-end", 10, "", ""),
            ("toml", 54, "3", ""),
        ],
        id="a line no parser can read",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), CASES)
def test_the_trap_is_named_with_its_line_and_the_text_to_write(old: str, new: str, expected: Expected) -> None:
    result = read(changed(old, new))
    assert [(each.code, each.line, each.clause, each.corrected) for each in result.faults] == expected
    assert all(each.words.zh and each.words.en and each.file == "01-repair.md" for each in result.faults)

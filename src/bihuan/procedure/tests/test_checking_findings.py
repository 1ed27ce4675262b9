"""Weaknesses of a text that still runs."""

from __future__ import annotations

import pytest

from bihuan.procedure.checking import report_lines

from .sample import TEXT, changed, read

Expected = list[tuple[str, int, str, str]]
CASES = [
    pytest.param(
        "fields.count",
        'keep = { for = "3 years" }\nfields.count',
        [
            ("kept-shorter", 25, "1", 'keep = { for = "3 years" }'),
        ],
        id="a record kept shorter by the default of the case",
    ),
    pytest.param(
        "fields.problem",
        'keep = { for = "1 year" }\nfields.problem',
        [
            ("kept-shorter", 27, "1", 'keep = { for = "2 years" }'),
        ],
        id="a record kept shorter than one that refers to it",
    ),
    pytest.param(
        'late = [{ tell = ["head"] }]\n',
        "",
        [
            ("promise-unheard", 56, "3", 'late = [{ tell = ["…"] }]'),
        ],
        id="a promise nobody hears of",
    ),
    pytest.param(
        'keep = { for = "2 years", by = "clerk" }\n',
        "",
        [
            ("form-without-retention", 24, "1", 'keep = { for = "2 years", from = "closed", by = "…" }'),
            ("form-without-retention", 39, "2", 'keep = { for = "2 years", from = "closed", by = "…" }'),
        ],
        id="forms without retention",
    ),
    pytest.param(
        "## 3 维修",
        "## 2.9 空\n## 3 维修",
        [
            ("section-empty", 47, "2.9", ""),
        ],
        id="an empty section",
    ),
    pytest.param(
        '{ zh = "维修", en = "Repair" }',
        '"维修"',
        [
            ("missing-english", 50, "3", '{ zh = "维修", en = "…" }'),
        ],
        id="a title without English",
    ),
    pytest.param(
        'title = { zh = "维修", en = "Repair" }\n',
        "",
        [
            ("missing-title", 50, "3", 'title = { zh = "…", en = "…" }'),
        ],
        id="an act without a title",
    ),
    pytest.param(
        'to = "done"\n',
        'to = "done"\ndo = [{ "slips.issue" = { slip = "slip" } }]\n',
        [
            ("register-to-come", 55, "3", ""),
        ],
        id="an effect of a register to come",
    ),
    pytest.param(
        "维修员鉴定；",
        "按《报修法》和《保修条款》，维修员鉴定；",
        [
            ("reference-unresolved", 31, "2", "《报修办法》"),
        ],
        id="a title that resolves to nothing",
    ),
    pytest.param(
        'to = "done"\n',
        'to = "done"\n[clause]\naccept = { promise-unheard = "口头报告" }\n',
        [
            ("accept-without-finding", 47, "3", ""),
        ],
        id="an acceptance of nothing",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), CASES)
def test_the_weakness_is_found_and_the_text_still_runs(old: str, new: str, expected: Expected) -> None:
    result = read(changed(old, new))
    assert [(each.code, each.line, each.clause, each.corrected) for each in result.findings] == expected
    assert all(each.words.zh and each.words.en and each.file == "01-repair.md" for each in result.findings)
    assert result.faults == ()


def test_an_accepted_finding_stays_listed_with_its_reason() -> None:
    silent = changed(
        'late = [{ tell = ["head"] }]\n```',
        '```\n```toml\n[clause]\naccept = { promise-unheard = "主任每日自查" }\n```',
    )
    result = read(silent)
    assert [(each.code, each.accepted) for each in result.findings] == [("promise-unheard", "主任每日自查")]
    assert report_lines(result) == [
        "已接受的提示（1）",
        "  01-repair.md:56 3: deadlines.repaired 逾期时没有人知道 [promise-unheard]",
        '      请写: late = [{ tell = ["…"] }]',
        "      理由: 主任每日自查",
    ]


def test_an_acceptance_needs_a_reason() -> None:
    silent = changed('late = [{ tell = ["head"] }]\n', '[clause]\naccept = { promise-unheard = "" }\n')
    result = read(silent)
    assert [(each.code, each.line) for each in result.faults] == [("missing-key", 62)]


def test_the_six_sections_are_asked_for_once_most_of_them_are_there() -> None:
    six = "".join(f"## {name}\n文字。\n" for name in ("目的", "范围", "职责"))
    result = read(TEXT + six)
    assert [(each.code, each.corrected) for each in result.findings] == [
        ("section-missing", "## 程序"),
        ("section-missing", "## 相关文件"),
        ("section-missing", "## 记录"),
    ]


def test_the_report_says_so_when_there_is_nothing_to_say() -> None:
    assert report_lines(read(), "en") == ["No faults, no findings."]


def test_what_two_tables_of_one_clause_accept_adds_up() -> None:
    first = '[clause]\naccept = { promise-unheard = "主任每日自查" }\n```\n'
    second = '```toml\n[clause]\naccept = { missing-english = "中文即可" }\n'
    text = changed('late = [{ tell = ["head"] }]\n', first + second).replace('{ zh = "维修", en = "Repair" }', '"维修"')
    result = read(text)
    assert result.faults == ()
    assert {each.code: each.accepted for each in result.findings} == {
        "promise-unheard": "主任每日自查",
        "missing-english": "中文即可",
    }


def test_a_clause_with_a_comment_only_has_no_words_to_carry() -> None:
    assert read(TEXT + "## 4 待定\n<!-- 以后再写 -->\n").faults == ()


def test_a_record_nothing_refers_to_may_be_kept_shorter() -> None:
    shorter = changed("fields.count", 'keep = { for = "1 year" }\nfields.count')
    assert read(shorter).findings == ()

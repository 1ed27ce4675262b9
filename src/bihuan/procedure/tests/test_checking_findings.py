"""Weaknesses of a text that still runs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bihuan.procedure.checking import report_lines
from bihuan.procedure.checking.weak import SECTIONS
from bihuan.procedure.reading import ReadResult, read_pack

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
        'to = "done"\ndo = [{ "parts.issue" = { lines = "slip" } }]\n',
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


# ---- a whole procedure file of 22 titles, and copies of it with one thing written otherwise ----
WHOLE = Path(__file__).parents[4] / "packs" / "integrator"
PROCEDURES = sorted(path.name for path in WHOLE.glob("[0-9]*.md"))


def rewritten(folder: Path, file: str, old: str, new: str) -> ReadResult:
    """The pack read again after one file of a copy was changed at every place that says ``old``."""
    copy = folder / "copy"
    shutil.copytree(WHOLE, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new), encoding="utf-8")
    return read_pack(copy)


def told_of(result: ReadResult, code: str) -> list[tuple[str, str, str]]:
    """File, clause and corrected line of every finding with this code that nobody accepted."""
    return [(one.file, one.clause, one.corrected) for one in result.findings if one.code == code and not one.accepted]


def section(file: str, title: str) -> str:
    """The heading of a section with everything under it, up to the next one or the end of the file."""
    found = re.search(rf"^## \d {title}\n.*?(?=^## |\Z)", (WHOLE / file).read_text(encoding="utf-8"), re.M | re.S)
    assert found is not None, f"{file}: {title}"
    return found[0]


@pytest.mark.rule("INT-00-04")
def test_every_procedure_of_the_file_has_its_six_sections_and_none_is_empty() -> None:
    result = read_pack(WHOLE)
    assert result.faults == () and result.pack is not None
    for definition in result.pack.procedures.values():
        titles = tuple(clause.title for clause in definition.clauses if clause.level == 2)
        assert titles == SECTIONS, definition.file
    assert told_of(result, "section-empty") + told_of(result, "section-missing") == []


@pytest.mark.rule("INT-00-04")
@pytest.mark.parametrize("file", PROCEDURES)
@pytest.mark.parametrize(("number", "title"), [("1", "目的"), ("2", "范围"), ("5", "相关文件")])
def test_a_section_that_is_emptied_is_a_finding(tmp_path: Path, file: str, number: str, title: str) -> None:
    whole = section(file, title)
    result = rewritten(tmp_path, file, whole, whole.splitlines()[0] + "\n\n")
    assert told_of(result, "section-empty") == [(file, number, "")]


@pytest.mark.rule("INT-00-04")
@pytest.mark.parametrize("title", SECTIONS)
def test_a_section_that_is_gone_is_a_finding(tmp_path: Path, title: str) -> None:
    heading = section("05-return-repair.md", title).splitlines()[0]
    result = rewritten(tmp_path, "05-return-repair.md", heading, "## 9 其他")
    assert told_of(result, "section-missing") == [("05-return-repair.md", "", f"## {title}")]


@pytest.mark.rule("INT-00-07")
def test_the_file_has_its_titles_in_order_and_every_reference_resolves() -> None:
    result = read_pack(WHOLE)
    assert result.pack is not None
    assert list(result.pack.contents) == [f"{number:02}" for number in range(1, 23)]
    for definition in result.pack.procedures.values():
        own = definition.title.zh.removesuffix("（接转部分）").removesuffix("（措施部分）")  # some are written in part
        assert own == result.pack.contents[definition.number.split("-")[2]]
    named = {title for each in result.pack.procedures.values() for one in each.clauses for _, title in one.references}
    assert {"物品返修服务控制程序", "维修设施控制程序", "记录表格册"} <= named
    assert told_of(result, "reference-unresolved") == []


@pytest.mark.rule("INT-00-07")
@pytest.mark.parametrize(
    ("file", "right", "wrong", "clause"),
    [
        ("11-spare-parts.md", "《物品返修服务控制程序》", "《物品返修控制程序》", "5"),
        ("13-complaint.md", "《不符合、纠正与预防措施控制程序》", "《不符合、纠正和预防措施控制程序》", "5"),
        ("04-repair.md", "《维修设施控制程序》", "《维修设施控制程序文件》", "5"),
        ("04-repair.md", "《记录表格册》", "《记录表册》", "6"),
    ],
)
def test_a_title_that_is_not_exact_is_a_finding_with_the_nearest_one(
    tmp_path: Path, file: str, right: str, wrong: str, clause: str
) -> None:
    result = rewritten(tmp_path, file, right, wrong)
    assert told_of(result, "reference-unresolved") == [(file, clause, right)]


@pytest.mark.rule("INT-00-07")
def test_a_title_near_to_none_is_a_finding_without_a_hint(tmp_path: Path) -> None:
    result = rewritten(tmp_path, "04-repair.md", "《记录表格册》", "《账簿》")
    assert told_of(result, "reference-unresolved") == [("04-repair.md", "6", "")]


@pytest.mark.rule("INT-00-07")
def test_a_piece_of_a_procedures_title_is_not_the_title(tmp_path: Path) -> None:
    result = rewritten(tmp_path, "05-return-repair.md", "《报修、送修和上门维修服务控制程序》", "《报修》")
    assert [(file, clause) for file, clause, _ in told_of(result, "reference-unresolved")] == [
        ("05-return-repair.md", "5")
    ]


@pytest.mark.rule("INT-00-07")
def test_a_title_struck_from_the_contents_leaves_its_references_unresolved(tmp_path: Path) -> None:
    result = rewritten(tmp_path, "pack.toml", '12 = "维修设施控制程序"\n', "")
    assert [(file, clause) for file, clause, _ in told_of(result, "reference-unresolved")] == [("04-repair.md", "5")]

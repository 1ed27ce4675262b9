"""Flows, promises and conditions that cannot be right."""

from __future__ import annotations

import pytest

from .sample import changed, read

Expected = list[tuple[str, int, str, str]]
CASES = [
    pytest.param(
        'until = ["repair", "check"]',
        'until = ["repairs", "check"]',
        [
            ("unknown-moment", 59, "3", "repair"),
        ],
        id="a deadline until an unknown act",
    ),
    pytest.param(
        'to = "done"\n',
        'to = "done"\nopen = { case = "complaint" }\n',
        [
            ("unknown-kind", 55, "3", ""),
        ],
        id="an unknown kind of child case",
    ),
    pytest.param(
        'by = "repairer"\nto',
        'by = { post = "repairer", same = "chek" }\nto',
        [
            ("unknown-act", 53, "3", "check"),
        ],
        id="the same person as in an unknown act",
    ),
    pytest.param(
        'to = "done"\n',
        'to = "done"\nafter = "trial"\n',
        [
            ("unknown-wait", 55, "3", ""),
        ],
        id="an unknown wait",
    ),
    pytest.param(
        'steps = ["received", "checked", "done*"]',
        'steps = ["received", "checked", "lost", "done*"]',
        [
            ("step-unreachable", 10, "", 'to = "lost"'),
        ],
        id="a step that cannot be reached",
    ),
    pytest.param(
        'steps = ["received", "checked", "done*"]',
        'steps = ["received", "checked", "done"]',
        [
            ("no-end", 10, "", 'steps = ["…", "closed*"]'),
        ],
        id="no end at all",
    ),
    pytest.param(
        'to = "done"\n',
        'to = "checked"\n',
        [
            ("step-without-end", 10, "", ""),
        ],
        id="a step without a way to an end",
    ),
    pytest.param(
        '{ step = "checked" }]',
        '{ step = "checked" }, { step = "done" }]',
        [
            ("way-after-unconditional", 38, "2", ""),
        ],
        id="a way after an unconditional one",
    ),
    pytest.param(
        '{ step = "checked" }]',
        ('{ if = { "finding.result" = "bad", "slip.urgent" = true }, step = "checked" }]'),
        [
            ("ways-not-covering", 38, "2", '{ step = "checked" }'),
        ],
        id="ways that leave answers out",
    ),
    pytest.param(
        'from = "opened"',
        'from = "closed"',
        [
            ("deadline-never-starts", 58, "3", 'from = "opened"'),
        ],
        id="a deadline that never starts",
    ),
    pytest.param(
        'until = ["repair", "check"]\n',
        "",
        [
            ("deadline-never-stops", 56, "3", 'until = "…"'),
        ],
        id="a deadline that never stops",
    ),
    pytest.param(
        '{ time = "3 days" }]',
        '{ if = { "finding.result" = "bad" }, time = "3 days" }]',
        [
            ("limits-not-covering", 60, "3", '{ time = "…" }'),
        ],
        id="limits that leave answers out",
    ),
    pytest.param(
        '{ time = "3 days" }]',
        '{ time = "3 days" }, { time = "4 days" }]',
        [
            ("limit-after-unconditional", 60, "3", ""),
        ],
        id="a limit after an unconditional one",
    ),
    pytest.param(
        "## 3 维修\n",
        "## 3 维修\n先说明。\n### 3.1 补充\n另有规定。\n### 3.2 再\n",
        [
            ("clause-not-carried", 47, "3", '```toml\n[clause]\ncarried = ["acts.…"]   # 或 explains = true\n```'),
            ("clause-not-carried", 49, "3.1", '```toml\n[clause]\ncarried = ["acts.…"]   # 或 explains = true\n```'),
        ],
        id="binding clauses with nothing under them",
    ),
    pytest.param(
        'form = "finding"\nto',
        'needs = { "people.has-read" = true }\nform = "finding"\nto',
        [
            ("fact-not-known", 37, "2", 'know = ["people.has-read"]'),
        ],
        id="a fact that the act does not ask to know",
    ),
    pytest.param(
        '"finding.result" = "good" }',
        '"finding.result" = "goood" }',
        [
            ("unknown-choice", 38, "2", '"finding.result" = "good"'),
        ],
        id="a value the choice does not have",
    ),
    pytest.param(
        '"finding.result" = "good" }',
        '"finding.result" = { at-least = 3 } }',
        [
            ("wrong-operator", 38, "2", ""),
        ],
        id="a choice compared as more or less",
    ),
    pytest.param(
        '{ "slip.urgent" = true }',
        '{ "slip.urgent" = "yes" }',
        [
            ("wrong-value", 60, "3", '"slip.urgent" = true'),
        ],
        id="a yes-no compared with text",
    ),
    pytest.param(
        "## 3 维修\n",
        ('## 3 维修\n### 3.1 补充\n另有规定。\n```toml\n[clause]\ncarried = ["acts.repar"]\n```\n### 3.2 再\n'),
        [
            ("unknown-entry", 52, "3.1", "acts.repair"),
        ],
        id="a clause carried by nothing",
    ),
    pytest.param(
        'at = "received"\nby = "clerk"',
        'at = "checked"\nby = "clerk"',
        [
            ("opening-elsewhere", 19, "1", 'at = "received"'),
        ],
        id="an opening act elsewhere than at the first step",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), CASES)
def test_the_fault_is_named_with_its_line_and_the_text_to_write(old: str, new: str, expected: Expected) -> None:
    result = read(changed(old, new))
    assert [(each.code, each.line, each.clause, each.corrected) for each in result.faults] == expected
    assert all(each.words.zh and each.words.en and each.file == "01-repair.md" for each in result.faults)


def test_choices_that_need_not_be_answered_leave_a_case_without_a_way() -> None:
    both = '{ if = { "finding.result" = "bad" }, step = "checked" }]'
    covered = changed('{ step = "checked" }]', both)
    assert read(covered).faults == ()
    optional = covered.replace("fields.result.must = true\n", "")
    assert [(each.code, each.line) for each in read(optional).faults] == [("ways-not-covering", 38)]


def test_a_limit_may_depend_on_a_fact_that_some_act_has_asked() -> None:
    limit = '{ if = { "cases.days-since-same-fault" = { at-most = 30 } }, time = "1 day" }'
    result = read(changed('{ if = { "slip.urgent" = true }, time = "1 day" }', limit))
    assert result.faults == ()


def test_a_fact_asked_by_another_clause_is_known() -> None:
    needs = changed('to = "done"\n', 'to = "done"\nneeds = { "people.has-read" = true }\n')
    assert [each.code for each in read(needs).faults] == ["fact-not-known"]
    also = '## 4 另\n先读。\n```toml\n[also.read]\non = "repair"\nknow = ["people.has-read"]\n```\n'
    assert read(needs + also).faults == ()

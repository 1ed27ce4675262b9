"""Words nobody knows: each fault once, with its line, its clause and the nearest known word."""

from __future__ import annotations

import pytest

from .sample import changed, read

Expected = list[tuple[str, int, str, str]]
CASES = [
    pytest.param(
        'form = "finding"',
        'from = "finding"',
        [
            ("unknown-key", 37, "2", 'form = "finding"'),
        ],
        id="an unknown key",
    ),
    pytest.param(
        'to = "done"\n',
        'to = "done"\n[acts.check]\nneeds = { "slip.urgent" = true }\nby = "clerk"\n',
        [
            ("given-twice", 57, "3", ""),
        ],
        id="two clauses that give the same thing",
    ),
    pytest.param(
        "grammar = 1",
        "grammar = 2",
        [
            ("grammar", 3, "", "grammar = 1"),
        ],
        id="another grammar",
    ),
    pytest.param(
        'version = "1.0"',
        'version = "1.0"\ndays = "calendar"',
        [
            ("unknown-days", 7, "", 'days = "calendar, end of day"'),
        ],
        id="an unknown meaning of days",
    ),
    pytest.param(
        'done = "closed" }',
        'done = "close" }',
        [
            ("unknown-stage", 11, "", 'done = "closed"'),
        ],
        id="an unknown stage",
    ),
    pytest.param(
        'time = "3 days"',
        'time = "3 dais"',
        [
            ("unknown-time", 60, "3", '"3 days"'),
        ],
        id="an unreadable time",
    ),
    pytest.param(
        '{ "finding.result" = "good" }',
        '{ "finding.count" = { at-lest = 3 } }',
        [
            ("unknown-operator", 38, "2", '"finding.count" = { at-least = 3 }'),
        ],
        id="an unknown comparison",
    ),
    pytest.param(
        'kind = "number"',
        'kind = "numbr"',
        [
            ("unknown-field-kind", 45, "2", 'kind = "number"'),
        ],
        id="an unknown kind of question",
    ),
    pytest.param(
        'by = "repairer"\nto',
        'by = { post = "repairer", each = ["clerk"] }\nto',
        [
            ("who-unclear", 53, "3", 'by = { post = "…" }'),
        ],
        id="a doer said twice",
    ),
    pytest.param(
        'by = "repairer"\nto',
        'by = "repairr"\nto',
        [
            ("unknown-post", 53, "3", "repairer"),
        ],
        id="an unknown post that acts",
    ),
    pytest.param(
        'tell = ["head"]',
        'tell = ["haed"]',
        [
            ("unknown-post", 61, "3", "head"),
        ],
        id="an unknown post that is told",
    ),
    pytest.param(
        'form = "finding"\nto',
        'form = "findings"\nto',
        [
            ("unknown-form", 37, "2", "finding"),
        ],
        id="an unknown form",
    ),
    pytest.param(
        '{ "slip.urgent" = true }',
        '{ "slip.urgnt" = true }',
        [
            ("unknown-field", 60, "3", "slip.urgent"),
        ],
        id="an unknown field",
    ),
    pytest.param(
        'form = "finding"\nto',
        'know = ["people.qualified"]\nform = "finding"\nto',
        [
            ("unknown-fact", 37, "2", "people.qualified-for"),
        ],
        id="an unknown fact",
    ),
    pytest.param(
        '{ "slip.urgent" = true }',
        '{ "nothing.there" = true }',
        [
            ("unknown-name", 60, "3", ""),
        ],
        id="an unknown name in a condition",
    ),
    pytest.param(
        'to = "done"\n',
        'to = "done"\ndo = [{ "slips.isue" = { slip = "slip" } }]\n',
        [
            ("unknown-effect", 55, "3", "slips.issue"),
        ],
        id="an unknown effect",
    ),
    pytest.param(
        'to = "done"\n',
        'to = "done"\ndo = [{ "case.act" = { act = "x", cases = "y" } }]\n',
        [
            ("missing-argument", 55, "3", 'on = "…"'),
            ("unknown-argument", 55, "3", ""),
        ],
        id="an unknown argument of an effect",
    ),
    pytest.param(
        'to = "done"\n',
        'to = "don"\n',
        [
            ("step-without-end", 10, "", ""),
            ("unknown-step", 54, "3", "done"),
        ],
        id="a way to an unknown step",
    ),
    pytest.param(
        'at = "checked"',
        'at = "cheked"',
        [
            ("step-without-end", 10, "", ""),
            ("unknown-step", 52, "3", "checked"),
        ],
        id="an act at an unknown step",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), CASES)
def test_the_fault_is_named_with_its_line_and_the_text_to_write(old: str, new: str, expected: Expected) -> None:
    result = read(changed(old, new))
    assert [(each.code, each.line, each.clause, each.corrected) for each in result.faults] == expected
    assert all(each.words.zh and each.words.en and each.file == "01-repair.md" for each in result.faults)

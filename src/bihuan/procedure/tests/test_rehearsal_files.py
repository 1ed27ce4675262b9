"""Mistakes in example files are named with their line; nothing unknown is passed over."""

import pytest

from bihuan.procedure.rehearsal import rehearse
from bihuan.procedure.tests.shop import EXAMPLES, make

GIVEN = EXAMPLES.partition("[[example]]")[0]
# Line 1 of an example's own text below is this one in the file.
FIRST = GIVEN.count("\n") + 1


def faults(folder, own):
    report = rehearse(make(folder, GIVEN + own))
    assert not report.passed
    return [(fault.code, fault.line - FIRST + 1) for fault in report.faults]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ('[[example]]\ntitle = "例"\ngiven = "taken"\ncolour = "red"\n', [("unknown-key", 4)]),
        ('[[example]]\ntitle = "例"\ngiven = "gone"\n', [("unknown-given", 3), ("no-start", 1)]),
        ('[[example]]\ngiven = "taken"\n', [("no-title", 1)]),
        ('[[example]]\ntitle = "例"\n', [("no-start", 1)]),
        ('[[example]]\ntitle = "例"\nprocedure = "wash"\ngiven = "taken"\n', [("unknown-procedure", 3)]),
        ('[[example]]\ntitle = "例"\ngiven = "taken"\nproves = ["acts.wash"]\n', [("unknown-entry", 4)]),
        ('[[example]]\ntitle = "例"\ngiven = "taken"\nrules = "SHO-1-01"\n', [("not-a-list", 4)]),
        ('[[example]]\ntitle = "例"\nduty = "hand-out"\nfrom = "2026-01-01"\nfalls-on = []\n', [("unknown-duty", 3)]),
        ('[[example]]\ntitle = "例"\nduty = "hand-in"\n', [("no-dates", 1), ("no-dates", 1)]),
        ('[[example]]\ntitle = "例"\ngiven = "taken"\nfrom = "2026-01-01"\n', [("no-duty", 4)]),
    ],
)
def test_a_mistake_in_an_example_has_its_line(tmp_path, own, expected):
    assert faults(tmp_path, own) == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ('by = "mender"\nact = "wash"\n', [("unknown-act", 6)]),
        ('by = "cook"\nact = "mend"\n', [("unknown-post", 5)]),
        ('by = "mender"\n', [("says-nothing", 4)]),
        ('act = "mend"\n', [("no-doer", 4)]),
        ('clock = "+1 day"\nfollow = { }\n', [("unknown-key", 6)]),
        ('clock = "+1 day"\nfollows = { steps = "taken" }\n', [("unknown-key", 6)]),
        ('clock = "+1 day"\nfollows = { step = "washed" }\n', [("unknown-step", 6)]),
        ('clock = "+1 day"\nfollows = { due = { washed = "2026-03-02" } }\n', [("unknown-deadline", 6)]),
        ('clock = "+1 day"\nfollows = { keep = { bill = "2 years" } }\n', [("unknown-form", 6)]),
        ('child = { number = "1" }\n', [("no-group", 5)]),
    ],
)
def test_a_mistake_in_a_step_has_its_line(tmp_path, step, expected):
    own = f'[[example]]\ntitle = "例"\ngiven = "taken"\n[[example.then]]\n{step}'
    assert faults(tmp_path, own) == expected


def test_a_step_written_inline_has_its_line_too(tmp_path):
    then = 'then = [\n  { clock = "+1 day" },\n  { by = "cook", act = "mend" },\n]\n'
    own = f'[[example]]\ntitle = "例"\ngiven = "taken"\n{then}'
    assert faults(tmp_path, own) == [("unknown-post", 6)]


def test_a_file_that_is_no_toml_is_a_fault_and_the_others_are_still_played(tmp_path):
    pack = make(tmp_path)
    (tmp_path / "examples" / "02.toml").write_text("[[example\n", encoding="utf-8")
    report = rehearse(pack)
    assert [(fault.code, fault.line) for fault in report.faults] == [("not-toml", 1)]
    assert len(report.results) == 2
    assert not report.passed


def test_beginnings_that_stand_on_each_other_in_a_ring_are_named(tmp_path):
    ring = '[given.a]\nfrom = "b"\n[given.b]\nfrom = "a"\n[[example]]\ntitle = "例"\ngiven = "a"\n'
    assert faults(tmp_path, ring) == [("unknown-given", 4), ("no-start", 5)]

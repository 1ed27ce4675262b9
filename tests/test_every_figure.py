"""Every figure of every pack, shifted in turn, is missed by an example: limits, rungs, terms, bounds, days, counts.

What nobody notices stands below with its reason, and each reason is held true; a figure noticed after all has to leave.
"""

from __future__ import annotations

import re

import pytest
from tests.every_pack import FOLDERS, ROOT, pack_of

from bihuan.procedure.proofs.planting.figures import figures
from bihuan.procedure.proofs.shifting import shifting
from bihuan.procedure.rehearsal import rehearse

PACKS = tuple(folder for folder in FOLDERS if folder.parent == ROOT / "packs")


def measured(definition, place):
    """What a target promises is counted by the reports, which show the text's own figure; no case depends on it."""
    return place.startswith("targets.") and place.split(".")[1] in definition.targets


def begun_with(definition, place):
    """What a question begins with is only put before the reader, who may answer anything."""
    _, form, _, field, *_rest = place.split(".")
    return place.endswith(".default") and definition.forms[form].fields[field].default is not None


# pack, procedure, place, why nobody notices
NEVER_NOTICED = [
    ("component-supplier", "customer-account", "forms.registration.fields.goal.default", begun_with),
    ("component-supplier", "customer-account", "targets.satisfaction.at_least", measured),
    ("component-supplier", "customer-complaint", "forms.papers-sent.fields.photocopies.default", begun_with),
    ("integrator", "repair", "targets.coverage.at_least", measured),
    ("integrator", "complaint", "targets.acknowledged.at_least", measured),
    ("integrator", "complaint", "targets.settled.at_least", measured),
    ("starter", "repair", "targets.in-time.at_least", measured),
    ("starter", "complaint", "targets.answered.at_least", measured),
    ("starter", "return", "forms.application.fields.pieces.default", begun_with),
    ("starter", "follow-up", "targets.satisfied.at_least", measured),
]


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_every_figure_shifted_makes_an_example_fail(folder):
    pack = pack_of(folder)
    found = shifting(pack, rehearse(pack))
    assert found.figures > 20
    unnoticed = sorted((each.kind, each.place) for each in found.unnoticed)
    assert unnoticed == sorted((kind, place) for name, kind, place, _why in NEVER_NOTICED if name == folder.name)


@pytest.mark.parametrize(("name", "kind", "place", "why"), NEVER_NOTICED)
def test_a_figure_nobody_notices_has_its_reason(name, kind, place, why):
    [folder] = [each for each in PACKS if each.name == name]
    assert why(pack_of(folder).procedures[kind], place), why.__doc__


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_no_figure_written_in_a_block_is_left_out(folder):
    """Counted beside the reading: each number behind a key of a block is a figure, or is a word of [times]."""
    for definition in pack_of(folder).procedures.values():
        found = figures(definition)
        values = [each.value for each in found]
        written = "\n".join(text for clause in definition.clauses for _line, text in clause.blocks)
        plain = re.sub(r'"[^"\n]*"|#.*', "", written)
        for number in re.findall(r"(?:at-least|at-most|more-than|less-than|least|quorum)\s*=\s*(\d+)", plain):
            assert {number, f"{number}.0"} & set(values), f"{definition.kind}: {number}"
        for amount, unit in re.findall(
            r'(?:within|time|after|before|lasts)\s*=\s*"(\d+) (?:working )?(\w+?)s?"', written
        ):
            assert any(re.fullmatch(rf"{amount}( .*{unit}s?)?", value) for value in values), (
                f"{definition.kind}: {amount} {unit}"
            )
        assert len({each.place for each in found}) == len(found)

"""docs/complaints.md is what the packs say, and every limit, rung and term of a complaint procedure shows on it."""

from __future__ import annotations

import msgspec
import pytest
from tests import complaints_page

from bihuan.procedure.definition import Definition, Pack
from bihuan.procedure.proofs import planted

SHOWN = (
    "time-shifted", "rung-dropped", "warning-dropped", "until-swapped", "keep-shifted", "pause-dropped",
)  # fmt: skip
PROCEDURES = [
    pytest.param(one.pack, one.definition, id=f"{one.pack.name}/{one.definition.kind}")
    for one in complaints_page.procedures(complaints_page.delivered())
]


def test_the_page_of_complaints_is_up_to_date():
    assert complaints_page.PAGE.read_text(encoding="utf-8") == complaints_page.page(complaints_page.delivered()), (
        "run: PYTHONPATH=src python -m tests.write_complaints_page"
    )


def test_six_organisations_stand_side_by_side():
    assert {pack.name for pack in complaints_page.delivered() if pack.complaints} >= {
        "component-supplier", "consumer-maker", "integrator", "motor-maker", "pcb-maker", "property",
    }  # fmt: skip


def test_what_a_pack_does_not_call_a_complaint_is_not_compared():
    pack = complaints_page.delivered()[0]
    silent = msgspec.structs.replace(pack, complaints={})
    assert pack.name in complaints_page.page([pack])
    assert pack.name not in complaints_page.page([silent])


@pytest.mark.parametrize(("pack", "definition"), PROCEDURES)
def test_another_limit_rung_pause_or_term_is_another_page(pack: Pack, definition: Definition):
    true = _page(pack, definition)
    tables = ("deadlines", "forms", "keep")
    changes = [plant for plant in planted(definition) if plant.kind in SHOWN and plant.entry.startswith(tables)]
    assert len(changes) >= 4
    assert [plant.name for plant in changes if _page(pack, plant.definition) == true] == []


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        (
            "component-supplier",
            ("2 days if Urgency (as the customer says) is “Urgent”; otherwise 7 days", "calendar days"),
        ),
        ("motor-maker", ("Reported at", "24 hours", "elapsed time, nights and holidays count")),
        ("property", ("Answered within three working days at most", "3 working days", "working days")),
        ("pcb-maker", ("Approve, third grade", "General manager", "Amount (yuan) is more than “100000”")),
        ("integrator", ("Verify satisfaction", "Follow-up clerk (not whoever did “Carry out”)")),
        ("integrator", ("5 years (Severity is one of “Major, Critical”), 3 years from closing",)),
        ("consumer-maker", ("Department approves", "Approved is “no” → “Solution worked out”")),
    ],
)
def test_each_organisation_has_its_own_figures_in_one_line(name, cells):
    (pack,) = [one for one in complaints_page.delivered() if one.name == name]
    lines = complaints_page.page([pack]).split("## Forms")[1].splitlines()
    assert any(all(cell in line for cell in cells) for line in lines), cells


def test_every_line_of_a_table_has_as_many_cells_as_its_heading():
    for table in complaints_page.page(complaints_page.delivered()).split("\n\n"):
        lines = [line.replace("\\|", "") for line in table.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in lines}) <= 1, lines[0]


def _page(pack: Pack, definition: Definition) -> str:
    kind = definition.kind
    alone = {kind: pack.complaints[kind]}
    return complaints_page.page([msgspec.structs.replace(pack, procedures={kind: definition}, complaints=alone)])

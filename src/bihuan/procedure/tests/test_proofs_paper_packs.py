"""Grammar 1 tried on four more organisations: what they promise in these sections can be said and proved."""

from pathlib import Path

import pytest

from bihuan.procedure.proofs import breaking, example_claims, read_registers, rule_table
from bihuan.procedure.reading import read_pack
from bihuan.procedure.rehearsal import rehearse

ROOT = Path(__file__).parents[4]
SECTIONS = {
    "motor-maker": {"MOT-6", "MOT-7"},
    "property": {"PRO-10"},
    "pcb-maker": {"PCB-1"},
    "component-supplier": {"SUP-2"},
}


@pytest.fixture(scope="module", params=SECTIONS)
def played(request):
    """The name of a paper pack, the pack, its rehearsal and the registers."""
    result = read_pack(ROOT / "tests" / "packs" / request.param)
    assert [f"{fault.file}:{fault.line} {fault.words.zh}" for fault in result.faults] == []
    return request.param, result.pack, rehearse(result.pack), read_registers(ROOT / "docs" / "rules")


def test_every_example_holds(played):
    _, _, report, _ = played
    fell_short = [each.words.zh for result in report.results for each in result.differences]
    assert ([fault.words.zh for fault in report.faults], fell_short) == ([], [])


def test_every_rule_of_its_sections_is_proved_or_listed_as_having_no_words(played):
    name, _, report, registers = played
    table = rule_table(registers, example_claims([report]))
    assert table.faults == ()
    listed = (ROOT / "docs" / "rules" / "no-words.md").read_text(encoding="utf-8")
    rows = [row for row in table.rows if row.rule.section in SECTIONS[name]]
    assert {row.pack for row in rows} == {name}
    assert [row.rule.id for row in rows if row.standing == "unclaimed" and row.rule.id not in listed] == []
    assert {row.standing for row in rows} <= {"proved", "refusal", "unclaimed"}


def test_no_proof_is_hollow(played):
    _, pack, report, registers = played
    assert [hollow.say("zh") for hollow in breaking(pack, report, registers).hollow] == []

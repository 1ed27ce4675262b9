"""The registers, who claims what, and how each rule stands."""

from pathlib import Path

import pytest

from bihuan.procedure.proofs import (
    Claim,
    RegisterError,
    example_claims,
    read_outcomes,
    read_registers,
    rule_table,
)
from bihuan.procedure.proofs import (
    test_claims as claims_of_tests,
)
from bihuan.procedure.rehearsal import rehearse
from bihuan.procedure.tests.shop import EXAMPLES, make

RULES = Path(__file__).parents[4] / "docs" / "rules"
HEAD = "id,clause,kind,rule,software\n"
PACKS = '[shop]\ntitle = { zh = "修理铺", en = "Shop" }\nsections = ["SHO"]\n'
SHOP = HEAD + (
    "SHO-1-01,4.1,deadline,Urgent in two days.,Promise.\n"
    "SHO-1-02,4.3,condition,Settled first.,Refuse.\n"
    "SHO-1-03,4.4,periodic,Monthly.,Duty.\n"
    "SHO-2-01,inferred,retention,Kept.,Keep.\n"
)


def registers(folder, shop=SHOP, packs=PACKS):
    (folder / "shop.csv").write_text(shop, encoding="utf-8")
    (folder / "packs.toml").write_text(packs, encoding="utf-8")
    return read_registers(folder)


def claim(rule, outcome="passed", waits_for=""):
    return Claim(rule, "example", "例", "01.toml", 1, outcome, "shop", waits_for)


def test_the_registers_hold_one_thousand_and_forty_rules_each_once_and_each_in_one_pack():
    known = read_registers(RULES)
    assert len(known.rules) == 1040
    count = dict.fromkeys((each.pack for each in known.packs), 0)
    for rule in known.rules.values():
        count[known.pack_of(rule)] += 1
    assert count == {
        "integrator": 571, "motor-maker": 102, "component-supplier": 46, "consumer-maker": 53, "property": 126,
        "pcb-maker": 72, "field-repair": 33, "school": 16, "town": 21,
    }  # fmt: skip
    assert sum(rule.inferred for rule in known.rules.values()) == 276
    assert (known.rules["INT-04-43"].clause, known.rules["INT-04-43"].kind) == ("§4.2(9)", "deadline")
    assert known.rules["PCB-2-01"].section == "PCB-2"


@pytest.mark.parametrize(
    ("shop", "packs", "words"),
    [
        (SHOP + "SHO-1-01,1,form,Again.,Again.\n", PACKS, r"shop.csv:6: SHO-1-01 stands twice"),
        (SHOP + "SHO-1-09,1,form,,Nothing.\n", PACKS, r"shop.csv:6: a rule has five cells"),
        (SHOP + "SHO-1-09,1,form\n", PACKS, r"shop.csv:6: a rule has five cells"),
        (SHOP.replace("software", "system"), PACKS, r"shop.csv:1: the head line"),
        (SHOP, PACKS.replace("SHO", "SHO-1"), r"packs.toml: SHO-2-01 is carried by no pack"),
        (SHOP, PACKS + PACKS.replace("[shop]", "[other]"), r"carried by \['shop', 'other'\]"),
    ],
)
def test_a_register_that_cannot_be_counted_is_refused_with_its_line(tmp_path, shop, packs, words):
    with pytest.raises(RegisterError, match=words):
        registers(tmp_path, shop, packs)


def test_each_rule_stands_as_its_claims_do(tmp_path):
    claims = [
        claim("SHO-1-01"),
        claim("SHO-1-02"),
        claim("SHO-1-02", waits_for="charges"),
        claim("SHO-1-03"),
        claim("SHO-1-03", "failed"),
    ]
    table = rule_table(registers(tmp_path), claims)
    assert [(row.rule.id, row.standing, row.waits_for) for row in table.rows] == [
        ("SHO-1-01", "proved", ()),
        ("SHO-1-02", "refusal", ("charges",)),
        ("SHO-1-03", "failing", ()),
        ("SHO-2-01", "unclaimed", ()),
    ]
    assert table.totals == {"shop": {"proved": 1, "refusal": 1, "failing": 1, "not-run": 0, "unclaimed": 1}}
    assert not table.sound
    assert (
        table.rows[1].say("zh") == "SHO-1-02  以拒绝证明（全部或部分），待台账 charges  例 (01.toml:1)；例 (01.toml:1)"
    )
    assert table.rows[3].say("en") == "SHO-2-01  not claimed"


def test_a_claim_of_a_rule_nobody_knows_is_a_fault(tmp_path):
    table = rule_table(registers(tmp_path), [claim("SHO-9-99")])
    assert [(fault.claim.rule, fault.words.en) for fault in table.faults] == [("SHO-9-99", "there is no rule SHO-9-99")]
    assert table.faults[0].say("zh") == "01.toml:1: 没有规则 SHO-9-99"
    assert not table.sound


def test_a_test_that_did_not_run_proves_nothing(tmp_path):
    table = rule_table(registers(tmp_path), [claim("SHO-1-01"), claim("SHO-1-01", "not-run")])
    assert table.rows[0].standing == "not-run"
    assert not table.sound


def test_examples_claim_by_their_own_and_their_files_rules(tmp_path):
    report = rehearse(make(tmp_path, 'rules = ["SHO-1-03"]\n' + EXAMPLES.replace('"2 years"', '"9 years"')))
    assert [(each.rule, each.outcome, each.line) for each in example_claims([report])] == [
        ("SHO-1-03", "passed", 16),
        ("SHO-1-01", "passed", 16),
        ("SHO-1-03", "failed", 28),
        ("SHO-1-02", "failed", 28),
    ]


def test_tests_claim_by_mark_on_function_class_and_file(tmp_path):
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "test_it.py").write_text(
        "import pytest\n"
        "pytestmark = [pytest.mark.rule('A-1'), pytest.mark.long]\n"
        "@pytest.mark.rule('A-2', 'A-3')\ndef test_one(): ...\n"
        "@pytest.mark.rule('A-4')\nclass TestTwo:\n    def test_three(self): ...\n    def helper(self): ...\n",
        encoding="utf-8",
    )
    outcomes = {"room/test_it.py::test_one": "passed", "room/test_it.py::TestTwo::test_three": "failed"}
    assert [(each.rule, each.name, each.outcome) for each in claims_of_tests(tmp_path, ["room"], outcomes)] == [
        ("A-1", "room/test_it.py::test_one", "passed"),
        ("A-2", "room/test_it.py::test_one", "passed"),
        ("A-3", "room/test_it.py::test_one", "passed"),
        ("A-1", "room/test_it.py::TestTwo::test_three", "failed"),
        ("A-4", "room/test_it.py::TestTwo::test_three", "failed"),
    ]
    assert {each.outcome for each in claims_of_tests(tmp_path, ["room"], {})} == {"not-run"}


def test_outcomes_that_nobody_wrote_are_none(tmp_path):
    assert read_outcomes(tmp_path / "none.json") == {}

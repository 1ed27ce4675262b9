"""Planted changes and the proofs that sleep through them."""

from collections import Counter

import msgspec

from bihuan.procedure.proofs import breaking, hollow_words, planted
from bihuan.procedure.proofs.planting.plant import STRANGER
from bihuan.procedure.rehearsal import rehearse
from bihuan.procedure.tests.shop import EXAMPLES, make
from bihuan.procedure.tests.test_proofs import registers

GIVEN = EXAMPLES.partition("[[example]]")[0]


def broken(folder, examples=EXAMPLES):
    pack = make(folder, examples)
    report = rehearse(pack)
    assert report.passed
    return breaking(pack, report, registers(folder))


def hollow(folder, own):
    return [(each.rule, each.entry) for each in broken(folder, GIVEN + own).hollow]


def test_each_plant_changes_the_procedure_in_one_named_place_and_leaves_the_original_alone(tmp_path):
    definition = make(tmp_path).procedures["mend"]
    before = msgspec.json.encode(definition)
    plants = planted(definition)
    assert msgspec.json.encode(definition) == before
    assert all(msgspec.json.encode(plant.definition) != before for plant in plants)
    assert [plant.name for plant in plants] == [plant.name for plant in planted(definition)]
    kinds = Counter(plant.kind for plant in plants)
    assert {
        "post-swapped", "post-widened", "needs-removed", "figure-shifted", "letter-dropped", "effect-dropped",
        "also-dropped", "must-removed", "keep-dropped", "keep-shifted", "way-swapped", "deadline-dropped",
        "time-shifted", "time-doubled", "rung-dropped", "duty-dropped", "day-shifted", "about-dropped",
    } <= set(kinds)  # fmt: skip
    needs = next(plant for plant in plants if plant.kind == "needs-removed")
    assert (needs.entry, needs.origin.clause) == ("acts.give-back.needs.0", "4.3")
    assert needs.definition.acts["give-back"].needs == ()
    within = [plant for plant in plants if plant.entry == "deadlines.mended.within.0"]
    assert [(each.kind, each.definition.deadlines["mended"].within[0].time.amount) for each in within] == [
        ("time-shifted", 3),
        ("time-doubled", 4),
    ]
    swapped = next(plant for plant in plants if plant.kind == "post-swapped")
    assert swapped.definition.acts["take-in"].who.posts == (STRANGER,)


def test_proofs_that_would_fail_are_not_hollow(tmp_path):
    found = broken(tmp_path)
    assert (found.proofs, found.hollow) == (2, ())
    assert found.plays >= 2
    assert list(hollow_words(found, "en"))[-1] == f"2 proofs, {found.plays} plays with changes planted, 0 hollow"


def test_a_proof_that_looks_at_nothing_is_hollow(tmp_path):
    own = '[[example]]\ntitle = "什么也不看"\nrules = ["SHO-1-02"]\ngiven = "mended"\n'
    assert hollow(tmp_path, own) == [("SHO-1-02", "")]


def test_a_proof_must_miss_every_entry_it_names(tmp_path):
    own = (
        '[[example]]\ntitle = "只看期限"\nrules = ["SHO-1-01"]\nproves = ["deadlines.mended", "also.precious"]\n'
        'given = "taken"\n[[example.then]]\nclock = "+1 minute"\nfollows = { due = { mended = "2026-03-04" } }\n'
    )
    assert hollow(tmp_path, own) == [("SHO-1-01", "also.precious")]


def test_a_proof_of_a_duty_notices_another_day(tmp_path):
    own = (
        '[[example]]\ntitle = "二日"\nrules = ["SHO-1-03"]\nduty = "hand-in"\nfrom = "2026-04-20"\n'
        'falls-on = ["2026-05-02"]\n'
    )
    assert hollow(tmp_path, own) == []
    played = (
        '[[example]]\ntitle = "交了就行"\nrules = ["SHO-1-03"]\nprocedure = "mend.hand-in"\n'
        'start = { by = "clock", at = "2026-05-01 00:00", facts = { "duty.due" = "2026-05-06" } }\n'
    )
    assert hollow(tmp_path, played) == [("SHO-1-03", "")]


def test_a_proof_of_retention_must_look_at_the_term(tmp_path):
    own = '[[example]]\ntitle = "{}"\nrules = ["SHO-2-01"]\nproves = ["forms.slip.keep"]\ngiven = "taken"\n'
    look = '[[example.then]]\nclock = "+1 minute"\nfollows = { keep = { slip = "2 years" } }\n'
    assert hollow(tmp_path, own.format("看") + look) == []
    assert hollow(tmp_path, own.format("不看")) == [("SHO-2-01", "forms.slip.keep")]


def test_filling_a_form_is_no_proof_of_its_questions(tmp_path):
    own = '[[example]]\ntitle = "填了"\nrules = ["SHO-1-01"]\nproves = ["forms.slip.fields.thing"]\ngiven = "taken"\n'
    assert hollow(tmp_path, own) == [("SHO-1-01", "forms.slip.fields.thing")]
    own += 'then = [{ clock = "+1 minute", follows = { answers = { slip.thing = "伞" } } }]\n'
    assert hollow(tmp_path, own) == [("SHO-1-01", "forms.slip.fields.thing")]
    start = 'start = { by = "desk", at = "2026-03-02 09:00", answers.slip = { urgency = "urgent" }, '
    start += 'wrong = ["slip.thing"] }'
    assert hollow(tmp_path, own.partition("given")[0] + start) == []


def test_a_hollow_proof_is_told_with_file_line_rule_and_count(tmp_path):
    own = '[[example]]\ntitle = { zh = "空", en = "Empty" }\nrules = ["SHO-1-02"]\ngiven = "mended"\n'
    found = broken(tmp_path, GIVEN + own)
    (one,) = found.hollow
    line = GIVEN.count("\n") + 1
    where = f"{tmp_path}/examples/01.toml:{line}: SHO-1-02"
    assert one.say("zh") == f"{where} 损坏 {len(one.slept_through)} 处仍然通过：空"
    assert one.say("en") == f"{where} still passes with {len(one.slept_through)} changes planted：Empty"
    assert "needs-removed acts.give-back.needs.0" in one.slept_through


def test_examples_of_unknown_rules_or_that_fail_are_left_to_others(tmp_path):
    unknown = '[[example]]\ntitle = "无此规则"\nrules = ["SHO-9-99"]\ngiven = "taken"\n'
    assert hollow(tmp_path, unknown) == []

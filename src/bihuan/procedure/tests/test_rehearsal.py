"""Examples on a virtual clock: what follows, what is refused, what nobody visits."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bihuan.procedure import engine
from bihuan.procedure.definition import Text
from bihuan.procedure.refusals import NotYours
from bihuan.procedure.rehearsal import rehearse
from bihuan.procedure.rehearsal.moments import MomentError, moment
from bihuan.procedure.tests.shop import EXAMPLES, make

SHANGHAI = ZoneInfo("Asia/Shanghai")
GIVEN = EXAMPLES.partition("[[example]]")[0]
TAKEN = GIVEN + '[[example]]\ntitle = "例"\ngiven = "taken"\n'
MENDED = GIVEN + '[[example]]\ntitle = "例"\ngiven = "mended"\n'
START = 'start = { by = "desk", at = "2026-03-02 09:00", answers.slip = { thing = "伞", urgency = "normal"'


def differences(folder, examples):
    """What fell short, as (line, what, expected, got)."""
    report = rehearse(make(folder, examples))
    assert report.faults == ()
    return [(each.what, each.expected, each.got) for result in report.results for each in result.differences]


def test_examples_that_hold_pass_and_say_what_nobody_visits(tmp_path):
    report = rehearse(make(tmp_path))
    assert report.passed
    assert [place.name for place in report.coverage.unvisited] == [
        "mend:acts.mend.to.1", "mend:acts.resume", "mend:also.precious", "mend:duties.hand-in",
    ]  # fmt: skip
    assert report.coverage.visited == {
        "mend:acts.take-in",
        "mend:acts.mend",
        "mend:acts.mend.to.0",
        "mend:acts.give-back",
    }
    assert report.say("zh")[-1] == "shop：例子 2/2 通过，走到 4/8 处"
    assert report.say("en")[-1] == "shop: 2 of 2 examples hold, 4 of 8 places visited"


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ('{ step = "back" }', ("step", "back", "taken")),
        ('{ letters = ["desk"] }', ("letters", ["desk"], [])),
        ('{ effects = ["slips.use"] }', ("effects", ["slips.use"], [])),
        ('{ opens = ["mend"] }', ("opens", ["mend"], [])),
        ('{ deadlines = { mended = "met" } }', ("deadlines.mended", "met", "running")),
        ('{ due = { mended = "2026-03-05" } }', ("due.mended", "2026-03-05", "2026-03-04")),
        ('{ due = { mended = "2026-03-04 23:00" } }', ("due.mended", "2026-03-04 23:00", "2026-03-05 00:00")),
        ('{ clause = { mended = "4.2" } }', ("clause.mended", "4.2", "4.1")),
        ('{ keep = { slip = "5 years" } }', ("keep.slip", "5 years", "2 years")),
        ('{ answers = { slip.thing = "锅" } }', ("slip.thing", "锅", "伞")),
        ("{ ended = true }", ("ended", True, False)),
        ('{ stage = "closed" }', ("stage", "closed", "received")),
        ('{ facts = { "charges.settled" = true } }', ("charges.settled", True, None)),
    ],
)
def test_what_does_not_follow_is_told_with_what_was_expected_and_what_came(tmp_path, then, expected):
    examples = TAKEN + f'[[example.then]]\nclock = "+1 minute"\nfollows = {then}\n'
    assert differences(tmp_path, examples) == [expected]


def test_what_does_follow_is_told_by_nobody(tmp_path):
    follows = (
        """
follows = { step = "taken", letters = [], effects = [], opens = [], ended = false, keep = { slip = "2 years" },
""".replace("\n", " ")
        + 'due = { mended = "2026-03-04 24:00" }, answers = { slip.thing = "伞" }, stage = "received" }\n'
    )
    assert differences(tmp_path, TAKEN + '[[example.then]]\nclock = "+1 minute"\n' + follows) == []


@pytest.mark.parametrize(
    ("says", "what"),
    [
        ('refused = "4.2"', "refused"),
        ('refused = "4.3"\nrefused-code = "not-here"', "refused-code"),
        ("not-yours = true", "not-yours"),
        ('wrong = ["slip.thing"]', "wrong"),
        ("", "refused"),
    ],
)
def test_another_refusal_than_the_expected_one_falls_short(tmp_path, says, what):
    act = f'[[example.then]]\nby = "desk"\nact = "give-back"\nfacts = {{ "charges.settled" = false }}\n{says}\n'
    assert [each[0] for each in differences(tmp_path, MENDED + act)] == [what]


def test_a_refusal_that_changes_the_case_falls_short(tmp_path, monkeypatch):
    def act(definition, state, *rest):
        state.answers["slip"]["thing"] = "锅"
        raise NotYours(Text("不归您办", "Not yours"))

    monkeypatch.setattr(engine, "act", act)
    step = '[[example.then]]\nby = "desk"\nact = "give-back"\nnot-yours = true\n'
    assert differences(tmp_path, TAKEN + step) == [("state", "unchanged", "changed")]


def test_a_refusal_that_does_not_come_falls_short(tmp_path):
    act = '[[example.then]]\nby = "desk"\nact = "give-back"\nfacts = { "charges.settled" = true }\nrefused = "4.3"\n'
    assert differences(tmp_path, MENDED + act) == [("refused", "4.3", None)]


def test_wrong_answers_and_foreign_posts_are_expected_by_name(tmp_path):
    steps = [
        '[[example]]\ntitle = "缺物品"\n'
        + START.replace('thing = "伞", ', "").replace("normal", "soon")
        + ' }, wrong = ["slip.thing", "slip.urgency"] }',
        '[[example]]\ntitle = "别人收件"\n' + START.replace("desk", "mender") + " }, not-yours = true }",
    ]
    assert differences(tmp_path, 'procedure = "mend"\n' + "\n".join(steps)) == []


def test_offers_are_the_acts_open_to_the_doer(tmp_path):
    then = '[[example.then]]\nby = "{}"\noffers = [{}]\n'
    assert differences(tmp_path, TAKEN + then.format("mender", '"mend"') + then.format("desk", '"take-in"')) == []
    assert differences(tmp_path, TAKEN + then.format("desk", '"mend"')) == [("offers", ["mend"], ["take-in"])]


def test_the_clocks_doings_before_an_act_are_not_the_acts(tmp_path):
    late = '[[example.then]]\nby = "mender"\nact = "mend"\nat = "2026-03-06 09:00"\nanswers = { "work.done" = true }\n'
    follows = 'follows = { letters = [], deadlines = { mended = "missed" } }\n'
    assert differences(tmp_path, TAKEN + late + follows) == []


def test_an_act_in_the_last_instant_is_in_time(tmp_path):
    act = '[[example.then]]\nby = "mender"\nact = "mend"\nat = "2026-03-04 24:00"\nanswers = { "work.done" = true }\n'
    assert differences(tmp_path, TAKEN + act + 'follows = { deadlines = { mended = "met" } }\n') == []


def test_local_moments_in_answers_get_the_packs_zone(tmp_path):
    start = (
        START + ', promised = "2026-03-05 17:00" }, follows = { answers = { "slip.promised" = "2026-03-05 17:00" } } }'
    )
    assert differences(tmp_path, f'procedure = "mend"\n[[example]]\ntitle = "约定"\n{start}\n') == []


def test_a_duty_falls_on_its_days_and_plays_as_a_procedure_of_its_own(tmp_path):
    dates = """
[[example]]
title = "每月二日"
procedure = "mend"
duty = "hand-in"
from = "2026-04-20"
falls-on = ["2026-05-02", "2026-06-02"]
overdue-after = ["2026-05-06", "2026-06-02"]
opens = ["2026-05-01", "2026-06-01"]
about = ["2026-04-01 – 2026-04-30", "2026-05-01 – 2026-05-31"]
[[example]]
title = "上交"
procedure = "mend.hand-in"
start = { by = "clock", at = "2026-05-01 00:00", facts = { "duty.due" = "2026-05-06" } }
[[example.then]]
by = "desk"
act = "hand-in"
at = "2026-05-06 17:00"
follows = { step = "handed-in", deadlines = { on-time = "met" } }
"""
    assert differences(tmp_path, dates) == []
    wrong = dates.replace('"2026-05-02", "2026-06-02"', '"2026-05-06", "2026-06-02"')
    assert differences(tmp_path, wrong) == [("falls-on", ["2026-05-06", "2026-06-02"], ["2026-05-02", "2026-06-02"])]
    assert "mend:duties.hand-in" in rehearse(make(tmp_path, dates)).coverage.visited


def test_examples_that_wait_for_a_register_are_listed(tmp_path):
    report = rehearse(make(tmp_path, EXAMPLES.replace('rules = ["SHO-1-02"]', 'waits-for = "charges"')))
    assert report.passed
    assert [result.example.waits_for for result in report.waiting] == ["charges"]
    assert "待 charges 台账：没结清不交还" in report.say("zh")


@pytest.mark.parametrize(
    ("words", "utc"),
    [
        ("2026-03-02 09:00", "2026-03-02T01:00"),
        ("2026-03-02T24:00", "2026-03-02T16:00"),
        ("14:30", "2026-03-01T06:30"),
        ("+20 minutes", "2026-03-01T02:20"),
        ("+1 day 2 hours", "2026-03-02T04:00"),
        ("+1 week 09:00", "2026-03-08T01:00"),
        ("", "2026-03-01T02:00"),
    ],
)
def test_moments_are_local_or_counted_from_the_one_before(words, utc):
    before = datetime(2026, 3, 1, 2, tzinfo=UTC)
    assert moment(words, before, SHANGHAI) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize("words", ["soon", "2026-03-02", "2026-13-02 09:00", "25:00", "+3 moons", "+", "+1 day 9"])
def test_words_that_mean_no_moment_are_named(words):
    with pytest.raises(MomentError):
        moment(words, datetime(2026, 3, 1, tzinfo=UTC), SHANGHAI)


def test_days_are_counted_on_the_wall_over_a_change_of_the_clock():
    paris = ZoneInfo("Europe/Paris")
    before = moment("2026-03-28 09:00", None, paris)
    assert moment("+1 day", before, paris) == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert moment("+24 hours", before, paris) == datetime(2026, 3, 29, 8, tzinfo=UTC)


def test_time_only_runs_forward(tmp_path):
    examples = TAKEN + '[[example.then]]\nclock = "2026-03-01 09:00"\n'
    assert differences(tmp_path, examples) == [("moment", "2026-03-01 09:00", "2026-03-02T01:00:00+00:00")]

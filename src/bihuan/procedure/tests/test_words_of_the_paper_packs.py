"""Whether a promise is late as something to ask; names that are taken; what follows the end of a duty."""

import pytest

from bihuan.procedure import engine
from bihuan.procedure.definition import Text
from bihuan.procedure.reading import duty_definition
from bihuan.procedure.refusals import Refusal, Refused
from bihuan.procedure.sentences import sentences
from bihuan.procedure.state import CLOCK, Doer

from .engine_cases import CHEN, HERE, Played, act, condition, deadline, field, form, moment, needs, procedure
from .sample import TEXT, changed, read, told

LATE = condition(case__late__answered=True)
REASON = form("result", field("why", must=LATE))


def asking():
    """An answer is due by the end of the next day; the step may be entered again, which makes a second run."""
    definition = procedure(
        "new told done*",
        [
            act("open", "new"),
            act("answer", "new", to="told", form="result"),
            act("react", "any", needs=(needs("3.1", case__late__answered=True),)),
            act("again", "told", to="new"),
            act("close", "told", to="done"),
        ],
        [REASON],
        deadlines=[deadline("answered", "enter new", "answer", "1 days")],
    )
    return Played(definition)


def refused(played, name, at, answers=None):
    before = played.state
    with pytest.raises(Refusal) as caught:
        played.act(name, CHEN, at, answers)
    assert played.state is before
    return caught.value


def test_a_question_must_be_answered_only_once_the_promise_is_late():
    in_time = asking()
    in_time.act("answer", CHEN, "03-03 23:59")
    assert in_time.state.step == "told"
    late = asking()
    assert refused(late, "answer", "03-04 00:01").problems[0].field == "result.why"
    late.act("answer", CHEN, "03-04 00:01", {"why": "等客户看货"})
    assert late.state.step == "told"


def test_an_act_may_need_a_promise_to_be_late_and_the_refusal_says_which():
    played = asking()
    refusal = refused(played, "react", "03-03 12:00")
    assert isinstance(refusal, Refused)
    assert (refusal.code, refusal.clause) == ("needs", "3.1")
    assert "answered" in refusal.words.zh
    played.act("react", CHEN, "03-04 09:00")
    assert played.state.done["react"] == 1


def test_a_promise_fulfilled_late_stays_late_until_it_runs_anew():
    played = asking()
    played.act("answer", CHEN, "03-05 09:00", {"why": "x"})
    played.act("react", CHEN, "03-05 10:00")
    played.act("again", CHEN, "03-05 11:00")
    assert refused(played, "react", "03-05 12:00").code == "needs"
    assert engine.knows(played.definition, played.state, "react") == ()


REACT = """## 4 逾期反应
```toml
[acts.react]
title = { zh = "逾期反应", en = "React" }
at = "any"
by = "head"
needs = { "case.late.repaired" = true }
```
"""


def test_whether_a_promise_is_late_is_asked_by_its_name_and_read_back_by_its_title():
    result = read(TEXT + REACT)
    assert told(result) == []
    assert "须“修好”已逾期为“是”，否则拒绝" in sentences(result.definition, "4")[0]
    assert "needs late (“Repaired”) is “yes” or is refused" in sentences(result.definition, "4", "en")[0]
    for wrong in ("case.late.repair", "case.late"):
        assert told(read(TEXT + REACT.replace("case.late.repaired", wrong))) == [("unknown-deadline", 69, "4")]


def test_a_form_or_a_group_called_as_a_register_is_a_fault():
    renamed = TEXT.replace("forms.slip", "forms.visits").replace('"slip"', '"visits"').replace("slip.", "visits.")
    assert told(read(renamed)) == [("name-of-a-register", 25, "1")]
    opened = 'at = "checked"\nby = "repairer"\nopen = [{{ case = "repair", as = "{}" }}]'
    for name, faults in (("parts", [("name-of-a-register", 54, "3")]), ("slip", [("name-of-a-form", 54, "3")]),
                         ("more", [])):  # fmt: skip
        assert told(read(changed('at = "checked"\nby = "repairer"', opened.format(name)))) == faults


DUTY = """## 4 移交
```toml
[duties.hand-in]
title = { zh = "移交", en = "Hand in" }
every = { month-day = 2 }
by = "clerk"
form = "finding"
received-by = "head"
do = [{ "case.link" = { to = { of = "finding.count" } } }]
late = [{ tell = ["head"] }]
```
"""
HAND_IN = {"finding.result": "good", "finding.count": 3}


def effects_of(text):
    definition = duty_definition(read(TEXT + text).definition, "hand-in")
    state = engine.start(definition, CLOCK, {}, {}, moment("04-01 00:00"), HERE).state
    found = []
    for who, name, answers in (("clerk", "hand-in", HAND_IN), ("head", "receive", {})):
        if state.ended is None:
            outcome = engine.act(definition, state, name, Doer(who, ((who, ""),)), answers, {},
                                 moment("04-02 09:00"), HERE)  # fmt: skip
            state = outcome.state
            found.append([(each.name, each.data) for each in outcome.happenings if each.kind == "effect"])
    assert state.step == "done"
    return found


def test_what_a_duty_does_is_done_when_it_is_received():
    assert effects_of(DUTY) == [[], [("case.link", {"to": 3})]]


def test_what_a_duty_does_is_done_when_it_is_handed_in_where_nobody_receives_it():
    assert effects_of(DUTY.replace('received-by = "head"\n', "")) == [[("case.link", {"to": 3})]]


BEAT = '[{ if = { "slip.urgent" = true }, time = "2 days" }, { time = "7 days" }]'


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('by = "clerk"', 'until = { "visits.count" = { at-least = 1 } }', ("duty-never-handed-in", 65, "4")),
        ("every = { month-day = 2 }", f"every = {BEAT}",
         ("not-yet", 67, "4")),
        ('by = "clerk"', 'by = "clerk"\nwhile = "checked"', ("not-yet", 69, "4")),
    ],
)  # fmt: skip
def test_a_duty_that_would_silently_do_nothing_is_a_fault(old, new, expected):
    assert told(read(TEXT + DUTY.replace(old, new, 1))) == [expected]


def test_the_words_for_what_is_not_carried_out_yet_say_so_in_both_languages():
    fault = read(TEXT + DUTY.replace('by = "clerk"', 'by = "clerk"\nwhile = "checked"')).faults[0]
    assert fault.words == Text(
        "本版还不会做只在某些步骤里才有的定期事项（while）：到时什么也不会发生",
        "a duty only while a case is at a step (while) is not carried out in this edition: nothing would happen",
    )

"""An open case under another version of its text: starts stay, limits are the new ones, signatures fall."""

from __future__ import annotations

import msgspec
import pytest

from bihuan.procedure import engine
from bihuan.procedure.definition import Text, Who
from bihuan.procedure.refusals import Changed, NotYours, Refused, WrongAnswers
from bihuan.procedure.replay import Recorded, replay_state
from bihuan.procedure.state import ChildCase, Doer

from .engine_cases import (
    CALENDAR,
    CHEN,
    HERE,
    QIAN,
    ZHOU,
    Played,
    act,
    child,
    deadline,
    field,
    form,
    moment,
    pause,
    procedure,
    rung,
    wait,
)

SLIP = form("slip", field("words"), field("when", "date"))
OPEN = act("open", "new", form="slip")
SEND = act("send", "new", to="out")
DONE = act("finish", "new out", to="done")
CHIEF = Doer("qian", (("leader", "head"),))


def text(*more, steps="new out done*", version="1.0", acts=(), **rest):
    """``deadlines`` first; acts beyond the usual three with ``acts``."""
    made = procedure(steps, [OPEN, SEND, DONE, *acts], [SLIP], deadlines=more, **rest)
    return msgspec.structs.replace(made, version=version)


def move(played, new, at, steps=None, doer=CHIEF, reason="新版已施行", **more):
    here = played.state.step
    played.outcome = engine.moved(
        played.state, played.definition, new, steps or {here: here}, doer, moment(at), HERE, reason, **more
    )
    played.definition = new
    return played.outcome


def test_the_start_stays_and_the_new_limit_counts_for_the_whole_run():
    played = Played(text(deadline("d", "open", "send", "4 hours")))
    move(played, text(deadline("d", "open", "send", "6 hours"), version="2.0"), "03-02 10:00")
    run = played.clock("d")
    assert (run.started, run.due, run.time) == (moment("03-02 09:00"), moment("03-02 15:00"), "6 hours")
    assert played.happened("moved", "deadline-moved") == [("moved", "new"), ("deadline-moved", "d")]
    told = played.outcome.happenings[0].data
    assert (told["from"], told["to"], told["doer"], told["post"]) == ("1.0", "2.0", "qian", "leader")
    assert (told["reason"], told["step"], told["step-now"]) == ("新版已施行", "new", "new")


def test_late_by_the_new_limit_is_late_from_the_move():
    played = Played(text(deadline("d", "open", "send", "4 hours")))
    new = text(deadline("d", "open", "send", "1 hours", late=(rung("board", after="1 hours"),)))
    move(played, new, "03-02 12:00")
    run = played.clock("d")
    assert (run.state, run.due, run.missed_at) == ("missed", moment("03-02 10:00"), moment("03-02 12:00"))
    assert played.tick("03-02 12:59").happenings == ()
    assert [each.name for each in played.tick("03-02 13:00").happenings] == ["board"]


def test_a_miss_under_the_old_text_stays_a_miss_and_its_ladder_goes_on_as_the_new_one_says():
    played = Played(text(deadline("d", "open", "send", "1 hours", late=(rung("clerk"),))))
    played.tick("03-02 10:30")
    late = (rung("clerk"), rung("board", after="2 hours"))
    move(played, text(deadline("d", "open", "send", "9 days", late=late)), "03-02 11:00")
    run = played.clock("d")
    assert (run.state, run.due, run.missed_at) == ("missed", moment("03-02 10:00"), moment("03-02 10:00"))
    assert [(each.name, each.at) for each in played.tick("03-02 13:00").happenings] == [
        ("board", moment("03-02 12:00"))
    ]


def test_counted_pauses_stay_and_the_new_text_says_whether_the_clock_stands_from_now_on():
    pausing = text(deadline("d", "open", "finish", "10 hours", pauses=(pause("out"),)))
    played = Played(pausing)
    played.act("send", CHEN, "03-02 10:00")
    move(played, text(deadline("d", "open", "finish", "12 hours")), "03-02 13:00")
    run = played.clock("d")
    assert (run.state, run.due) == ("running", moment("03-03 00:00"))
    assert [(one.start, one.end) for one in run.pauses] == [(moment("03-02 10:00"), moment("03-02 13:00"))]
    move(played, pausing, "03-02 15:00")
    assert (played.clock("d").state, played.clock("d").due) == ("paused", None)
    played.act("finish", CHEN, "03-02 15:00")
    assert played.clock("d").state == "met"


def test_the_same_figure_by_another_rule_of_days_is_counted_again():
    played = Played(text(deadline("d", "open", "send", "1 days"), days="calendar, to the minute"))
    assert played.clock("d").due == moment("03-03 09:00")
    move(played, text(deadline("d", "open", "send", "1 days"), days="calendar, end of day"), "03-02 10:00")
    assert played.clock("d").due == moment("03-04 00:00")


def test_a_promise_the_new_text_lacks_is_void_and_one_it_adds_starts_where_its_from_lies():
    played = Played(text(deadline("gone", "open", "send", "4 hours")))
    played.act("send", CHEN, "03-02 09:30")
    played = Played(text(deadline("gone", "open", "finish", "4 hours")))
    played.act("send", CHEN, "03-02 09:30")
    move(played, text(deadline("added", "send", "finish", "2 hours")), "03-02 10:00")
    assert (played.clock("gone").state, played.clock("gone").stopped) == ("void", moment("03-02 10:00"))
    voided = next(one for one in played.outcome.happenings if one.kind == "deadline-void")
    assert voided.data == {"run": 1, "reason": "moved", "was": "running"}
    assert (played.clock("added").started, played.clock("added").due) == (moment("03-02 09:30"), moment("03-02 11:30"))
    played.tick("03-02 12:00")
    assert [(run.name, run.state) for run in played.state.clocks] == [("gone", "void"), ("added", "missed")]


def test_a_promise_that_was_kept_before_it_was_made_does_not_begin():
    played = Played(text())
    played.act("send", CHEN, "03-02 09:30")
    move(played, text(deadline("added", "open", "send", "1 minutes")), "03-02 10:00")
    assert played.state.clocks == ()


def test_what_the_new_text_lets_end_a_promise_ends_it_where_it_came_already():
    played = Played(text(deadline("d", "open", "finish", "4 hours"), deadline("e", "open", "finish", "9 hours")))
    played.act("send", CHEN, "03-02 11:00")
    new = text(deadline("d", "open", "send", "1 hours"), deadline("e", "open", "send", "3 hours"))
    move(played, new, "03-02 12:00")
    assert [(run.name, run.state, run.stopped) for run in played.state.clocks] == [
        ("d", "missed", moment("03-02 11:00")), ("e", "met", moment("03-02 11:00")),
    ]  # fmt: skip


def test_a_step_is_known_by_its_new_name_and_was_not_entered_again():
    played = Played(text(deadline("d", "enter out", "finish", "4 hours")))
    played.act("send", CHEN, "03-02 10:00")
    acts = [OPEN, act("finish", "away", to="done")]
    new = procedure("new away done*", acts, [SLIP], deadlines=[deadline("d", "enter away", "finish", "3 hours")])
    move(played, new, "03-02 11:00", {"out": "away"})
    assert (played.state.step, played.state.entered["away"]) == ("away", 1)
    assert played.state.moments["enter away"] == moment("03-02 10:00")
    assert played.clock("d").due == moment("03-02 13:00")
    assert played.happened("left", "entered") == []
    assert played.act("finish", CHEN, "03-02 11:30").state.step == "done"


def test_signatures_in_hand_fall_and_all_sign_again():
    signing = act("sign", "new", Who(each=("clerk", "dispatcher")), "out")
    played = Played(text(acts=[signing]))
    played.act("sign", CHEN, "03-02 10:00")
    move(played, text(acts=[signing]), "03-02 10:30")
    assert (played.state.signatures, played.outcome.happenings[0].data["signatures"]) == ({}, ["sign"])
    played.act("sign", ZHOU, "03-02 10:40")
    assert played.act("sign", CHEN, "03-02 10:50").state.step == "out"


def test_a_wait_whose_words_changed_is_counted_from_where_it_began():
    played = Played(text(waits=[wait("trial", "send", "72 hours"), wait("gone", "send", "1 hours")]))
    played.act("send", CHEN, "03-02 10:00")
    move(played, text(waits=[wait("trial", "send", "24 hours")]), "03-02 11:00")
    assert played.state.waits == {"trial": moment("03-03 10:00")}


def test_nothing_done_before_the_move_is_taken_back_after_it():
    back = act("back", "out", undoes="send", to="new")
    played = Played(text(acts=[back]))
    played.act("send", CHEN, "03-02 10:00")
    move(played, text(acts=[back]), "03-02 10:30")
    with pytest.raises(Refused) as caught:
        played.act("back", CHEN, "03-02 10:40")
    assert caught.value.code == "not-newest"


def test_children_stay_and_are_still_waited_for():
    split = act("split", "new", to="out", children=(child("part", "parts"),))
    gathered = act("gathered", "out", Who(cases="parts", all_at="closed"), "done")
    played = Played(text(acts=[split, gathered]))
    played.act("split", CHEN, "03-02 10:00")
    before = played.state.children
    move(played, text(acts=[split, gathered], version="2.0"), "03-02 10:30")
    assert played.state.children == before
    news = engine.child_moved(
        played.definition, played.state, "parts", ChildCase("P-1", "closed", True), moment("03-02 11:00"), HERE
    )
    assert news.state.step == "done"


def test_whoever_now_acts_is_told():
    other = act("check", "new", "repairer", to="out")
    played = Played(text())
    move(played, text(acts=[other], version="2.0"), "03-02 10:00")
    told = [one for one in played.outcome.happenings if one.kind == "letter"]
    assert [one.name for one in told] == ["clerk", "repairer"]
    assert told[0].data["say"]["zh"] == "程序由 1.0 版换为 2.0 版，请按新版办理"


DEPART = act("depart", "any", "dispatcher", standing=True, clause="11")


@pytest.mark.parametrize(
    ("old", "doer", "refused"),
    [
        (text(acts=[DEPART]), ZHOU, ""),
        (text(acts=[DEPART]), CHIEF, "not-yours"),
        (text(), CHIEF, ""),
        (text(), QIAN, ""),
        (text(), Doer("he", (("leader", "north"),)), "not-yours"),
        (text(), CHEN, "not-yours"),
        (text(), Doer("clock", kind="clock"), "not-yours"),
    ],
)
def test_who_may_depart_from_the_flow_may_move_else_the_owner_for_the_whole_house(old, doer, refused):
    played = Played(old)
    if not refused:
        assert move(played, text(version="2.0"), "03-02 10:00", doer=doer).state.revision == 2
        return
    with pytest.raises(NotYours):
        move(played, text(version="2.0"), "03-02 10:00", doer=doer)


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ({"out": "out"}, "step-unmapped"),
        ({"new": "nowhere"}, "step-unknown"),
        ({"new": "new", "gone": "new"}, "step-unknown"),
        ({"new": "done"}, "step-ends"),
    ],
)
def test_a_step_nobody_mapped_or_knows_and_an_end_are_refused(steps, code):
    played = Played(text())
    before = played.state
    with pytest.raises(Refused) as caught:
        move(played, text(version="2.0"), "03-02 10:00", steps)
    assert (caught.value.code, played.state) == (code, before)


def test_a_move_needs_a_reason_an_open_case_the_same_procedure_and_the_state_that_was_seen():
    played = Played(text())
    with pytest.raises(WrongAnswers) as wanting:
        move(played, text(), "03-02 10:00", reason=" ")
    assert [one.field for one in wanting.value.problems] == ["move.reason"]
    with pytest.raises(Changed):
        move(played, text(), "03-02 10:00", expect=7)
    with pytest.raises(Refused) as early:
        move(played, text(), "03-02 08:00")
    with pytest.raises(Refused) as other:
        move(played, msgspec.structs.replace(text(), kind="other"), "03-02 10:00")
    played.act("finish", CHEN, "03-02 10:00")
    with pytest.raises(Refused) as ended:
        move(played, text(), "03-02 11:00", {"done": "new"})
    assert [one.value.code for one in (early, other, ended)] == ["before-opening", "other-procedure", "ended"]


def test_steps_are_proposed_by_name_then_by_title_and_never_an_end():
    old = text(steps="new out sent done*", acts=[act("x", "sent")])
    new = text(steps="new gone done* out*")
    titled = {**new.steps, "gone": msgspec.structs.replace(new.steps["gone"], title=Text("sent"))}
    new = msgspec.structs.replace(new, steps=titled)
    assert engine.proposed(old, new) == {"new": "new", "out": "", "sent": "gone"}


def test_a_record_with_a_move_replays_and_a_record_without_the_versions_does_not():
    first, second = text(deadline("d", "open", "send", "4 hours")), text(deadline("d", "open", "send", "1 hours"))
    played = Played(first, CHEN)
    around: dict = {"calendar": "head@1", "places": ("head",)}
    opened = played.outcome.happenings
    record = [Recorded("start", moment("03-02 09:00"), "open", CHEN, "clerk", happenings=opened, **around)]
    moved = move(played, second, "03-02 12:00")
    told = {"to": "two", "steps": {"new": "new"}, "reason": "新版已施行"}
    then = {"happenings": moved.happenings, **around}
    record.append(Recorded("move", moment("03-02 12:00"), "", CHIEF, "leader", told, **then))
    written = msgspec.json.decode(msgspec.json.encode(record), type=tuple[Recorded, ...])
    look_up = {"head@1": CALENDAR}.__getitem__
    assert replay_state(first, look_up, written, {"two": second}.__getitem__) == (None, played.state)
    difference, _state = replay_state(first, look_up, written, {"two": first}.__getitem__)
    assert difference.entry == 1
    with pytest.raises(ValueError, match="versions"):
        replay_state(first, look_up, written)

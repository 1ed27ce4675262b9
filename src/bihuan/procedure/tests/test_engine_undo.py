"""An act marked ``undoes``: the promises the undone act touched run on as they were."""

import msgspec

from bihuan.procedure import engine
from bihuan.procedure.state import State

from .engine_cases import CHEN, HERE, Played, act, deadline, moment, pause, procedure, rung


def played():
    acts = [
        act("open", "new"),
        act("send", "new", to="out"),
        act("take-back", "out", to="new", undoes="send"),
        act("close", "out", to="done"),
    ]
    deadlines = [
        deadline("sent", "open", "send", "4 hours", late=(rung("leader"),)),
        deadline("closed", "send", "close", "2 hours"),
        deadline("whole", "open", "close", "9 hours", pauses=(pause("parts", "out"),)),
    ]
    return Played(procedure("new out done*", acts, deadlines=deadlines))


def runs(case):
    return {(run.name, run.run): run for run in case.state.clocks}


def test_a_promise_met_by_the_undone_act_runs_on_from_its_old_start():
    case = played()
    before = runs(case)
    case.act("send", CHEN, "03-02 10:00")
    assert {name: run.state for (name, _), run in runs(case).items()} == {
        "sent": "met", "whole": "paused", "closed": "running",
    }  # fmt: skip
    case.act("take-back", CHEN, "03-02 10:05")
    after = runs(case)
    assert after["sent", 1] == before["sent", 1]
    assert after["whole", 1] == before["whole", 1]
    assert after["closed", 1].state == "void"
    assert [each.data for each in case.outcome.happenings if each.kind == "deadline-void"] == [
        {"run": 1, "reason": "undone", "was": "running"}
    ]
    case.act("send", CHEN, "03-02 10:10")
    assert runs(case)["sent", 1].state == "met"
    assert runs(case)["closed", 2].state == "running"


def test_a_promise_whose_limit_passed_before_the_undoing_is_late_from_then_on():
    case = played()
    case.act("send", CHEN, "03-02 10:00")
    case.act("take-back", CHEN, "03-03 10:00")
    run = runs(case)["sent", 1]
    assert (run.state, run.missed_at, run.stopped) == ("missed", moment("03-03 10:00"), None)
    engine.next_due(case.definition, case.state)
    late = engine.tick(case.definition, case.state, moment("03-03 10:01"), HERE)
    assert "leader" in [each.name for each in (*case.outcome.happenings, *late.happenings) if each.kind == "letter"]


def test_what_can_be_taken_back_is_kept_only_until_the_next_act_and_survives_json():
    case = played()
    assert case.state.undoing is None
    case.act("send", CHEN, "03-02 10:00")
    assert {run.name for run in case.state.undoing.changed} == {"sent", "whole"}
    assert case.state.undoing.begun == (("closed", 1),)
    assert msgspec.json.decode(msgspec.json.encode(case.state), type=State) == case.state
    case.act("close", CHEN, "03-02 10:01")
    assert case.state.undoing is None

"""One example played against a procedure, with nothing but the pure engine and a clock turned by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from .. import engine
from ..calendars import Calendar
from ..definition import Definition, Text
from ..engine import Surroundings
from ..reading import fold
from ..refusals import NotYours, Refusal, WrongAnswers
from ..state import CLOCK, ChildCase, Doer, Happening, Outcome, State
from .cast import doer
from .coverage import visits_of
from .example import Example, ExampleStep
from .expecting import Seen, compare
from .moments import MomentError, moment, with_zone
from .report import Difference, Result
from .yearly import compare_dates

FIRST_NUMBER = "1"
"""The number of a rehearsed case whose text reads it, unless the example's facts give another."""


def play(example: Example, definitions: Mapping[str, Definition], posts: frozenset[str], calendar: Calendar) -> Result:
    """The example on a virtual clock.

    It ends at the first step that falls short: what comes after a wrong turn says nothing.
    """
    definition = definitions.get(example.procedure)
    if definition is None:
        words = Text(f"没有程序“{example.procedure}”", f"there is no procedure “{example.procedure}”")
        return Result(example, (Difference(example.line, "procedure", example.procedure, None, words),))
    if example.duty is not None:
        differences = compare_dates(example.duty, example.line, definition, calendar)
        return Result(example, tuple(differences), frozenset({f"{definition.kind}:duties.{example.duty.duty}"}))
    return _Play(example, definition, posts, calendar).run()


class _Play:
    def __init__(self, example: Example, definition: Definition, posts: frozenset[str], calendar: Calendar) -> None:
        self.example, self.definition, self.posts = example, definition, posts
        self.calendar = calendar
        self.surroundings = Surroundings(calendar=calendar, places=example.places, where=example.where)
        self.zone = ZoneInfo(str(calendar.zone))
        self.state: State | None = None
        self.now: datetime | None = None
        self.visits: set[str] = set()

    def run(self) -> Result:
        for step in self.example.steps:
            differences = self._step(step)
            if differences:
                return Result(self.example, tuple(differences), frozenset(self.visits))
        return Result(self.example, (), frozenset(self.visits))

    def _step(self, step: ExampleStep) -> list[Difference]:
        try:
            at = moment(step.clock or step.at, self.now, self.zone)
        except MomentError as error:
            words = Text(f"时刻写错：{error}", str(error))
            return [Difference(step.line, "moment", step.clock or step.at, None, words)]
        if self.now is not None and at < self.now:
            words = Text("时间只能往前走", "time only runs forward")
            return [Difference(step.line, "moment", step.clock or step.at, self.now.isoformat(), words)]
        self.now = at
        if step.opening or step.act or step.child:
            return self._deed(step, at)
        happened: tuple[Happening, ...] = ()
        if step.clock:
            happened = self._tick(at)
        return self._compare(step, at, happened)

    def _tick(self, at: datetime) -> tuple[Happening, ...]:
        assert self.state is not None
        outcome = engine.tick(self.definition, self.state, at, self.surroundings)
        self.visits |= visits_of(self.definition, self.state, outcome, self.surroundings)
        self.state = outcome.state
        return outcome.happenings

    def _deed(self, step: ExampleStep, at: datetime) -> list[Difference]:
        if self.state is not None:
            # What the clock owed until now is not what this act brought about; what it owes at this very moment
            # comes after the act, which is still in time.
            self._tick(at - timedelta(microseconds=1))
        before = None if self.state is None else msgspec.json.encode(self.state)
        try:
            outcome = self._act(step, at)
        except Refusal as refusal:
            if before is not None and msgspec.json.encode(self.state) != before:
                words = Text("拒绝之后事项变了", "the case changed although the act was refused")
                return [Difference(step.line, "state", "unchanged", "changed", words)]
            return _refusal(step, refusal) or self._compare(step, at, ())
        if step.expected.refusal:
            return [_not_refused(step)]
        self.visits |= visits_of(self.definition, self.state, outcome, self.surroundings)
        self.state = outcome.state
        return self._compare(step, at, outcome.happenings, signed_only=outcome.signed_only)

    def _act(self, step: ExampleStep, at: datetime) -> Outcome:
        who = self._doer(step)
        answers = with_zone(step.answers, self.definition, self.zone)
        if step.opening:
            facts = self._facts(step, tuple(self.example.facts))
            return engine.start(self.definition, who, answers, facts, at, self.surroundings)
        assert self.state is not None
        if step.child:
            told = step.child
            child = ChildCase(told.get("number", ""), told.get("step", ""), told.get("ended", False))
            return engine.child_moved(self.definition, self.state, told["group"], child, at, self.surroundings)
        facts = self._facts(step, engine.knows(self.definition, self.state, step.act))
        return engine.act(self.definition, self.state, step.act, who, answers, facts, at, self.surroundings)

    def _doer(self, step: ExampleStep) -> Doer:
        if not step.by and step.opening:
            # A case nobody opens by hand is opened by the clock (a duty) or by another case.
            return CLOCK if self.definition.duty_of else Doer(kind="case", name="parent", holds=(("parent", ""),))
        found = doer(step.by, step.place, self.posts)
        act = self.definition.acts.get(step.act)
        if found.name == step.by and found.kind == "person" and act is not None and self.state is not None:
            # who is called by the post alone is whoever of that post the text means
            expected = engine.person_expected(self.state, act)
            return msgspec.structs.replace(found, name=expected) if expected else found
        return found

    def _facts(self, step: ExampleStep, wanted: tuple[str, ...]) -> dict[str, Any]:
        """The step's own facts, and of those the whole example goes by the ones the act asks for."""
        shared = {name: value for name, value in self.example.facts.items() if name in wanted}
        if step.opening and engine.names_number(self.definition):
            shared.setdefault(engine.NUMBER, FIRST_NUMBER)
        return shared | step.facts

    def _compare(
        self, step: ExampleStep, at: datetime, happened: tuple[Happening, ...], *, signed_only: bool = False
    ) -> list[Difference]:
        if self.state is None:
            return []
        seen = Seen(
            definition=self.definition, state=self.state, happenings=happened, surroundings=self.surroundings,
            zone=self.zone, at=at, doer=self._doer(step), signed_only=signed_only,
        )  # fmt: skip
        return compare(step, seen)


def _refusal(step: ExampleStep, refusal: Refusal) -> list[Difference]:
    """What differs between the refusal that was expected and the one that came."""
    expected = step.expected
    got = {"code": refusal.code, "clause": refusal.clause}
    if not expected.refusal:
        words = Text(
            f"未料到被拒绝：{refusal.words.zh}（{refusal.clause or refusal.code}）",
            f"refused unexpectedly: {refusal.words.say('en')} ({refusal.clause or refusal.code})",
        )
        if isinstance(refusal, WrongAnswers):
            fields = ", ".join(f"{problem.field}: {problem.code}" for problem in refusal.problems)
            words = Text(f"{words.zh} {fields}", f"{words.en} {fields}")
        return [Difference(step.line, "refused", None, got, words)]
    found: list[Difference] = []
    if expected.refused and fold(refusal.clause) != fold(expected.refused):
        found.append(_differs(step, "refused", expected.refused, refusal.clause or type(refusal).__name__))
    if expected.refused_code and refusal.code != expected.refused_code:
        found.append(_differs(step, "refused-code", expected.refused_code, refusal.code))
    if expected.not_yours != isinstance(refusal, NotYours) and (expected.not_yours or not expected.refused):
        found.append(_differs(step, "not-yours", expected.not_yours, isinstance(refusal, NotYours)))
    wrong = {problem.field for problem in refusal.problems} if isinstance(refusal, WrongAnswers) else set()
    if expected.wrong is not None and wrong != set(expected.wrong):
        found.append(_differs(step, "wrong", sorted(expected.wrong), sorted(wrong) or [refusal.code]))
    return found


def _not_refused(step: ExampleStep) -> Difference:
    expected = step.expected
    said = expected.refused or expected.refused_code or expected.wrong or "not-yours"
    words = Text(f"应被拒绝（{said}），却做成了", f"should have been refused ({said}), but went through")
    return Difference(step.line, "refused", said, None, words)


def _differs(step: ExampleStep, what: str, expected: Any, got: Any) -> Difference:
    words = Text(f"{what} 应为 {expected}，实为 {got}", f"{what} should be {expected}, is {got}")
    return Difference(step.line, what, expected, got, words)

"""A small builder of definitions for the tests of the engine, and the people who act in them."""

from datetime import UTC, datetime
from typing import Any

from bihuan.procedure import engine
from bihuan.procedure.calendars import Calendar
from bihuan.procedure.definition import (
    Act,
    Argument,
    Child,
    Choice,
    Deadline,
    Definition,
    Effect,
    Field,
    Form,
    Letter,
    Lines,
    Needs,
    Opening,
    Origin,
    Pause,
    Rung,
    Step,
    Test,
    Text,
    Time,
    Wait,
    Warn,
    Way,
    Who,
    Within,
)
from bihuan.procedure.state import Doer, Outcome, State

WINDOWS = ((510, 720), (810, 1050))
CALENDAR = Calendar(
    "head", "1", "Asia/Shanghai", dict.fromkeys(range(1, 6), WINDOWS), {}, frozenset({2025, 2026, 2027})
)
HERE = engine.Surroundings(CALENDAR, ("head",))
CHEN = Doer("chen", (("clerk", "head"),))
ZHOU = Doer("zhou", (("dispatcher", "head"),))
LI = Doer("li", (("repairer", "head"),))
SUN = Doer("sun", (("follow-up-clerk", "head"),))
QIAN = Doer("qian", (("leader", ""),))
WANG = Doer("wang", (("repairer", "north"),))
OUTSIDER = Doer("outsider")


def moment(words: str) -> datetime:
    """``03-02 09:00`` of 2026, local time of the calendar."""
    return datetime.fromisoformat(f"2026-{words}:00+08:00").astimezone(UTC)


def origin(clause: str) -> Origin:
    return Origin("t.md", 1, clause)


def condition(**tests: Any):
    """``form__field=value``; a tuple (operator, value) for anything but equal."""
    made = []
    for key, value in tests.items():
        name = key.replace("__", ".").replace("_", "-")
        if isinstance(value, Test):
            made.append(value)
        elif isinstance(value, tuple):
            made.append(Test(name, value[0], value[1] if len(value) > 1 else None))
        else:
            made.append(Test(name, "equal", value))
    return (tuple(made),)


def field(name: str, kind: str = "text", **more: Any) -> Field:
    if more.get("must") is True:
        more["must"] = ((),)
    choices = tuple(Choice(each, Text(each)) for each in more.pop("choose", ()))
    return Field(name, Text(name), "choice" if choices else kind, origin("F"), choices=choices, **more)


def form(name: str, *fields: Field, lines: tuple[Lines, ...] = (), **more: Any) -> Form:
    return Form(
        name, Text(name), origin("F"), {each.name: each for each in fields}, {each.name: each for each in lines}, **more
    )


def lines(name: str, *fields: Field, **more: Any) -> Lines:
    return Lines(name, Text(name), {each.name: each for each in fields}, origin("F"), **more)


def ways(*steps: Any) -> tuple[Way, ...]:
    """A step, or (condition, step), or a Way."""
    made = []
    for each in steps:
        if isinstance(each, Way):
            made.append(each)
        elif isinstance(each, tuple):
            made.append(Way(each[1], each[0], origin("W")))
        else:
            made.append(Way(each, (), origin("W")))
    return tuple(made)


def act(name: str, at: str, by: Any = "clerk", to: Any = (), clause: str = "", **more: Any) -> Act:
    who = by if isinstance(by, Who) else Who(posts=(by,) if isinstance(by, str) else by)
    chosen = ways(to) if isinstance(to, str) else ways(*to)
    steps = tuple(at.split()) if at != "any" else ()
    return Act(name, steps, who, origin(clause or f"C.{name}"), Text(name), ways=chosen, **more)


def needs(clause: str, say: Text | None = None, **tests: Any) -> Needs:
    return Needs(condition(**tests), origin(clause), say)


def effect(name: str, **arguments: Any) -> Effect:
    made = {key: value if isinstance(value, Argument) else Argument(value) for key, value in arguments.items()}
    return Effect(name, made, origin("E"))


def letter(*posts: str, clause: str = "L") -> Letter:
    return Letter(posts, origin(clause))


def child(kind: str, group: str = "", **more: Any) -> Child:
    return Child(kind, group, origin("K"), **more)


def time(words: str) -> Time:
    amount, unit = words.split(" ", 1)
    return Time(int(amount), unit.replace(" ", "-"))


def within(*terms: Any) -> tuple[Within, ...]:
    return tuple(Within(time(each)) if isinstance(each, str) else Within(time(each[1]), each[0]) for each in terms)


def deadline(name: str, start: str, until: str, *terms: Any, **more: Any) -> Deadline:
    return Deadline(
        name, Text(name), start, tuple(until.split("+")), origin(f"D.{name}"), within=within(*terms), **more
    )


def pause(*steps: str) -> Pause:
    return Pause(steps, Text("等配件", "Waiting for parts"), origin("P"))


def warn(before: str, *posts: str) -> Warn:
    return Warn(time(before), (letter(*posts),))


def rung(*posts: str, after: str = "", effects: tuple[Effect, ...] = ()) -> Rung:
    return Rung((letter(*posts),), effects, time(after) if after else None)


def wait(name: str, start: str, lasts: str) -> Wait:
    return Wait(name, start, time(lasts), origin(f"T.{name}"))


def procedure(steps: str, acts: list[Act], forms: list[Form] | tuple[Form, ...] = (), **more: Any) -> Definition:
    """``steps`` in the notation of the language: ``"a b done*"``. The first act opens the case."""
    made = {}
    for each in steps.split():
        name = each.rstrip("*")
        made[name] = Step(name, Text(name), each.endswith("*"), "closed" if each.endswith("*") else "received")
    for key in ("deadlines", "waits"):
        if key in more:
            more[key] = {each.name: each for each in more[key]}
    opening = more.pop("opening", None) or Opening("case", acts[0].name, origin("O"), more.pop("by_hand", True))
    return Definition(
        pack="test",
        kind="case",
        number="T-1",
        version="1.0",
        title=Text("测试"),
        owner="leader",
        opening=opening,
        steps=made,
        acts={each.name: each for each in acts},
        forms={each.name: each for each in forms},
        clauses=(),
        file="t.md",
        digest="",
        **more,
    )


class Played:
    """A case played through: keeps the newest state and every outcome."""

    def __init__(
        self, definition: Definition, doer: Doer = CHEN, at: str = "03-02 09:00", answers: Any = None, **more: Any
    ):
        self.definition = definition
        self.where = more.pop("surroundings", HERE)
        self.outcome: Outcome = engine.start(
            definition, doer, answers or {}, more.pop("facts", {}), moment(at), self.where
        )

    @property
    def state(self) -> State:
        return self.outcome.state

    def act(
        self, name: str, doer: Doer, at: str, answers: Any = None, facts: Any = None, expect: int | None = None
    ) -> Outcome:
        self.outcome = engine.act(
            self.definition, self.state, name, doer, answers or {}, facts or {}, moment(at), self.where, expect
        )
        return self.outcome

    def tick(self, until: str) -> Outcome:
        self.outcome = engine.tick(self.definition, self.state, moment(until), self.where)
        return self.outcome

    def happened(self, *kinds: str) -> list[tuple[str, str]]:
        return [(each.kind, each.name) for each in self.outcome.happenings if not kinds or each.kind in kinds]

    def clock(self, name: str, run: int = 0):
        runs = [each for each in self.state.clocks if each.name == name]
        return runs[run - 1] if run else runs[-1]

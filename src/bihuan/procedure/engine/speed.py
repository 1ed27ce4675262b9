"""How many acts a second the engine does on one core: an ordinary act, a form of six fields, two promises running."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import perf_counter

from ..calendars import of_hours
from ..definition import (
    Act,
    Choice,
    Deadline,
    Definition,
    Field,
    FieldKind,
    Form,
    Hours,
    Letter,
    Opening,
    Origin,
    Rung,
    Step,
    Test,
    Text,
    Time,
    Way,
    Who,
    Within,
)  # fmt: skip
from ..state import Doer, State
from .acting import act, start
from .working import Surroundings

_WHERE = Origin("bench.md", 1, "1")
_ALWAYS = ((),)
_FIELDS: tuple[tuple[str, FieldKind], ...] = (
    ("problem", "text"), ("urgent", "yes-no"), ("quantity", "number"), ("found", "date"), ("customer", "contact"),
)  # fmt: skip


def acts_per_second(seconds: float = 1.0) -> float:
    """Acts done in a second, measured for ``seconds``: each on the state the act before it left."""
    definition = ordinary()
    surroundings = Surroundings(of_hours("bench", Hours(), [2026]), ("head",))
    doer = Doer("clerk", (("clerk", "head"),))
    answers = {
        "slip.problem": "不能启动", "slip.urgent": True, "slip.quantity": 2, "slip.found": "2026-03-01",
        "slip.customer": "甲公司", "slip.kind": "fault",
    }  # fmt: skip
    at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    opened: State = start(definition, doer, answers, {}, at, surroundings).state
    count, begun = 0, perf_counter()
    while (passed := perf_counter() - begun) < seconds:
        state = opened
        for minute in range(1, 201):
            state = act(
                definition, state, "look" if minute % 2 else "return", doer, answers, {},
                at + timedelta(seconds=minute), surroundings, state.revision,
            ).state  # fmt: skip
        count += 200
    return count / passed


def ordinary() -> Definition:
    """The procedure that is measured: two steps, two promises with a figure each, an act that fills six fields."""
    fields = {name: Field(name, Text(name), kind, _WHERE, must=_ALWAYS) for name, kind in _FIELDS}
    choices = (Choice("fault", Text("故障")), Choice("wish", Text("要求")))
    fields["kind"] = Field("kind", Text("类别"), "choice", _WHERE, choices=choices, must=_ALWAYS)
    urgent = ((Test("slip.urgent", "equal", True),),)
    terms = (Within(Time(2, "days"), urgent), Within(Time(7, "days")))
    late = (Rung((Letter(("leader",), _WHERE),)),)

    def move(name: str, at: str, to: str) -> Act:
        ways = (Way(to, urgent, _WHERE), Way(at, (), _WHERE))
        return Act(name, (at,), Who(posts=("clerk",)), _WHERE, Text(name), form="slip", ways=ways)

    return Definition(
        pack="bench", kind="bench", number="B", version="1", title=Text("测速"), owner="clerk",
        opening=Opening("bench", "open", _WHERE),
        steps={name: Step(name, Text(name), name == "done", "received") for name in ("new", "seen", "done")},
        acts={
            "open": Act("open", ("new",), Who(posts=("clerk",)), _WHERE, Text("登记"), form="slip"),
            "look": move("look", "new", "seen"),
            "return": move("return", "seen", "new"),
            "close": move("close", "seen", "done"),
        },
        forms={"slip": Form("slip", Text("单"), _WHERE, fields, {})},
        clauses=(), file="bench.md", digest="",
        deadlines={
            name: Deadline(name, Text(name), "open", ("close",), _WHERE, within=terms, late=late)
            for name in ("handled", "answered")
        },
    )  # fmt: skip

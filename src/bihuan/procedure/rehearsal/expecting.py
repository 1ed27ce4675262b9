"""What must follow, compared with what was seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from .. import engine
from ..deciding import may_be_together
from ..definition import Definition, Text
from ..engine import Surroundings
from ..engine.effects import plain
from ..engine.working import Working
from ..reading import fold
from ..state import ClockRun, Doer, Happening, State
from .example import ExampleStep
from .keeping import kept
from .moments import local, with_zone
from .report import Difference


class Seen(Struct, frozen=True):
    """The case after a step, what the step brought about, and who took it."""

    definition: Definition
    state: State
    happenings: tuple[Happening, ...]
    surroundings: Surroundings
    zone: ZoneInfo
    at: datetime
    doer: Doer
    signed_only: bool = False

    def run(self, name: str) -> ClockRun | None:
        """The newest run of a deadline."""
        return max((run for run in self.state.clocks if run.name == name), key=lambda run: run.run, default=None)

    def named(self, kind: str) -> list[Happening]:
        return [each for each in self.happenings if each.kind == kind]

    def look(self, key: str) -> Any:
        """An answer or fact of the case."""
        return Working(self.definition, self.state, self.surroundings).look(key)


def compare(step: ExampleStep, seen: Seen) -> list[Difference]:
    """Everything the step expects that is not so."""
    found: list[Difference] = []
    for key, expected in step.expected.follows.items():
        if key == "offers":
            continue
        for what, wanted, got in _LOOKS[key](seen, expected):
            if wanted != got:
                found.append(_difference(step, what, wanted, got))
    if step.expected.offers is not None or step.expected.together is not None:
        found += _offered(step, seen)
    return found


def _offered(step: ExampleStep, seen: Seen) -> list[Difference]:
    """What the doer is offered, and which of that the text lets be agreed to with other cases."""
    case = (seen.at, seen.surroundings)
    offered = [one.act for one in engine.allowed(seen.definition, seen.state, seen.doer, *case) if one.allowed]
    acts = seen.definition.acts
    together = [one for one in offered if may_be_together(seen.definition, seen.state, acts[one], *case) is not None]
    looks = (("offers", step.expected.offers, offered), ("together", step.expected.together, together))
    return [
        _difference(step, what, sorted(wanted), sorted(got))
        for what, wanted, got in looks
        if wanted is not None and sorted(wanted) != sorted(got)
    ]


def _difference(step: ExampleStep, what: str, expected: Any, got: Any) -> Difference:
    words = Text(
        f"{what} 应为 {_said(expected)}，实为 {_said(got)}", f"{what}: expected {_said(expected)}, is {_said(got)}"
    )
    return Difference(step.line, what, expected, got, words)


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_said(each) for each in value) + "]"
    return "–" if value is None else str(value)


# A look gives (what is looked at, expected, got) for each single thing compared.
Look = Callable[[Seen, Any], list[tuple[str, Any, Any]]]


def _step(seen: Seen, expected: Any) -> list[tuple[str, Any, Any]]:
    return [("step", expected, seen.state.step)]


def _stage(seen: Seen, expected: Any) -> list[tuple[str, Any, Any]]:
    return [("stage", expected, seen.definition.steps[seen.state.step].stage)]


def _letters(seen: Seen, expected: Any) -> list[tuple[str, Any, Any]]:
    return [("letters", sorted(expected), sorted(each.name for each in seen.named("letter")))]


def _effects(seen: Seen, expected: Any) -> list[tuple[str, Any, Any]]:
    happened = seen.named("effect")
    wanted = [_effect(each) for each in expected]
    names, came = [name for name, _ in wanted], [each.name for each in happened]
    found: list[tuple[str, Any, Any]] = [("effects", names, came)]
    if names == came:
        for (name, arguments), each in zip(wanted, happened, strict=True):
            found += [(f"{name}.{key}", value, each.data.get(key)) for key, value in arguments.items()]
    return found


def _effect(entry: Any) -> tuple[str, dict[str, Any]]:
    """``"slips.issue"``, ``{ "slips.issue" = { slip = "rer" } }`` or ``{ name = "slips.issue", slip = "rer" }``."""
    if isinstance(entry, str):
        return entry, {}
    if "name" in entry and isinstance(entry["name"], str):
        rest = {key: value for key, value in entry.items() if key not in ("name", "arguments")}
        return entry["name"], entry.get("arguments", {}) | rest
    name, arguments = next(iter(entry.items()))
    return name, arguments if isinstance(arguments, dict) else {}


def _opens(seen: Seen, expected: Any) -> list[tuple[str, Any, Any]]:
    """Kinds of children in any order; ``{ "return" = { "application.pieces" = 1 } }`` also looks into what is given."""
    opened = [(str(each.data.get("case", each.name)), each.data.get("answers") or {}) for each in seen.named("child")]
    wanted = [_effect(each) for each in expected]
    found: list[tuple[str, Any, Any]] = [
        ("opens", sorted(kind for kind, _ in wanted), sorted(kind for kind, _ in opened))
    ]
    for kind, given in wanted:
        if given and not any(each == kind and given.items() <= answers.items() for each, answers in opened):
            came = [{key: answers.get(key) for key in given} for each, answers in opened if each == kind]
            found.append((f"opens {kind}", given, came))
    return found


def _deadlines(seen: Seen, expected: Any) -> list[tuple[str, Any, Any]]:
    runs = {name: seen.run(name) for name in expected}
    return [
        (f"deadlines.{name}", state, "none" if (run := runs[name]) is None else run.state)
        for name, state in expected.items()
    ]


def _due(seen: Seen, expected: Any) -> list[tuple[str, Any, Any]]:
    found = []
    for name, wanted in expected.items():
        run = seen.run(name)
        due = None if run is None else run.due
        found.append((f"due.{name}", wanted, None if due is None else _as_written(wanted, due, seen.zone)))
    return found


def _as_written(wanted: str, due: datetime, zone: ZoneInfo) -> str:
    """The due moment in the shape of what was expected: a bare date or 24:00 means the end of that day."""
    if len(wanted) == 10:
        return (due - timedelta(microseconds=1)).astimezone(zone).date().isoformat()
    if wanted.endswith(" 24:00") and local(due, zone).endswith(" 00:00"):
        return f"{(due.astimezone(zone) - timedelta(days=1)).date().isoformat()} 24:00"
    return local(due, zone)


def _clause(seen: Seen, expected: Any) -> list[tuple[str, Any, Any]]:
    found = []
    for name, wanted in expected.items():
        run = seen.run(name)
        found.append((f"clause.{name}", fold(wanted), None if run is None else fold(run.clause)))
    return found


def _keep(seen: Seen, expected: Any) -> list[tuple[str, Any, Any]]:
    return [(f"keep.{form}", term, kept(seen.definition, form, seen.look)) for form, term in expected.items()]


def _answers(seen: Seen, expected: Any) -> list[tuple[str, Any, Any]]:
    flat: dict[str, Any] = {}
    for key, value in expected.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{name}": each for name, each in value.items()}
        else:
            flat[key] = value
    zoned = with_zone(flat, seen.definition, seen.zone)
    return [(key, value, plain(seen.look(key))) for key, value in zoned.items()]


def _facts(seen: Seen, expected: Any) -> list[tuple[str, Any, Any]]:
    return [(name, value, seen.state.facts.get(name)) for name, value in expected.items()]


def _ended(seen: Seen, expected: Any) -> list[tuple[str, Any, Any]]:
    return [("ended", expected, seen.state.ended is not None)]


def _signed_only(seen: Seen, expected: Any) -> list[tuple[str, Any, Any]]:
    return [("signed-only", expected, seen.signed_only)]


_LOOKS: dict[str, Look] = {
    "step": _step,
    "stage": _stage,
    "letters": _letters,
    "effects": _effects,
    "opens": _opens,
    "deadlines": _deadlines,
    "due": _due,
    "clause": _clause,
    "keep": _keep,
    "answers": _answers,
    "facts": _facts,
    "ended": _ended,
    "signed-only": _signed_only,
}

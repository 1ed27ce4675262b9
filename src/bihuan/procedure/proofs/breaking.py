"""Damaging the block under each claim: a proof that does not notice proves nothing.

For every rule an example claims, the procedure is damaged where the rule stands, one word at a time, and only that
example is played again. One that holds under every damage is *hollow*. Where the example names entries (``proves``),
each of them must be missed; else the entries under the rule's clause count, else those the example goes through.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from ..calendars import Calendar
from ..definition import Definition, Pack, Text
from ..reading import fold
from ..rehearsal import Definitions, Example, Report, Result, calendar_for, play
from .planting import Plant, planted
from .registers import Registers, Rule

_BY_KIND = {
    "retention": ("keep-dropped", "keep-shifted"),
    "periodic": (
        "duty-dropped", "day-shifted", "about-dropped", "holiday-swapped", "received-dropped", "rung-dropped",
        "time-shifted", "time-doubled", "deadline-dropped",
    ),
}  # fmt: skip


class Hollow(Struct, frozen=True):
    """A proof that still passes: the rule, the example, the entry nobody would miss, the changes it slept through."""

    rule: str
    example: Example
    entry: str
    slept_through: tuple[str, ...]

    def say(self, language: str) -> str:
        """The finding as one line."""
        example, count = self.example, len(self.slept_through)
        where = f"{example.file}:{example.line}: {self.rule}"
        entry = f" {self.entry}" if self.entry else ""
        if not count:
            zh, en = "没有条文可损坏，什么也没证明", "there is nothing to damage, so nothing is proved"
        else:
            zh, en = f"损坏 {count} 处仍然通过", f"still passes with {count} changes planted"
        return f"{where}{entry} {Text(zh, en).say(language)}：{example.title.say(language)}"


class Broken(Struct, frozen=True):
    """What was damaged and who slept: ``proofs`` pairs of rule and example, ``plays`` examples played again."""

    proofs: int
    plays: int
    hollow: tuple[Hollow, ...]


def breaking(pack: Pack, report: Report, registers: Registers, calendar: Calendar | None = None) -> Broken:
    """Damages the procedures of ``pack`` under every rule its passing examples claim.

    ``report`` is the pack's rehearsal; examples that do not pass are left to it.
    """
    results = [result for result in report.results if result.passed and result.example.rules]
    breaker = _Breaker(pack, calendar or calendar_for(pack, (result.example for result in report.results)))
    hollow: list[Hollow] = []
    proofs = 0
    for result in results:
        for rule_id in dict.fromkeys(result.example.rules):
            rule = registers.rules.get(rule_id)
            if rule is not None:
                proofs += 1
                hollow += breaker.prove(result, rule)
    return Broken(proofs, breaker.plays, tuple(hollow))


class _Breaker:
    def __init__(self, pack: Pack, calendar: Calendar) -> None:
        self.calendar, self.posts = calendar, frozenset(pack.posts)
        self.definitions = Definitions(pack.procedures)
        self.plays = 0
        self._plants: dict[str, list[Plant]] = {}
        self._noticed: dict[tuple[int, str], bool] = {}

    def prove(self, result: Result, rule: Rule) -> list[Hollow]:
        """The entries under ``rule`` that the example would not miss."""
        example = result.example
        base = self._base(example.procedure)
        plants = [plant for plant in self._plants.get(base.kind) or self._grow(base) if not _obvious(plant, example)]
        if example.proves:
            named = {entry: [plant for plant in plants if _under(plant.entry, entry)] for entry in example.proves}
        else:
            named = {"": _relevant(plants, rule, result)}
        found = []
        for entry, relevant in named.items():
            ordered = sorted(relevant, key=lambda plant: not _touched(plant, result))
            if not any(self._notices(example, plant) for plant in ordered):
                found.append(Hollow(rule.id, example, entry, tuple(plant.name for plant in ordered)))
        return found

    def _grow(self, base: Definition) -> list[Plant]:
        self._plants[base.kind] = planted(base)
        return self._plants[base.kind]

    def _base(self, procedure: str) -> Definition:
        """The procedure an example plays, or the one its duty stands in."""
        definition = self.definitions[procedure]
        return self.definitions[definition.duty_of] if definition.duty_of else definition

    def _notices(self, example: Example, plant: Plant) -> bool:
        key = (id(example), plant.name)
        if key not in self._noticed:
            self.plays += 1
            damaged = self.definitions.instead(plant.definition)
            self._noticed[key] = not play(example, damaged, self.posts, self.calendar).passed
        return self._noticed[key]


def _relevant(plants: list[Plant], rule: Rule, result: Result) -> list[Plant]:
    """The changes under the rule's clause, those of its kind before others; else those the example goes through."""
    found = [plant for plant in plants if _cites(rule, plant)]
    of_kind = [plant for plant in found if plant.kind in _BY_KIND.get(rule.kind, ())]
    return of_kind or found or [plant for plant in plants if _touched(plant, result)]


def _cites(rule: Rule, plant: Plant) -> bool:
    """Whether the change stands under the clause the rule cites, or in a finer part of it."""
    if rule.inferred or not plant.origin.clause:
        return False
    wanted, clause = fold(rule.clause), fold(plant.origin.clause)
    if clause == wanted or fold(plant.origin.cite()) == wanted:
        return True
    return clause.startswith(wanted) and clause[len(wanted)] in "(."


def _obvious(plant: Plant, example: Example) -> bool:
    """Whether the change takes away what the example itself calls by name: a duty, an act, a question it answers.

    Nobody could miss that it is gone, so it counts for nothing.
    """
    if plant.kind == "field-dropped" and plant.entry.startswith("forms."):
        _, form, _, *field = plant.entry.split(".")
        name = f"{form}.{field[0]}"
        return any(name in step.answers or name in (step.expected.wrong or ()) for step in example.steps)
    return plant.kind in ("duty-dropped", "act-removed") and _asks(example, plant.entry.rpartition(".")[2])


def _under(entry: str, name: str) -> bool:
    return entry == name or entry.startswith(f"{name}.")


def _touched(plant: Plant, result: Result) -> bool:
    """Whether the example goes through the changed entry: an act it does, its form, a promise or a form it looks at."""
    table, _, rest = plant.entry.partition(".")
    name = rest.partition(".")[0]
    if table in ("acts", "also", "duties"):
        return f"{plant.definition.kind}:{table}.{name}" in result.visits or _asks(result.example, name)
    return name in _looked_at(result.example)


def _asks(example: Example, name: str) -> bool:
    """Whether the example tries the act, also in vain, or asks about the duty."""
    if example.duty is not None:
        return example.duty.duty == name
    return any(step.act == name for step in example.steps) or example.procedure.endswith(f".{name}")


def _looked_at(example: Example) -> set[str]:
    names: set[str] = set()
    for step in example.steps:
        for key in ("deadlines", "due", "clause", "keep"):
            names |= set(step.expected.follows.get(key, ()))
        names |= {key.partition(".")[0] for key in step.answers}
        names |= {key.partition(".")[0] for key in step.expected.wrong or ()}
    return names


def hollow_words(broken: Broken, language: str) -> Iterable[str]:
    """The hollow proofs line by line, then the totals."""
    yield from (each.say(language) for each in broken.hollow)
    zh = f"{broken.proofs} 个证明，损坏后重演 {broken.plays} 次，{len(broken.hollow)} 个空洞"
    en = f"{broken.proofs} proofs, {broken.plays} plays with changes planted, {len(broken.hollow)} hollow"
    yield Text(zh, en).say(language)

"""What the names of a procedure mean: the one namespace of forms, facts, groups of children and the case."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from bihuan.procedure import vocabulary
from bihuan.procedure.definition import Act, Child, Condition, Definition, Effect, Field, Letter, Origin, Pack, Text

from .fault import Fault, Faults

OUTSIDE_POSTS = ("customer",)
_OF_CHILDREN = ("count", "step", "ended")


Places = Mapping[tuple[str | int, ...], Origin]
"""Where each key was written, by its path: what a reading knows and a definition no longer does."""


class Meaning(Struct, frozen=True):
    """What a dotted name stands for. Exactly one of field, fact and group is set; ``whole`` is a whole table."""

    field: Field | None = None
    fact: vocabulary.FactWord | None = None
    group: str = ""
    whole: bool = False
    form: str = ""


def near(word: str, words: Iterable[str]) -> str:
    """The most similar of ``words``, or nothing."""
    found = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return found[0] if found else ""


class Names:
    """Looks names up and notes what is unknown, always with the nearest known name."""

    def __init__(self, definition: Definition, pack: Pack, faults: Faults, places: Places | None = None) -> None:
        self.definition = definition
        self.pack = pack
        self.found = faults
        self.places = places or {}
        self.posts = (*pack.posts, *OUTSIDE_POSTS)
        self.groups = {child.group for _, child in children(definition)}

    def at(self, origin: Origin, *path: str) -> Origin:
        """Where a key of an entry stands exactly; ``origin`` where that was not kept."""
        return self.places.get(path) or origin

    def add(self, code: str, origin: Origin, zh: str, en: str, corrected: str = "") -> None:
        self.found.add(Fault(code, origin.file, origin.line, origin.clause, Text(zh, en), corrected))

    def unknown(self, what: str, zh: str, name: str, words: Iterable[str], origin: Origin) -> None:
        hint = near(name, words)
        self.add(
            f"unknown-{what}",
            origin,
            f"没有{zh} {name}" + (f"；是不是 {hint}？" if hint else ""),
            f"there is no {what} {name}" + (f"; did you mean {hint}?" if hint else ""),
            hint,
        )

    def post(self, name: str, origin: Origin) -> None:
        """A post of the pack, or a dotted answer or fact that holds one."""
        if "." in name:
            self.meaning(name, origin)
        elif name not in self.posts:
            self.unknown("post", "岗位", name, self.posts, origin)

    def form(self, name: str, origin: Origin) -> None:
        if name and name not in self.definition.forms:
            self.unknown("form", "表单", name, self.definition.forms, origin)

    def step(self, name: str, origin: Origin) -> None:
        if name and name not in self.definition.steps:
            self.unknown("step", "步骤", name, self.definition.steps, origin)

    def act(self, name: str, origin: Origin) -> None:
        if name not in self.definition.acts:
            self.unknown("act", "行为", name, self.definition.acts, origin)

    def meaning(self, name: str, origin: Origin) -> Meaning | None:
        """What ``name`` stands for; None, and a fault, where it stands for nothing."""
        head, _, rest = name.partition(".")
        if head in self.definition.forms:
            return self._of_form(head, rest, name, origin)
        if head in self.groups and rest in _OF_CHILDREN:
            return Meaning(group=head)
        if word := vocabulary.fact(name):
            self._tail(word, name, origin)
            return Meaning(fact=word)
        answers = [f"{form.name}.{field}" for form in self.definition.forms.values() for field in form.fields]
        self.unknown("name", "这个答案或事实", name, [*answers, *vocabulary.FACTS], origin)
        return None

    def _tail(self, word: vocabulary.FactWord, name: str, origin: Origin) -> None:
        tail = vocabulary.tail(name)
        if tail and word.tail == "act":
            self.act(tail, origin)
        elif word.tail == "deadline" and tail not in self.definition.deadlines:
            self.unknown("deadline", "期限", tail, self.definition.deadlines, origin)
        elif tail and word.tail == "step" and word.name.startswith("case."):
            self.step(tail, origin)

    def _of_form(self, head: str, rest: str, name: str, origin: Origin) -> Meaning | None:
        form = self.definition.forms[head]
        if rest in form.fields:
            return Meaning(field=form.fields[rest], form=head)
        lines, _, field = rest.partition(".")
        if lines in form.lines:
            if not field:
                return Meaning(whole=True, form=head)
            if field in form.lines[lines].fields:
                return Meaning(field=form.lines[lines].fields[field], form=head)
        elif not rest:
            return Meaning(whole=True, form=head)
        known = [*form.fields, *(f"{group}.{field}" for group, each in form.lines.items() for field in each.fields)]
        hint = near(rest, known)
        self.add(
            "unknown-field",
            origin,
            f"表单 {head} 没有 {rest}" + (f"；是不是 {head}.{hint}？" if hint else ""),
            f"the form {head} has no {rest}" + (f"; did you mean {head}.{hint}?" if hint else ""),
            f"{head}.{hint}" if hint else "",
        )
        return None

    def fact(self, name: str, origin: Origin) -> None:
        """A name under ``know``: a fact of the vocabulary."""
        word = vocabulary.fact(name)
        if word is None:
            self.unknown("fact", "事实", name, vocabulary.FACTS, origin)
        else:
            self._tail(word, name, origin)


def children(definition: Definition) -> Iterator[tuple[str, Child]]:
    """Every opening of child cases, with the name of the act or addition it hangs on."""
    for act in definition.acts.values():
        for child in act.children:
            yield act.name, child
        for way in act.ways:
            for child in way.children:
                yield act.name, child
    for addition in definition.additions:
        for child in addition.children:
            yield addition.name, child


def letters(definition: Definition) -> Iterator[Letter]:
    """Every letter a procedure may write."""
    for act in definition.acts.values():
        yield from act.letters
        for way in act.ways:
            yield from way.letters
    for addition in definition.additions:
        yield from addition.letters
    deadlines, duties = definition.deadlines.values(), definition.duties.values()
    for warning in (*(w for each in deadlines for w in each.warn), *(w for each in duties for w in each.warn)):
        yield from warning.letters
    for rung in (*(r for each in deadlines for r in each.late), *(r for each in duties for r in each.late)):
        yield from rung.letters


def effects(definition: Definition) -> Iterator[Effect]:
    """Every effect a procedure may have."""
    for act in definition.acts.values():
        yield from act.effects
        for way in act.ways:
            yield from way.effects
    for addition in definition.additions:
        yield from addition.effects
    for deadline in definition.deadlines.values():
        for rung in deadline.late:
            yield from rung.effects
    for duty in definition.duties.values():
        yield from duty.effects
        for rung in duty.late:
            yield from rung.effects


class Asked(Struct, frozen=True):
    """A condition, where it stands, and the act it is asked by (empty where no act is at hand)."""

    condition: Condition
    origin: Origin
    act: str = ""
    path: tuple[str, ...] = ()


def conditions(definition: Definition) -> Iterator[Asked]:
    """Every condition of a procedure."""
    for act in definition.acts.values():
        yield from _of_act(act)
    for addition in definition.additions:
        for on in addition.on:
            yield Asked(addition.condition, addition.origin, on, ("also", addition.name, "if"))
            for needs in addition.needs:
                yield Asked(needs.condition, needs.origin, on)
    for deadline in definition.deadlines.values():
        for within in deadline.within:
            yield Asked(within.condition, deadline.origin, path=("deadlines", deadline.name, "within"))
    for duty in definition.duties.values():
        yield Asked(duty.until, duty.origin, path=("duties", duty.name, "until"))
        for term in duty.every.terms:
            yield Asked(term.condition, duty.origin)
    for form in definition.forms.values():
        for field in (*form.fields.values(), *(f for lines in form.lines.values() for f in lines.fields.values())):
            if field.must:
                yield Asked(field.must, field.origin)
        for keep_term in form.keep.terms if form.keep else ():
            yield Asked(keep_term.condition, form.keep.origin if form.keep else form.origin)


def _of_act(act: Act) -> Iterator[Asked]:
    yield Asked(act.condition, act.origin, act.name, ("acts", act.name, "if"))
    if act.together:
        yield Asked(act.together, act.origin, act.name, ("acts", act.name, "together"))
    for needs in act.needs:
        yield Asked(needs.condition, needs.origin, act.name)
    for way in act.ways:
        yield Asked(way.condition, way.origin, act.name)


def known_at(definition: Definition, act: str) -> set[str]:
    """The facts an act asks to know, by its own words and those other clauses add."""
    known = set(definition.acts[act].know) if act in definition.acts else set()
    for addition in definition.additions:
        if act in addition.on:
            known |= set(addition.know)
    return known

"""What follows an act, and each answer to the question that decides: said before it is done, from the procedure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bihuan.procedure.conditions import could_hold, holds
from bihuan.procedure.definition import Act, Condition, Definition, Letter, Way
from bihuan.procedure.engine import NOWHERE, Working
from bihuan.procedure.sentences import Speaker
from bihuan.procedure.state import State

from ..definitions import running
from .inbox import Waiting

MOST = 3
"""More ways than these may hold say nothing to somebody in a hurry."""


@dataclass(frozen=True)
class Following:
    """One answer and where it leads; several outcomes where another answer, or a fact of that moment, decides."""

    answer: str
    outcomes: tuple[str, ...]


def following(one: Waiting, answers: Iterable[tuple[object, str]], at: datetime, language: str) -> list[Following]:
    """What each of ``answers`` (value, words) to the deciding question leads to; nothing where nobody can say.

    Only what is known now is reckoned with: what the same form asks beside it, and what is looked up when the act is
    done, may turn out either way.
    """
    if one.decides is None or not one.act.ways:
        return []
    told = _Ahead(one.definition, one.act, one.case.state, at, language)
    found = [Following(words, told.outcomes({one.decides.name: value})) for value, words in answers]
    # the same for every answer: it does not turn the way, so it would only be noise
    return found if len({each.outcomes for each in found}) > 1 and all(each.outcomes for each in found) else []


def leads_to(
    definition: Definition,
    action: str,
    state: State | None,
    at: datetime,
    language: str,
    answered: dict[str, object] | None = None,
) -> tuple[str, ...]:
    """Where an act may lead, before its form is filled in; nothing where it only stays, or may lead anywhere.

    ``state`` is the case's; None for the act that opens one. ``answered``: what of its form is settled already.
    """
    act = definition.acts[action]
    if act.standing or not any(way.step for way in act.ways):
        return ()
    state = state or State(step=definition.first, revision=0, opened=at, moment=at)
    return _Ahead(definition, act, state, at, language).outcomes(answered or {})


class _Ahead:
    """Looks ahead over the ways of one act in one case."""

    def __init__(self, definition: Definition, act: Act, state: State, at: datetime, language: str) -> None:
        self.definition, self.act = definition, act
        self.kinds = {each.kind: each.title for each in running(at)}
        self.speaker = Speaker(definition, language, definition.posts)
        self.work = Working(definition, state, NOWHERE)
        self.work.know, self.work.tried = frozenset(act.know), act.name
        self.answered: dict[str, object] = {}

    def outcomes(self, answered: dict[str, object]) -> tuple[str, ...]:
        """Where the act may lead with only ``answered`` of its form known, in the document's order."""
        act, self.answered = self.act, answered
        self.work.fresh = {act.form: answered} if act.form else {}
        several = bool(act.who.each or act.who.quorum)
        ways = []
        for way in sorted(act.ways, key=lambda each: not each.at_once):
            if not could_hold(way.condition, self.work.look, self._known):
                continue
            ways.append(way)
            if self._surely(way.condition):
                break
        said = tuple(dict.fromkeys(self._way(way, several and not way.at_once) for way in ways))
        return said if len(said) <= MOST else ()

    def _known(self, key: str) -> bool:
        head, _dot, name = key.partition(".")
        if head == self.act.form:
            return name in self.answered
        return key not in self.work.know

    def _surely(self, condition: Condition) -> bool:
        """Whether it holds whatever is answered beside it."""
        sure = tuple(
            table
            for table in condition
            if all(self._known(test.key) and (not test.of or self._known(str(test.value))) for test in table)
        )
        return not condition or (bool(sure) and holds(sure, self.work.look))

    def _way(self, way: Way, several: bool) -> str:
        """「已减免」，事项结束；通知总经理 – or who is next with what."""
        speak, act = self.speaker, self.act
        parts = [speak.two("各方都签了以后", "once everybody has signed")] if several else []
        step = self.definition.steps.get(way.step)
        if step is None:
            parts.append(speak.two(f"仍在{speak.step(self.work.step)}", f"stays at {speak.step(self.work.step)}"))
        elif step.end:
            parts.append(speak.two(f"{speak.step(step.name)}，事项结束", f"{speak.step(step.name)}, and the case ends"))
        else:
            parts.append(speak.step(step.name))
            parts += self._next(step.name)
        parts += [self._opened(child.kind) for child in (*act.children, *way.children)]
        told = _told((*act.letters, *way.letters))
        if told:
            parts.append(speak.two("通知", "tells ") + speak.posts(told))
        return speak.two("，", ", ").join(dict.fromkeys(parts))

    def _next(self, step: str) -> list[str]:
        """Who does what there: the first act of the step by hand, else what waits for the clock or for other cases."""
        acts = [act for act in self.definition.acts.values() if step in act.at and not act.standing]
        by_hand = [act for act in acts if act.who.posts or act.who.each]
        return [self._doer(act) for act in (by_hand or acts)[:1]]

    def _doer(self, act: Act) -> str:
        speak, title, who = self.speaker, self.speaker.say(act.title), act.who
        if not who.posts and not who.each:
            return speak.two(f"到时自动“{title}”", f"then “{title}” follows by itself")
        posts = speak.posts(who.posts or who.each)
        return speak.two(f"接着由{posts}办“{title}”", f"then “{title}” by {posts}")

    def _opened(self, kind: str) -> str:
        words = self.speaker.say(self.kinds[kind]) if kind in self.kinds else kind
        return self.speaker.two(f"另立“{words}”", f"opens “{words}”")


def _told(letters: tuple[Letter, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(post for letter in letters for post in letter.posts))

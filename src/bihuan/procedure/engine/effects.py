"""Effects, letters and children as the engine names them: arguments resolved, nothing carried out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..conditions import MISSING, unanswered
from ..definition import Argument, Child, Effect, Letter
from ..state import ChildCase
from .words import field_of
from .working import Working


def plain(value: Any) -> Any:
    """``value`` as JSON: the unanswered as null."""
    if value is MISSING:
        return None
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    return value


def resolved(work: Working, argument: Argument) -> Any:
    """The argument's constant, or the answer or fact it names."""
    return plain(work.look(argument.of)) if argument.of else plain(argument.value)


def effect(work: Working, each: Effect) -> None:
    """Name one effect with its arguments."""
    data = {name: resolved(work, argument) for name, argument in each.arguments.items()}
    work.say("effect", each.name, each.origin.cite(), data)


def letters(work: Working, told: Iterable[Letter], because: dict[str, Any]) -> None:
    """One happening per post told; to a person an answer names it is called ``person:<name>``.

    ``person:`` alone is a letter to somebody nobody has named yet: it is said all the same, so that it can be seen.
    """
    for letter in told:
        for post in (name for each in letter.posts for name in _addressed(work, each)):
            data = dict(because)
            if letter.say is not None:
                data["say"] = {"zh": letter.say.zh, "en": letter.say.en}
            work.say("letter", post, letter.origin.cite(), data)


def _addressed(work: Working, to: str) -> list[str]:
    """The names a letter goes to: a post as it is, an answer as the posts or persons in it."""
    if "." not in to:
        return [to]
    found = plain(work.look(to))
    values = [each for each in (found if isinstance(found, list) else [found]) if not unanswered(each)]
    if not values:
        return ["person:"]
    field = field_of(work.definition, to)
    prefix = "" if field is not None and field.kind == "post" else "person:"
    return [f"{prefix}{each}" for each in dict.fromkeys(values)]


def children(work: Working, opened: Iterable[Child]) -> None:
    """Name the cases to open. A new opening of a group replaces the one before: the parent waits for the newest."""
    fresh: dict[str, list[ChildCase]] = {}
    for child in opened:
        group = child.group or child.kind
        cases = fresh.setdefault(group, [])
        for index, element in enumerate(_elements(work, child)):
            answers = {name: _of_element(work, child, value, index) for name, value in child.answers.items()}
            data: dict[str, Any] = {"case": child.kind, "group": group, "answers": answers}
            if child.per:
                data |= {"per": child.per, "index": index, "element": plain(element)}
            work.say("child", group, child.origin.cite(), data)
            # The number comes with the first word from the child itself.
            cases.append(ChildCase(number=f"#{len(cases) + 1}", step="", ended=False))
    for group, cases in fresh.items():
        work.table("children")[group] = tuple(cases)
        work.table("moments")[f"children {group}"] = work.at
        if cases:
            # Counted, because two openings may fall on one moment; an opening of none waits for nobody.
            entered = work.table("entered")
            entered[f"children {group}"] = entered.get(f"children {group}", 0) + 1


def _elements(work: Working, child: Child) -> list[Any]:
    if not child.per:
        return [None]
    found = plain(work.look(child.per))
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def _of_element(work: Working, child: Child, argument: Argument, index: int) -> Any:
    """An answer for the child: what is asked of the list it is opened over is asked of its own element."""
    value = resolved(work, argument)
    if child.per and argument.of and (argument.of == child.per or argument.of.startswith(f"{child.per}.")):
        return value[index] if isinstance(value, list) and index < len(value) else value
    return value

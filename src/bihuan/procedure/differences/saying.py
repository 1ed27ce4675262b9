"""One attribute of an entry in words: a limit, a post, a way, a condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from ..definition import Choice, Keep, Letter, Origin, Text, Warn, Within
from ..sentences import Speaker

NOTHING = "—"


def bare(value: Any) -> Any:
    """A value without where it stands: equal where the same is said. Dictionaries keep their order."""
    if isinstance(value, Origin):
        return None
    if isinstance(value, Struct):
        said = [(one.name, bare(getattr(value, one.name))) for one in fields(value)]
        return tuple((name, one) for name, one in said if name != "origin")
    if isinstance(value, dict):
        return tuple((name, bare(one)) for name, one in value.items())
    if isinstance(value, (tuple, list)):
        return tuple(bare(one) for one in value)
    # 1, 1.0 and True are one to Python and three to a reader
    return value if isinstance(value, str | type(None)) else (type(value).__name__, value)


def spoken(speaker: Speaker, owner: str, name: str, value: Any) -> str:
    """The attribute ``name`` of an entry of class ``owner`` as a reader of the speaker's language would say it."""
    if name in _EVEN_OF_NOTHING:
        return _EVEN_OF_NOTHING[name](speaker, value)
    if value is None or value == "" or value in ((), {}):
        return speaker.two("无", "none")
    if isinstance(value, bool):
        return speaker.two("是" if value else "否", "yes" if value else "no")
    if isinstance(value, Text):
        return speaker.say(value)
    said = _OWN.get((owner, name)) or _SAID.get(name)
    return said(speaker, value) if said else _plain(speaker, value)


def _plain(speaker: Speaker, value: Any) -> str:
    if isinstance(value, dict):
        return speaker.mark.join(f"{name} {_plain(speaker, one)}" for name, one in value.items())
    if isinstance(value, (tuple, list)):
        return speaker.mark.join(_plain(speaker, one) for one in value)
    if isinstance(value, Text):
        return speaker.say(value)
    return str(value)


def _joined(speaker: Speaker, parts: list[str]) -> str:
    return speaker.two("；", "; ").join(part for part in parts if part)


def _must(speaker: Speaker, value: Any) -> str:
    if value is None:
        return speaker.two("选填", "optional")
    return speaker.two("必填", "required") if value == ((),) else speaker.condition(value)


def _together(speaker: Speaker, value: Any) -> str:
    if value is None:
        return speaker.two("不可以", "no")
    return speaker.two("可以", "yes") if value == ((),) else speaker.condition(value)


def _within(speaker: Speaker, terms: tuple[Within, ...]) -> str:
    said = []
    for term in terms:
        words = speaker.time(term.time)
        if term.condition:
            condition = speaker.condition(term.condition)
            words = speaker.two(f"{words}（{condition}）", f"{words} ({condition})")
        said.append(words)
    return _joined(speaker, said)


def _keep(speaker: Speaker, keep: Keep) -> str:
    return speaker.keep("", keep).lstrip(": ")


def _letters(speaker: Speaker, letters: tuple[Letter, ...]) -> str:
    return _joined(
        speaker,
        [speaker.posts(one.posts) + (f"“{speaker.say(one.say)}”" if one.say else "") for one in letters],
    )


def _warn(speaker: Speaker, warnings: tuple[Warn, ...]) -> str:
    return _joined(
        speaker,
        [
            speaker.two(f"到期前{speaker.time(one.before)}通知", f"{speaker.time(one.before)} before, tell ")
            + _letters(speaker, one.letters)
            for one in warnings
        ],
    )


def _choices(speaker: Speaker, choices: tuple[Choice, ...]) -> str:
    return speaker.mark.join(speaker.say(one.label) for one in choices)


def _opening(speaker: Speaker, opening: Any) -> str:
    by_hand = speaker.two("人工可立", "by hand") if opening.by_hand else speaker.two("只由系统立", "not by hand")
    return f"{opening.kind} “{speaker.act_title(opening.act)}” {by_hand}"


def _pauses(speaker: Speaker, pauses: Any) -> str:
    return _joined(speaker, [f"{speaker.steps(one.steps)}（{speaker.say(one.because)}）" for one in pauses])


def _children(speaker: Speaker, children: Any) -> str:
    return _joined(speaker, speaker.follows((), (), children))


def _effects(speaker: Speaker, effects: Any) -> str:
    return _joined(speaker, speaker.follows(effects, (), ()))


def _keys(speaker: Speaker, names: tuple[str, ...]) -> str:
    return speaker.mark.join(speaker.key(name) for name in names)


def _acts(speaker: Speaker, names: tuple[str, ...]) -> str:
    return speaker.mark.join(speaker.act_title(name) for name in names)


def _moments(speaker: Speaker, value: Any) -> str:
    return speaker.moment(value) if isinstance(value, str) else speaker.mark.join(map(speaker.moment, value))


Said = Callable[[Speaker, Any], str]
_SAID: dict[str, Said] = {
    "who": lambda speaker, value: speaker.who(value),
    "owner": lambda speaker, value: speaker.post(value),
    "needs": lambda speaker, value: _joined(speaker, speaker.needs(value)),
    "ways": lambda speaker, value: _joined(speaker, speaker.ways(value)),
    "condition": lambda speaker, value: speaker.condition(value),
    "form": lambda speaker, value: speaker.form_title(value),
    "lasts": lambda speaker, value: speaker.time(value),
    "every": lambda speaker, value: speaker.every(value),
    "while_steps": lambda speaker, value: speaker.steps(value),
    "received_by": lambda speaker, value: speaker.posts(value),
    "seen_by": lambda speaker, value: speaker.posts(value),
    "undoes": lambda speaker, value: speaker.act_title(value),
    "opening": _opening,
    "within": _within,
    "keep": _keep,
    "letters": _letters,
    "children": _children,
    "effects": _effects,
    "know": _keys,
    "on": _acts,
    "start": _moments,
    "until": _moments,
    "seen_until": _moments,
    "pauses": _pauses,
    "warn": _warn,
    "choices": _choices,
}
_EVEN_OF_NOTHING: dict[str, Said] = {
    "must": _must,
    "together": _together,
    "late": lambda speaker, value: _joined(speaker, speaker.late((), value)),
}
_OWN: dict[tuple[str, str], Said] = {
    ("Act", "at"): lambda speaker, value: speaker.steps(value),
    ("Deadline", "at"): lambda speaker, value: speaker.key(value),
    ("Duty", "until"): lambda speaker, value: speaker.condition(value),
    ("Form", "keep"): _keep,
}

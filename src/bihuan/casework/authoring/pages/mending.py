"""What a press of a button beside a fault or finding does to what is typed. Nothing is saved by it."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from bihuan.procedure.checking.fault import Fault
from bihuan.procedure.definition import Text
from bihuan.procedure.mending import mended, with_reason
from bihuan.registers.documents import whole
from bihuan.registers.documents.models import Draft
from bihuan.registers.documents.whole import Judged


@dataclass(frozen=True)
class Pressed:
    """The text after the press, the line that changed (0 = none), what is said of it, the fault it was about."""

    text: str
    line: int
    words: Text
    key: str


def key_of(fault: Fault) -> str:
    """A fault's name on the page: its code, its line, its words."""
    return f"{fault.code}-{fault.line}-{zlib.crc32(fault.words.zh.encode()):08x}"


def mend(draft: Draft, text: str, key: str) -> Pressed:
    """The corrected line of the fault ``key`` put into ``text``, if it stands there still and is gone with it."""
    judged = whole.judge(draft.pack, draft.file, text)
    fault = _found(judged, (*judged.faults, *judged.findings), key)
    if fault is None:
        return _gone(text, key)
    told = Text(f"第 {fault.line} 行已照此改。", f"Line {fault.line} is written so now.")
    return _changed(draft, text, fault, mended(text, fault), told, lambda one: True)


def accept(draft: Draft, text: str, key: str, reason: str) -> Pressed:
    """The reason for which the finding ``key`` may stand, written under its clause in ``text``."""
    judged = whole.judge(draft.pack, draft.file, text)
    fault = _found(judged, judged.findings, key)
    if fault is None:
        return _gone(text, key)
    if not reason.strip():
        return Pressed(text, 0, Text("请写明理由。", "Say why."), key)
    told = Text("理由已写在这一条下面。", "The reason stands under its clause now.")
    return _changed(draft, text, fault, with_reason(text, fault, reason), told, lambda one: not one.accepted)


def _found(judged: Judged, among: tuple[Fault, ...], key: str) -> Fault | None:
    """The fault of that name in the draft itself; where lines moved meanwhile, the only one that says the same."""
    mine = [one for one in among if one.file == judged.file]
    exact = [one for one in mine if key_of(one) == key]
    code, _, words = key.rpartition("-")
    code = code.rpartition("-")[0]
    alike = [one for one in mine if one.code == code and key_of(one).rpartition("-")[2] == words]
    return exact[0] if exact else alike[0] if len(alike) == 1 else None


def _changed(
    draft: Draft, text: str, fault: Fault, new: str | None, told: Text, stays: Callable[[Fault], bool]
) -> Pressed:
    """The new text, if the fault does not stay in it."""
    judged = whole.judge(draft.pack, draft.file, new) if new is not None else None
    if new is None or judged is None or any(_same(one, fault) and stays(one) for one in _all_of(judged)):
        words = Text(
            "这一处放不进去，请手改；正文没有动。", "It does not fit in by itself: write it by hand. Nothing changed."
        )
        return Pressed(text, 0, words, key_of(fault))
    return Pressed(new, first_apart(text, new), told, key_of(fault))


def _all_of(judged: Judged) -> tuple[Fault, ...]:
    return (*judged.faults, *judged.findings)


def _same(one: Fault, other: Fault) -> bool:
    return (one.code, one.file, one.words) == (other.code, other.file, other.words) and one.line == other.line


def _gone(text: str, key: str) -> Pressed:
    words = Text("这一处已经不在了，正文没有动。", "It is not there any more. Nothing changed.")
    return Pressed(text, 0, words, key)


def first_apart(old: str, new: str) -> int:
    """The first line, from 1, that differs."""
    before, after = old.split("\n"), new.split("\n")
    return next((at for at, line in enumerate(after, 1) if at > len(before) or before[at - 1] != line), 1)

"""What differs between two texts of one example file, in words; examples are told apart by their titles."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..definition import Text
from ..rehearsal.lines import FileLines
from . import Change

_KEYS = {
    "title": Text("标题", "title"),
    "rules": Text("规则号", "rules"),
    "procedure": Text("程序", "procedure"),
    "given": Text("开头", "begins with"),
    "from": Text("接着", "from"),
    "start": Text("立案", "opening"),
    "by": Text("谁做", "who"),
    "act": Text("做什么", "act"),
    "at": Text("何时", "when"),
    "clock": Text("时钟走到", "the clock runs to"),
    "answers": Text("所填", "filled in"),
    "facts": Text("事实", "facts"),
    "follows": Text("然后", "then"),
    "due": Text("到期", "due"),
    "deadlines": Text("时限状态", "state of the promise"),
    "letters": Text("通知", "tells"),
    "step": Text("到步骤", "step"),
    "stage": Text("阶段", "stage"),
    "clause": Text("条款", "clause"),
    "effects": Text("同时办理", "carries out"),
    "opens": Text("另立事项", "opens"),
    "keep": Text("保存", "kept"),
    "ended": Text("已结束", "ended"),
    "offers": Text("可办", "offers"),
    "refused": Text("拒绝，依据", "refused under"),
    "wrong": Text("填得不对", "filled in wrongly"),
    "not-yours": Text("不归他办", "not theirs to do"),
    "duty": Text("定期任务", "duty"),
    "falls-on": Text("落在", "falls on"),
}
_TABLES = ("example", "given")
_NOTHING = Text("（无）", "(nothing)")
_MOST = 12
_LONGEST = 200


def example_differences(old: str, new: str) -> tuple[Change, ...] | None:
    """Every difference between two texts of an example file, in the order of the new one; what is gone stands last.

    Equal texts have none; texts that differ have at least one. None where the new one cannot be read as TOML.
    """
    after = _read(new)
    if after is None:
        return None
    before = _read(old) or {}
    lines = FileLines(new)
    try:
        found = [*_heads(before, after), *_examples(before, after, lines), *_givens(before, after, lines)]
    except RecursionError:  # a key of thousands of parts is a table that deep
        return None
    if not found and old != new:
        words = Text("只动了注释或排列", "only comments or the layout changed")
        found.append(Change("changed", "", 1, Text("文件", "File"), words))
    return tuple(sorted(found, key=lambda one: one.line or 10**9))


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _heads(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    words = _apart(*({key: value for key, value in one.items() if key not in _TABLES} for one in (before, after)))
    if words is not None:
        yield Change("changed", "", 1, Text("全文件", "Whole file"), words)


def _examples(before: dict[str, Any], after: dict[str, Any], lines: FileLines) -> Iterator[Change]:
    subject = Text("例子", "Example")
    old, new = _named(before.get("example")), _named(after.get("example"))
    for name, (place, table) in new.items():
        line = lines.line(("example", place))
        yield from _entry(_titled(subject, name[0]), line, old[name][1] if name in old else None, table)
    for name in old:
        if name not in new:
            yield Change("removed", "", 0, _titled(subject, name[0]), Text("删去", "removed"))


def _givens(before: dict[str, Any], after: dict[str, Any], lines: FileLines) -> Iterator[Change]:
    subject = Text("开头", "Beginning")
    old, new = before.get("given"), after.get("given")
    old, new = old if isinstance(old, dict) else {}, new if isinstance(new, dict) else {}
    for name, table in new.items():
        yield from _entry(_titled(subject, name), lines.line(("given", name)), old.get(name), table)
    for name in old:
        if name not in new:
            yield Change("removed", "", 0, _titled(subject, name), Text("删去", "removed"))


def _entry(subject: Text, line: int, old: Any, new: Any) -> Iterator[Change]:
    if old is None:
        yield Change("added", "", line, subject, Text("新增", "added"))
        return
    words = _apart(old, new)
    if words is not None:
        yield Change("changed", "", line, subject, words)


def _named(value: Any) -> dict[tuple[str, int], tuple[int, Any]]:
    """(title, how often it came before) → (place in the file, table)."""
    seen: Counter[str] = Counter()
    named = {}
    for place, table in enumerate(value if isinstance(value, list) else []):
        title = table.get("title") if isinstance(table, dict) else None
        title = title.get("zh") if isinstance(title, dict) else title
        name = str(title or "")
        named[name, seen[name]] = (place, table)
        seen[name] += 1
    return named


def _titled(subject: Text, name: str) -> Text:
    return Text(f"{subject.zh}“{name}”", f"{subject.en} “{name}”")


def _apart(old: Any, new: Any) -> Text | None:
    """Every single value that differs, by its path; None where none does."""
    before, after = dict(_values(old)), dict(_values(new))
    paths = [*after, *(one for one in before if one not in after)]
    told = [(path, before.get(path), after.get(path)) for path in paths if before.get(path) != after.get(path)]
    if not told:
        return None
    shown, more = told[:_MOST], len(told) - _MOST
    zh = "；".join(f"{_path(path, 'zh')}：{_said(a, 'zh')} → {_said(b, 'zh')}" for path, a, b in shown)
    en = "; ".join(f"{_path(path, 'en')}: {_said(a, 'en')} → {_said(b, 'en')}" for path, a, b in shown)
    if more > 0:
        zh, en = f"{zh}；另有 {more} 处", f"{en}; and {more} more"
    return Text(zh, en)


def _values(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Single values with the path to each; a list of plain words is one value."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _values(inner, (*path, str(key)))
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for place, inner in enumerate(value, 1):
            yield from _values(inner, (*path, place))
    else:
        yield path, value


def _path(path: tuple[str | int, ...], language: str) -> str:
    parts = []
    for one in path:
        if one == "then":
            continue
        if isinstance(one, int):
            parts.append(f"第 {one} 步" if language == "zh" else f"step {one}")
        else:
            parts.append(_KEYS[one].say(language) if one in _KEYS else one)
    return " · ".join(parts) or ("内容" if language == "zh" else "content")


def _said(value: Any, language: str) -> str:
    if value is None:
        return _NOTHING.say(language)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        words = ("、" if language == "zh" else ", ").join(str(one) for one in value)
        return words or _NOTHING.say(language)
    words = str(value)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"

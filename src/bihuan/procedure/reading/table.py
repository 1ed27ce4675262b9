"""Strict reading of one table: each key is asked for by its type, and what nobody asked for is a fault."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bihuan.procedure.checking.names import near
from bihuan.procedure.definition import Argument, Condition, Operator, Origin, Test, Text, Time, Unit

from .merge import Tree
from .walk import Path

HEAD_KEYS = (
    "grammar",
    "number",
    "title",
    "version",
    "owner",
    "work_order",
    "days",
    "opens",
    "keep",
    "steps",
    "stages",
    "step-titles",
    "effective",
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*$")
_TIME = re.compile(r"(\d+) (working )?(minute|hour|day|week|month|year)s?$")
_OPERATORS: dict[str, Operator] = {
    "at-least": "at-least",
    "more-than": "more-than",
    "at-most": "at-most",
    "less-than": "less-than",
    "is": "equal",
    "in": "one-of",
}
_TEST_KEYS = (*_OPERATORS, "absent", "of", "some")


def parse_time(said: str, times: Mapping[str, Time]) -> Time | None:
    """``"2 days"``, ``"90 working minutes"`` or a word of the pack's ``[times]``; None where it is neither."""
    if said in times:
        return times[said]
    found = _TIME.match(said.strip())
    if found is None:
        return None
    unit = found.group(3) + "s"
    if found.group(2):
        if unit not in ("minutes", "hours", "days"):
            return None
        unit = f"working-{unit}"
    units: dict[str, Unit] = {
        "minutes": "minutes",
        "hours": "hours",
        "days": "days",
        "weeks": "weeks",
        "months": "months",
        "years": "years",
        "working-minutes": "working-minutes",
        "working-hours": "working-hours",
        "working-days": "working-days",
    }
    amount = found.group(1)
    return Time(int(amount), units[unit]) if len(amount) <= 6 else None


def show(value: Any) -> str:
    """A value as it is written in a block."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_shown_key(key)} = {show(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(show(item) for item in value) + "]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value)


def _shown_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else show(key)


class Table:
    """One table of the merged tree. Every getter notes its key as known; ``finish`` reports the rest."""

    def __init__(self, tree: Tree, path: Path, data: Any, times: Mapping[str, Time], part: str = "") -> None:
        self.tree = tree
        self.path = path
        self.times = times
        self.known: list[str] = []
        self.part = part
        if not isinstance(data, dict):
            self.wrong((), "一张表", "a table", show({"…": 1}) if data is None else "")
            data = {}
        self.data: dict[str, Any] = data
        if not part and isinstance(data.get("part"), str):
            self.part = data["part"]

    @property
    def origin(self) -> Origin:
        return self.origin_of()

    def origin_of(self, *below: str | int) -> Origin:
        place = self.tree.origin((*self.path, *below))
        return Origin(place.file, place.line, place.clause, self.part)

    def fault(self, code: str, below: Path, zh: str, en: str, corrected: str = "") -> None:
        self.tree.fault(code, (*self.path, *below), zh, en, corrected)

    def wrong(self, below: Path, zh: str, en: str, corrected: str = "") -> None:
        name = ".".join(map(str, (*self.path, *below)))
        self.fault("wrong-type", below, f"{name} 应为{zh}", f"{name} has to be {en}", corrected)

    def take(self, key: str) -> Any:
        self.known.append(key)
        return self.data.get(key)

    def text(self, key: str, default: str = "", required: bool = False) -> str:
        value = self.take(key)
        if value is None:
            if required:
                name = ".".join(map(str, self.path))
                self.fault("missing-key", (), f"{name} 缺少 {key}", f"{name or 'the head'} lacks {key}", f'{key} = "…"')
            return default
        if not isinstance(value, str):
            self.wrong((key,), "加引号的文字", "quoted text", f"{key} = {show(str(value))}" if _scalar(value) else "")
            return str(value) if _scalar(value) and not isinstance(value, bool) else default
        return value

    def name(self, key: str, required: bool = False) -> str:
        return self.checked_name(self.text(key, required=required), (key,))

    def checked_name(self, value: str, below: Path) -> str:
        if value and not _NAME.match(value):
            self.fault(
                "name-not-plain",
                below,
                f"名称“{value}”只能用英文字母、数字和连字符",
                f"the name “{value}” may only have letters, digits and hyphens",
            )
        return value

    def names(self, key: str) -> tuple[str, ...]:
        """One name or a list of them."""
        value = self.take(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (self.checked_name(value, (key,)),)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(self.checked_name(item, (key, at)) for at, item in enumerate(value))
        self.wrong((key,), "名称或名称列表", "a name or a list of names", f'{key} = ["…"]')
        return ()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.take(key)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.wrong((key,), "文字列表", "a list of texts", f'{key} = ["…"]')
        return ()

    def words(self, key: str) -> Text | None:
        """Text, or a table of ``zh`` and ``en``."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, str):
            return Text(value)
        if isinstance(value, dict) and isinstance(value.get("zh"), str) and isinstance(value.get("en", ""), str):
            for other in value.keys() - {"zh", "en"}:
                self.unknown((key, other), other, ("zh", "en"))
            return Text(value["zh"], value.get("en", ""))
        self.wrong((key,), "文字或 { zh, en }", "text or { zh, en }", f'{key} = {{ zh = "…", en = "…" }}')
        return None

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.take(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.wrong((key,), "true 或 false", "true or false", f"{key} = true")
        return default

    def whole(self, key: str, default: int = 0, low: int = 0, high: int = 1_000_000) -> int:
        value = self.take(key)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.wrong((key,), f"{low} 到 {high} 的整数", f"a whole number from {low} to {high}")
        return default

    def figure(self, key: str) -> float | None:
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15:
            return float(value)
        self.wrong((key,), "数字", "a number")
        return None

    def table(self, key: str) -> Table | None:
        value = self.take(key)
        return None if value is None else self.below(value, key)

    def below(self, value: Any, *path: str | int) -> Table:
        return Table(self.tree, (*self.path, *path), value, self.times, self.part)

    def tables(self, key: str) -> list[Table]:
        """A table or a list of tables."""
        value = self.take(key)
        if value is None:
            return []
        if isinstance(value, list):
            return [self.below(item, key, at) for at, item in enumerate(value)]
        return [self.below(value, key)]

    def entries(self, key: str) -> list[tuple[str, Table]]:
        """A table of named tables."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, dict):
            self.wrong((key,), "一张表", "a table")
            return []
        for name in value:
            self.checked_name(name, (key, name))
        return [(name, self.below(item, key, name)) for name, item in value.items()]

    def time(self, key: str, required: bool = False) -> Time | None:
        said = self.text(key, required=required)
        return self.time_of(said, (key,)) if said else None

    def time_of(self, said: str, below: Path) -> Time | None:
        found = parse_time(said, self.times)
        if found is None:
            units = ["2 hours", "2 days", "2 weeks", "2 months", "2 years", "2 working hours", "2 working days"]
            hint = near(said, [*self.times, *units])
            figure = re.match(r"\d+", said)
            if figure and hint[:1] == "2":
                hint = figure.group() + hint[1:]
            self.fault(
                "unknown-time",
                below,
                f'期限“{said}”读不懂；写如 "2 days"、"4 working hours" 或组织 [times] 里的词',
                f'the time “{said}” cannot be read; write "2 days", "4 working hours" or a word of the pack\'s [times]',
                show(hint) if hint else "",
            )
        return found

    def condition(self, key: str, bare: Mapping[str, str] | None = None) -> Condition:
        """A condition; ``bare`` gives the full names of short keys allowed here."""
        value = self.take(key)
        return () if value is None else self.condition_of(value, (key,), bare or {})

    def when(self, key: str, bare: Mapping[str, str] | None = None) -> Condition | None:
        """``true`` (always) or ``{ if = … }``; None where it is false or not said."""
        value = self.take(key)
        if value is None or value is False:
            return None
        if value is True:
            return ((),)
        if isinstance(value, dict) and set(value) == {"if"}:
            return self.below(value, key).condition("if", bare)
        self.wrong((key,), "true 或 { if = … }", "true or { if = … }", f"{key} = true")
        return None

    def condition_of(self, value: Any, below: Path, bare: Mapping[str, str]) -> Condition:
        if isinstance(value, dict):
            return (self._all_of(value, below, bare),)
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            return tuple(self._all_of(item, (*below, at), bare) for at, item in enumerate(value))
        self.wrong(
            below, "条件（一张表或几张表）", "a condition: a table or a list of tables", 'if = { "form.field" = "…" }'
        )
        return ()

    def _all_of(self, value: dict[str, Any], below: Path, bare: Mapping[str, str]) -> tuple[Test, ...]:
        tests: list[Test] = []
        for key, wanted in value.items():
            tests += self._tests(bare.get(key, key), wanted, (*below, key))
        return tuple(tests)

    def _tests(self, key: str, wanted: Any, below: Path, some: bool = False) -> list[Test]:
        if isinstance(wanted, list):
            return [Test(key, "one-of", tuple(wanted), some=some)]
        if not isinstance(wanted, dict):
            return [Test(key, "equal", wanted, some=some)]
        strange = [name for name in wanted if name not in _TEST_KEYS]
        for name in strange:
            self._strange_operator(key, name, wanted, below)
        if strange:
            return []
        if "some" in wanted and (len(wanted) == 1 or not isinstance(wanted["some"], bool)):
            return self._tests(key, wanted["some"], below, some=True)
        some = some or wanted.get("some") is True
        tests = []
        if isinstance(wanted.get("absent"), bool):
            tests.append(Test(key, "absent" if wanted["absent"] else "present", some=some))
        elif "absent" in wanted:
            self.wrong((*below, "absent"), "true 或 false", "true or false")
        if "of" in wanted:
            tests.append(Test(key, "equal", self._other(wanted["of"], below), True, some))
        for name, operator in _OPERATORS.items():
            if name in wanted:
                tests.append(self._compared(key, name, operator, wanted[name], below, some))
        return tests

    def _compared(self, key: str, name: str, operator: Operator, other: Any, below: Path, some: bool) -> Test:
        if isinstance(other, dict) and set(other) == {"of"}:
            return Test(key, operator, self._other(other["of"], below), True, some)
        if operator == "one-of" and not isinstance(other, list):
            self.wrong((*below, name), "列表", "a list", f"in = [{show(other)}]")
        return Test(key, operator, tuple(other) if isinstance(other, list) else other, some=some)

    def _other(self, name: Any, below: Path) -> str:
        if isinstance(name, str):
            return name
        self.wrong((*below, "of"), "另一个答案或事实的名称", "the name of another answer or fact")
        return ""

    def _strange_operator(self, key: str, name: str, wanted: dict[str, Any], below: Path) -> None:
        hint = near(name, _TEST_KEYS)
        corrected = f"{_shown_key(key)} = {{ {hint} = {show(wanted[name])} }}" if hint else ""
        if not hint and not isinstance(wanted[name], dict):
            corrected = f"{show(f'{key}.{name}')} = {show(wanted[name])}"
        self.fault(
            "unknown-operator",
            (*below, name),
            f"比较词“{name}”不认识；可写 {'、'.join(_TEST_KEYS)}",
            f"the comparison “{name}” is unknown; write one of {', '.join(_TEST_KEYS)}",
            corrected,
        )

    def argument(self, value: Any) -> Argument:
        if isinstance(value, dict) and set(value) == {"of"} and isinstance(value["of"], str):
            return Argument(of=value["of"])
        return Argument(value)

    def unknown(self, below: Path, key: str, words: Iterable[str]) -> None:
        hint = near(key, words)
        where = ".".join(map(str, (*self.path, *below)[:-1]))
        if not hint and key in HEAD_KEYS and len(self.path) == 2:
            self.fault(
                "key-of-the-head",
                below,
                f"{key} 看来属于整个程序：请移到第一个表头之前",
                f"{key} looks like it belongs to the procedure: move it above the first header",
                f"{key} = {show(self.data.get(key))}",
            )
            return
        self.fault(
            "unknown-key",
            below,
            f"{where or '文首'} 里没有 {key} 这个词" + (f"；是不是 {hint}？" if hint else ""),
            f"{where or 'the head'} knows no key {key}" + (f"; did you mean {hint}?" if hint else ""),
            f"{hint} = {show(self.data.get(key))}" if hint and len(below) == 1 else hint,
        )

    def finish(self) -> None:
        """Reports the keys nobody asked for."""
        for key in self.data:
            if key not in self.known and not (key == "part" and len(self.path) == 2):
                self.unknown((key,), key, self.known)


def _scalar(value: Any) -> bool:
    return isinstance(value, (int, float, str))

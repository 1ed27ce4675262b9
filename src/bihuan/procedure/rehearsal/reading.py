"""Example files read strictly: what is not known is a fault with its file and line, never passed over."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..definition import Definition, Pack, Text
from .example import DutyDates, Example, ExampleFault, ExampleStep, Expected
from .lines import FileLines

Place = tuple[str | int, ...]

FILE_KEYS = {"rules", "procedure", "example", "given", "facts"}
_AT_LINE = re.compile(r"at line (\d+)")
# what a value of any other shape than the one expected raises, wherever it is first looked into
UNSHAPED = (AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError)
STEP_KEYS = {
    "by", "act", "at", "clock", "place", "answers", "facts", "child",
    "follows", "refused", "refused-code", "wrong", "not-yours", "offers", "together",
}  # fmt: skip
BEGINNING_KEYS = {"procedure", "start", "then", "facts", "places", "where"}
EXAMPLE_KEYS = BEGINNING_KEYS | {
    "title", "rules", "waits-for", "proves", "given", "duty", "from", "falls-on", "overdue-after", "about", "opens",
    "holidays",
}  # fmt: skip
FOLLOWS_KEYS = {
    "step", "stage", "letters", "effects", "opens", "deadlines", "due", "clause", "keep", "answers", "facts",
    "ended", "offers", "signed-only",
}  # fmt: skip
CHILD_KEYS = {"group", "number", "step", "ended"}


def read_examples(folder: Path, pack: Pack, definitions: Mapping[str, Definition]) -> ExampleFiles:
    """Every example of ``folder/examples/*.toml``, in the order of file names; and what is wrong with them."""
    found = ExampleFiles()
    for path in sorted((folder / "examples").glob("*.toml")):
        reader = _Reader(str(path), path.read_text(encoding="utf-8"), pack, definitions)
        found.examples += reader.examples()
        found.faults += reader.faults
    return found


class ExampleFiles:
    """What was read: the examples, and the faults that keep some from being rehearsed."""

    def __init__(self) -> None:
        self.examples: list[Example] = []
        self.faults: list[ExampleFault] = []


class _Reader:
    def __init__(self, file: str, text: str, pack: Pack, definitions: Mapping[str, Definition]) -> None:
        self.file, self.pack, self.definitions = file, pack, definitions
        self.lines = FileLines(text)
        self.faults: list[ExampleFault] = []
        try:
            self.data: dict[str, Any] = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self.data = {}
            said = _AT_LINE.search(str(error))
            line = int(said[1]) if said else 1
            words = Text(f"不是合格的 TOML：{error}", f"not valid TOML: {error}")
            self.faults.append(ExampleFault("not-toml", self.file, line, words))

    def fault(self, code: str, place: Place, zh: str, en: str, key: str = "") -> None:
        self.faults.append(ExampleFault(code, self.file, self.lines.line(place, key), Text(zh, en)))

    def examples(self) -> list[Example]:
        """The examples without faults of their own; a faulty one is left out."""
        self._known(self.data, FILE_KEYS, ())
        givens = self.data.get("given", {})
        self._known(givens, set(givens) if isinstance(givens, dict) else set(), ("given",))
        for name, table in givens.items() if isinstance(givens, dict) else ():
            self._known(table, BEGINNING_KEYS | {"from"}, ("given", name))
        found = []
        entries = self.data.get("example", [])
        if not isinstance(entries, list):
            words = "例子要写成 [[example]]", "examples are written as [[example]]"
            self.fault("not-a-list", (), *words, key="example")
        for index, table in enumerate(entries if isinstance(entries, list) else []):
            before = len(self.faults)
            example = self._shaped(table, ("example", index))
            if len(self.faults) == before and example is not None:
                found.append(example)
        return found

    def _shaped(self, table: Any, place: Place) -> Example | None:
        """The example; where a value in it has a shape nothing expects there, a fault."""
        try:
            return self._example(table, place)
        except UNSHAPED as error:
            self.fault("wrong-shape", place, f"例子里有一处写法不对：{error}", f"something has a wrong shape: {error}")
            return None

    def _known(self, table: Any, keys: set[str], place: Place) -> bool:
        if not isinstance(table, dict):
            self.fault("not-a-table", place, "这里应是一个表", "a table is expected here")
            return False
        for key in table:
            if key not in keys:
                self.fault("unknown-key", place, f"例子里没有“{key}”这个键", f"examples know no key “{key}”", key)
        return True

    def _example(self, table: dict[str, Any], place: Place) -> Example | None:
        if not self._known(table, EXAMPLE_KEYS, place):
            return None
        chain = self._beginnings(table, place)
        tables = [each for each, _ in chain] + [table]
        procedure = self._last(tables, "procedure") or self.data.get("procedure", "")
        definition = self.definitions.get(procedure)
        if definition is None:
            known = "、".join(self.definitions)
            self.fault(
                "unknown-procedure", place, f"没有程序“{procedure}”（有：{known}）",
                f"there is no procedure “{procedure}” (there are: {known})", "procedure",
            )  # fmt: skip
            return None
        for entry in table.get("proves", ()):
            if not _has_entry(definition, entry):
                self.fault("unknown-entry", place, f"没有条目“{entry}”", f"there is no entry “{entry}”", "proves")
        facts: dict[str, Any] = {}
        for each in (self.data, *tables):
            facts |= each.get("facts", {})
        return Example(
            file=self.file,
            line=self.lines.line(place),
            title=self._text(table.get("title"), place),
            procedure=procedure,
            rules=(*self._words(self.data, "rules", ()), *self._words(table, "rules", place)),
            waits_for=str(table.get("waits-for", "")),
            proves=self._words(table, "proves", place),
            steps=self._steps([*chain, (table, place)], definition),
            duty=self._duty(table, place, definition),
            facts=facts,
            places=tuple(self._last(tables, "places") or ()),
            where=self._last(tables, "where") or {},
            holidays=self._words(table, "holidays", place),
        )

    def _beginnings(self, table: dict[str, Any], place: Place) -> list[tuple[dict[str, Any], Place]]:
        """The shared beginnings the example stands on, the first one first."""
        chain: list[tuple[dict[str, Any], Place]] = []
        name, key, seen = table.get("given", ""), "given", set()
        while name:
            given = self.data.get("given", {}).get(name)
            if not isinstance(given, dict) or name in seen:
                self.fault("unknown-given", place, f"没有开头“{name}”", f"there is no beginning “{name}”", key)
                break
            seen.add(name)
            place = ("given", name)
            chain.insert(0, (given, place))
            name, key = given.get("from", ""), "from"
        return chain

    @staticmethod
    def _last(tables: list[dict[str, Any]], key: str) -> Any:
        return next((table[key] for table in reversed(tables) if key in table), None)

    def _steps(self, chain: list[tuple[dict[str, Any], Place]], definition: Definition) -> tuple[ExampleStep, ...]:
        steps: list[ExampleStep] = []
        for table, place in chain:
            if "start" in table:
                if steps:
                    self.fault("two-starts", place, "开头已有 start", "the beginning has a start already", "start")
                steps.append(self._step(table["start"], (*place, "start"), definition, opening=True))
            then = table.get("then", [])
            for index, each in enumerate(then if isinstance(then, list) else [then]):
                steps.append(self._step(each, (*place, "then", index), definition))
        table, place = chain[-1]
        if "duty" not in table and (not steps or not steps[0].opening):
            self.fault("no-start", place, "例子没有 start，也没有 given", "the example has neither start nor given")
        return tuple(steps)

    def _step(self, table: Any, place: Place, definition: Definition, *, opening: bool = False) -> ExampleStep:
        line = self.lines.line(place)
        if not self._known(table, STEP_KEYS, place):
            return ExampleStep(line)
        act = definition.opening.act if opening else str(table.get("act", ""))
        if opening and table.get("act", act) != act:
            self.fault("unknown-act", place, f"开案的动作是“{act}”", f"the opening act is “{act}”", "act")
        self._check_step(table, act, place, definition, opening=opening)
        if "child" in table and self._known(table["child"], CHILD_KEYS, place) and "group" not in table["child"]:
            self.fault("no-group", place, "child 要写 group", "a child needs its group", "child")
        follows = table.get("follows", {})
        if self._known(follows, FOLLOWS_KEYS, (*place, "follows")):
            self._check_follows(follows, place, definition)
        wrong = table.get("wrong")
        offers = table.get("offers", follows.get("offers") if isinstance(follows, dict) else None)
        return ExampleStep(
            line=line,
            by=str(table.get("by", "")),
            act=act,
            at=str(table.get("at", "")),
            clock=str(table.get("clock", "")),
            place=str(table.get("place", "")),
            answers=_flat(table.get("answers", {}), set(definition.forms)),
            facts=_flat(table.get("facts", {}), set()),
            child=table.get("child", {}),
            expected=Expected(
                refused=str(table.get("refused", "")),
                refused_code=str(table.get("refused-code", "")),
                wrong=None if wrong is None else tuple(wrong),
                not_yours=bool(table.get("not-yours", False)),
                follows=follows,
                offers=None if offers is None else tuple(offers),
                together=tuple(table["together"]) if "together" in table else None,
            ),
            opening=opening,
        )

    def _check_step(self, table: dict[str, Any], act: str, place: Place, of: Definition, *, opening: bool) -> None:
        said = [key for key in ("act", "clock", "child", "offers", "together") if key in table]
        if not opening and not said:
            self.fault("says-nothing", place, "这一步没有说做什么", "this step does not say what is done")
        if act and act not in of.acts:
            known = "、".join(of.acts)
            self.fault(
                "unknown-act", place, f"程序“{of.kind}”没有动作“{act}”（有：{known}）",
                f"procedure “{of.kind}” has no act “{act}” (it has: {known})", "act",
            )  # fmt: skip
        by = str(table.get("by", ""))
        post = by.rpartition(":")[2]
        if act and not opening and not by:
            self.fault("no-doer", place, "没有说谁做（by）", "it does not say who does it (by)")
        outside = by.startswith(("case:", "nobody:")) or post in ("clock", "nobody")
        for each in post.split("+") if by and not outside else ():
            if each not in self.pack.posts:
                self.fault("unknown-post", place, f"没有岗位“{each}”", f"there is no post “{each}”", "by")

    def _check_follows(self, follows: dict[str, Any], place: Place, of: Definition) -> None:
        where = (*place, "follows")
        for key in ("deadlines", "due", "clause"):
            for name in follows.get(key, {}):
                if name not in of.deadlines:
                    self.fault("unknown-deadline", where, f"没有期限“{name}”", f"there is no deadline “{name}”", name)
        for name in follows.get("keep", {}):
            if name not in of.forms:
                self.fault("unknown-form", where, f"没有表单“{name}”", f"there is no form “{name}”", name)
        if "step" in follows and follows["step"] not in of.steps:
            step = follows["step"]
            self.fault("unknown-step", where, f"没有步骤“{step}”", f"there is no step “{step}”", "step")

    def _duty(self, table: dict[str, Any], place: Place, of: Definition) -> DutyDates | None:
        dated = [key for key in ("from", "falls-on", "overdue-after", "about", "opens") if key in table]
        if "duty" not in table:
            for key in dated:
                self.fault("no-duty", place, f"“{key}”只用于 duty", f"“{key}” is only for a duty", key)
            return None
        if table["duty"] not in of.duties:
            known = "、".join(of.duties)
            duty = table["duty"]
            self.fault(
                "unknown-duty", place, f"没有职责“{duty}”（有：{known}）",
                f"there is no duty “{duty}” (there are: {known})", "duty",
            )  # fmt: skip
        for key in ("from", "falls-on"):
            if key not in table:
                self.fault("no-dates", place, f"duty 的例子要有“{key}”", f"an example of a duty needs “{key}”")
        optional = {
            key: None if key not in table else self._words(table, key, place)
            for key in ("overdue-after", "about", "opens")
        }
        return DutyDates(
            duty=str(table["duty"]),
            start=str(table.get("from", "")),
            falls_on=self._words(table, "falls-on", place),
            overdue_after=optional["overdue-after"],
            about=optional["about"],
            opens=optional["opens"],
        )

    def _words(self, table: dict[str, Any], key: str, place: Place) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.fault("not-a-list", place, f"“{key}”应是一列文字", f"“{key}” must be a list of words", key)
            return ()
        return tuple(value)

    def _text(self, value: Any, place: Place) -> Text:
        if isinstance(value, str) and value:
            return Text(value)
        if isinstance(value, dict) and isinstance(value.get("zh"), str) and set(value) <= {"zh", "en"}:
            return Text(value["zh"], str(value.get("en", "")))
        self.fault("no-title", place, "例子要有标题（title）", "an example needs a title")
        return Text("")


def _has_entry(definition: Definition, entry: str) -> bool:
    """Whether ``entry`` names something there is: ``acts.dispatch``, ``forms.slip.fields.repairer``, ``keep``."""
    table, _, rest = str(entry).partition(".")
    name, _, part = rest.partition(".")
    if table in ("keep", "days"):
        return not rest
    if table == "stages":
        return name in definition.steps
    if table == "also":
        return any(each.name == name for each in definition.additions)
    names = getattr(definition, table, None) if table in _TABLES else None
    if not isinstance(names, dict) or name not in names:
        return False
    kind, _, inner = part.partition(".")
    if table == "forms" and kind in ("fields", "lines"):
        return inner.partition(".")[0] in getattr(names[name], kind)
    return True


_TABLES = ("acts", "forms", "deadlines", "waits", "duties", "targets", "sheets")


def _flat(values: Any, forms: set[str]) -> dict[str, Any]:
    """Dotted keys, whether written dotted and quoted or as tables: ``slip.repairer`` either way."""
    flat: dict[str, Any] = {}
    for key, value in values.items() if isinstance(values, dict) else ():
        if isinstance(value, dict) and (not forms or key in forms):
            flat |= {f"{key}.{name}": each for name, each in value.items()}
        else:
            flat[key] = value
    return flat

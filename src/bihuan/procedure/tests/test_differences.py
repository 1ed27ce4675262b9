"""Every planted change of a text is told in words, and equal texts have nothing to tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import fields, replace

from bihuan.procedure.definition import Definition, Origin, Text
from bihuan.procedure.differences import Change, differences
from bihuan.procedure.reading import read_pack, read_procedure

from .sample import PACK, TEXT, frame

PACKS = Path(__file__).parents[4] / "packs"


def read(text: str) -> Definition:
    found = read_procedure(text, "01-repair.md", frame(PACK)).definition
    assert found is not None
    return found


def told(old: str, new: str, language: str = "zh", text: str = TEXT) -> list[str]:
    """What is said of the sample with ``old`` written as ``new``."""
    assert old in text
    found = differences(read(text), read(text.replace(old, new, 1)))
    return [f"{one.subject.say(language)} · {one.words.say(language)}" for one in found]


def test_equal_texts_have_nothing_to_tell():
    assert differences(read(TEXT), read(TEXT)) == ()


PLANTED = (
    ('{ time = "3 days" }', '{ time = "2 days" }', "时限：1 天（急修为“是”）；3 天 → 1 天（急修为“是”）；2 天"),
    ('by = "repairer"', 'by = "head"', "岗位：维修员 → 主任"),
    ('keep = { for = "2 years", by = "clerk" }', 'keep = { for = "3 years", by = "clerk" }', "2 年"),
    ('zh = "问题", en = "Problem" }, must = true', 'zh = "问题", en = "Problem" }', "必填：必填 → 选填"),
    ('step = "done" }, {', 'step = "checked" }, {', "去向："),
    ("接到报修即登记。", "接到报修，当日登记。", "条文：接到报修即登记。 → 接到报修，当日登记。"),
    ('version = "1.0"', 'version = "1.1"', "版本：1.0 → 1.1"),
    ('owner = "head"', 'owner = "clerk"', "归口岗位：主任 → 受理员"),
    ('zh = "登记", en = "Register"', 'zh = "受理登记", en = "Register"', "名称：登记 → 受理登记"),
)


@pytest.mark.parametrize(("old", "new", "words"), PLANTED)
def test_a_planted_change_is_told_as_a_reader_would_say_it(old: str, new: str, words: str):
    assert [line for line in told(old, new) if words in line] != []


def test_what_comes_and_goes_is_told_with_its_sentence():
    more = 'fields.colour = { ask = { zh = "颜色", en = "Colour" } }\nfields.urgent ='
    assert told("fields.urgent =", more) == ["《报修单》问题“颜色” · 新增：颜色"]
    gone = read(TEXT)
    found = differences(gone, replace(gone, acts={k: v for k, v in gone.acts.items() if k != "check"}))
    (removed,) = [one for one in found if one.what == "removed"]
    assert (removed.subject.zh, removed.line) == ("动作“鉴定”", 0)
    assert removed.words.zh.startswith("删去：维修员在「已受理」鉴定")
    assert removed.words.en.startswith("Removed: Repairer at “Received”: Check")


def test_the_words_of_the_other_language_are_no_silent_change():
    assert told('en = "Register"', 'en = "Book in"', "en") == ["Act “Book in” · Title: Register → Book in"]
    (line,) = told('en = "Register"', 'en = "Book in"')
    assert "Book in" in line


def test_a_comment_alone_is_said_to_change_nothing_that_runs():
    assert told('at = "received"\nby = "clerk"', 'at = "received"  # 前台\nby = "clerk"') == [
        "条款 1 · 只改了注释或写法，执行不变"
    ]


def test_each_line_names_its_clause_and_its_line_in_the_new_text():
    text = TEXT.replace('by = "repairer"', 'by = "head"', 1)
    (found,) = differences(read(TEXT), read(text))
    assert found.clause == "2"
    assert text.splitlines()[found.line - 1] == "[acts.check]"


@pytest.fixture(scope="module")
def definitions() -> list[Definition]:
    """Two real texts that between them use every table of the language but additions' letters."""
    pack = read_pack(PACKS / "integrator").pack
    assert pack is not None
    return [pack.procedures["repair"], pack.procedures["spare-parts"]]


def test_whatever_changes_in_a_real_text_has_at_least_one_line(definitions):
    """Each attribute of each entry in turn, whatever it is: no word of the language may change unsaid."""
    silent, planted = [], 0
    for definition in definitions:
        for where, changed in _changed(definition):
            planted += 1
            if planted % 11:
                # one in eleven: entries of every table come up with every attribute
                continue
            found = differences(definition, changed)
            if not any(_says_something(one) for one in found):
                silent.append(f"{definition.kind} {where}")
    assert silent == []
    assert planted > 2000


def _says_something(change: Change) -> bool:
    return bool(change.words.zh and change.words.en and change.subject.zh and change.subject.en)


_NOT_COMPARED = {
    "references",
    "origin",
    "pack",
    "kind",
    "file",
    "digest",
    "duty_of",
    "line",
    "level",
    "anchor",
    "number",
    "blocks",
}


def _changed(definition: Definition) -> Iterator[tuple[str, Definition]]:
    """The definition with one attribute changed, of itself and of one entry of each table after the other."""
    for one in fields(Definition):
        value = getattr(definition, one.name)
        if one.name in _NOT_COMPARED - {"number"}:
            continue
        if isinstance(value, dict):
            for name, entry in value.items():
                for where, changed in _of_entry(entry):
                    yield f"{one.name}.{name}.{where}", replace(definition, **{one.name: value | {name: changed}})
                left = {key: each for key, each in value.items() if key != name}
                yield f"{one.name}.{name} gone", replace(definition, **{one.name: left})
        elif one.name in ("clauses", "additions"):
            for place, entry in enumerate(value):
                for where, changed in _of_entry(entry):
                    together = (*value[:place], changed, *value[place + 1 :])
                    yield f"{one.name} {place} {where}", replace(definition, **{one.name: together})
        elif (other := _other(value)) is not None:
            yield one.name, replace(definition, **{one.name: other})


def _of_entry(entry: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(entry, Text):
        yield "words", _other(entry)
        return
    if not isinstance(entry, Struct):
        return
    for one in fields(type(entry)):
        value = getattr(entry, one.name)
        if one.name == "name" or (one.name in _NOT_COMPARED and not _compared(entry, one.name)):
            continue
        if isinstance(value, dict) and one.name in ("fields", "lines"):
            for name, inner in value.items():
                for where, changed in _of_entry(inner):
                    yield f"{one.name}.{name}.{where}", replace(entry, **{one.name: value | {name: changed}})
        elif (other := _other(value)) is not None:
            yield one.name, replace(entry, **{one.name: other})


def _compared(entry: Any, name: str) -> bool:
    return (type(entry).__name__, name) in {("Field", "kind"), ("Form", "number")}


def _other(value: Any) -> Any:
    """Something else of the same kind; None where nothing can be made up."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, Text):
        return replace(value, zh=value.zh + "甲")
    if isinstance(value, tuple):
        return value[1:] if value else None
    if isinstance(value, Struct) and not isinstance(value, Origin):
        for one in fields(type(value)):
            other = None if one.name == "origin" else _other(getattr(value, one.name))
            if other is not None:
                return replace(value, **{one.name: other})
    return None

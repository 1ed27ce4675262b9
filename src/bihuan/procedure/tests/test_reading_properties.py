"""Reading never raises, the order of blocks means nothing, and tables merge."""

from __future__ import annotations

import random
import re

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.procedure.checking import Faults, report_lines
from bihuan.procedure.definition import Definition
from bihuan.procedure.reading import normalise
from bihuan.procedure.reading.merge import Tree
from bihuan.procedure.reading.traps import scan

from .sample import TEXT, read, told

_ALPHABET = st.sampled_from(list("[]{}=.,\"'#\n \t`~“”，：＝（）(){}*_-0123456789abetor条一、§《》\\\r\ufeff"))
_SNIPPETS = st.sampled_from([
    "```toml\n", "```\n", "## 2 x\n", "[acts.check]\n", "[[acts]]\n", "to = ", "{ if = { ", "[clause]\n", "acts = 1\n",
    "forms.slip.fields = 3\n", "by = { post = 1 }\n", "steps = []\n", "~~~\n", "title = { zh = 1 }\n", "\"\"\"\n", "“",
    "within = [1, 2]\n", "every = { month-day = 99 }\n", "[standing.cancel]\n", "to = [[]]\n", "opens = 3\n",
])  # fmt: skip


def _plain(definition: Definition) -> object:
    """The definition without places: what must not depend on the order of the blocks."""

    def strip(value: object) -> object:
        if isinstance(value, dict):
            return {key: strip(each) for key, each in value.items() if key not in ("origin", "clauses", "digest")}
        return [strip(each) for each in value] if isinstance(value, (list, tuple)) else value

    return strip(msgspec.to_builtins(definition))


@given(st.text(alphabet=_ALPHABET, max_size=300))
@settings(max_examples=150, deadline=None)
def test_reading_never_raises_on_arbitrary_text(text: str) -> None:
    report_lines(read(text))
    report_lines(read("# x\n```toml\n" + text))


@given(
    st.lists(
        st.tuples(st.integers(0, len(TEXT)), st.integers(0, 12), _SNIPPETS | st.text(_ALPHABET, max_size=5)), max_size=4
    )
)
@settings(max_examples=200, deadline=None)
def test_reading_never_raises_on_a_mutated_procedure(changes: list[tuple[int, int, str]]) -> None:
    text = TEXT
    for start, dropped, written in changes:
        text = text[:start] + written + text[start + dropped :]
    result = read(text)
    assert all(fault.line >= 1 for fault in result.faults)
    report_lines(result, "en")


@given(st.text(alphabet=_ALPHABET, max_size=200))
@settings(max_examples=150, deadline=None)
def test_the_walk_over_a_block_comes_to_its_end(text: str) -> None:
    scan(text)


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_clauses_does_not_change_the_definition(shuffled: random.Random) -> None:
    head, *clauses = re.split(r"(?m)^(?=## )", TEXT)
    shuffled.shuffle(clauses)
    result = read(head + "".join(clauses))
    assert told(result) == []
    sound = read().definition
    assert sound is not None and result.definition is not None
    assert _plain(result.definition) == _plain(sound)


_LEAVES = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 9), max_size=4)


@given(_LEAVES, _LEAVES)
@settings(max_examples=100, deadline=None)
def test_two_blocks_merge_unless_a_leaf_stands_in_both(first: dict[str, int], second: dict[str, int]) -> None:
    faults = Faults()
    tree = Tree("x.md", faults)
    for line, (clause, leaves) in enumerate((("1", first), ("2", second))):
        body = "".join(f"{key} = {value}\n" for key, value in leaves.items())
        tree.add_block(f"[forms.x]\n{body}", 10 * (line + 1), clause)
    both = [fault for fault in faults.sorted() if fault.code == "given-twice"]
    assert tree.data == {"forms": {"x": second | first}}
    assert [(fault.line, fault.clause) for fault in both] == sorted(
        (22 + at, "2") for at, key in enumerate(second) if key in first
    )
    for fault in both:
        assert "x.md 第 1" in fault.words.zh


def test_byte_order_mark_and_line_ends_of_another_system_change_nothing() -> None:
    foreign = "\ufeff" + TEXT.replace("\n", "\r\n")
    assert normalise(foreign) == TEXT
    ours, theirs = read().definition, read(foreign).definition
    assert ours == theirs


def test_a_condition_may_not_be_continued_under_another_clause() -> None:
    first = TEXT.replace('to = "done"\n', 'to = "done"\nneeds = { "slip.urgent" = true }\n')
    again = first + '## 4 另\n又。\n```toml\n[acts.repair]\nneeds = { "finding.result" = "bad" }\n```\n'
    fault = read(again).faults[0]
    assert (fault.code, fault.line, fault.clause) == ("given-twice", 68, "4")
    assert "01-repair.md 第 55 行（条款 3）" in fault.words.zh
    assert fault.corrected == '[also.repair-2]\non = "repair"'


def test_a_list_may_break_lines_even_inside_an_inline_table() -> None:
    told_ways = TEXT.replace(
        '{ step = "checked" }]', '{ step = "checked", tell = [\n  "head",   # 先报\n  "clerk",\n] }]'
    )
    result = read(told_ways)
    assert told(result) == []
    assert result.definition is not None
    assert result.definition.acts["check"].ways[1].letters[0].posts == ("head", "clerk")
    assert result.definition.acts["repair"].origin.line == 53

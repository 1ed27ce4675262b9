"""The page about the language is a procedure itself: its examples are read whenever the tests run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bihuan.procedure.reading import read_frame, read_procedure
from bihuan.procedure.reading.document import ENTRIES
from bihuan.procedure.reading.table import HEAD_KEYS

DOCS = Path(__file__).parents[4] / "docs"
MORE = """
at by form know needs if do to open tell after undoes together part post each quorum own where same named other via
cases all case per as answers at-once step say on copies seen-by until fields lines ask kind choose
must several least again at-least at-most more-than less-than of some default help for from within
time while pause in because warn before late lasts every month-day quarter-day about holiday
received-by measure unit explains carried read-as accept
"""
WORDS = (*HEAD_KEYS, *ENTRIES, *MORE.split())


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["language.md", "language.en.md"])
def test_the_page_is_read_without_a_fault_or_an_open_finding(name: str) -> None:
    text = page(name)
    pack_text = re.findall(r"```text\n(.*?)```", text, re.DOTALL)[0]
    framed = read_frame(pack_text)
    assert framed.pack is not None
    assert framed.faults == ()
    result = read_procedure(text, name, framed.pack)
    assert [(each.code, each.line, each.words.zh) for each in result.faults] == []
    assert [(each.code, each.line) for each in result.findings if not each.accepted] == []


def test_each_word_of_the_language_has_an_example() -> None:
    blocks = "\n".join(re.findall(r"```toml\n(.*?)```", page("language.md"), re.DOTALL))
    missing = [word for word in WORDS if not re.search(rf'(?<![\w-]){re.escape(word)}"?(?=\s*=|[.\]])', blocks)]
    assert missing == []


def test_both_languages_show_the_same_examples() -> None:
    chinese, english = (
        re.findall(r"```toml\n(.*?)```", page(each), re.DOTALL) for each in ("language.md", "language.en.md")
    )
    assert chinese == english

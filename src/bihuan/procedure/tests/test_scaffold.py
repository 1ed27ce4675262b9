"""The text a new procedure begins with."""

from __future__ import annotations

import pytest

from bihuan.procedure.checking.weak import SECTIONS
from bihuan.procedure.scaffold import new_procedure

from .sample import read


@pytest.mark.parametrize("title", ["回访程序", '带"引号"的{程序}', "# 井号"])
def test_a_new_procedure_is_correct_and_has_the_six_sections(title: str) -> None:
    result = read(new_procedure("follow-up", title))
    assert (result.faults, result.findings) == ((), ())
    assert result.definition is not None
    assert result.definition.kind == "follow-up"
    assert [clause.title for clause in result.definition.clauses if clause.level == 2] == list(SECTIONS)


def test_names_that_are_not_plain_are_refused() -> None:
    with pytest.raises(ValueError, match="plain name"):
        new_procedure("回访", "回访程序")
    with pytest.raises(ValueError, match="title"):
        new_procedure("follow-up", "  ")

"""``together``: which acts a text lets be agreed to for several cases at once, and what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bihuan.procedure.deciding import agreeing, may_be_together
from bihuan.procedure.definition import Definition
from bihuan.procedure.differences.saying import spoken
from bihuan.procedure.engine import NOWHERE
from bihuan.procedure.reading import read_frame, read_procedure
from bihuan.procedure.sentences import Speaker
from bihuan.procedure.state import State

PACK = """
[pack]
name = "sample"
title = "甲"
zone = "Asia/Shanghai"
[posts.head]
title = "主任"
role = "service-manager"
"""
TEXT = """# 批假
```toml
grammar = 1
number = "X-1"
title = "批假"
version = "1.0"
owner = "head"
opens = {{ kind = "leave", act = "ask" }}
keep = "not"
steps = ["asking", "granted*", "refused*"]
```
## 1 申请
谁都可以申请，主任批。
```toml
[acts.ask]
at = "asking"
by = "head"
form = "request"
[acts.decide]
at = "asking"
by = {by}
form = "verdict"
{together}
to = [{{ if = {{ "verdict.agreed" = true }}, step = "granted" }}, {{ step = "refused" }}]
[forms.request]
title = "申请"
fields.amount = {{ ask = "金额", kind = "money", must = true }}
[forms.verdict]
title = "批示"
fields.agreed = {{ ask = "同意", kind = "yes-no", must = true }}
fields.why = {{ ask = "理由", must = {{ if = {{ agreed = false }} }} }}
{more}
```
"""
WHEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
SMALL = 'together = { if = { "request.amount" = { at-most = 500 } } }'


def read(together: str = "", more: str = "", by: str = '"head"') -> Any:
    pack = read_frame(PACK).pack
    assert pack is not None
    return read_procedure(TEXT.format(together=together, more=more, by=by), "01-leave.md", pack)


def definition_of(together: str) -> Definition:
    result = read(together)
    assert [each.code for each in result.faults] == []
    found: Definition = result.definition
    return found


def asked(amount: int) -> State:
    return State(step="asking", revision=1, opened=WHEN, moment=WHEN, answers={"request": {"amount": amount}})


def together(definition: Definition, amount: int) -> dict[str, Any] | None:
    return may_be_together(definition, asked(amount), definition.acts["decide"], WHEN, NOWHERE)


def test_a_text_that_says_nothing_lets_nothing_be_agreed_to_together() -> None:
    assert together(definition_of(""), 1) is None
    assert together(definition_of("together = false"), 1) is None


def test_what_a_text_allows_is_agreed_to_with_its_first_answer() -> None:
    assert together(definition_of("together = true"), 10**6) == {"verdict.agreed": True}


@pytest.mark.parametrize(("amount", "answers"), [(500, {"verdict.agreed": True}), (501, None)])
def test_above_the_limit_each_is_decided_on_its_own(amount: int, answers: object) -> None:
    assert together(definition_of(SMALL), amount) == answers


def test_a_case_that_has_not_been_told_the_figure_does_not_meet_the_limit() -> None:
    definition = definition_of(SMALL)
    state = State(step="asking", revision=1, opened=WHEN, moment=WHEN)
    assert may_be_together(definition, state, definition.acts["decide"], WHEN, NOWHERE) is None


@pytest.mark.parametrize(
    ("more", "by", "code"),
    [
        ('fields.note = { ask = "说明", must = true }', '"head"', "together-asks"),
        ('fields.proof = { ask = "照片", kind = "file", least = 1 }', '"head"', "together-asks"),
        ('lines.parts = { ask = "明细", least = 1, fields = { name = { ask = "名称" } } }', '"head"', "together-asks"),
        ("", '"clock"', "together-nobody"),
    ],
)
def test_what_asks_more_than_whether_one_agrees_is_never_agreed_to_together(more: str, by: str, code: str) -> None:
    (fault,) = [each for each in read("together = true", more, by).faults if each.code.startswith("together")]
    assert (fault.code, fault.line) == (code, 23)


def test_the_condition_is_read_like_any_other() -> None:
    codes = {
        together: [each.code for each in read(together).faults]
        for together in ("together = 1", SMALL.replace("amount", "sum"), SMALL.replace("500", '"viel"'))
    }
    assert list(codes.values()) == [["wrong-type"], ["unknown-field"], ["wrong-value"]]


def test_the_sentence_under_the_clause_says_so() -> None:
    said = {
        words: Speaker(definition_of(words), "zh", {}).act(definition_of(words).acts["decide"])
        for words in ("", "together = true", SMALL)
    }
    assert "一起" not in said[""]
    assert "可与别件一起同意" in said["together = true"]
    assert "金额不多于“500”的可与别件一起同意" in said[SMALL]


def test_a_change_of_it_is_shown_between_two_editions() -> None:
    def say(words: str) -> str:
        definition = definition_of(words)
        return spoken(Speaker(definition, "zh", {}), "Act", "together", definition.acts["decide"].together)

    assert [say(""), say("together = true")] == ["不可以", "可以"]
    assert "500" in say(SMALL)


def test_an_act_that_asks_nothing_is_agreed_to_by_doing_it() -> None:
    definition = definition_of("")
    act = definition.acts["decide"]
    assert agreeing(definition, act) == {"verdict.agreed": True}
    assert agreeing(definition, type(act)(act.name, act.at, act.who, act.origin, act.title)) == {}

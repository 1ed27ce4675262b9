"""Which letters do not wait for the end of quiet hours: those of a promise whose clock does not rest at night."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from uuid_utils.compat import uuid7

from bihuan.casework.actions.telling import letters_of
from bihuan.procedure import engine
from bihuan.procedure.definition import Definition
from bihuan.procedure.reading import read_frame, read_procedure
from bihuan.procedure.state import Doer
from bihuan.procedure.tests.engine_cases import CALENDAR

OPENED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CLERK = Doer("chen", (("clerk", ""),))
FRAME = """
[pack]
name = "x"
title = { zh = "甲", en = "X" }
zone = "Asia/Shanghai"
[posts.clerk]
title = { zh = "受理员", en = "Clerk" }
"""
TEXT = """# 试

```toml
grammar = 1
number = "X-01"
title = {{ zh = "试", en = "Trial" }}
version = "1.0"
owner = "clerk"
days = "calendar, end of day"
opens = {{ kind = "trial", act = "open" }}
keep = "not"
steps = ["new", "done*"]
stages = {{ new = "received", done = "closed" }}
```

## 1 做

做。

```toml
[acts.open]
at = "new"
by = "clerk"
[acts.finish]
at = "new"
by = "clerk"
to = "done"
tell = ["clerk"]
[deadlines.d]
from = "opened"
until = "finish"
within = "{within}"
warn = [{{ before = "1 hour", tell = ["clerk"] }}]
late = [{{ tell = ["clerk"] }}, {{ after = "{after}", tell = ["clerk"] }}]
```
"""


def definition(within: str, after: str) -> Definition:
    frame = read_frame(FRAME)
    assert frame.pack is not None
    read = read_procedure(TEXT.format(within=within, after=after), "x.md", frame.pack)
    assert read.definition is not None, read.faults
    return read.definition


@pytest.mark.parametrize(
    ("within", "after", "pressing"),
    [
        ("4 hours", "8 hours", [True, True, True]),
        ("4 hours", "1 day", [True, True, False]),
        ("2 days", "1 day", [False, False, False]),
        ("2 days", "24 hours", [False, False, True]),
        ("2 working hours", "1 working day", [False, False, False]),
    ],
)
def test_a_letter_of_the_clock_presses_where_its_clock_is_elapsed_time(within, after, pressing):
    text = definition(within, after)
    here = engine.Surroundings(CALENDAR, ("head",))
    begun = engine.start(text, CLERK, {}, {}, OPENED, here).state
    outcome = engine.tick(text, begun, datetime(2026, 3, 12, tzinfo=UTC), here)
    case = SimpleNamespace(number="X-1", title="", step="new", outlet="head", state=outcome.state)
    laid = letters_of(case, text, outcome.happenings, uuid7())
    assert [one.pressing for one in laid] == pressing
    assert [one.subject.split(" ", 1)[1].split("：")[0] for one in laid] == ["时限将到", "已超时", "已超时"]


def test_a_letter_of_an_act_waits_like_any_other():
    text = definition("4 hours", "8 hours")
    here = engine.Surroundings(CALENDAR, ("head",))
    begun = engine.start(text, CLERK, {}, {}, OPENED, here).state
    outcome = engine.act(text, begun, "finish", CLERK, {}, {}, OPENED, here)
    case = SimpleNamespace(number="X-1", title="", step="done", outlet="head", state=outcome.state)
    [one] = letters_of(case, text, outcome.happenings, uuid7())
    assert one.pressing is False
    assert one.subject == "X-1 " + text.acts["finish"].title.zh

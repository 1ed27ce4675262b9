"""A small sound pack of an invented company, to be changed in one place by each test."""

from __future__ import annotations

from bihuan.procedure.definition import Pack
from bihuan.procedure.reading import ReadResult, read_frame, read_procedure

PACK = """[pack]
name = "sample"
title = { zh = "示例公司", en = "Sample company" }
[posts.clerk]
title = { zh = "受理员", en = "Clerk" }
[posts.repairer]
title = { zh = "维修员", en = "Repairer" }
[posts.head]
title = { zh = "主任", en = "Head" }
[times]
promptly = { time = "1 working day", title = { zh = "及时", en = "Promptly" } }
[documents]
terms = "保修条款"
"""

TEXT = """# 报修办法
```toml
grammar = 1
number = "SP-01"
title = { zh = "报修办法", en = "Repairs" }
version = "1.0"
owner = "head"
opens = { kind = "repair", act = "register" }
keep = { for = "2 years", by = "clerk" }
steps = ["received", "checked", "done*"]
stages = { received = "received", checked = "under-way", done = "closed" }
step-titles.received = { zh = "已受理", en = "Received" }
step-titles.checked = { zh = "已鉴定", en = "Checked" }
step-titles.done = { zh = "完成", en = "Done" }
```
## 1 受理
接到报修即登记。
```toml
[acts.register]
title = { zh = "登记", en = "Register" }
at = "received"
by = "clerk"
form = "slip"

[forms.slip]
title = { zh = "报修单", en = "Slip" }
fields.problem = { ask = { zh = "问题", en = "Problem" }, must = true }
fields.urgent = { ask = { zh = "急修", en = "Urgent" }, kind = "yes-no", must = true }
```
## 2 鉴定
维修员鉴定；修得好的当场修好。
```toml
[acts.check]
title = { zh = "鉴定", en = "Check" }
at = "received"
by = "repairer"
form = "finding"
to = [{ if = { "finding.result" = "good" }, step = "done" }, { step = "checked" }]

[forms.finding]
title = { zh = "鉴定单", en = "Finding" }
fields.result.ask = { zh = "结果", en = "Result" }
fields.result.choose = { good = { zh = "好", en = "Good" }, bad = { zh = "坏", en = "Bad" } }
fields.result.must = true
fields.count = { ask = { zh = "件数", en = "Count" }, kind = "number" }
```
## 3 维修
急修一天内，其余三天内修好；逾期报主任。
```toml
[acts.repair]
title = { zh = "维修", en = "Repair" }
at = "checked"
by = "repairer"
to = "done"

[deadlines.repaired]
title = { zh = "修好", en = "Repaired" }
from = "opened"
until = ["repair", "check"]
within = [{ if = { "slip.urgent" = true }, time = "1 day" }, { time = "3 days" }]
late = [{ tell = ["head"] }]
```
"""


def frame(text: str = PACK) -> Pack:
    """The pack without procedures."""
    pack = read_frame(text).pack
    assert pack is not None
    return pack


def changed(old: str, new: str) -> str:
    """The sample with one thing written otherwise; fails if there is no such thing."""
    assert TEXT.count(old) == 1, f"{TEXT.count(old)} times: {old}"
    return TEXT.replace(old, new)


def read(text: str = TEXT, pack: str = PACK) -> ReadResult:
    """The sample, or a text, read beside the sample pack."""
    return read_procedure(text, "01-repair.md", frame(pack))


def told(result: ReadResult) -> list[tuple[str, int, str]]:
    """Code, line and clause of all faults."""
    return [(fault.code, fault.line, fault.clause) for fault in result.faults]


def found(result: ReadResult) -> list[tuple[str, int, str]]:
    """Code, line and clause of all findings that nobody accepted."""
    return [(fault.code, fault.line, fault.clause) for fault in result.findings if not fault.accepted]

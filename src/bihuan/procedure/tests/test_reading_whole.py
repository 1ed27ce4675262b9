"""A small procedure, read whole."""

from __future__ import annotations

from pathlib import Path

from bihuan.procedure.definition import Text, Time
from bihuan.procedure.reading import read_pack

PACK = """
[pack]
name = "sample"
title = { zh = "示例公司", en = "Sample company" }
[posts.clerk]
title = { zh = "受理员", en = "Clerk" }
[posts.repairer]
title = { zh = "维修员", en = "Repairer" }
[times]
promptly = { time = "1 working day", title = { zh = "及时", en = "Promptly" } }
"""

PROCEDURE = """# 报修办法
```toml
grammar = 1
number = "SP-01"
title = { zh = "报修办法", en = "Repairs" }
version = "1.0"
owner = "clerk"
opens = { kind = "repair", act = "register" }
keep = { for = "2 years", by = "clerk" }
steps = ["received", "done*"]
stages = { received = "received", done = "closed" }
step-titles = { received = { zh = "已受理", en = "Received" }, done = { zh = "完成", en = "Done" } }
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
```
## 2 维修
维修员及时修好。
```toml
[acts.repair]
title = { zh = "维修", en = "Repair" }
at = "received"
by = "repairer"
to = "done"
[deadlines.repaired]
title = { zh = "修好", en = "Repaired" }
from = "opened"
until = "repair"
within = "promptly"
late = [{ tell = ["clerk"] }]
```
"""


def test_a_small_procedure_is_read_without_a_fault_or_finding(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text(PACK, encoding="utf-8")
    (tmp_path / "01-repair.md").write_text(PROCEDURE, encoding="utf-8")
    result = read_pack(tmp_path)
    assert (result.faults, result.findings) == ((), ())
    assert result.pack is not None
    repair = result.pack.procedures["repair"]
    assert list(repair.steps) == ["received", "done"]
    assert repair.acts["repair"].ways[0].step == "done"
    assert repair.acts["repair"].origin.line == 29
    assert repair.deadlines["repaired"].within[0].time == Time(1, "working-days", "promptly", Text("及时", "Promptly"))
    assert repair.deadlines["repaired"].origin.clause == "2"

"""A small pack for trying rehearsals and proofs: a repair shop with one procedure, written into a folder."""

from pathlib import Path

from bihuan.procedure.definition import Pack
from bihuan.procedure.reading import read_pack

PACK = """
[pack]
name = "shop"
title = { zh = "修理铺", en = "Repair shop" }
zone = "Asia/Shanghai"
[posts.desk]
title = { zh = "前台", en = "Desk" }
role = "hotline-operator"
[posts.mender]
title = { zh = "修理工", en = "Mender" }
role = "technician"
[posts.boss]
title = { zh = "老板", en = "Boss" }
role = "general-manager"
"""

PROCEDURE = """# 修理办法
```toml
grammar = 1
number = "S-01"
title = { zh = "修理办法", en = "Mending" }
version = "1.0"
owner = "boss"
days = "calendar, end of day"
opens = { kind = "mend", act = "take-in" }
keep = "longest"
steps = ["taken", "mended", "parked", "back*"]
```
## 4.1 收件
前台收件，写明物品；贵重的告知老板。急件两天、其余七天内修好，逾期报老板。
```toml
[acts.take-in]
at = "taken"
by = "desk"
form = "slip"
title = { zh = "收件", en = "Take in" }

[forms.slip]
title = { zh = "收件单", en = "Slip" }
keep = { for = "2 years", by = "desk" }
fields.thing = { ask = { zh = "物品", en = "Thing" }, must = true }
fields.urgency = { ask = { zh = "缓急", en = "Urgency" }, choose = ["urgent", "normal"], must = true }
fields.worth = { ask = { zh = "价值", en = "Worth" }, kind = "number" }
fields.promised = { ask = { zh = "约定", en = "Promised" }, kind = "moment" }

[also.precious]
on = "take-in"
if = { "slip.worth" = { at-least = 1000 } }
tell = ["boss"]

[deadlines.mended]
from = "opened"
until = "mend"
within = [{ if = { "slip.urgency" = "urgent" }, time = "2 days" }, { time = "7 days" }]
late = [{ tell = ["boss"] }]
```
## 4.2 修理
修理工修好，写明做了什么；缺件的先放着。
```toml
[acts.mend]
at = "taken"
by = "mender"
form = "work"
title = { zh = "修理", en = "Mend" }
to = [{ if = { "work.done" = true }, step = "mended" }, { step = "parked", tell = ["desk"] }]

[acts.resume]
at = "parked"
by = "mender"
title = { zh = "继续", en = "Resume" }
to = "taken"

[forms.work]
title = { zh = "修理记录", en = "Work" }
keep = { for = "3 years" }
fields.done = { ask = { zh = "修好", en = "Done" }, kind = "yes-no", must = true }
```
## 4.3 取件
结清才可交还。
```toml
[acts.give-back]
at = "mended"
by = "desk"
title = { zh = "交还", en = "Give back" }
know = ["charges.settled"]
needs = { "charges.settled" = true }
do = [{ "slips.use" = { copies = ["slip.thing"] } }]
to = "back"
```
## 4.4 月报
每月 2 日交上月的单子。
```toml
[duties.hand-in]
title = { zh = "上交", en = "Hand in" }
every = { month-day = 2 }
about = "last month"
by = "desk"
received-by = "boss"
```
"""

EXAMPLES = """
procedure = "mend"

[given.taken]
start = { by = "desk", at = "2026-03-02 09:00", answers = { "slip.thing" = "伞", "slip.urgency" = "urgent" } }

[given.mended]
from = "taken"
[[given.mended.then]]
by = "mender"
act = "mend"
at = "+2 hours"
answers = { "work.done" = true }

[[example]]
title = { zh = "急件两天", en = "Urgent within two days" }
rules = ["SHO-1-01"]
proves = ["deadlines.mended"]
given = "taken"
[[example.then]]
clock = "2026-03-04 23:59"
follows = { deadlines = { mended = "running" }, due = { mended = "2026-03-04" } }
[[example.then]]
clock = "2026-03-05 00:00"
follows = { deadlines = { mended = "missed" }, letters = ["boss"], clause = { mended = "§4.1" } }

[[example]]
title = { zh = "没结清不交还", en = "Nothing back before it is settled" }
rules = ["SHO-1-02"]
given = "mended"
[[example.then]]
by = "desk"
act = "give-back"
at = "+1 day 10:00"
facts = { "charges.settled" = false }
refused = "4.3"
[[example.then]]
by = "desk"
act = "give-back"
facts = { "charges.settled" = true }
follows = { step = "back", ended = true, effects = ["slips.use"], keep = { slip = "2 years" } }
"""


def make(folder: Path, examples: str = EXAMPLES, procedure: str = PROCEDURE) -> Pack:
    """The pack written into ``folder`` and read back; it must be without faults."""
    (folder / "examples").mkdir(exist_ok=True)
    (folder / "pack.toml").write_text(PACK, encoding="utf-8")
    (folder / "01-mend.md").write_text(procedure, encoding="utf-8")
    (folder / "examples" / "01.toml").write_text(examples, encoding="utf-8")
    result = read_pack(folder)
    found = [(fault.file, fault.line, fault.words.zh) for fault in result.faults]
    assert found == [], found
    assert result.pack is not None
    return result.pack

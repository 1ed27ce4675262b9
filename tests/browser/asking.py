"""A procedure in which somebody asks and somebody decides, laid beside the integrator's own for the tests of S8."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from tests.cast import PACKS, Site, acting, opening

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.registers.documents import actions as documents

WAIVER = """# 费用减免审批程序

```toml
grammar = 1
number = "WWSH-003-90"
title = { zh = "费用减免审批程序", en = "Waiver of charges" }
version = "1.0"
owner = "service-centre"
days = "calendar, end of day"
opens = { kind = "waiver", act = "ask" }
steps = ["asking", "to-decide", "granted*", "refused*"]

[stages]
asking = "received"
to-decide = "waiting"
granted = "closed"
refused = "closed"

[step-titles]
asking = { zh = "申请", en = "Asking" }
to-decide = { zh = "待批", en = "To be decided" }
granted = { zh = "已减免", en = "Granted" }
refused = { zh = "未同意", en = "Refused" }
```

## 1 申请与批准

保外的质量问题，维修人员可以申请减免；总经理批准，不同意的要写明理由；一千元以内的可以几件一起批。

```toml
[acts.ask]
at = "asking"
by = "repairer"
title = { zh = "申请减免", en = "Ask for a waiver" }
form = "request"
to = "to-decide"

[forms.request]
title = { zh = "费用减免申请", en = "Waiver request" }
keep = { for = "2 years", by = "office" }
fields.amount = { ask = { zh = "金额（元）", en = "Amount (yuan)" }, kind = "money", must = true }
fields.why = { ask = { zh = "原因", en = "Why" }, kind = "fault", must = true }

[acts.decide]
at = "to-decide"
by = "general-manager"
title = { zh = "批准减免", en = "Decide on the waiver" }
form = "verdict"
together = { if = { "request.amount" = { at-most = 1000 } } }
to = [{ if = { "verdict.agreed" = true }, step = "granted" }, { step = "refused" }]

[forms.verdict]
title = { zh = "减免批复", en = "Verdict" }
keep = { for = "2 years", by = "office" }
fields.reason = { ask = { zh = "意见", en = "Opinion" }, kind = "long-text", must = { if = { agreed = false } } }
fields.agreed = { ask = { zh = "同意减免", en = "Waiver granted" }, kind = "yes-no", must = true }
```
"""


def lay_beside(folder: Path, text: str = WAIVER) -> None:
    """Put the integrator's pack with this procedure into force; what was opened before goes on under its own text."""
    pack = shutil.copytree(PACKS / "integrator", folder / "integrator")
    (pack / "90-waiver.md").write_text(text, encoding="utf-8")
    frame = (pack / "pack.toml").read_text(encoding="utf-8")
    frame = frame.replace("[numbers]\n", '[numbers]\nwaiver = "JM{date}-{sequence:4}"\n', 1)
    (pack / "pack.toml").write_text(frame, encoding="utf-8")
    documents.load_pack(pack, by=None, at=timezone.now() - timedelta(seconds=1))


def asked(site: Site, why: str, amount: int = 860) -> str:
    """The repairer asks; returns the number of the request."""
    answers = {"request.amount": amount, "request.why": why}
    return actions.open_case(site.li, opening(timezone.now(), kind="waiver", answers=answers)).number


def settled(site: Site) -> None:
    """Whatever other tests left to be decided is granted, so that a list begins with what a test lays into it."""
    for number in Case.objects.filter(kind="waiver", step="to-decide").values_list("number", flat=True):
        actions.act(site.qian, acting(number, "decide", timezone.now(), {"verdict.agreed": True}))

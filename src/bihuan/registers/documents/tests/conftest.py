"""A small pack on disk that every test may rewrite."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

PACK = """
[pack]
name = "small"
title = { zh = "小店", en = "Small shop" }
zone = "Asia/Shanghai"

[posts.clerk]
title = { zh = "受理员", en = "Clerk" }
role = "hotline-operator"

[cover]
file-number = "XD-001"
company = "小店公司"
title = "小店售后"
edition = "第1版"
status = "受控"
holder = "办公室"
distribution-number = "01"
effective = "2026-03-01"
prepared-by = "甲"
reviewed-by = "乙"
approved-by = "丙"
"""

REPAIR = """# 修理
```toml
grammar = 1
number = "XD-001-01"
title = { zh = "修理", en = "Repair" }
version = "1.0"
owner = "clerk"
days = "calendar, end of day"
opens = { kind = "repair", act = "register" }
steps = ["open", "closed*"]
stages = { open = "received", closed = "closed" }
step-titles = { open = { zh = "已受理", en = "Open" }, closed = { zh = "已结", en = "Closed" } }
```

## 1 受理
受理员登记。
```toml
[acts.register]
at = "open"
by = "clerk"
title = { zh = "登记", en = "Register" }

[acts.close]
at = "open"
by = "clerk"
title = { zh = "办结", en = "Close" }
to = "closed"

[deadlines.done]
title = { zh = "两天内", en = "Two days" }
from = "opened"
until = "close"
within = "2 days"
late = [{ tell = ["clerk"] }]
```
"""


@pytest.fixture
def monday() -> datetime:
    return MONDAY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pack.toml").write_text(PACK, encoding="utf-8")
    (tmp_path / "01-repair.md").write_text(REPAIR, encoding="utf-8")
    return tmp_path


def rewrite(folder: Path, name: str, old: str, new: str) -> None:
    """Change one file of the pack; the words to change must be there."""
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")

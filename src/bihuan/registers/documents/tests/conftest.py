"""A small pack on disk that every test may rewrite."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bihuan.people import actions as people
from bihuan.people.models import Person
from bihuan.registers.documents import actions
from bihuan.registers.documents.models import Version

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


PASSWORD = "riverbank-1874-lamp"
SIGNERS = {"prepared": "甲", "reviewed": "乙", "approved": "丙"}


@pytest.fixture
def signers(db: None, settings: Any) -> dict[str, Person]:
    """The three people the cover names, by what they sign as; their passwords are hashed the quick way."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return {
        role: people.add_person(role, name, PASSWORD, name_en=role, by=None, at=MONDAY)
        for role, name in SIGNERS.items()
    }


def sign_all(version: Version, signers: dict[str, Person], until: str = "") -> Version:
    """All three sign in their turn, or those before ``until``."""
    for role, person in signers.items():
        if role == until:
            break
        actions.sign(version, role, by=person, password=PASSWORD, at=MONDAY)
    return version

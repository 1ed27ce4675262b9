"""The cast on a pack whose procedure the leader owns and three people sign."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import OWN_PACK, PASSWORD, Site, make_site

COVER = """
[cover]
file-number = "C-00"
company = "测试公司"
title = "测试用程序文件"
edition = "第1版"
status = "受控"
holder = "办公室"
distribution-number = "01"
effective = "2026-01-01"
prepared-by = "分管领导"
reviewed-by = "办公室"
approved-by = "陈坐席"
"""
EXAMPLE = """
procedure = "job"
[[example]]
title = { zh = "普通件两小时内派出", en = "Two hours to assign an ordinary job" }
rules = []
[example.start]
by = "clerk"
at = "2026-03-02 09:00"
answers.intake = { contact = "王", problem = "不亮", urgency = "normal" }
follows = { step = "received", due = { assigned = "2026-03-02 11:00" } }
"""
# the example knows the old limit: sent as it is, a reason is asked for
WHY = {"short-reason": "例子随后改"}
SHORT, LONG = '{ time = "2 hours" }', '{ time = "3 hours" }'


def rewritten(path: Path, old: str, new: str) -> None:
    """Change a file of the pack; the words to change must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def written(folder: Path) -> Path:
    """The cast's pack with an owner in the head office, a cover, and an example that knows the limit."""
    shutil.copytree(OWN_PACK, folder)
    job = folder / "01-job.md"
    job.write_text(
        job.read_text(encoding="utf-8").replace('owner = "dispatcher"', 'owner = "leader"'), encoding="utf-8"
    )
    own = folder / "pack.toml"
    own.write_text(own.read_text(encoding="utf-8") + COVER, encoding="utf-8")
    (folder / "examples").mkdir(exist_ok=True)
    (folder / "examples" / "90-limit.toml").write_text(EXAMPLE, encoding="utf-8")
    return folder


@pytest.fixture
def site(db: None, settings: Any, tmp_path: Path) -> Site:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATA = tmp_path / "data"
    made = make_site(timezone.now() - timedelta(days=3), written(tmp_path / "pack"))
    for username in ("qian", "wu", "chen"):
        made.people[username].set_password(PASSWORD)
        made.people[username].save()
    return made


class Hands:
    """One person at the desk of the procedure for jobs."""

    def __init__(self, site: Site, username: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.client.force_login(site.people[username])

    def get(self, tail: str = "", kind: str = "job", follow: bool = False) -> Any:
        return self.client.get(f"/procedures/{kind}/{tail}", follow=follow)

    def post(self, tail: str, sent: dict[str, Any] | None = None, kind: str = "job", follow: bool = True) -> Any:
        return self.client.post(f"/procedures/{kind}/{tail}", sent or {}, follow=follow)

    def text(self) -> str:
        """The text as the editor shows it."""
        return str(self.get("draft/").context["text"])

    def save(self, text: str, on: int) -> Any:
        return self.post("draft/", {"text": text, "on": on})


@pytest.fixture
def at_desk(site: Site):
    return lambda username: Hands(site, username)


def changed(text: str, version: str = "1.1") -> str:
    assert SHORT in text
    return text.replace(SHORT, LONG).replace('version = "1.0"', f'version = "{version}"')

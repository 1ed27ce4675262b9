"""A site whose database is its own server is brought up to this version by one command, and back when that fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.kept.house import ROOT, SECRET
from tests.test_upgrade import CASES, DONE_WRONGLY, HERE, MIGRATIONS, STORED, WITHOUT_RISK

from bihuan.ground.backup import Key, Shelf
from bihuan.ground.backup.programs import restore, tools_for
from bihuan.ground.postgres import Supervisor

KEPT = next((HERE / "golden").glob("integrator-04-repair*.json"))
RECIPIENT = Key.new().public[0]


def bihuan(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One command on a machine of its own: no other database is named, backups are for somebody who is not there."""
    passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "BIHUAN_USER") if name in os.environ}
    told = {
        **passed, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), "BIHUAN_DATA": str(data),
        "BIHUAN_SECRET_KEY": SECRET, "BIHUAN_BACKUP_RECIPIENTS": RECIPIENT,
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "bihuan.config.command", *words],
        env=told, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def rows(server: Supervisor, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.addresses.owner_url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def stored() -> Iterator[tuple[Path, list[tuple[Any, ...]], set[tuple[Any, ...]]]]:
    """A stopped site of an earlier schema: its data folder, cases and migrations."""
    folder = Path(tempfile.mkdtemp(prefix="bihuan-upgraded-"))
    folder.chmod(0o755)
    try:
        with Supervisor(folder / "data") as server:
            tools = tools_for(int(rows(server, "SHOW server_version_num")[0][0]) // 10000)
            restore(tools, server.addresses.owner_url, STORED)
            rows(server, "SELECT journal_after_restore()")
            cases, migrations = rows(server, CASES), set(rows(server, MIGRATIONS))
        sealed = folder / "data" / "digests" / "2026"
        sealed.mkdir(parents=True)
        (sealed / "one.json").write_text("{}")
        yield folder / "data", cases, migrations
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def golden(tmp_path) -> Path:
    (tmp_path / "golden").mkdir()
    shutil.copy(KEPT, tmp_path / "golden")
    return tmp_path / "golden"


def test_going_back_needs_no_key_that_lies_elsewhere_and_then_the_upgrade_stands(stored, golden):
    data, cases, migrations = stored
    content = (golden / KEPT.name).read_bytes()
    (golden / KEPT.name).write_bytes(content.replace(b'"revision":', b'"revision":1', 1))
    ran = bihuan(data, "upgrade", "--golden", str(golden))
    assert (ran.returncode, KEPT.name in ran.stderr, "已退回" in ran.stdout) == (1, True, True), ran.stderr
    with Supervisor(data) as server:
        assert (rows(server, CASES), set(rows(server, MIGRATIONS))) == (cases, migrations)
        # while somebody looks after the database nothing is begun
        refused = bihuan(data, "upgrade", "--golden", str(golden))
        assert (refused.returncode, "bihuan serve" in refused.stderr) == (4, True)
    [aside] = [one for one in data.iterdir() if one.name.startswith("before-restore-")]
    assert ((aside / "database" / "PG_VERSION").exists(), (data / "restoring").exists()) == (True, False)
    assert (data / "digests" / "2026" / "one.json").read_text() == "{}"
    [(_folder, told)] = Shelf(data / "backups").whole()
    assert (told.encrypted, RECIPIENT in told.recipients, len(told.recipients)) == (True, True, 2)

    (golden / KEPT.name).write_bytes(content)
    ran = bihuan(data, "upgrade", "--golden", str(golden), "--replay", "none")
    assert (ran.returncode, "升级完成" in ran.stdout) == (0, True), ran.stdout + ran.stderr
    with Supervisor(data) as server:
        assert set(rows(server, MIGRATIONS)) > migrations
        assert [one[:10] for one in rows(server, CASES)] == [one[:10] for one in cases]
        assert (rows(server, WITHOUT_RISK), rows(server, DONE_WRONGLY)) == ([], [])
        assert rows(server, "SELECT kind, good FROM keeping_run") == [("backup", True)]

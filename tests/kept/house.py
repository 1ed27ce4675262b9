"""An installation of its own to be backed up, destroyed and brought back: a database beside the tests' own, a data
folder, and the real command line run against both.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from bihuan.config.keeping.places import make_database

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a-secret-for-tests-only-0123456789abcdef"


@dataclass
class House:
    """``name`` of the database; ``data`` and ``backups`` are folders. ``made``: further databases to be dropped."""

    name: str
    data: Path
    backups: Path
    made: list[str] = field(default_factory=list)

    def url(self, role: str, name: str = "") -> str:
        """The address as ``owner``, ``app`` or ``reader`` of this database or another on the same server."""
        variable = {"owner": "BIHUAN_OWNER_URL", "app": "DATABASE_URL", "reader": "BIHUAN_READER_URL"}[role]
        return make_conninfo(os.environ[variable], dbname=name or self.name)

    @property
    def environment(self) -> dict[str, str]:
        passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "BIHUAN_USER") if name in os.environ}
        return {
            **passed,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "BIHUAN_DATA": str(self.data), "BIHUAN_BACKUP_FOLDER": str(self.backups), "BIHUAN_SECRET_KEY": SECRET,
            "DATABASE_URL": self.url("app"), "BIHUAN_OWNER_URL": self.url("owner"),
            "BIHUAN_READER_URL": self.url("reader"),
        }  # fmt: skip

    def bihuan(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """One command of the real command line; never raises. ``more`` environment; "" takes a name away."""
        return self.python("bihuan.config.command", *words, **more)

    def python(self, module: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        told = {name: value for name, value in {**self.environment, **more}.items() if value}
        return subprocess.run(
            [sys.executable, "-m", module, *words],
            env=told, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def done(self, *words: str, **more: str) -> Any:
        """The JSON a command that must end well prints."""
        ran = self.bihuan(*words, "--json", **more)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return json.loads(ran.stdout)

    def rows(self, sql: str, *values: Any, name: str = "") -> list[tuple[Any, ...]]:
        """What a statement by hand answers, as the owner."""
        with psycopg.connect(self.url("owner", name), autocommit=True) as connection:
            cursor = connection.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def database(self, name: str) -> str:
        """A fresh empty database beside ours; its owner's address."""
        drop(self, name)
        self.made.append(name)
        create(self, name)
        return self.url("owner", name)


def create(house: House, name: str) -> None:
    make_database(make_conninfo(os.environ["BIHUAN_OWNER_URL"]), name)


def drop(house: House, name: str) -> None:
    with psycopg.connect(house.url("owner", "postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def empty_house(folder: Path, name: str) -> Iterator[House]:
    """A data folder in ``folder`` and an empty database; everything gone afterwards."""
    folder.chmod(0o755)
    house = House(name, folder / "data", folder / "backups")
    house.data.mkdir(mode=0o755)
    drop(house, name)
    create(house, name)
    try:
        yield house
    finally:
        with psycopg.connect(house.url("owner", "postgres"), autocommit=True) as connection:
            found = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{name}\\_before\\_%"]
            ).fetchall()
        for one in (name, f"{name}_restoring", *house.made, *(row[0] for row in found)):
            drop(house, one)


@contextmanager
def filled_house(folder: Path, name: str) -> Iterator[House]:
    """The same with tables and a small demonstration."""
    with empty_house(folder, name) as house:
        pack = folder / "pack"
        shutil.copytree(ROOT / "packs" / "integrator", pack)
        written = (pack / "demo.toml").read_text(encoding="utf-8")
        short = re.sub(
            r"^days = 60$", "days = 10", re.sub(r"^cases = 300$", "cases = 12", written, flags=re.M), flags=re.M
        )
        (pack / "demo.toml").write_text(short, encoding="utf-8")
        for ran in (house.bihuan("migrate"), house.python("tests.kept.filling", str(pack))):
            assert ran.returncode == 0, ran.stdout + ran.stderr
        yield house

"""A stored database of an earlier schema is brought up to this version by one command, and back when that fails."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from tests.kept.house import House, empty_house

from bihuan.ground.backup.programs import restore, tools_for

HERE = Path(__file__).parent
STORED = HERE / "stored" / "issue-a.dump"
# what a case is to those who work on it: where it stands, what it owes when, what was said so far
CASES = """SELECT number, kind, step, stage, outlet, revision, opened_at, ended_at, due_at, promised_at, state
    FROM casework_case ORDER BY number"""
ENTRIES = "SELECT e.chain, e.seq, e.hash, c.text FROM journal_entry e JOIN journal_content c ON c.entry_id = e.id"
WITHOUT_RISK = "SELECT number FROM casework_case WHERE promised_at IS NOT NULL AND risk_at IS NULL"
DONE_WRONGLY = """SELECT number, stage, done_at FROM casework_case
    WHERE (stage IN ('done', 'followed-up', 'closed')) <> (done_at IS NOT NULL) OR done_at < opened_at"""
MIGRATIONS = "SELECT app, name FROM django_migrations"


@pytest.fixture
def house(tmp_path):
    with empty_house(tmp_path, f"upgraded_{os.getpid()}") as made:
        restore(tools_for(_server(made)), made.url("owner"), STORED)
        # this server counts its transactions from its own beginning
        made.rows("SELECT journal_after_restore()")
        yield made


def _server(house: House) -> int:
    return int(house.rows("SHOW server_version_num")[0][0]) // 10000


def test_every_open_case_of_an_earlier_schema_is_where_it_was_with_its_promises_and_answers(house):
    cases, entries, migrations = house.rows(CASES), set(house.rows(ENTRIES)), set(house.rows(MIGRATIONS))
    assert len([one for one in cases if one[7] is None]) > 50
    assert ("casework", "0002_lists") not in migrations

    # the server that would serve it does not change it in passing
    assert house.bihuan("migrate", "--empty-only").returncode == 4
    assert set(house.rows(MIGRATIONS)) == migrations

    ran = house.bihuan("upgrade")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "升级完成" in ran.stdout
    after = house.rows(CASES)
    assert [(*one[:10], _shared(one[10], old[10])) for one, old in zip(after, cases, strict=True)] == cases
    # an upgraded case is the same in a list as one of today: whose it is, when it is at risk, when it was done
    assert house.rows(WITHOUT_RISK) == []
    assert house.rows("SELECT count(*) FROM casework_case WHERE person <> ''")[0][0] > 20
    assert house.rows(DONE_WRONGLY) == []
    assert house.rows("SELECT count(*) FROM casework_casetext") == [(len(cases),)]
    # the book has grown behind what it said
    assert entries - set(house.rows(ENTRIES)) == set()
    assert set(house.rows(MIGRATIONS)) > migrations
    backups = [one for one in house.backups.iterdir() if (one / "manifest.json").exists()]
    told = json.loads((backups[0] / "manifest.json").read_text(encoding="utf-8"))
    assert (len(backups), told["reason"], told["rows"]["casework_case"]) == (1, "before-upgrade", len(cases))

    assert house.rows("SELECT kind, name, good FROM keeping_run") == [("backup", backups[0].name, True)]

    verified = house.bihuan("verify")
    assert (verified.returncode, "完好" in verified.stdout) == (0, True)
    # and again: there is nothing left to change
    assert house.bihuan("migrate", "--empty-only").returncode == 0


def _shared(now: dict, before: dict) -> dict:
    """What a state says of what it said before; what a later version adds stands beside it."""
    return {name: now.get(name) for name in before}


def test_an_upgrade_whose_histories_part_goes_back_to_the_backup_it_took(house, tmp_path):
    golden = tmp_path / "golden"
    golden.mkdir()
    kept = next((HERE / "golden").glob("integrator-04-repair*.json"))
    shutil.copy(kept, golden)
    (golden / kept.name).write_bytes(kept.read_bytes().replace(b'"revision":', b'"revision":1', 1))
    cases, migrations = house.rows(CASES), set(house.rows(MIGRATIONS))
    ran = house.bihuan("upgrade", "--golden", str(golden))
    assert ran.returncode == 1
    assert kept.name in ran.stderr
    assert "已退回" in ran.stdout
    assert (house.rows(CASES), set(house.rows(MIGRATIONS))) == (cases, migrations)
    # what the upgrade left stands aside for whoever looks into it
    [(aside,)] = house.rows("SELECT datname FROM pg_database WHERE datname LIKE %s", f"{house.name}\\_before\\_%")
    assert set(house.rows(MIGRATIONS, name=aside)) > migrations

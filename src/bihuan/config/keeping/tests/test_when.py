"""When a backup and a drill are due, what the administrator sees, and what is written down."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from bihuan.config import watching
from bihuan.config.keeping import afterwards, drilling, home, places, queries, ticking
from bihuan.config.keeping.afterwards import dispose_again
from bihuan.config.keeping.models import Run
from bihuan.config.keeping.recording import record
from bihuan.ground.settings import Settings, WrongSettings, read
from bihuan.journal.models import Entry
from bihuan.people import actions as people

# a quarter past three in Shanghai, three quarters of an hour after the usual moment
NIGHT = datetime(2026, 11, 21, 19, 15, tzinfo=UTC)
HALF_PAST_TWO = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
SITE = Settings(zone="Asia/Shanghai")


@pytest.fixture(autouse=True)
def standing(db, monkeypatch) -> list[datetime]:
    """Since when the site stands: October."""
    since = [datetime(2026, 10, 1, tzinfo=UTC)]
    monkeypatch.setattr(queries, "_standing_since", lambda: since[0])
    return since


def ran(kind: str, begun: datetime, good: bool = True, minutes: int = 5) -> Run:
    report = {} if good else {"error": "磁盘满了"}
    return record(kind, begun=begun, seconds=60 * minutes, good=good, report=report, name="20261121T183000Z")


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        (NIGHT, HALF_PAST_TWO),
        (HALF_PAST_TWO, HALF_PAST_TWO),
        (HALF_PAST_TWO - timedelta(minutes=1), HALF_PAST_TWO - timedelta(days=1)),
    ],
)
def test_the_last_night_is_the_sites_night(at, moment):
    assert queries.last_night(SITE, at) == moment


def test_a_backup_is_due_once_a_night_and_made_up_for_when_the_machine_was_off():
    assert queries.backup_due(SITE, NIGHT)
    ran(Run.BACKUP, HALF_PAST_TWO)
    assert not queries.backup_due(SITE, NIGHT)
    assert not queries.backup_due(SITE, HALF_PAST_TWO + timedelta(hours=23, minutes=59))
    assert queries.backup_due(SITE, HALF_PAST_TWO + timedelta(hours=24))
    assert queries.backup_due(SITE, HALF_PAST_TWO + timedelta(days=3, hours=9))


def test_one_taken_by_hand_in_the_evening_does_not_spare_the_nights():
    ran(Run.BACKUP, HALF_PAST_TWO - timedelta(hours=4))
    assert queries.backup_due(SITE, NIGHT)


def test_a_failed_one_is_tried_again_after_an_hour():
    ran(Run.BACKUP, HALF_PAST_TWO, good=False)
    assert not queries.backup_due(SITE, HALF_PAST_TWO + timedelta(minutes=64))
    assert queries.backup_due(SITE, HALF_PAST_TWO + timedelta(minutes=65))


def test_a_site_made_after_that_hour_owes_nothing_yet(standing):
    standing[0] = HALF_PAST_TWO + timedelta(minutes=10)
    assert not queries.backup_due(SITE, NIGHT)
    assert queries.backup_due(SITE, NIGHT + timedelta(days=1))


def test_a_site_stands_since_its_first_migration(monkeypatch):
    monkeypatch.undo()
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(applied) FROM django_migrations")
        assert queries._standing_since() == cursor.fetchone()[0]


def test_administrators_get_a_letter_when_no_backup_went_well_for_a_night_and_two_hours(standing):
    now = timezone.now()
    standing[0] = now - timedelta(hours=25)
    assert "backup" not in watching.troubles(now)
    standing[0] = now - timedelta(hours=27)
    assert "bihuan backup" in watching.troubles(now)["backup"].en
    ran(Run.BACKUP, now - timedelta(minutes=5), good=False)
    assert "backup" in watching.troubles(now)
    ran(Run.BACKUP, now - timedelta(minutes=5))
    assert "backup" not in watching.troubles(now)


def test_a_drill_is_due_once_there_is_a_backup_and_then_every_thirty_days():
    assert not queries.drill_due(NIGHT)
    ran(Run.BACKUP, HALF_PAST_TWO)
    assert queries.drill_due(NIGHT)
    drilled = ran(Run.DRILL, NIGHT)
    assert not queries.drill_due(drilled.ended_at + timedelta(days=29, hours=23))
    assert queries.drill_due(drilled.ended_at + timedelta(days=30))


def test_a_drill_that_fails_is_tried_again_ever_more_seldom_until_one_goes_well():
    ran(Run.BACKUP, HALF_PAST_TWO)
    at = NIGHT
    for hours in (1, 2, 4, 8, 16, 24, 24):
        failed = ran(Run.DRILL, at, good=False)
        at = failed.ended_at + timedelta(hours=hours)
        assert (queries.drill_due(at - timedelta(seconds=1)), queries.drill_due(at)) == (False, True), hours
    good = ran(Run.DRILL, at)
    at = good.ended_at + timedelta(days=30)
    failed = ran(Run.DRILL, at, good=False)
    assert queries.drill_due(failed.ended_at + timedelta(hours=1))


def test_the_administrators_home_says_how_old_they_are_and_what_to_do():
    never = home.facts(NIGHT)
    assert [(one["tone"], one.get("at")) for one in never] == [("bad", None)] * 3
    assert "bihuan backup" in never[0]["note"] and "bihuan drill" in never[1]["note"]
    backup, drill = ran(Run.BACKUP, HALF_PAST_TWO), ran(Run.DRILL, HALF_PAST_TWO)
    assert [one["tone"] for one in home.facts(NIGHT)[:2]] == ["good", "good"]
    assert [one["note"] for one in home.facts(NIGHT)[:2]] == ["", ""]
    late = home.facts(backup.ended_at + timedelta(hours=26, seconds=1))
    assert [one["tone"] for one in late[:2]] == ["bad", "good"]
    assert (late[0]["status"], late[0]["at"]) == ("太久了", backup.ended_at)
    assert [one["tone"] for one in home.facts(drill.ended_at + timedelta(days=35))[:2]] == ["bad", "good"]
    assert [one["tone"] for one in home.facts(drill.ended_at + timedelta(days=35, seconds=1))[:2]] == ["bad", "bad"]


def test_the_administrators_home_says_whether_anybody_can_read_a_backup(settings):
    settings.SITE = Settings()
    said = home.facts(NIGHT)[2]
    assert (said["words"], said["tone"], "backup-recipients" in said["note"]) == ("没有加密", "bad", True)
    ran(Run.BACKUP, HALF_PAST_TWO)
    settings.SITE = Settings(backup_recipients=("age1one", "age1two"))
    assert (home.facts(NIGHT)[2]["words"], home.facts(NIGHT)[2]["tone"]) == ("最近一次备份还没有加密", "bad")
    report = {"recipients": ["age1one", "age1two"]}
    record(Run.BACKUP, begun=NIGHT, seconds=1, good=True, report=report, name="20261121T191500Z")
    assert (home.facts(NIGHT)[2]["words"], home.facts(NIGHT)[2]["tone"]) == ("已加密，公钥 2 个", "good")


def test_a_drill_without_a_key_is_no_drill_and_is_not_repeated_every_hour(settings):
    ran(Run.BACKUP, HALF_PAST_TWO)
    report = {"unopened": True, "error": drilling.NOT_OPENED}
    tried = record(Run.DRILL, begun=NIGHT, seconds=60, good=False, report=report, name="20261121T183000Z")
    fact = home.facts(NIGHT + timedelta(hours=2))[1]
    assert (fact["words"], fact["tone"], "没有恢复" in fact["note"]) == ("还没有演练过", "bad", True)
    assert not queries.drill_due(tried.ended_at + timedelta(days=29, hours=23))
    assert queries.drill_due(tried.ended_at + timedelta(days=30))
    # a key that was set meanwhile is used at once
    settings.SITE = Settings(backup_identity=Path("/media/stick/identity"))
    assert queries.drill_due(tried.ended_at + timedelta(minutes=1))


def test_a_failure_after_a_good_one_is_said_with_its_reason():
    ran(Run.BACKUP, HALF_PAST_TWO)
    ran(Run.BACKUP, NIGHT, good=False)
    fact = home.facts(NIGHT + timedelta(hours=1))[0]
    assert (fact["tone"], fact["status"]) == ("bad", "没有成功")
    assert "磁盘满了" in fact["note"]


def test_home_draws_both_lines_for_an_administrator(client: Client):
    person = people.add_person("root-of-all", "管理员", None, is_administrator=True, by=None, at=NIGHT)
    ran(Run.BACKUP, timezone.now() - timedelta(minutes=30))
    client.force_login(person)
    page = client.get("/", follow=True).content.decode()
    assert "最近一次备份" in page and "最近一次恢复演练" in page
    assert "还没有演练过" in page and "还没有备份过" not in page


def test_a_run_is_one_row_and_one_entry_of_the_house():
    run = ran(Run.DRILL, NIGHT)
    entry = Entry.objects.get(about_id=str(run.pk))
    assert (entry.chain, entry.verb, entry.about_number, entry.doer_kind) == ("house", "drill", run.name, "command")
    assert entry.content["answers"]["good"] is True
    assert (run.ended_at, entry.done_at) == (NIGHT + timedelta(minutes=5),) * 2


def test_the_database_knows_three_kinds_and_no_end_before_its_beginning():
    for wrong in ("kind = 'other'", "ended_at = begun_at - interval '1 second'"):
        run = ran(Run.BACKUP, NIGHT)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE keeping_run SET {wrong} WHERE id = %s", [run.pk])


class Started:
    """Stands for the program that would be started."""

    made: list[list[str]] = []
    over = None

    def __init__(self, command, **_more):
        self.made.append(command[3:])

    def poll(self):
        return self.over


def test_the_worker_starts_what_is_due_beside_itself_and_nothing_while_that_runs(monkeypatch):
    monkeypatch.setattr(ticking.subprocess, "Popen", Started)
    monkeypatch.setattr(Started, "made", [])
    monkeypatch.setattr(ticking, "_started", [])
    assert (ticking.tick(SITE, NIGHT), ticking.tick(SITE, NIGHT)) == ("backup", "")
    monkeypatch.setattr(Started, "over", 0)
    ran(Run.BACKUP, HALF_PAST_TWO)
    assert ticking.tick(SITE, NIGHT) == "drill"
    ran(Run.DRILL, NIGHT)
    assert ticking.tick(SITE, NIGHT) == ""
    assert Started.made == [["backup", "--if-due"], ["drill", "--if-due"]]


def test_no_worker_starts_one_while_another_machine_takes_it(monkeypatch, elsewhere):
    monkeypatch.setattr(ticking.subprocess, "Popen", Started)
    monkeypatch.setattr(ticking, "_started", [])
    with elsewhere() as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('bihuan backup', 0))")
        assert ticking.tick(SITE, NIGHT) == ""
    assert ticking.tick(SITE, NIGHT) == "backup"


def test_disposal_lists_are_carried_out_where_this_version_can_and_said_where_it_cannot(tmp_path, monkeypatch):
    assert dispose_again(tmp_path / "none", NIGHT) == ["没有销毁清单 / no disposal lists"]
    (tmp_path / "one.json").write_text("{}")
    given = []
    monkeypatch.setattr(afterwards, "_apply_again", lambda: lambda folder, at: given.append((folder, at)) or 1)
    assert "1 carried out" in dispose_again(tmp_path, NIGHT)[0]
    assert given == [(tmp_path, NIGHT)]
    monkeypatch.setattr(afterwards, "_apply_again", lambda: None)
    assert "未执行" in dispose_again(tmp_path, NIGHT)[0]


def laid_out(data, **folders):
    for name, content in folders.items():
        (data / name.replace("__", "/")).mkdir(parents=True)
        (data / name.replace("__", "/") / "which").write_text(content)


def test_changing_places_goes_on_from_wherever_it_was_interrupted(tmp_path):
    laid_out(tmp_path, database="old", files="old", digests="sealed", restoring__database="new", restoring__files="new")
    laid_out(tmp_path, restoring__digests="other")
    (tmp_path / "restoring" / "ready.json").write_text(json.dumps({"aside": "before"}))
    # interrupted between the two renames of the first, and before the second
    (tmp_path / "before").mkdir()
    (tmp_path / "database").rename(tmp_path / "before" / "database")
    assert places.unfinished(tmp_path)
    aside = places.swap(tmp_path)
    assert {name: (tmp_path / name / "which").read_text() for name in ("database", "files", "digests")} == {
        "database": "new", "files": "new", "digests": "sealed",
    }  # fmt: skip
    assert {name: (aside / name / "which").read_text() for name in ("database", "files")} == {
        "database": "old", "files": "old",
    }  # fmt: skip
    assert not places.unfinished(tmp_path)


def test_settings_name_a_wrong_hour_and_a_wrong_rule():
    assert Settings(data=Path("/d")).backups == Path("/d/backups")
    with pytest.raises(WrongSettings) as wrong:
        read({"BIHUAN_BACKUP_AT": "25:00", "BIHUAN_BACKUP_KEEP": "0/4/12", "BIHUAN_BACKUP_FOLDER": "here"})
    assert sorted(wrong.value.names) == ["BIHUAN_BACKUP_AT", "BIHUAN_BACKUP_FOLDER", "BIHUAN_BACKUP_KEEP"]

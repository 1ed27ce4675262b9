"""Too little room, a clock that runs wrong, tables that are missing: who is told, and what goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from django.utils import timezone
from tests.cast import MONDAY, make_site

from bihuan.casework.privacy.models import Policy
from bihuan.config import health, watching
from bihuan.ground.room import free_megabytes, short_of_room
from bihuan.journal.models import Entry, Letter
from bihuan.people import actions as people
from bihuan.people.models import Person
from bihuan.registers.customers import actions as customers

pytestmark = pytest.mark.django_db
MORE_THAN_THERE_IS = override_settings(DISK_RESERVE_MEGABYTES=10**12)
PASSWORD = "cloudy-teapot-42"


@pytest.fixture
def admin() -> Person:
    now = timezone.now()
    return people.add_person("keeper", "管理员", PASSWORD, is_administrator=True, by=None, at=now)


def test_free_room_is_what_the_disk_says(tmp_path) -> None:
    left = free_megabytes(tmp_path)
    assert left > 0
    assert short_of_room(tmp_path, left + 10_000)
    assert not short_of_room(tmp_path, 0)
    assert not short_of_room(tmp_path / "missing", 10**12)


@MORE_THAN_THERE_IS
def test_short_of_room_nothing_is_done_but_everything_is_read(admin: Person) -> None:
    client = Client()
    assert client.post("/sign-in/", {"username": "keeper", "password": PASSWORD}).status_code == 302
    page = client.get("/cases/")
    assert page.status_code == 200
    assert "磁盘空间不足" in page.content.decode()
    refused = client.post("/profile/look/", {"theme": "dark"})
    assert (refused.status_code, refused["Retry-After"]) == (503, "60")
    assert "磁盘空间不足" in refused.content.decode()
    assert "编号" in refused.content.decode()
    assert Person.objects.get(username="keeper").theme == ""
    told = client.post("/api/v1/cases", "{}", content_type="application/json")
    assert (told.status_code, json.loads(told.content)["code"]) == (503, "no-room")
    assert told["Content-Type"] == "application/problem+json"
    assert client.post("/sign-out/").status_code == 302


def test_with_room_enough_no_page_speaks_of_it(admin: Person) -> None:
    client = Client()
    client.post("/sign-in/", {"username": "keeper", "password": PASSWORD})
    assert "磁盘空间不足" not in client.get("/cases/").content.decode()
    assert watching.warn(timezone.now()) == 0


@MORE_THAN_THERE_IS
def test_administrators_are_written_to_once_a_day(admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    monkeypatch.setattr(watching, "drift", lambda at: 0.0)
    assert watching.warn(now) == 1
    assert watching.warn(now) == 0
    letter = Letter.objects.get()
    assert (letter.to, letter.entry_id) == ("keeper", Entry.objects.get(verb=watching.VERB).id)
    assert watching.warn(now + timedelta(hours=23)) == 0
    assert watching.warn(now + timedelta(hours=25)) == 1


def test_a_clock_that_is_wrong_by_more_than_five_seconds_is_a_trouble(admin: Person) -> None:
    assert watching.troubles(timezone.now()) == {}
    assert "+60" in watching.troubles(timezone.now() + timedelta(seconds=60))["clock"].zh
    assert "-60" in watching.troubles(timezone.now() - timedelta(seconds=60))["clock"].en
    assert watching.warn(timezone.now() + timedelta(seconds=60)) == 1


def test_not_ready_while_a_table_of_this_version_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_seen", set())
    assert json.loads(Client().get("/health/ready").content) == {
        "ready": True, "database": True, "tables": True, "room": True,
    }  # fmt: skip
    monkeypatch.setattr(health, "_seen", set())
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()[-1]
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", _all_but(newest))
    answer = Client().get("/health/ready")
    assert (answer.status_code, json.loads(answer.content)["tables"]) == (503, False)


def _all_but(newest: tuple[str, str]) -> Callable[[MigrationRecorder], dict[tuple[str, str], object]]:
    known = MigrationRecorder.applied_migrations

    def applied(self: MigrationRecorder) -> dict[tuple[str, str], object]:
        return {name: row for name, row in known(self).items() if name != newest}

    return applied


def test_metrics_count_by_route_and_name_nobody(admin: Person) -> None:
    client = Client()
    client.post("/sign-in/", {"username": "keeper", "password": PASSWORD})
    client.get("/cases/BX-SECRET-0001/")
    told = client.get("/metrics").content.decode()
    assert 'route="/cases/<str:number>/",status="404"' in told
    assert "BX-SECRET" not in told and "keeper" not in told
    for name in ("bihuan_cases_open", "bihuan_letters_waiting", "bihuan_workers_alive", "bihuan_disk_free_megabytes"):
        assert f"\n{name} " in told
    assert "\nbihuan_database_answers 1.0" in told


def test_whoever_has_too_many_numbers_shown_is_written_about_once_that_day(admin: Person) -> None:
    site = make_site(MONDAY)
    Policy.objects.create(pk=1, reveals_a_day=2)
    contacts = ({"name": "王老师", "phone": "13912345678"},)
    contact = customers.add_customer("学校", outlet="north", by=None, at=MONDAY, contacts=contacts).contacts.get()
    written = Letter.objects.filter(to=admin.username, body__contains="/privacy/reveals/")

    def looked(times: int, at: datetime) -> int:
        for place in range(times):
            customers.reveal(contact, by=site.people["li"], at=at, reason=f"回电 {place}")
        watching.warn(at)
        watching.warn(at)
        return written.count()

    noon = MONDAY.replace(hour=4)
    assert [looked(2, noon), looked(1, noon), looked(4, noon)] == [0, 1, 1]
    assert written.get().body.startswith("li 今天查看完整号码 3 次，超过每天 2 次")
    assert looked(3, noon + timedelta(hours=13)) == 2

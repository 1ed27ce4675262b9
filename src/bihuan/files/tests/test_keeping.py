"""A file stays as it was handed in, finds its place once, and goes after a day if nobody used it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from bihuan.files import actions, store
from bihuan.files.models import Attachment
from bihuan.ground import system_user

from .conftest import sent

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(hours=24, seconds=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(office) -> Attachment:
    return actions.take(sent(office(), "a.xlsx"), by="li", at=AT)


def place(one: Attachment, by: str = "li", identity: str = "7") -> int:
    return actions.belong([one.pk], kind="thing", identity=identity, outlet="north", by=by)


def unused(_one: Attachment) -> None:
    return None


def test_only_who_handed_it_in_gives_it_its_place_and_only_once(one):
    assert place(one, by="zhou") == 0
    assert place(one) == 1
    assert place(one, identity="8") == 0
    one.refresh_from_db()
    assert (one.about_kind, one.about_id, one.outlet) == ("thing", "7", "north")


COLUMNS = "id, sha256, name, kind, size, uploaded_by, uploaded_at, outlet, about_kind, about_id, scan"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE files_attachment SET sha256 = repeat('0', 64)",
        "UPDATE files_attachment SET name = 'b'",
        "UPDATE files_attachment SET uploaded_by = 'zhou'",
        "UPDATE files_attachment SET about_id = '8'",
        "UPDATE files_attachment SET about_kind = '', about_id = ''",
        "DELETE FROM files_attachment",
        f"INSERT INTO files_attachment ({COLUMNS})"
        " VALUES (gen_random_uuid(), 'short', 'a', 'pdf', 1, 'li', now(), '', '', '', 'clean')",
        f"INSERT INTO files_attachment ({COLUMNS})"
        " VALUES (gen_random_uuid(), repeat('0', 64), 'a', 'pdf', 1, 'li', now(), '', 'case', '', 'clean')",
    ],
)
def test_the_database_holds_to_it_against_handwritten_statements(one, statement):
    place(one)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_file_nobody_used_goes_after_a_day_and_not_before(one):
    assert actions.sweep(AT + timedelta(hours=23, minutes=59), unused) == 0
    assert store.path_of(one.sha256).exists()
    assert actions.sweep(AT + DAY, unused) == 1
    assert not Attachment.objects.exists()
    assert not store.path_of(one.sha256).exists()


def test_a_content_somebody_else_refers_to_stays(one, office):
    other = actions.take(sent(office(), "b.xlsx"), by="zhou", at=AT)
    place(other, by="zhou")
    assert actions.sweep(AT + DAY, unused) == 1
    assert store.path_of(one.sha256).exists()
    assert list(Attachment.objects.values_list("pk", flat=True)) == [other.pk]


def test_a_file_an_act_named_gets_its_place_instead(one):
    assert actions.sweep(AT + DAY, lambda _one: ("thing", "9", "south")) == 0
    one.refresh_from_db()
    assert (one.about_id, one.outlet) == ("9", "south")


def test_what_the_superuser_puts_into_a_house_is_given_to_the_house_folder_by_folder(settings, tmp_path, monkeypatch):
    """A demonstration furnished as root: web and worker are somebody else and go on in the same folders."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    given = []
    for place in (store, system_user):
        monkeypatch.setattr(place, "give", lambda path: given.append(path.relative_to(settings.DATA).parts))
    for content in (b"one", b"two"):
        source = tmp_path / "source"
        source.write_bytes(content)
        store.put(source, store.digest_of(source))
    first, second = (hashlib.sha256(content).hexdigest()[:2] for content in (b"one", b"two"))
    house = ("files", "sha256")
    assert [parts[:3] for parts in given] == [
        house[:1], house, (*house, first), (*house, first), (*house, second), (*house, second),
    ]  # fmt: skip

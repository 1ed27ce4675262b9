"""The same address is known again however it was written, and another is not taken for it."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.cast import MONDAY, make_site, registered

from bihuan.casework.models import Mark
from bihuan.casework.places import at_places


@pytest.fixture
def site(db: None):
    return make_site(MONDAY)


def key(text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT casework_place_key(%s)", [text])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("北新路18号", "北新路１８号"),
        ("北新路18号", " 北新路 18 号 "),
        ("北新路18号", "北新路18號"),
        ("北新路18号", "北新路十八号"),
        ("北新路18号", "北新路一八号"),
        ("北新路20号", "北新路二十号"),
        ("北新路105号", "北新路一百零五号"),
        ("北新路110号", "北新路一百一十号"),
        ("北新路2008号", "北新路二〇〇八号"),
        ("三号楼3-201", "3號樓 3－201"),
        ("3号楼3 201", "３号楼（3—201）"),
        ("Unit 4B, North Road", "unit 4b north road"),
        ("三里屯四十二号，东门", "3里屯42号、東門"),
    ],
)
def test_the_same_place(db, one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("北新路18号", "北新路81号"),
        ("北新路3-201", "北新路3201"),
        ("北新路3 201", "北新路3201"),
        ("北新路二十号", "北新路二百号"),
        ("北新路18号", "南新路18号"),
        ("北新路18号", "北新路18号2楼"),
    ],
)
def test_another_place(db, one, other):
    assert key(one) != key(other)


@pytest.mark.parametrize("text", ["", " ", "·", "十", "|", "\\", "😀1"])
def test_odd_words_are_words_too(db, text):
    assert isinstance(key(text), str)


def test_a_case_is_found_by_its_place_and_by_the_index(site):
    case = registered(site)
    Mark.objects.create(case=case, kind="address", value="北新路１８號 三单元")
    found = at_places(Mark.objects.all(), ["北新路十八号3单元"])
    assert [one.case_id for one in found] == [case.pk]
    assert not at_places(Mark.objects.all(), []).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'mark_place'")
        assert "casework_place_key" in cursor.fetchone()[0]

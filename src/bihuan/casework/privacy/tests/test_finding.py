"""The quick look finds at least what the exact one finds: nothing is passed over for its spelling."""

from __future__ import annotations

import pytest
from django.db import connection

from bihuan.casework.privacy.terms import loosely, phone_pattern

NUMBER = "+8613912345678"
SPELLINGS = (
    "13912345678", "+8613912345678", "0086 139 1234 5678", "139-1234-5678", "(0)139 1234-5678", "(139) 12 34 56 78",
    "1 3 9.1 2 3 4 5 6 7 8", "%2B86%20139%201234%205678", "+86(139)12345678",
)  # fmt: skip
OTHERS = ("13912345679", "139 1234", "2026-11-22T17:45:00+00:00", "")


def finds(pattern: str, text: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~ %s", [text, pattern])
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_number_is_seen_however_it_is_written(db, spelling):
    text = f'{{"answers":{{"intake":{{"note":"call {spelling}, please"}}}}}}'
    assert finds(phone_pattern(NUMBER), text)
    assert finds(loosely(NUMBER), text)


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_another_number_is_seen_by_neither(db, other):
    assert not finds(phone_pattern(NUMBER), f'"{other}"')
    assert not finds(loosely(NUMBER), f'"{other}"')

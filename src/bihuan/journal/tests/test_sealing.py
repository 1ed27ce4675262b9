import json
from datetime import date, timedelta

import pytest

from bihuan.journal.actions import seal, write
from bihuan.journal.encoding import canonical_json, sheet_hash
from bihuan.journal.models import ChainHead, Digest

from .cast import START, telling

pytestmark = pytest.mark.django_db


def test_a_digest_tells_length_and_newest_hash_of_every_chain_and_the_digest_before():
    write(telling(1, "north"))
    first = seal(date(2026, 3, 2), START)
    write(telling(2, "north"))
    write(telling(3, "总部"))
    second = seal(date(2026, 3, 3), START + timedelta(days=1))
    sheet = json.loads(second.text)
    heads = {head.chain: [head.seq, bytes(head.hash).hex()] for head in ChainHead.objects.all()}
    assert sheet == {
        "format": "bihuan-digest-1",
        "day": "2026-03-03",
        "sealed-at": "2026-03-03T01:00:00+00:00",
        "previous": bytes(first.hash).hex(),
        "chains": heads,
        "hash": bytes(second.hash).hex(),
    }
    assert {chain: seq for chain, (seq, _) in heads.items()} == {"north": 2, "总部": 1}
    assert sheet_hash(sheet) == bytes(second.hash)
    assert second.text == canonical_json(sheet).decode()
    assert json.loads(first.text)["previous"] == "00" * 32


def test_a_day_is_sealed_once():
    write(telling(1))
    first = seal(date(2026, 3, 2), START)
    write(telling(2))
    again = seal(date(2026, 3, 2), START + timedelta(hours=1))
    assert (again.text, again.sealed_at) == (first.text, START)
    assert Digest.objects.count() == 1


def test_an_empty_book_can_be_sealed():
    assert json.loads(seal(date(2026, 3, 2), START).text)["chains"] == {}

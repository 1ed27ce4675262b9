from uuid import uuid4

import pytest
from django.db import connection, transaction

from bihuan.journal import encoding
from bihuan.journal.actions import write, write_many
from bihuan.journal.errors import AlreadyWritten, ContentUnwritable
from bihuan.journal.models import ChainHead, Content, Entry
from bihuan.journal.verify import verify

from .cast import telling

pytestmark = pytest.mark.django_db


def test_many_entries_stand_in_their_order_behind_what_was_written_before():
    first = write(telling(1))
    more = write_many([telling(number) for number in (4, 2, 3)])
    kept = list(Entry.objects.order_by("seq"))
    assert [entry.about_id for entry in kept] == ["case-1", "case-4", "case-2", "case-3"]
    assert [bytes(entry.previous) for entry in kept[1:]] == [bytes(entry.hash) for entry in [first, *more[:2]]]
    head = ChainHead.objects.get(chain="head")
    assert (head.seq, bytes(head.hash)) == (4, bytes(more[-1].hash))


def test_an_entry_written_among_many_reads_back_as_one_written_alone():
    strange = {"answers": {"a": "“引号”\\ \n\t'{}' \u2028 €"}, "facts": {}, "happenings": [{"n": 1.5}]}
    told = telling(1, act_id=uuid4(), body_digest=b"\x00\xff" * 16, content=strange, instead_of="li", clause="四（一）")
    (written, plain) = write_many([told, telling(2)])
    kept = Entry.objects.get(pk=written.pk)
    for field in Entry._meta.concrete_fields:
        assert getattr(kept, field.attname) == getattr(written, field.attname), field.name
    assert (kept.content, bytes(kept.body_digest), plain.act_id) == (strange, b"\x00\xff" * 16, None)
    assert kept.done_at == told.done_at
    columns = encoding.columns_digest([getattr(kept, name) for name in encoding.COLUMNS])
    place = (kept.seq, kept.xid, kept.position)
    assert bytes(kept.hash) == encoding.own_hash(columns, bytes(kept.previous), place, "head")


@pytest.mark.django_db(transaction=True)
def test_verify_finds_the_book_whole_after_many_were_written_together():
    with transaction.atomic():
        write_many([telling(number) for number in range(1, 30)])
    assert [finding for finding in verify(connection) if finding.damage] == []


def test_one_act_that_counted_before_refuses_them_all():
    act = uuid4()
    write(telling(1, act_id=act))
    with pytest.raises(AlreadyWritten), transaction.atomic():
        write_many([telling(2), telling(3, act_id=act), telling(4)])
    assert (Entry.objects.count(), Content.objects.count(), ChainHead.objects.get(chain="head").seq) == (1, 1, 1)


def test_one_content_that_cannot_be_written_refuses_them_all_before_anything_is_sent():
    with pytest.raises(ContentUnwritable):
        write_many([telling(1), telling(2, content={"answers": object()})])
    assert (Entry.objects.count(), ChainHead.objects.count()) == (0, 0)


def test_entries_of_two_chains_are_not_written_together_and_none_of_none():
    with pytest.raises(ValueError, match="several chains"):
        write_many([telling(1, "north"), telling(2, "south")])
    assert (write_many([]), Entry.objects.count()) == ([], 0)

"""The owner of the tables does what only an owner can: sets the guards aside and changes the book."""

import json
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection, transaction

from bihuan.journal import encoding, rights
from bihuan.journal.actions import dispose, hand_over, seal, write
from bihuan.journal.models import Entry
from bihuan.journal.verify import verify

from .cast import START, telling
from .hands import as_owner, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

BOOKS = ("journal_entry", "journal_content", "journal_disposal", "journal_chainhead", "journal_digest")
MEND_HEAD = (
    "UPDATE journal_chainhead h SET (seq, hash) ="
    " (SELECT seq, hash FROM journal_entry e WHERE e.chain = h.chain ORDER BY seq DESC LIMIT 1) WHERE chain = 'north'"
)


def _by_owner(*statements, **values):
    with as_owner() as cursor:
        for book in BOOKS:
            cursor.execute(f"ALTER TABLE {book} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement, values or None)
        for book in BOOKS:
            cursor.execute(f"ALTER TABLE {book} ENABLE TRIGGER USER")


def _found(digest=None):
    return [(one.kind, one.chain, one.seq, one.last) for one in verify(connection, digest)]


@pytest.fixture
def book():
    """Five entries north, three south; the fourth north hands over to the second south."""
    with transaction.atomic():
        entries = [write(telling(number, "north", act_id=uuid4())) for number in (1, 2, 3)]
        write(telling(7, "south"))
        giving, _ = hand_over(telling(4, "north"), telling(4, "south"))
        entries += [giving, write(telling(5, "north"))]
        write(telling(8, "south"))
    return entries


def _own(entry):
    columns = encoding.columns_digest([getattr(entry, name) for name in encoding.COLUMNS])
    return encoding.own_hash(columns, bytes(entry.previous), (entry.seq, entry.xid, entry.position), entry.chain)


def _rehash(entry):
    """Make the stored hash of one ordinary entry right again, as a careful forger would."""
    entry.refresh_from_db()
    _by_owner("UPDATE journal_entry SET hash = %(hash)s WHERE id = %(id)s", hash=_own(entry), id=entry.id)


def test_a_sound_book_has_no_findings(book):
    assert _found() == []
    assert _found(seal(date(2026, 3, 2), START)) == []


def test_an_empty_book_has_no_findings():
    assert _found() == []


@pytest.mark.parametrize(
    "change",
    [
        "verb = 'cancel'", "doer = 'zhou'", "post = ''", "instead_of = 'li'", "done_at = done_at - interval '1 second'",
        "recorded_at = recorded_at + interval '1 microsecond'", "clause = '4.2(2)'", "document = 'X'", "version = '2'",
        "about_kind = 'x'", "about_id = 'case-9'", "about_number = 'WX-9'", "act_id = NULL", "doer_kind = 'clock'",
        "body_digest = decode(repeat('00', 32), 'hex')", "content_digest = decode(repeat('00', 32), 'hex')",
        "position = position + 100", "xid = '7'", "id = gen_random_uuid()",
        "hash = decode(repeat('00', 32), 'hex')", "previous = decode(repeat('11', 32), 'hex')",
    ],
)  # fmt: skip
def test_an_edited_column_names_its_entry(book, change):
    _by_owner(f"UPDATE journal_entry SET {change} WHERE chain = 'north' AND seq = 2")
    found = _found()
    assert found[0] == ("edited", "north", 2, 2)
    assert [one for one in found if one[0] == "edited"] == found[:1]


def test_an_edited_entry_with_a_mended_hash_is_named_by_its_successor(book):
    _by_owner("UPDATE journal_entry SET doer = 'zhou' WHERE chain = 'north' AND seq = 2")
    _rehash(book[1])
    assert _found() == [("edited", "north", 2, 2)]


def test_the_newest_entry_edited_with_a_mended_hash_is_named_by_the_head(book):
    _by_owner("UPDATE journal_entry SET doer = 'zhou' WHERE chain = 'north' AND seq = 5")
    _rehash(book[4])
    assert _found() == [("edited", "north", 5, 5)]


def test_the_newest_entry_edited_with_hash_and_head_mended_is_named_by_the_digest(book):
    digest = seal(date(2026, 3, 2), START)
    _by_owner("UPDATE journal_entry SET doer = 'zhou' WHERE chain = 'north' AND seq = 5")
    _rehash(book[4])
    _by_owner(MEND_HEAD)
    assert _found() == []
    assert _found(digest) == [("rewritten", "north", 5, 5)]


def test_edited_content_and_edited_salt_name_their_entry(book):
    _by_owner(
        "UPDATE journal_content SET text = replace(text, '不制冷', '有异响') WHERE entry_id = %(id)s", id=book[1].id
    )
    _by_owner("UPDATE journal_content SET salt = decode('00', 'hex') WHERE entry_id = %(id)s", id=book[2].id)
    assert _found() == [("content-edited", "north", 2, 2), ("content-edited", "north", 3, 3)]


def test_content_removed_by_hand_is_damage_even_beside_a_forged_disposal(book):
    with transaction.atomic():
        told = dispose([book[0].id], "L-1", "wu", START)
    for entry in book[1:3]:
        _by_owner("DELETE FROM journal_content WHERE entry_id = %(id)s", id=entry.id)
    _by_owner(
        "INSERT INTO journal_disposal (entry_id, list_name, list_entry_id) VALUES (%(id)s, 'L-1', %(list)s)",
        id=book[2].id,
        list=told.id,
    )
    assert _found() == [
        ("disposed", "north", 1, 1),
        ("content-removed", "north", 2, 2),
        ("content-removed", "north", 3, 3),
    ]


def test_a_disposal_is_named_as_disposed_and_the_chain_is_whole(book):
    with transaction.atomic():
        dispose([book[0].id, book[3].id], "2029-01", "wu", START)
    findings = list(verify(connection))
    assert [(one.kind, one.seq, one.damage, one.entry) for one in findings] == [
        ("disposed", 1, False, book[0].id),
        ("disposed", 4, False, book[3].id),
    ]
    assert findings[0].words.en == "north: the content of entry 1 was disposed of under list 2029-01"
    assert findings[0].words.zh == "north 第 1 条的内容已按清单 2029-01 销毁"


def test_a_removed_entry_is_named(book):
    _by_owner("DELETE FROM journal_entry WHERE chain = 'north' AND seq = 2")
    assert _found() == [("removed", "north", 2, 2), ("orphan-content", "", 0, 0)]


def test_removed_entries_are_named_though_those_behind_them_were_renumbered(book):
    _by_owner(
        "DELETE FROM journal_content USING journal_entry e WHERE entry_id = e.id AND e.chain = 'north' AND e.seq < 3",
        "DELETE FROM journal_entry WHERE chain = 'north' AND seq < 3",
        # by way of numbers nobody has: in which order rows are changed is the database's own affair
        "UPDATE journal_entry SET seq = seq + 100 WHERE chain = 'north'",
        "UPDATE journal_entry SET seq = seq - 102 WHERE chain = 'north'",
    )
    assert _found() == [("removed", "north", 1, 2)]


def test_an_inserted_entry_is_named_though_it_fits_the_one_before_and_the_rest_was_renumbered(book):
    _by_owner(
        "UPDATE journal_entry SET seq = seq + 100 WHERE chain = 'north' AND seq > 2",
        "UPDATE journal_entry SET seq = seq - 99 WHERE chain = 'north' AND seq > 100",
    )
    with as_owner() as cursor:
        cursor.execute(
            "INSERT INTO journal_entry SELECT (jsonb_populate_record(e, jsonb_build_object("
            "'id', gen_random_uuid(), 'act_id', NULL, 'seq', 3, 'previous', e.hash))).* FROM journal_entry e"
            " WHERE chain = 'north' AND seq = 2"
        )
        cursor.execute(
            "INSERT INTO journal_content (entry_id, salt, text) SELECT f.id, c.salt, c.text FROM journal_entry f,"
            " journal_content c WHERE f.chain = 'north' AND f.seq = 3 AND c.entry_id = %s",
            [book[1].id],
        )
    _rehash(Entry.objects.get(chain="north", seq=3))
    assert _found() == [("inserted", "north", 3, 3)]


def test_an_entry_put_behind_the_newest_is_named_as_inserted(book):
    with as_owner() as cursor:
        cursor.execute(
            "INSERT INTO journal_entry SELECT (jsonb_populate_record(e, jsonb_build_object("
            "'id', gen_random_uuid(), 'seq', 6, 'previous', e.hash))).* FROM journal_entry e"
            " WHERE chain = 'north' AND seq = 5"
        )
    assert _found()[0] == ("inserted", "north", 6, 6)


def test_the_newest_entries_removed_with_the_head_mended_are_named_only_by_a_digest(book):
    text = seal(date(2026, 3, 2), START).text
    _by_owner("DELETE FROM journal_content WHERE entry_id = %(id)s", id=book[4].id)
    _by_owner("DELETE FROM journal_entry WHERE chain = 'north' AND seq = 5")
    assert _found() == [("removed", "north", 5, 5)]
    _by_owner(MEND_HEAD)
    assert _found() == []
    for digest in (text, json.loads(text)):
        assert _found(digest) == [("truncated", "north", 5, 5)]
    with transaction.atomic():
        write(telling(9, "north"))
    assert _found(text) == [("rewritten", "north", 5, 5)]


def test_everything_truncated_is_named_only_by_a_digest(book):
    text = seal(date(2026, 3, 2), START).text
    with as_owner() as cursor:
        for name in BOOKS:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(BOOKS)}, journal_letter CASCADE")
        for name in BOOKS:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
    assert _found() == []
    assert _found(text) == [("truncated", "north", 1, 5), ("truncated", "south", 1, 3)]


def test_a_removed_head_is_named(book):
    _by_owner("DELETE FROM journal_chainhead WHERE chain = 'north'")
    assert _found() == [("head-missing", "north", 5, 5)]


def test_half_a_hand_over_removed_with_its_head_mended_is_named_by_the_half_that_stayed(book):
    _by_owner(
        "DELETE FROM journal_content USING journal_entry e WHERE entry_id = e.id AND e.chain = 'north' AND e.seq > 3",
        "DELETE FROM journal_entry WHERE chain = 'north' AND seq > 3",
        MEND_HEAD,
    )
    assert _found() == [("half-missing", "south", 2, 2)]


@pytest.mark.parametrize("change", ["doer = 'zhou'", "other_seq = 99", "other_hash = decode(repeat('00', 32), 'hex')"])
def test_an_edited_half_is_named_once_and_its_other_half_is_not_blamed(book, change):
    _by_owner(f"UPDATE journal_entry SET {change} WHERE chain = 'south' AND seq = 2")
    assert _found() == [("edited", "south", 2, 2)]


def test_a_half_replaced_with_every_hash_of_its_chain_mended_is_named_by_the_half_that_stayed(book):
    with transaction.atomic():
        giving, taking = hand_over(telling(6, "north"), telling(6, "south"))
    _by_owner("UPDATE journal_entry SET doer = 'zhou' WHERE id = %(id)s", id=taking.id)
    taking.refresh_from_db()
    new = encoding.joined_hash(_own(taking), bytes(taking.other_hash), giving.seq, giving.chain)
    _by_owner("UPDATE journal_entry SET hash = %(hash)s WHERE id = %(id)s", hash=new, id=taking.id)
    _by_owner("UPDATE journal_chainhead SET hash = %(hash)s WHERE chain = 'south'", hash=new)
    assert _found() == [("half-missing", "north", giving.seq, giving.seq)]


def test_an_edited_digest_is_named(book):
    text = seal(date(2026, 3, 2), START).text
    sheet = json.loads(text)
    sheet["chains"]["north"][0] = 4
    for wrong in (sheet, text[:-1], "[]", "{}"):
        assert _found(wrong) == [("digest-damaged", "", 0, 0)]


def test_a_book_is_verified_by_the_reader_role_at_one_moment_while_others_write(book):
    with signed_in(rights.READER) as reader:
        walk = verify(reader, "{}")
        assert next(walk).kind == "digest-damaged"
        with transaction.atomic():
            write(telling(9, "north"))
            write(telling(9, "new"))
        assert list(walk) == []
    assert _found() == []

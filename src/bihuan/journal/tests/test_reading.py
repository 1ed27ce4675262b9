import threading
import time
from uuid import uuid4

import pytest
from django.db import connection, transaction

from bihuan.journal.actions import dispose, hand_over, write
from bihuan.journal.queries import BEGINNING, Cursor, entries_about, entries_under, entry_of_act, since

from .cast import START, telling


def _told(entries):
    return [entry.about_number for entry in entries]


def _until_settled(xid):
    """Wait for transactions of other users of the same server: they hold every reader back, which is right."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT journal_horizon()::text::bigint > %s", [xid])
            if cursor.fetchone()[0]:
                return
    raise AssertionError("another transaction on this server did not end")


@pytest.mark.django_db
def test_the_entry_of_an_act_is_found_by_its_id_and_only_in_scope():
    act = uuid4()
    entry = write(telling(1, "north", act_id=act))
    assert entry_of_act(act) == entry
    assert entry_of_act(act, frozenset({"north"})) == entry
    assert entry_of_act(act, frozenset({"south"})) is None
    assert entry_of_act(act, frozenset()) is None
    assert entry_of_act(uuid4()) is None


@pytest.mark.django_db
def test_entries_about_a_case_come_in_the_order_they_happened_across_chains(django_assert_num_queries):
    first = write(telling(1, "south"))
    write(telling(2, "south"))
    giving, taking = hand_over(telling(1, "south", verb="hand"), telling(1, "north", verb="take"))
    last = write(telling(1, "north", verb="close"))
    dispose([first.id], "L", "wu", START)
    with django_assert_num_queries(1):
        entries = entries_about("case", "case-1")
        contents = [entry.content is not None for entry in entries]
    assert entries == [first, giving, taking, last]
    assert contents == [False, True, True, True]
    assert entries_about("case", "case-1", after=giving.position) == [taking, last]
    assert entries_about("case", "case-1", limit=2) == [first, giving]
    assert entries_about("case", "case-1", scope=frozenset({"north"})) == [taking, last]
    assert entries_about("person", "case-1") == []


@pytest.mark.django_db
def test_entries_under_a_clause_are_its_own_and_those_of_its_parts_newest_first():
    clauses = ["4.2", "4.2 b", "4.20", "4.2(1)", "4.2 a", "4.2", "4.3"]
    entries = [write(telling(n, "north", clause=clause)) for n, clause in enumerate(clauses)]
    write(telling(8, "north", clause="4.2", document="other"))
    south = write(telling(9, "south", clause="4.2"))
    newest_first = [south, entries[5], entries[4], entries[1], entries[0]]
    assert entries_under("WWSH-003-04", "4.2", 10) == newest_first
    assert entries_under("WWSH-003-04", "4.2", 3) == newest_first[:3]
    assert entries_under("WWSH-003-04", "4.2", 10, scope=frozenset({"north"})) == newest_first[1:]
    assert entries_under("WWSH-003-04", "4", 10) == []


@pytest.mark.django_db(transaction=True)
def test_a_reader_never_skips_a_late_commit():
    slow_wrote, fast_is_in = threading.Event(), threading.Event()
    kept = {}

    def slow():
        try:
            with transaction.atomic():
                kept["slow"] = write(telling(1, "north"))
                slow_wrote.set()
                fast_is_in.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert slow_wrote.wait(30)
    with transaction.atomic():
        fast = write(telling(2, "south"))
    assert kept["slow"].xid < fast.xid
    while_open, cursor = since(BEGINNING, 10)
    fast_is_in.set()
    thread.join()
    assert (while_open, cursor) == ([], BEGINNING)
    _until_settled(fast.xid)
    entries, cursor = since(cursor, 10)
    assert _told(entries) == ["WX-0001", "WX-0002"]
    assert cursor == Cursor(fast.xid, fast.position)
    assert since(cursor, 10) == ([], cursor)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_began_first_and_wrote_last_is_not_skipped_by_small_pages():
    has_its_number, other_is_in = threading.Event(), threading.Event()

    def early():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")
                has_its_number.set()
                other_is_in.wait(30)
                write(telling(1))
        finally:
            connection.close()

    thread = threading.Thread(target=early)
    thread.start()
    assert has_its_number.wait(30)
    with transaction.atomic():
        other = write(telling(2))
    other_is_in.set()
    thread.join()
    _until_settled(other.xid)
    first, cursor = since(BEGINNING, 1)
    second, cursor = since(cursor, 1)
    assert (_told(first), _told(second), since(cursor, 1)[0]) == (["WX-0001"], ["WX-0002"], [])
    assert first[0].position > second[0].position


@pytest.mark.django_db(transaction=True)
def test_reading_in_pages_of_any_size_shows_every_entry_once_even_within_one_transaction():
    with transaction.atomic():
        for number in range(1, 6):
            write(telling(number, "north" if number % 2 else "south"))
    with transaction.atomic():
        newest = write(telling(6))
    _until_settled(newest.xid)
    for size in (1, 2, 4, 10):
        cursor, seen = BEGINNING, []
        while True:
            entries, cursor = since(cursor, size)
            if not entries:
                break
            seen += _told(entries)
        assert seen == [f"WX-000{number}" for number in range(1, 7)]
    assert _told(since(BEGINNING, 10, scope=frozenset({"south"}))[0]) == ["WX-0002", "WX-0004"]


def test_a_cursor_is_written_and_read_back():
    assert Cursor.parse(str(Cursor(9000000001, 7))) == Cursor(9000000001, 7)
    for wrong in ("", "1", "1-", "-1", "a-1", "1-2-3", "1--2", "１-x"):
        with pytest.raises(ValueError, match="not a cursor"):
            Cursor.parse(wrong)

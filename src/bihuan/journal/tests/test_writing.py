import threading
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.journal import actions, encoding
from bihuan.journal.actions import dispose, hand_over, lay_letter, write
from bihuan.journal.errors import AlreadyWritten, ContentUnwritable, NotDisposable, NoTransaction, SameChain
from bihuan.journal.models import ChainHead, Content, Disposal, Entry, Letter

from .cast import START, telling

pytestmark = pytest.mark.django_db


def test_an_entry_reads_back_as_it_was_written_and_names_the_one_before():
    first = write(telling(1, act_id=uuid4(), body_digest=b"b" * 32))
    second = write(telling(2, instead_of="li"))
    kept = Entry.objects.get(pk=first.pk)
    for field in Entry._meta.concrete_fields:
        assert getattr(kept, field.attname) == getattr(first, field.attname), field.name
    assert (first.seq, bytes(first.previous)) == (1, bytes(32))
    assert (second.seq, bytes(second.previous)) == (2, bytes(first.hash))
    assert kept.content == {"answers": {"record.problem": "不制冷"}, "facts": {"n": 1}, "happenings": []}
    head = ChainHead.objects.get(chain="head")
    assert (head.seq, bytes(head.hash)) == (2, bytes(second.hash))


def test_the_hash_of_the_database_is_the_hash_of_the_written_down_encoding():
    write(telling(1, chain="北区"))
    entry = write(telling(2, chain="北区", act_id=uuid4()))
    columns = encoding.columns_digest([getattr(entry, name) for name in encoding.COLUMNS])
    own = encoding.own_hash(columns, bytes(entry.previous), (2, entry.xid, entry.position), "北区")
    assert bytes(entry.hash) == own


def test_chains_are_numbered_each_for_itself():
    places = [("head", 1), ("north", 1), ("head", 2), ("north", 2)]
    assert [(entry.chain, entry.seq) for entry in (write(telling(n, c)) for n, (c, _) in enumerate(places))] == places


def test_two_halves_of_a_hand_over_contain_each_other():
    write(telling(1, "north"))
    giving, taking = hand_over(telling(2, "north", act_id=uuid4()), telling(2, "south"))
    assert (giving.chain, giving.seq, taking.chain, taking.seq) == ("north", 2, "south", 1)
    own = {}
    for half in (giving, taking):
        columns = encoding.columns_digest([getattr(half, name) for name in encoding.COLUMNS])
        own[half.chain] = encoding.own_hash(
            columns, bytes(half.previous), (half.seq, half.xid, half.position), half.chain
        )
    assert (bytes(giving.other_hash), giving.other_chain, giving.other_seq) == (own["south"], "south", 1)
    assert (bytes(taking.other_hash), taking.other_chain, taking.other_seq) == (own["north"], "north", 2)
    assert bytes(giving.hash) == encoding.joined_hash(own["north"], own["south"], 1, "south")
    assert bytes(taking.hash) == encoding.joined_hash(own["south"], own["north"], 2, "north")
    assert giving.content == telling(2).content
    assert {head.chain: bytes(head.hash) for head in ChainHead.objects.all()} == {
        "north": bytes(giving.hash),
        "south": bytes(taking.hash),
    }


def test_a_hand_over_within_one_chain_is_refused():
    with pytest.raises(SameChain):
        hand_over(telling(1), telling(2))
    assert Entry.objects.count() == 0


def test_an_act_id_counts_once_in_all_chains_and_leaves_nothing_behind():
    act = uuid4()
    write(telling(1, act_id=act))
    with pytest.raises(AlreadyWritten) as refused, transaction.atomic():
        write(telling(2, "north", act_id=act))
    assert refused.value.act_id == act
    with pytest.raises(AlreadyWritten) as refused:
        hand_over(telling(2, "north", act_id=uuid4()), telling(2, "south", act_id=act))
    assert refused.value.act_id == act
    assert (Entry.objects.count(), Content.objects.count(), ChainHead.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused():
    for attempt in (
        lambda: write(telling()),
        lambda: hand_over(telling(1, "a"), telling(1, "b")),
        lambda: dispose([uuid4()], "L", "wu", START),
        lambda: lay_letter(uuid4(), "k", "post", "lic", "s", "b"),
    ):
        with pytest.raises(NoTransaction):
            attempt()
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("bad", [{"x": object()}, {"x": "\ud800"}, {"x": 1 + 2j}])
def test_content_that_json_cannot_hold_is_refused_before_anything_is_sent(bad):
    with pytest.raises(ContentUnwritable):
        write(telling(content=bad))
    assert Entry.objects.count() == 0


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), plain, max_size=5))
def test_any_content_comes_back_equal_and_under_its_digest(content):
    entry = write(telling(content=content))
    kept = Content.objects.get(entry_id=entry.id)
    assert kept.decoded == content
    assert encoding.content_digest(bytes(kept.salt), kept.text.encode()) == bytes(entry.content_digest)


@given(content=plain)
def test_canonical_json_does_not_depend_on_the_order_of_keys(content):
    def turned(value):
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(one) for one in value] if isinstance(value, list) else value

    assert encoding.canonical_json(turned(content)) == encoding.canonical_json(content)


def test_the_same_content_twice_has_two_digests():
    first, second = write(telling(1)), write(telling(1))
    assert first.content_digest != second.content_digest


def test_the_columns_digest_tells_empty_absent_and_shifted_apart():
    digests = {encoding.columns_digest(values) for values in (["a", "b"], ["ab", ""], ["", "ab"], ["ab", None], ["ab"])}
    assert len(digests) == 5


@pytest.mark.django_db(transaction=True)
def test_eight_writers_on_one_chain_leave_no_gap():
    failures = []

    def work(writer):
        try:
            for number in range(10):
                with transaction.atomic():
                    write(telling(number, act_id=uuid4(), doer=f"writer {writer}"))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    entries = list(Entry.objects.order_by("seq"))
    assert [entry.seq for entry in entries] == list(range(1, 81))
    assert all(bytes(b.previous) == bytes(a.hash) for a, b in pairwise(entries))
    assert [entry.position for entry in entries] == sorted(entry.position for entry in entries)


@pytest.mark.django_db(transaction=True)
def test_hand_overs_both_ways_at_once_do_not_block_each_other_for_good():
    failures = []

    def work(giver, taker):
        try:
            for number in range(10):
                with transaction.atomic():
                    hand_over(telling(number, giver), telling(number, taker))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in [("a", "b"), ("b", "a")] * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert {head.chain: head.seq for head in ChainHead.objects.all()} == {"a": 40, "b": 40}


def test_disposal_takes_content_salt_and_letters_and_leaves_the_entry():
    first, second, stays = (write(telling(n)) for n in (1, 2, 3))
    for entry in (first, stays):
        lay_letter(entry.id, f"{entry.id}:0", "post", "lic", "告知", "李先生的空调")
    told = dispose([second.id, first.id], "2029-01", "wu", START, post="office", clause="6.4", reason="到期")
    assert (told.verb, told.seq, told.doer, told.post, told.clause) == ("dispose", 4, "wu", "office", "6.4")
    assert told.content["facts"] == {"list": "2029-01", "entries": sorted([str(first.id), str(second.id)])}
    assert Entry.objects.get(pk=first.pk).content is None
    assert set(Content.objects.values_list("entry_id", flat=True)) == {stays.id, told.id}
    assert list(Letter.objects.values_list("entry_id", flat=True)) == [stays.id]
    assert set(Disposal.objects.values_list("entry_id", "list_entry_id", "list_name")) == {
        (first.id, told.id, "2029-01"),
        (second.id, told.id, "2029-01"),
    }


def test_disposal_refuses_what_is_unknown_gone_elsewhere_or_a_list_and_changes_nothing():
    first, second, north = write(telling(1)), write(telling(2)), write(telling(3, "north"))
    listed = dispose([first.id], "L-1", "wu", START)
    for ids, reason in (
        ([], "empty"),
        ([second.id, uuid4()], "no such"),
        ([second.id, first.id], "already"),
        ([second.id, listed.id], "lists stay"),
        ([second.id, north.id], "several chains"),
    ):
        with pytest.raises(NotDisposable, match=reason):
            dispose(ids, "L-2", "wu", START)
    assert Entry.objects.count() == 4
    assert second.content == telling(2).content


def test_letters_are_laid_once_per_key():
    entry = write(telling(1))
    letters = [
        actions.NewLetter(entry_id=entry.id, key=key, to_kind="post", to="lic", subject="逾期", body="…")
        for key in ("one", "two")
    ]
    assert actions.lay_letters(letters) == {"one", "two"}
    assert actions.lay_letters(letters) == set()
    assert lay_letter(entry.id, "two", "post", "lic", "again", "…") is False
    assert lay_letter(entry.id, "three", "person", "zhou", "提醒", "…", due_at=START) is True
    assert set(Letter.objects.values_list("key", "subject", "state", "next_try")) == {
        ("one", "逾期", "waiting", actions.AT_ONCE),
        ("two", "逾期", "waiting", actions.AT_ONCE),
        ("three", "提醒", "waiting", START),
    }

"""Writing the book: one entry per act, hand-overs between two chains, disposal, the daily seal; letters into the tray.

Everything here runs in the caller's transaction. ``write`` takes the lock on its chain, which is held until that
transaction ends: call it last.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import IntegrityError, connection, transaction
from psycopg.errors import UniqueViolation
from uuid_utils.compat import uuid7

from bihuan.ground.ids import new_id

from .encoding import COLUMNS, NO_PREVIOUS, canonical_json, columns_digest, content_digest, sheet_hash
from .errors import AlreadyWritten, NotDisposable, NoTransaction, SameChain
from .models import ChainHead, Content, Digest, Entry, Letter
from .origin import told

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
SALT_BYTES = 16


class NewEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written. Moments are aware. ``content``: answers, facts, happenings, doer – anything JSON can hold.

    ``act_id`` counts once for ever; leave it None for what no act id stands behind. ``body_digest`` (32 bytes) is the
    digest of the request. ``id`` is made from ``recorded_at`` unless given (to lay letters before writing).
    """

    chain: str
    about_kind: str
    about_id: str
    verb: str
    doer: str
    done_at: datetime
    recorded_at: datetime
    content: dict[str, Any]
    act_id: UUID | None = None
    about_number: str = ""
    doer_kind: str = "person"
    post: str = ""
    instead_of: str = ""
    document: str = ""
    version: str = ""
    clause: str = ""
    body_digest: bytes | None = None
    id: UUID | None = None


class NewLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to lay: ``key`` is its name for ever; ``due_at`` not before when, None = at once.

    ``pressing``: it does not wait for the end of quiet hours.
    """

    entry_id: UUID
    key: str
    to_kind: str
    to: str
    subject: str
    body: str
    due_at: datetime | None = None
    pressing: bool = False


class Beside(msgspec.Struct, frozen=True):
    """A change to go with an entry: one statement with its values, always of our own making."""

    sql: str
    values: list[Any]


class _Ready(msgspec.Struct):
    """An entry with everything computed that needs no lock: columns in database order, digests, salt, content."""

    values: dict[str, Any]
    columns: bytes
    salt: bytes
    content: str


_APPEND = (
    "SELECT * FROM journal_append(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
# Many rows travel as one JSON text: the driver would quote an array sign by sign.
_LAY = """
    INSERT INTO journal_letter (id, entry_id, key, to_kind, "to", subject, body, pressing, due_at, state, next_try)
    SELECT id, entry_id, key, to_kind, "to", subject, body, pressing, due_at, 'waiting', coalesce(due_at, %s)
    FROM json_to_recordset(%s::json) AS laid (id uuid, entry_id uuid, key text, to_kind text, "to" text, subject text,
        body text, pressing boolean, due_at timestamptz)
    ON CONFLICT (key) DO NOTHING RETURNING key"""
_ARGUMENTS = (
    "id", "chain", "act_id", "about_kind", "about_id", "about_number", "verb", "doer_kind", "doer", "post",
    "instead_of", "done_at", "recorded_at", "document", "version", "clause", "content_digest", "body_digest",
)  # fmt: skip
# the rows come in the order of the list
_APPEND_MANY = "SELECT * FROM journal_append_many(%s, %s::json)"


def write(entry: NewEntry, besides: Sequence[Beside] = ()) -> Entry:
    """Write one entry at the end of its chain, in the caller's transaction, in one round trip.

    ``besides``: changes (INSERT, UPDATE or DELETE) of the caller's own, carried out by the very same statement. None
    of them sees what another does, and none may touch a row another touches.

    Raises NoTransaction, ContentUnwritable (nothing sent yet), AlreadyWritten (the act id is in the book; the
    transaction cannot go on).
    """
    _need_transaction()
    ready = _ready(entry)
    values = ready.values
    with connection.cursor() as cursor:
        try:
            given = [*[values[name] for name in _ARGUMENTS], ready.columns, ready.salt, ready.content]
            # PostgreSQL carries changes out whether or not the rest of the statement looks at them
            changes = ", ".join(f"b{place} AS ({one.sql})" for place, one in enumerate(besides))
            sql = f"WITH {changes} {_APPEND}" if besides else _APPEND
            cursor.execute(sql, [value for one in besides for value in one.values] + given)
        except IntegrityError as error:
            raise _named(error, entry) from error
        seq, previous, own, xid, position = cursor.fetchone()
    return Entry(**values, seq=seq, previous=previous, hash=own, xid=xid, position=position)


def write_many(entries: Sequence[NewEntry], letters: Sequence[NewLetter] = ()) -> list[Entry]:
    """Write entries of one chain, in their order, in one round trip: all of them or none.

    ``letters`` are laid before, in a round trip of their own; in a pipeline the database lays them while the entries
    are got ready.

    Raises what ``write`` raises, and ValueError for entries of several chains.
    """
    _need_transaction()
    if len({entry.chain for entry in entries}) > 1:
        raise ValueError("entries of several chains cannot be written together")
    if letters:
        with connection.cursor() as cursor:
            cursor.execute(_LAY, [AT_ONCE, _laid(letters)])
    if not entries:
        return []
    ready = [_ready(entry) for entry in entries]
    given = [{**one.values, "columns": one.columns, "salt": one.salt, "content": one.content} for one in ready]
    with connection.cursor() as cursor:
        try:
            cursor.execute(_APPEND_MANY, [entries[0].chain, _as_rows(given)])
        except IntegrityError as error:
            raise _named(error, *entries) from error
        places = cursor.fetchall()
    names = ("seq", "previous", "hash", "xid", "position")
    return [
        Entry(**one.values, **dict(zip(names, place, strict=True))) for one, place in zip(ready, places, strict=True)
    ]


def hand_over(from_entry: NewEntry, to_entry: NewEntry) -> tuple[Entry, Entry]:
    """Write one entry in each of two chains, each with the other's hash in its own; heads locked in key order.

    An act id belongs to one of the two only. Raises NoTransaction, ContentUnwritable, SameChain, AlreadyWritten.
    """
    _need_transaction()
    if from_entry.chain == to_entry.chain:
        raise SameChain(from_entry.chain)
    halves: list[Any] = []
    for half in (_ready(from_entry), _ready(to_entry)):
        halves += [_as_json(half.values), half.columns, half.salt, half.content]
    sql = "SELECT * FROM journal_hand_over(%s::jsonb, %s, %s, %s, %s::jsonb, %s, %s, %s)"
    try:
        with transaction.atomic():
            giving, taking = Entry.objects.raw(sql, halves)
    except IntegrityError as error:
        raise _named(error, from_entry, to_entry) from error
    return giving, taking


def dispose(
    entry_ids: Iterable[UUID],
    list_name: str,
    by: str,
    at: datetime,
    *,
    post: str = "",
    document: str = "",
    clause: str = "",
    version: str = "",
    reason: str = "",
) -> Entry:
    """Delete content and salt of these entries, with the letters they caused, and write the list that says so.

    All must stand in one chain and still have their content; a disposal list itself stays. Returns the list's entry.
    Raises NoTransaction, NotDisposable.
    """
    _need_transaction()
    wanted = sorted(set(entry_ids))
    known = {entry.id: entry for entry in Entry.objects.filter(id__in=wanted).only("id", "chain", "verb")}
    having = set(Content.objects.filter(entry_id__in=wanted).values_list("entry_id", flat=True))
    chains = sorted({entry.chain for entry in known.values()})
    if not wanted:
        raise NotDisposable("the list is empty", ())
    if unknown := [one for one in wanted if one not in known]:
        raise NotDisposable("no such entries", unknown)
    if lists := [one for one in wanted if known[one].verb == "dispose"]:
        raise NotDisposable("disposal lists stay", lists)
    if gone := [one for one in wanted if one not in having]:
        raise NotDisposable("already disposed of", gone)
    if len(chains) > 1:
        raise NotDisposable("entries of several chains need a list each", wanted)
    content = {
        "answers": {"reason": reason} if reason else {},
        "facts": {"list": list_name, "entries": [str(one) for one in wanted]},
        "happenings": [],
    }
    entry = write(
        NewEntry(
            chain=chains[0], about_kind="disposal", about_id=list_name, about_number=list_name, verb="dispose", doer=by,
            post=post, done_at=at, recorded_at=at, document=document, version=version, clause=clause, content=content,
        )
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT journal_dispose(%s, %s)", [entry.id, wanted])
    Letter.objects.filter(entry_id__in=wanted).delete()
    return entry


def seal(day: date, at: datetime) -> Digest:
    """Seal the heads of all chains for ``day``; sealing a day again returns what was sealed.

    ``Digest.text`` is the JSON file to carry off the machine: format, day, moment, hash of the digest before,
    per chain its length and newest hash, and the hash over all of that.
    """
    before = Digest.objects.filter(day__lt=day).order_by("-day").first()
    heads = ChainHead.objects.filter(seq__gt=0).order_by("chain")
    sheet: dict[str, Any] = {
        "format": "bihuan-digest-1",
        "day": day.isoformat(),
        "sealed-at": at.astimezone(UTC).isoformat(),
        "previous": bytes(before.hash if before else NO_PREVIOUS).hex(),
        "chains": {head.chain: [head.seq, bytes(head.hash).hex()] for head in heads},
    }
    own = sheet_hash(sheet)
    text = canonical_json({**sheet, "hash": own.hex()}).decode()
    digest, _ = Digest.objects.get_or_create(day=day, defaults={"sealed_at": at, "hash": own, "text": text})
    return digest


def lay_letter(
    entry_id: UUID,
    key: str,
    to_kind: str,
    to: str,
    subject: str,
    body: str,
    due_at: datetime | None = None,
    *,
    pressing: bool = False,
) -> bool:
    """Lay one letter in the tray, in the caller's transaction. False: a letter of this key was laid before."""
    letter = NewLetter(entry_id=entry_id, key=key, to_kind=to_kind, to=to, subject=subject, body=body, due_at=due_at,
                       pressing=pressing)  # fmt: skip
    return bool(lay_letters([letter]))


def lay_letters(letters: Sequence[NewLetter]) -> set[str]:
    """Lay letters in one round trip; returns the keys laid now. A key already in the tray is not laid twice.

    Raises NoTransaction.
    """
    _need_transaction()
    if not letters:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_LAY, [AT_ONCE, _laid(letters)])
        return {row[0] for row in cursor.fetchall()}


def laying(letters: Sequence[NewLetter]) -> list[Beside]:
    """The change that lays ``letters``, to go with the entry they are of; nothing where there are none."""
    return [Beside(_LAY, [AT_ONCE, _laid(letters)])] if letters else []


def _laid(letters: Sequence[NewLetter]) -> str:
    return _as_rows([{"id": uuid7(), **msgspec.structs.asdict(letter)} for letter in letters])


def _need_transaction() -> None:
    if not connection.in_atomic_block:
        raise NoTransaction


def _ready(entry: NewEntry) -> _Ready:
    content = canonical_json(told(entry.content))
    salt = secrets.token_bytes(SALT_BYTES)
    values = {name: getattr(entry, name) for name in _ARGUMENTS if name != "content_digest"}
    values["id"] = entry.id or new_id(entry.recorded_at)
    values["content_digest"] = content_digest(salt, content)
    return _Ready(values, columns_digest([values[name] for name in COLUMNS]), salt, content.decode())


def _as_json(values: dict[str, Any]) -> str:
    """The columns as JSON the database reads back into a row; bytes in its hex notation."""
    return canonical_json(_in_hex(values)).decode()


def _as_rows(rows: Sequence[dict[str, Any]]) -> str:
    return canonical_json([_in_hex(values) for values in rows]).decode()


def _in_hex(values: dict[str, Any]) -> dict[str, Any]:
    return {name: "\\x" + value.hex() if isinstance(value, bytes) else value for name, value in values.items()}


def _named(error: IntegrityError, *entries: NewEntry) -> Exception:
    """The refusal of the book behind a broken constraint; the error itself where there is none."""
    cause = error.__cause__
    if isinstance(cause, UniqueViolation) and cause.diag.constraint_name == "journal_entry_act_once":
        acts = [entry.act_id for entry in entries if entry.act_id is not None]
        if len(acts) == 1:
            return AlreadyWritten(acts[0])
        written = set(Entry.objects.filter(act_id__in=acts).values_list("act_id", flat=True))
        return AlreadyWritten(next((act for act in acts if act in written), acts[0]))
    return error

"""How an entry becomes bytes and bytes a hash. Frozen: a change here would make every written entry look damaged.

columns digest = SHA-256 over the columns of ``COLUMNS`` in order, each as a 4-byte big-endian length and its bytes;
                 an absent one is the length FFFFFFFF alone. Ids are 16 bytes, texts UTF-8, moments 8 bytes (signed,
                 big-endian, microseconds since 1970-01-01 UTC), digests their 32 bytes.
own hash       = SHA-256("bihuan-journal-1" ‖ columns digest ‖ previous hash ‖ seq ‖ xid ‖ position ‖ chain),
                 the three numbers as 8 bytes each, chain in UTF-8, the previous hash of a first entry 32 zero bytes.
hash           = own hash, or for half a hand-over SHA-256(own hash ‖ other's own hash ‖ other's seq ‖ other's chain).
content digest = SHA-256(salt ‖ content as canonical JSON).

The database function ``journal_append`` computes the own hash under the chain's lock; this module computes it again
for ``verify``. The test of the room holds the two against each other.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from .errors import ContentUnwritable

NAME = b"bihuan-journal-1"
NO_PREVIOUS = bytes(32)
COLUMNS = (
    "id", "act_id", "about_kind", "about_id", "about_number", "verb", "doer_kind", "doer", "post", "instead_of",
    "done_at", "recorded_at", "document", "version", "clause", "body_digest", "content_digest",
)  # fmt: skip

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLACE = struct.Struct(">qqq")
_ABSENT = b"\xff\xff\xff\xff"
_json = msgspec.json.Encoder(order="sorted")


def canonical_json(content: Any) -> bytes:
    """The one JSON text of ``content``: keys sorted, no blanks, UTF-8. Raises ContentUnwritable."""
    try:
        return _json.encode(content)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise ContentUnwritable(f"content cannot be written as JSON: {error}") from error


def content_digest(salt: bytes, content: bytes) -> bytes:
    """SHA-256 of salt and canonical JSON: without the salt nobody can guess a disposed answer back."""
    return sha256(salt + content).digest()


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 UTC of an aware moment, exact. Raises TypeError for a naive one."""
    return (moment - _EPOCH) // _MICROSECOND


def _bytes(value: str | bytes | UUID | datetime) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, datetime):
        return microseconds(value).to_bytes(8, "big", signed=True)
    return bytes(value)


def columns_digest(values: Sequence[str | bytes | UUID | datetime | None]) -> bytes:
    """Digest of the values of ``COLUMNS``, in that order."""
    parts = []
    for value in values:
        if value is None:
            parts.append(_ABSENT)
        else:
            plain = _bytes(value)
            parts += (len(plain).to_bytes(4, "big"), plain)
    return sha256(b"".join(parts)).digest()


def own_hash(columns: bytes, previous: bytes, place: tuple[int, int, int], chain: str) -> bytes:
    """An entry's hash from its columns digest, the hash before it and its place: seq, xid and position."""
    return sha256(NAME + columns + previous + _PLACE.pack(*place) + chain.encode()).digest()


def joined_hash(own: bytes, other_own: bytes, other_seq: int, other_chain: str) -> bytes:
    """The hash of half a hand-over: it contains the other half's own hash and place."""
    return sha256(own + other_own + other_seq.to_bytes(8, "big", signed=True) + other_chain.encode()).digest()


def sheet_hash(sheet: dict[str, Any]) -> bytes:
    """SHA-256 over the canonical JSON of a digest without its ``hash``."""
    return sha256(canonical_json({key: value for key, value in sheet.items() if key != "hash"})).digest()

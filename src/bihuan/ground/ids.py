"""Ids of everything that is kept: UUID version 7 (RFC 9562), made here and never by the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id(at: datetime) -> UUID:
    """A fresh id that sorts by the moment ``at`` (to the millisecond; 74 random bits behind it).

    Raises ValueError for a moment without a zone or before 1970, which the format cannot say.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs a zone")
    microseconds = (at - _EPOCH) // timedelta(microseconds=1)
    if microseconds < 0:
        raise ValueError("a moment before 1970 has no version 7 id")
    return uuid7(nanoseconds=microseconds * 1000)


def moment_of(identifier: UUID) -> datetime:
    """The moment (UTC, whole milliseconds) a version 7 id was made for. Raises ValueError for any other version."""
    if identifier.version != 7:
        raise ValueError("not a version 7 id")
    return _EPOCH + timedelta(milliseconds=identifier.int >> 80)

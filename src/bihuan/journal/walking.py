"""One chain, entry by entry: does each fit where it stands, and if not, what was done?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from .encoding import NO_PREVIOUS, joined_hash, own_hash
from .findings import Finding, finding

# How many removed or inserted entries are recognised when those behind them were given new numbers.
REACH = 50

Head = tuple[int, bytes]


class Place(NamedTuple):
    """An entry as its chain sees it: columns digest, place, and the other half of a hand-over."""

    id: UUID
    columns: bytes
    seq: int
    previous: bytes
    hash: bytes
    xid: int
    position: int
    other: tuple[str, int, bytes] | None


class Half(NamedTuple):
    own: bytes
    other: tuple[str, int, bytes]
    entry: UUID
    edited: bool


class Chain:
    """Walks one chain. ``head``: what the lock row says; ``sealed``: what a digest says; None = it says nothing."""

    def __init__(self, name: str, head: Head | None, sealed: Head | None) -> None:
        self.name = name
        self.head = head
        self.sealed = sealed
        self.halves: dict[tuple[str, int], Half] = {}
        self.damaged = False
        self._seq = 0
        self._hash = NO_PREVIOUS
        self._entry: UUID | None = None
        self._named = False
        # Original number minus number found: above 0 after a removal, below after an insertion, both renumbered.
        self._shift = 0

    def feed(self, place: Place) -> Iterator[Finding]:
        """The next entry in the order of numbers. The first finding of a chain names the first deed."""
        if place.seq <= self._seq or (self.head is not None and place.seq + self._shift > self.head[0]):
            yield self._found("inserted", place.seq, entry=place.id)
            return
        gap = place.seq > self._seq + 1
        if gap:
            yield self._found("removed", self._seq + 1 + self._shift, place.seq - 1 + self._shift)
        own = self._own(place, self._shift)
        edited = False
        if self._complete(place, own) == place.hash:
            if place.previous != self._hash and not gap and not self._named:
                yield self._found("edited", max(self._seq, 1), entry=self._entry or place.id)
        else:
            moved = self._moved(place)
            if moved:
                yield self._renumbered(place, moved)
                own = self._own(place, self._shift)
            else:
                edited = True
                yield self._found("edited", place.seq, entry=place.id)
        if place.other is not None:
            self.halves[self.name, place.seq + self._shift] = Half(own, place.other, place.id, edited)
        self._seq, self._hash, self._entry, self._named = place.seq, place.hash, place.id, edited
        if (
            self.sealed
            and place.seq + self._shift == self.sealed[0]
            and place.hash != self.sealed[1]
            and not self.damaged
        ):
            yield self._found("rewritten", place.seq, entry=place.id)

    def finish(self) -> Iterator[Finding]:
        """After the last entry: what head and digest know beyond it."""
        last = self._seq + self._shift
        if self.sealed and last < self.sealed[0]:
            yield self._found("truncated", last + 1, self.sealed[0])
        elif self.head and last < self.head[0]:
            yield self._found("removed", last + 1, self.head[0])
        elif self.head is None:
            yield self._found("head-missing", self._seq, entry=self._entry)
        elif self._hash != self.head[1] and not self._named and not self._shift:
            yield self._found("edited", self._seq, entry=self._entry)

    def _found(self, kind: str, seq: int, last: int = 0, entry: UUID | None = None) -> Finding:
        self.damaged = True
        return finding(kind, self.name, seq, last, entry)

    def _own(self, place: Place, shift: int) -> bytes:
        return own_hash(place.columns, place.previous, (place.seq + shift, place.xid, place.position), self.name)

    @staticmethod
    def _complete(place: Place, own: bytes) -> bytes:
        if place.other is None:
            return own
        chain, seq, other_own = place.other
        return joined_hash(own, other_own, seq, chain)

    def _moved(self, place: Place) -> int:
        """By how much the number of this entry was changed; 0 if it fits nowhere near."""
        for distance in range(1, REACH + 1):
            for step in (distance, -distance):
                own = self._own(place, self._shift + step) if place.seq + self._shift + step > 0 else b""
                if own and self._complete(place, own) == place.hash:
                    return step
        return 0

    def _renumbered(self, place: Place, moved: int) -> Finding:
        before = place.seq + self._shift
        self._shift += moved
        if moved > 0:
            return self._found("removed", before, before + moved - 1)
        return self._found("inserted", place.seq + moved, place.seq - 1)

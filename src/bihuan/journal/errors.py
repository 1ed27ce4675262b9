"""Every way the journal says no.

JournalError                everything below
├── AlreadyWritten          this act is in the book already; the caller's transaction is over
├── NoTransaction           an entry belongs into the transaction of what it tells
├── ContentUnwritable       answers or facts that JSON cannot hold
├── SameChain               a hand-over within one chain
├── NotDisposable           entries that are unknown, already disposed, of another chain, or disposal lists themselves
└── RightsMissing           a database role is missing or the wrong one is migrating

DeliveryError               a letter did not go out
├── PutOff                  not now: it is tried again later
└── Undeliverable           never: it stays in the tray and says why
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID


class JournalError(Exception):
    """The book refused; nothing was written."""


class AlreadyWritten(JournalError):
    def __init__(self, act_id: UUID) -> None:
        super().__init__(f"act {act_id} is already written")
        self.act_id = act_id


class NoTransaction(JournalError):
    def __init__(self) -> None:
        super().__init__("an entry is written inside the transaction of the act it tells of")


class ContentUnwritable(JournalError):
    pass


class SameChain(JournalError):
    def __init__(self, chain: str) -> None:
        super().__init__(f"a hand-over needs two chains, both are {chain!r}")
        self.chain = chain


class NotDisposable(JournalError):
    def __init__(self, reason: str, entry_ids: Iterable[UUID]) -> None:
        self.entry_ids = tuple(entry_ids)
        super().__init__(f"{reason}: {', '.join(map(str, self.entry_ids))}")
        self.reason = reason


class RightsMissing(JournalError):
    pass


class DeliveryError(Exception):
    """A channel could not bring a letter out; ``str`` of it is kept with the letter."""


class PutOff(DeliveryError):
    pass


class Undeliverable(DeliveryError):
    pass

"""What may stand in the way of a backup or of the way back.

Trouble
├── Failed      a program of the database ended badly; its words are repeated
├── Running     another backup is being taken of the same database
├── NoRoom      the disk of the backups has too little room
├── Damaged     a backup is not what it was when it was taken; every fault is named
├── Locked      a backup is encrypted, and no private key that opens it was given
└── NotEmpty    the target holds something already
"""

from __future__ import annotations

from collections.abc import Sequence

from bihuan.ground.words import Trouble

SHOWN = 20


class Failed(Trouble):
    """``pg_dump`` or ``pg_restore`` did not do its work."""


class Running(Trouble):
    """Somebody else is at it."""


class NoRoom(Trouble):
    """A backup must not be what fills the disk the house works on."""


class Damaged(Trouble):
    """``faults``: one line for each thing that is not as the manifest says."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        lines = "\n".join(f"  {one}" for one in self.faults[:SHOWN])
        more = f"\n  … {len(self.faults)}" if len(self.faults) > SHOWN else ""
        super().__init__(f"备份已损坏：\n{lines}{more}", "The backup is damaged.")


class Locked(Trouble):
    """Whoever holds the private key can go on; for everybody else the backup says nothing."""


class NotEmpty(Trouble):
    """Nothing is ever restored over what is there."""

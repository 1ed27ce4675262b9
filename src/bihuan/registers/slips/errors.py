"""Every way this room says no; after any of them nothing has changed.

RegisterRefusal
├── NoSuchSlip        no slip or copy of that name or number within reach
├── NotInHand         the giver does not hold the copy
├── AlreadyUsed       a copy counts once: used, attached to another, or void
└── WrongSlip         a value that does not fit: no such form, no reason, nobody to give it to
"""

from __future__ import annotations

from ..deeds import RegisterRefusal


class NoSuchSlip(RegisterRefusal):
    code = "no-such-slip"


class NotInHand(RegisterRefusal):
    code = "not-in-hand"


class AlreadyUsed(RegisterRefusal):
    code = "already-used"


class WrongSlip(RegisterRefusal):
    code = "wrong-slip"

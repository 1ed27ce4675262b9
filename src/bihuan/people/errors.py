"""Every way this room says no; after any of them nothing has changed.

PeopleRefusal           everything below, with words in both languages and a code
├── WrongInput          a value that does not fit: unknown outlet, empty name, days the wrong way round
├── AlreadyThere        a username, outlet code or holding that exists
├── NotAllowed          the doer may not do this
├── DoorClosed          too many wrong tries
├── WrongFactor         a password, code or key that is not this person's, or was used before
├── LinkOver            an invitation that was taken, revoked, or is past its end
├── NotKnownHere        the organisation's sign-in vouches for somebody who has no account here, or does not vouch
└── ScopeMissing        a key without the scope for this operation
"""

from __future__ import annotations

from bihuan.procedure.definition import Text


class PeopleRefusal(Exception):
    code = "refused"

    def __init__(self, words: Text, field: str = "") -> None:
        super().__init__(words.zh)
        self.words = words
        self.field = field


class WrongInput(PeopleRefusal):
    code = "wrong-input"


class AlreadyThere(PeopleRefusal):
    code = "already-there"


class NotAllowed(PeopleRefusal):
    code = "not-allowed"


class DoorClosed(PeopleRefusal):
    code = "door-closed"


class WrongFactor(PeopleRefusal):
    code = "wrong-factor"


class LinkOver(PeopleRefusal):
    code = "link-over"


class NotKnownHere(PeopleRefusal):
    code = "not-known-here"


class ScopeMissing(PeopleRefusal):
    code = "scope-missing"
    status = 403

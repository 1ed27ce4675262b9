"""Every way this room says no; after any of them nothing has changed.

PeopleRefusal           everything below, with words in both languages and a code
├── WrongInput          a value that does not fit: unknown outlet, empty name, days the wrong way round
├── AlreadyThere        a username, outlet code or holding that exists
├── NotAllowed          the doer may not do this
└── DoorClosed          too many wrong tries
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

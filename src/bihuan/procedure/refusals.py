"""Every way the engine says no. After any of them nothing has changed.

Refusal                 everything below
├── WrongAnswers        422: the answers do not fit the form
├── NotYours            403: another post acts here
├── Refused             409: a clause forbids it now
└── Changed             409: the case moved on since it was read
"""

from __future__ import annotations

from .definition import Text
from .state import Problem


class Refusal(Exception):
    """A named refusal: a stable code, words in both languages, and the clause behind it."""

    code = "refused"

    def __init__(self, words: Text, *, code: str = "", clause: str = "", document: str = "", version: str = "") -> None:
        super().__init__(words.zh)
        self.words = words
        self.code = code or type(self).code
        self.clause = clause
        self.document = document
        self.version = version


class WrongAnswers(Refusal):
    code = "wrong-answers"

    def __init__(self, problems: tuple[Problem, ...], **more: str) -> None:
        super().__init__(Text("填写有误", "Some answers are wrong"), **more)
        self.problems = problems


class NotYours(Refusal):
    """Another post acts here: one of ``posts``, where that can be said."""

    code = "not-yours"
    posts: tuple[str, ...] = ()


class Refused(Refusal):
    code = "refused"


class Changed(Refusal):
    """Two acted at once: this one was built on revision ``seen``, the case is at ``now``."""

    code = "changed"

    def __init__(self, seen: int, now: int) -> None:
        super().__init__(Text("事项已有变化，请看最新情况", "The case has changed meanwhile; look at what happened"))
        self.seen = seen
        self.now = now

"""Every way this room says no; after any of them nothing has changed.

RegisterRefusal         words in both languages, a code, the field it is about
├── WrongAnswer         a result, mark, moment or questionnaire that does not fit
├── AnsweredAlready     this visit has its answers
└── NotYours            the doer may not do this
"""

from __future__ import annotations

from bihuan.registers.deeds import RegisterRefusal


class WrongAnswer(RegisterRefusal):
    code, status = "wrong-answer", 422


class AnsweredAlready(RegisterRefusal):
    code, status = "answered-already", 409


class NotYours(RegisterRefusal):
    code, status = "not-yours", 403

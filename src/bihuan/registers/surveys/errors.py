"""Every way this room says no; after any of them nothing has changed.

RegisterRefusal         words in both languages, a code, the field it is about
├── WrongAnswer         a result, mark, moment or questionnaire that does not fit
├── AnsweredAlready     this visit has its answers
├── ChangedMeanwhile    somebody else wrote an edition since
└── NotYours            the doer may not do this
"""

from __future__ import annotations

from bihuan.procedure.definition import Text
from bihuan.registers.deeds import RegisterRefusal


class WrongAnswer(RegisterRefusal):
    code, status = "wrong-answer", 422


class AnsweredAlready(RegisterRefusal):
    code, status = "answered-already", 409


class NotYours(RegisterRefusal):
    code, status = "not-yours", 403


class ChangedMeanwhile(RegisterRefusal):
    code, status = "changed-meanwhile", 409

    def __init__(self) -> None:
        super().__init__(
            Text("别人刚改过，请看过再改", "Somebody changed them meanwhile; look at them first"), "phrases"
        )

"""Every way this room says no; after any of them nothing has changed.

RegisterRefusal
├── WrongInput      422: a value that does not fit, named by its field
├── AlreadyThere    409: a number or contact that exists
├── Merged          409: the customer was merged into another; the words name the survivor
├── NotAllowed      403: not this person's to do
├── OutOfSight      404: nothing of that name within one's scope
└── OtherBody       422: this act id was used for something else
"""

from __future__ import annotations

from bihuan.procedure.definition import Text
from bihuan.registers.deeds import RegisterRefusal


class WrongInput(RegisterRefusal):
    code = "wrong-input"
    status = 422


class AlreadyThere(RegisterRefusal):
    code = "already-there"
    status = 409


class Merged(RegisterRefusal):
    code = "merged"
    status = 409


class NotAllowed(RegisterRefusal):
    code = "not-allowed"
    status = 403


class OutOfSight(RegisterRefusal):
    code = "not-found"
    status = 404

    def __init__(self, words: Text | None = None, field: str = "") -> None:
        super().__init__(
            words or Text("没有这一项，或不在您的范围内", "There is no such thing within your scope"), field
        )


class OtherBody(RegisterRefusal):
    code = "other-body"
    status = 422

    def __init__(self) -> None:
        words = Text("同一操作编号已用于另一内容", "This act id was already used with other contents")
        super().__init__(words, "id")

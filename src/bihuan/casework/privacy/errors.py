"""Every way this room says no; after any of them nothing has changed.

RegisterRefusal
├── WrongInput    422: a value that does not fit, named by its field
├── NotAllowed    403: not this person's to do
├── OutOfSight    404: nothing of that name within one's scope
└── Hindered      409: a hold, a running retention or an open case stands against it
"""

from __future__ import annotations

from bihuan.procedure.definition import Text
from bihuan.registers.customers.errors import NotAllowed, OutOfSight, WrongInput
from bihuan.registers.deeds import RegisterRefusal

__all__ = ["Hindered", "NotAllowed", "OutOfSight", "WrongInput"]

MARK = "已删除"


class Hindered(RegisterRefusal):
    code = "hindered"
    status = 409

    def __init__(self, words: Text | None = None, field: str = "") -> None:
        super().__init__(words or Text("现在不能办理", "It cannot be done now"), field)

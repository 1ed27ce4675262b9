"""What casework refuses besides the engine's own refusals. After any of them nothing has changed.

CaseworkError
├── OutOfSight          404: no such case within one's scope
├── OtherBody           422: this act id was used for something else
├── NoSuchKind          422: no procedure of this kind in force that may be opened by hand
├── WrongMoment         422: done in the future, or before the case was opened
└── EffectRefused       409: a register would not carry out a named effect
"""

from __future__ import annotations

from bihuan.procedure.definition import Text


class CaseworkError(Exception):
    code = "casework"
    status = 422
    words = Text("操作未完成", "The act was not carried out")

    def __init__(self, words: Text | None = None, *, clause: str = "", field: str = "") -> None:
        self.words = words or type(self).words
        self.clause = clause
        self.field = field
        super().__init__(self.words.zh)


class OutOfSight(CaseworkError):
    code = "not-found"
    status = 404
    words = Text("没有这个事项，或不在您的范围内", "There is no such case within your scope")


class OtherBody(CaseworkError):
    code = "other-body"
    words = Text("同一操作编号已用于另一内容", "This act id was already used with other contents")


class NoSuchKind(CaseworkError):
    code = "no-such-kind"
    words = Text("没有可以手工开立的这类事项", "There is no case of this kind that may be opened by hand")


class WrongMoment(CaseworkError):
    code = "wrong-moment"
    words = Text("发生时间不对", "The moment is not possible")


class EffectRefused(CaseworkError):
    code = "effect-refused"
    status = 409

"""What the auditor's desk refuses. After any of them nothing has changed.

AuditRefusal
├── WrongInput          422: something on the form cannot be so
├── NothingToDraw       422: no case in this period and scope
├── SampleClosed        409: the sample is closed
├── NotFinished         409: a sheet is still empty
└── NoDigest            422: what was handed in is no digest
"""

from __future__ import annotations

from bihuan.procedure.definition import Text


class AuditRefusal(Exception):
    status = 409
    code = "audit"
    words = Text("操作未完成", "This was not carried out")

    def __init__(self, words: Text | None = None, field: str = "") -> None:
        self.words = words or type(self).words
        self.field = field
        super().__init__(self.words.zh)


class WrongInput(AuditRefusal):
    status = 422
    code = "wrong-input"


class NothingToDraw(AuditRefusal):
    status = 422
    code = "nothing-to-draw"
    words = Text("这段时间内没有可抽的事项", "There is no case of this period to draw from")


class SampleClosed(AuditRefusal):
    code = "sample-closed"
    words = Text("抽样已关闭，不能再改", "The sample is closed and stays as it is")


class NotFinished(AuditRefusal):
    code = "not-finished"
    words = Text("还有检查表未填", "A check sheet is still empty")


class NoDigest(AuditRefusal):
    status = 422
    code = "no-digest"
    words = Text("这不是一份摘要文件", "This is no digest")

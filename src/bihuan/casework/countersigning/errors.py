"""What is refused about added signers. After any of them nothing has changed.

CaseworkError
├── NotAsked            403: it is not this person's to ask, to sign or to take back
├── CannotSign          422: whoever is named cannot sign: unknown, away, without sight of the case, or oneself
├── AlreadyAsked        409: this person was asked before and has not answered
├── ReasonMissing       422: whoever does not agree says why
└── SignerMissing       409: the act waits for a signer who was added
"""

from __future__ import annotations

from bihuan.procedure.definition import Text

from ..errors import CaseworkError


class NotAsked(CaseworkError):
    code = "not-asked"
    status = 403
    words = Text("这一笔不由您加签", "This signature is not yours")


class CannotSign(CaseworkError):
    code = "cannot-sign"
    words = Text(
        "这位不能加签：要在职、看得到本事项，且不是您自己", "Needs a colleague who may see this case, not yourself"
    )


class AlreadyAsked(CaseworkError):
    code = "already-asked"
    status = 409
    words = Text("已请这位加签，还没有签", "This colleague was asked already and has not signed yet")


class ReasonMissing(CaseworkError):
    code = "reason-missing"
    words = Text("不同意要写明理由", "Whoever does not agree says why")


class SignerMissing(CaseworkError):
    code = "signer-missing"
    status = 409
    words = Text("还有加签未签", "An added signer has not signed yet")

"""Somebody's way in, as administrators see it: invitation, locks, second factor, keys, last sign-ins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import Question
from bihuan.people import entrance, factors, inviting, keys, sign_ins
from bihuan.people.forms import scope_question
from bihuan.people.models import Person

LAST_SIGN_INS = 5


def of(person: Person, at: datetime) -> dict[str, Any]:
    """What the page of one person tells of their way in."""
    invitation = inviting.open_for(person, at)
    return {
        "has": factors.registered(person),
        "must": factors.must_have(person, at),
        "closed_until": entrance.account_closed_until(person.username, at),
        "invitation": invitation,
        "invitation_over": invitation is not None and invitation.until <= at,
        "may_invite": person.is_active and not person.is_service and not person.has_usable_password(),
        "keys": keys.of(person, at),
        "sign_ins": sign_ins.newest(person)[:LAST_SIGN_INS],
    }


def questions(person: Person | None, at: datetime) -> dict[str, list[Question]]:
    """What these acts ask; ``None`` = somebody new."""
    if person is None:
        ways = [
            ("invite", _("发邀请链接，本人设密码")),
            ("password", _("给一次性密码")),
            ("service", _("程序用的服务账号，只有密钥")),
        ]
        return {"new": [Question("how", _("怎样进入"), "choice", True, "invite", choices=ways)]}
    return {
        "reset-factors": [Question("reason", _("理由"), required=True)],
        "make-key": [
            Question("label", _("用途"), required=True),
            Question("until", _("到（含当天，最长一年）"), "date", True),
            scope_question("scopes"),
        ],
    }


def every_key(at: datetime, language: str) -> dict[str, Any]:
    """Every key that is good now."""
    return {"rows": [{"row": one, "name": one.person.called(language)} for one in keys.every(at)]}

"""Invitations: an administrator asks somebody in, and they choose their first password behind a link good once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from apprise import Apprise
from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.procedure.definition import Text

from .actions import HOUSE, entry, managing, no_program, take_password
from .errors import LinkOver, WrongInput
from .messages.sending import library_address
from .models import Invitation, Person

LASTS = timedelta(hours=72)
OVER = Text("邀请链接已失效，请向管理员再要一个", "This link is over; ask an administrator for another")


def invite(person: Person, *, by: Person | None, at: datetime) -> str:
    """A link's secret for somebody who has no password yet, told once; any earlier link is worth nothing any more.

    Raises WrongInput for who has a password of their own, is closed, or is a program.
    """
    managing(by)
    no_program(person)
    with transaction.atomic():
        kept = Person.objects.select_for_update().get(pk=person.pk)
        if kept.has_usable_password() or not kept.is_active:
            words = Text("只能邀请还没有密码的账号", "Only an account without a password can be invited")
            raise WrongInput(words, "invite")
        again = Invitation.objects.filter(person=kept, taken=None, revoked=None).update(revoked=at) > 0
        secret = secrets.token_urlsafe(32)
        until = at + LASTS
        Invitation.objects.create(
            id=new_id(at), person=kept, digest=_digest(secret), created=at, until=until, by=by.username if by else ""
        )
        content = {"person": kept.username, "until": until.isoformat(), "again": again}
        entry(HOUSE, "person", str(kept.pk), "invite", by, at, content)
    return secret


def revoke(person: Person, *, by: Person | None, at: datetime) -> None:
    """The link is worth nothing any more; the account stays without password. Raises WrongInput when none is open."""
    managing(by)
    with transaction.atomic():
        if not Invitation.objects.filter(person=person, taken=None, revoked=None).update(revoked=at):
            raise WrongInput(Text("没有未用的邀请", "There is no open invitation"), "invite")
        entry(HOUSE, "person", str(person.pk), "revoke-invitation", by, at, {"person": person.username})


def open_for(person: Person, at: datetime) -> Invitation | None:
    """The newest link nobody has taken or revoked; it may be past its end."""
    return Invitation.objects.filter(person=person, taken=None, revoked=None).order_by("-created").first()


def behind(secret: str, at: datetime) -> Invitation:
    """The invitation a link names. Raises LinkOver, in the same words for every reason."""
    found = Invitation.objects.filter(digest=_digest(secret), taken=None, revoked=None, until__gt=at)
    kept = found.filter(person__is_active=True).select_related("person").first()
    # who was given a password in another way since then needs no link, and nobody else may use it
    if kept is None or kept.person.has_usable_password():
        raise LinkOver(OVER)
    return kept


def accept(secret: str, password: str, *, at: datetime) -> Person:
    """The invited chooses a password; the link is taken. Raises LinkOver, WrongInput."""
    with transaction.atomic():
        found = behind(secret, at)
        kept = Invitation.objects.select_for_update().select_related("person").get(pk=found.pk)
        if kept.taken or kept.revoked:
            raise LinkOver(OVER)
        person = kept.person
        take_password(person, password)
        person.password_once = False
        person.save(update_fields=["password", "password_once"])
        kept.taken = at
        kept.save(update_fields=["taken"])
        entry(HOUSE, "person", str(person.pk), "accept-invitation", person, at, {"person": person.username})
    return person


def mail(person: Person, link: str, *, at: datetime) -> bool:
    """Send the link to the person's mail address; whether it went. Without address or mail account nothing goes.

    The link stands nowhere but in this message: letters are rows, and of a link only the digest is kept.
    """
    target = library_address("mail", person.email) if person.email else ""
    way = Apprise()
    if not target or not way.add(target):
        return False
    lines = (
        f"{person.name}，您的账号是 {person.username}。请在 72 小时内打开下面的链接，设置自己的密码：",
        f"Your account is {person.username}. Open this link within 72 hours to choose your password:",
        link,
    )
    went = bool(way.notify(title="闭环账号邀请 / Invitation", body="\n\n".join(lines)))
    if went:
        Invitation.objects.filter(person=person, taken=None, revoked=None).update(mailed=True)
    return went


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

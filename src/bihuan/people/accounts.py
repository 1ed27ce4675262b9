"""Accounts and competence as administrators keep them: each one transaction and one journal entry.

As in ``actions``: ``by`` is the person acting (None = the machine's own command line), ``at`` an aware moment.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction

from bihuan.procedure.definition import Text

from . import queries
from .actions import HOUSE, close_doors, entry, managing, no_program
from .errors import WrongInput
from .models import Delegation, Person, SignIn, Skill

# bytes of a password handed out once: 96 random bits, 16 letters to read out
ONCE_BYTES = 12


def change_person(
    person: Person, *, by: Person | None, at: datetime, name: str, name_en: str, email: str, is_administrator: bool
) -> Person:
    """Another name, address, or keeping of accounts. Who keeps accounts cannot lay that down: somebody else must."""
    managing(by)
    if not name.strip():
        raise WrongInput(Text("请填写姓名", "Give the person a name"), "name")
    if by is not None and by.pk == person.pk and not is_administrator:
        words = Text("不能收回自己的管理员身份", "One cannot lay down one's own administration")
        raise WrongInput(words, "is_administrator")
    if is_administrator:
        no_program(person)
    with transaction.atomic():
        kept = Person.objects.select_for_update().get(pk=person.pk)
        before = {"name": kept.name, "name_en": kept.name_en, "administrator": kept.is_administrator}
        kept.name, kept.name_en, kept.email = name.strip()[:80], name_en.strip()[:80], email.strip()[:254]
        kept.is_administrator = is_administrator
        kept.save(update_fields=["name", "name_en", "email", "is_administrator"])
        content = {"person": kept.username, "name": kept.name, "administrator": is_administrator, "before": before}
        entry(HOUSE, "person", str(kept.pk), "change-person", by, at, content)
    return kept


def close_account(person: Person, *, by: Person | None, at: datetime, reason: str) -> Person:
    """The account can no longer be used; sessions and tokens end at once. Nobody closes their own."""
    managing(by)
    if not reason.strip():
        raise WrongInput(Text("请写明停用理由", "Say why the account is closed"), "reason")
    if by is not None and by.pk == person.pk:
        raise WrongInput(Text("不能停用自己的账号", "One cannot close one's own account"), "reason")
    return _stand(person, False, "close-account", by, at, reason.strip())


def open_account(person: Person, *, by: Person | None, at: datetime) -> Person:
    """A closed account can be used again, with the posts whose days have not run out."""
    managing(by)
    return _stand(person, True, "open-account", by, at, "")


def _stand(person: Person, active: bool, verb: str, by: Person | None, at: datetime, reason: str) -> Person:
    with transaction.atomic():
        kept = Person.objects.select_for_update().get(pk=person.pk)
        if kept.is_active == active:
            words = Text("账号已经启用", "It is open") if active else Text("账号已经停用", "It is closed already")
            raise WrongInput(words, "reason")
        kept.is_active = active
        # whoever comes back has no last day any more
        kept.last_day = None if active else kept.last_day
        kept.save(update_fields=["is_active", "last_day"])
        if not active:
            close_doors(kept, at)
        entry(HOUSE, "person", str(kept.pk), verb, by, at, {"person": kept.username, "reason": reason})
    queries.forget_held(person)
    return kept


def random_password(person: Person) -> str:
    """A random password of 96 bits for ``person`` (who need not be stored yet) that the house's own rules accept.

    Now and then one happens to look like the name it is for: then another is drawn.
    """
    while True:
        password = secrets.token_urlsafe(ONCE_BYTES)
        with suppress(ValidationError):
            validate_password(password, person)
            return password


def hand_out_password(person: Person, *, by: Person | None, at: datetime) -> str:
    """A random password, told once; it lets its owner in only to choose their own. Sessions and tokens end."""
    managing(by)
    no_program(person)
    password = random_password(person)
    person.set_password(password)
    person.password_once = True
    with transaction.atomic():
        person.save(update_fields=["password", "password_once"])
        close_doors(person, at)
        entry(HOUSE, "person", str(person.pk), "hand-out-password", by, at, {"person": person.username})
    return password


def end_session(sign_in: SignIn, *, by: Person, at: datetime) -> None:
    """End one session of one's own. Raises WrongInput when it is over already."""
    with transaction.atomic():
        kept = SignIn.objects.select_for_update().filter(pk=sign_in.pk, person=by, ended=None).first()
        if kept is None or not kept.session:
            raise WrongInput(Text("这次登录已经结束", "This session is over already"), "session")
        Session.objects.filter(session_key=kept.session).delete()
        kept.ended, kept.session = at, ""
        kept.save(update_fields=["ended", "session"])
        content = {"person": by.username, "began": kept.at.isoformat(), "device": kept.device}
        entry(HOUSE, "person", str(by.pk), "end-session", by, at, content)


def end_skill(skill: Skill, last_day: date, *, by: Person | None, at: datetime, reason: str = "") -> Skill:
    """The skill or certificate ends with ``last_day``; a visit after it that asks for the skill is refused."""
    managing(by)
    with transaction.atomic():
        held = Skill.objects.select_for_update().select_related("person").get(pk=skill.pk)
        if last_day < held.start:
            raise WrongInput(Text("止日早于起日", "The last day lies before the first"), "end")
        held.until = last_day
        held.save(update_fields=["until"])
        content = {"person": held.person.username, "skill": held.name, "to": str(last_day), "reason": reason}
        entry(HOUSE, "person", str(held.person_id), "end-skill", by, at, content)
    return held


def end_delegation(lent: Delegation, last_day: date, *, by: Person | None, at: datetime) -> Delegation:
    """What was lent goes back after ``last_day``: by the giver or an administrator. It cannot be made longer."""
    if by is None or by.pk != lent.giver_id:
        managing(by)
    with transaction.atomic():
        held = Delegation.objects.select_for_update().select_related("giver", "taker").get(pk=lent.pk)
        if not held.start <= last_day <= held.until:
            raise WrongInput(Text("止日须在委托期内", "The last day lies outside the delegation"), "end")
        held.until = last_day
        held.save(update_fields=["until"])
        content = {"giver": held.giver.username, "taker": held.taker.username, "to": str(last_day)}
        entry(HOUSE, "person", str(held.giver_id), "end-delegation", by, at, content)
    queries.forget_held(held.taker)
    return held

"""The second factor: six figures of an app, ten recovery codes, and who must have one.

Each change is one transaction and one entry. Codes are looked at in ``check_app`` and ``use_recovery``; whoever calls
them counts wrong tries (``entrance.counted``).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

import pyotp
from django.conf import settings
from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.procedure.definition import Text

from .actions import HOUSE, close_sessions, entry, managing
from .errors import AlreadyThere, NotAllowed, WrongFactor, WrongInput
from .models import AppCode, Passkey, Person, RecoveryCode
from .sealing import seal, unseal

REQUIRED = "required"
CODES, SIGNS = 10, 16
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
STEP_SECONDS = 30
# a clock may go half a minute before or after ours
DRIFT_STEPS = (-1, 0, 1)


@dataclass(frozen=True)
class Factors:
    """What somebody has registered: an app, security keys, and how many recovery codes are left."""

    app: bool
    passkeys: int
    recovery: int

    def __bool__(self) -> bool:
        return self.app or self.passkeys > 0


def registered(person: Person) -> Factors:
    """What ``person`` may be asked for after the password."""
    return Factors(
        AppCode.objects.filter(person=person, confirmed__isnull=False).exists(),
        Passkey.objects.filter(person=person).count(),
        RecoveryCode.objects.filter(person=person, used=None).count(),
    )


def must_have(person: Person, at: datetime) -> bool:
    """Whether nobody gets further as ``person`` without a second factor.

    The site's setting decides whether anybody must; who signs is a matter of interface roles, so the module that
    ``settings.REGISTER_RIGHTS`` names answers it.
    """
    if settings.SECOND_FACTOR != REQUIRED:
        return False
    return bool(import_module(settings.REGISTER_RIGHTS).must_have_second_factor(person, at))


def begin_app(person: Person, at: datetime) -> str:
    """A new secret for the app, not yet good for anything; the one begun before is forgotten. Writes no entry."""
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if AppCode.objects.filter(person=person, confirmed__isnull=False).exists():
            raise AlreadyThere(Text("已经绑定了验证器", "An authenticator app is registered already"), "code")
        secret = pyotp.random_base32()
        AppCode.objects.update_or_create(
            person=person, defaults={"secret": seal(secret), "created": at, "confirmed": None, "last_step": 0}
        )
    return secret


def begun(person: Person) -> str:
    """The secret begun and not yet confirmed; "" where there is none (or it cannot be read any more)."""
    kept = AppCode.objects.filter(person=person, confirmed__isnull=True).first()
    return (unseal(kept.secret) or "") if kept else ""


def address_of(person: Person, secret: str, issuer: str) -> str:
    """The ``otpauth`` address an app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.username, issuer_name=issuer)


def confirm_app(person: Person, code: str, *, at: datetime) -> list[str]:
    """The app counts as we do: from now on it is asked. Returns new recovery codes with the first factor, else [].

    Every other session of the person ends. Raises WrongFactor.
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        first = not registered(person)
        kept = AppCode.objects.filter(person=person, confirmed__isnull=True).first()
        step = _step_of(kept, code, at) if kept else None
        if kept is None or step is None:
            raise WrongFactor(
                Text("验证码不对，请看准时间再输一次", "That code is not right; try the next one"), "code"
            )
        kept.confirmed, kept.last_step = at, step
        kept.save(update_fields=["confirmed", "last_step"])
        codes = _new_codes(person, at) if first else []
        close_sessions(person, at)
        entry(HOUSE, "person", str(person.pk), "set-up-app", person, at, {"person": person.username})
    return codes


def check_app(person: Person, code: str, at: datetime) -> bool:
    """Whether ``code`` is the app's now. Each code is good once, whoever sends it at the same instant."""
    kept = AppCode.objects.filter(person=person, confirmed__isnull=False).first()
    step = _step_of(kept, code, at) if kept else None
    if step is None:
        return False
    return AppCode.objects.filter(person=person, last_step__lt=step).update(last_step=step) == 1


def _step_of(kept: AppCode, code: str, at: datetime) -> int | None:
    """The half minute whose code this is; None for none within reach, or for one that was taken already."""
    plain = re.sub(r"\s", "", code)
    secret = unseal(kept.secret)
    if secret is None or not (plain.isascii() and re.fullmatch(r"[0-9]{6}", plain)):
        return None
    now = int(at.timestamp()) // STEP_SECONDS
    app = pyotp.TOTP(secret, interval=STEP_SECONDS)
    right = [now + drift for drift in DRIFT_STEPS if secrets.compare_digest(app.generate_otp(now + drift), plain)]
    return next((step for step in right if step > kept.last_step), None)


def use_recovery(person: Person, code: str, at: datetime) -> bool:
    """Whether ``code`` is one of the person's and was not used: it is now. Two at the same instant: one gets in."""
    plain = re.sub(r"[^a-z0-9]", "", code.lower())
    if len(plain) != SIGNS:
        return False
    with transaction.atomic():
        mine = RecoveryCode.objects.filter(person=person, digest=_digest(plain), used=None)
        if mine.update(used=at) != 1:
            return False
        remaining = RecoveryCode.objects.filter(person=person, used=None).count()
        content = {"person": person.username, "left": remaining}
        entry(HOUSE, "person", str(person.pk), "use-recovery-code", person, at, content)
    return True


def renew_codes(person: Person, *, at: datetime) -> list[str]:
    """Ten new recovery codes, told once; the old ones are worth nothing any more."""
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if not registered(person):
            words = Text("请先绑定验证器或安全密钥", "Register an app or a security key first")
            raise WrongInput(words, "codes")
        codes = _new_codes(person, at)
        entry(HOUSE, "person", str(person.pk), "renew-recovery-codes", person, at, {"person": person.username})
    return codes


def codes_for_first(person: Person, at: datetime) -> list[str]:
    """Recovery codes to go with the first factor; in the caller's transaction."""
    return _new_codes(person, at)


def _new_codes(person: Person, at: datetime) -> list[str]:
    RecoveryCode.objects.filter(person=person).delete()
    codes = ["".join(secrets.choice(ALPHABET) for _sign in range(SIGNS)) for _code in range(CODES)]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(id=new_id(at), person=person, digest=_digest(code)) for code in codes]
    )
    return ["-".join(code[place : place + 4] for place in range(0, SIGNS, 4)) for code in codes]


def _digest(code: str) -> str:
    # some 79 random bits: a plain digest cannot be guessed backwards
    return hashlib.sha256(code.encode()).hexdigest()


def remove(person: Person, what: str, *, at: datetime) -> None:
    """Take back the app (``what`` = "app") or one security key (its id). The last one stays with whoever must have one.

    Raises WrongInput, NotAllowed.
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        apps, keys = AppCode.objects.filter(person=person), Passkey.objects.filter(person=person)
        gone = apps.filter(confirmed__isnull=False) if what == "app" else keys.filter(pk=what)
        if not gone.exists():
            raise WrongInput(Text("没有这个验证方式", "There is no such factor"), "factor")
        gone.delete()
        if not registered(person):
            if must_have(person, at):
                words = Text("您的岗位必须有二次验证，不能解除最后一种", "Your posts need one: the last one stays")
                raise NotAllowed(words, "factor")
            RecoveryCode.objects.filter(person=person).delete()
        kind = "app" if what == "app" else "passkey"
        content = {"person": person.username, "factor": kind}
        entry(HOUSE, "person", str(person.pk), "remove-factor", person, at, content)


def reset(person: Person, *, by: Person | None, at: datetime, reason: str) -> None:
    """An administrator takes away every factor of somebody who lost them; sessions end. One's own: somebody else must.

    Raises WrongInput, NotAllowed.
    """
    managing(by)
    if not reason.strip():
        raise WrongInput(Text("请写明理由", "Say why"), "reason")
    if by is not None and by.pk == person.pk:
        raise NotAllowed(Text("不能重置自己的二次验证", "One cannot reset one's own second factor"), "reason")
    with transaction.atomic():
        had = registered(Person.objects.select_for_update().get(pk=person.pk))
        if not had:
            raise WrongInput(Text("没有绑定二次验证", "There is no second factor"), "reason")
        for model in (AppCode, Passkey, RecoveryCode):
            model.objects.filter(person=person).delete()
        close_sessions(person, at)
        content = {"person": person.username, "reason": reason.strip()}
        entry(HOUSE, "person", str(person.pk), "reset-factors", by, at, content)

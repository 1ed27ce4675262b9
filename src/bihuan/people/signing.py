"""Signing: what is approved asks once more who it is, by password, by the app's six figures or by a security key."""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.auth import authenticate
from django.core import signing
from django.http import HttpRequest

from bihuan.procedure.definition import Text

from . import entrance, factors
from .errors import WrongFactor
from .models import Passkey, Person

SALT = "bihuan.people.signing"
PROOF_SECONDS = 120


def confirm(person: Person, given: str, at: datetime, *, address: str = "") -> dict[str, str]:
    """{"factor": "password" | "totp" | "webauthn"} when ``given`` shows that it is this person.

    ``given`` is the password, the six figures of their app, or what ``proof`` gave for a security key just used. A
    wrong one counts as a wrong try at the door. Call it outside a transaction. Raises WrongFactor, DoorClosed.
    """
    found = entrance.counted(person.username, address, at, lambda: _factor(person, given, at))
    if not found:
        raise WrongFactor(Text("密码或验证码不对", "The password or code is not right"), "password")
    entrance.came_in(person.username)
    return {"factor": found}


def _factor(person: Person, given: str, at: datetime) -> str:
    if not person.is_active:
        return ""
    if re.fullmatch(r"\s*[0-9]{3}\s?[0-9]{3}\s*", given) and factors.check_app(person, given, at):
        return "totp"
    if given.startswith("key:") and _proved(person, given.removeprefix("key:"), at):
        return "webauthn"
    return "password" if authenticate(HttpRequest(), username=person.username, password=given) == person else ""


def proof(person: Person, key: Passkey, at: datetime) -> str:
    """That this security key of ``person`` was used at ``at``; good for two minutes and for one signature."""
    Passkey.objects.filter(pk=key.pk).update(proof=at)
    return "key:" + signing.dumps({"person": str(person.pk), "key": str(key.pk), "at": at.isoformat()}, salt=SALT)


def _proved(person: Person, words: str, at: datetime) -> bool:
    try:
        said = signing.loads(words, salt=SALT)
        moment = datetime.fromisoformat(said["at"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return False
    if said["person"] != str(person.pk) or not 0 <= (at - moment).total_seconds() <= PROOF_SECONDS:
        return False
    # the moment the key was used is cleared with the signature, so that a proof is good once
    mine = Passkey.objects.filter(person=person, pk=said["key"], proof=moment)
    return mine.update(proof=None) == 1

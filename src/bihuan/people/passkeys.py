"""Security keys and passkeys (WebAuthn): what the browser is asked, and whether its answer is right.

The host in the address is the name the keys are made for; they work in a secure context only (TLS, or this machine).
Challenges travel in the session and are good once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bihuan.ground.ids import new_id
from bihuan.procedure.definition import Text

from . import factors
from .actions import HOUSE, close_sessions, entry
from .errors import WrongFactor, WrongInput
from .models import Passkey, Person

AT_MOST = 10


def _server(origin: str, host: str) -> Fido2Server:
    # the very address asked is the only one whose pages may ask
    ours = PublicKeyCredentialRpEntity(name="Bihuan 闭环", id=host)
    return Fido2Server(ours, verify_origin=lambda asking: asking == origin)


def _known(person: Person) -> list[AttestedCredentialData]:
    return [AttestedCredentialData(bytes(one.credential)) for one in Passkey.objects.filter(person=person)]


def registration(person: Person, origin: str, host: str) -> tuple[dict[str, Any], Any]:
    """(what the browser is asked, the state to keep in the session) for a new key."""
    if Passkey.objects.filter(person=person).count() >= AT_MOST:
        raise WrongInput(Text("最多绑定 10 把", "Ten keys at most"), "label")
    options, state = _server(origin, host).register_begin(
        PublicKeyCredentialUserEntity(id=person.pk.bytes, name=person.username, display_name=person.name),
        _known(person),
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(options), state


def register(
    person: Person, answer: dict[str, Any], state: Any, origin: str, host: str, *, label: str, at: datetime
) -> list[str]:
    """Keep the key the browser made. Returns recovery codes with the first factor, else []. Raises WrongFactor."""
    try:
        made = _server(origin, host).register_complete(state, RegistrationResponse.from_dict(answer)).credential_data
        if made is None:
            raise ValueError("no credential")
    except Exception as error:  # whatever a stranger sends, the library may stumble in many ways
        raise WrongFactor(Text("安全密钥没有绑定成功", "The key was not registered"), "label") from error
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        identity = websafe_encode(made.credential_id)
        if Passkey.objects.filter(identity=identity).exists():
            raise WrongInput(Text("这把密钥已经绑定", "This key is registered already"), "label")
        first = not factors.registered(person)
        named = label.strip()[:80] or "—"
        Passkey.objects.create(
            id=new_id(at), person=person, label=named, credential=bytes(made), identity=identity, created=at
        )
        codes = factors.codes_for_first(person, at) if first else []
        close_sessions(person, at)
        content = {"person": person.username, "label": named}
        entry(HOUSE, "person", str(person.pk), "set-up-passkey", person, at, content)
    return codes


def question(person: Person, origin: str, host: str) -> tuple[dict[str, Any], Any]:
    """(what the browser is asked, the state to keep in the session) to show that a key is at hand."""
    options, state = _server(origin, host).authenticate_begin(
        _known(person), user_verification=UserVerificationRequirement.PREFERRED
    )
    return dict(options), state


def check(person: Person, answer: dict[str, Any], state: Any, origin: str, host: str, at: datetime) -> Passkey | None:
    """The person's key that has signed this challenge, or None. A key whose count went backwards is refused."""
    try:
        response = AuthenticationResponse.from_dict(answer)
        used = _server(origin, host).authenticate_complete(state, _known(person), response)
        count = response.response.authenticator_data.counter
    except Exception:  # whatever a stranger sends: it is not the key
        return None
    with transaction.atomic():
        kept = Passkey.objects.select_for_update().get(person=person, identity=websafe_encode(used.credential_id))
        if (count or kept.counter) and count <= kept.counter:
            return None  # a copy of the key has been counting too
        kept.counter, kept.last_used = count, at
        kept.save(update_fields=["counter", "last_used"])
    return kept

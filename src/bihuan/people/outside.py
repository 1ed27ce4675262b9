"""Signing in at the organisation's own door (OpenID Connect): authorization code with PKCE.

Nobody gets an account by it. The provider vouches for a subject; that subject is linked to an account by its owner, or
by a mail address the provider says is verified and exactly one active account has. OpenID Connect Core 1.0, 3.1;
RFC 7636.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.db import IntegrityError, transaction
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bihuan.ground.ids import new_id
from bihuan.procedure.definition import Text

from .actions import HOUSE, entry
from .errors import AlreadyThere, NotKnownHere, WrongInput
from .models import OutsideIdentity, Person

SCOPE = "openid email profile"
SECONDS = 5
LEEWAY_SECONDS = 60
# signatures only the provider can make; never "none", never one made with the secret both sides know
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
MOST_BYTES = 256 * 1024


@dataclass(frozen=True)
class Journey:
    """What must come back as it went: kept in the session while somebody is at the other door."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Vouched:
    """Whom the provider vouches for. ``mail`` only where it says that the address is verified."""

    issuer: str
    subject: str
    mail: str


def is_set() -> bool:
    """Whether the organisation has a sign-in of its own."""
    return all(settings.OIDC[name] for name in ("issuer", "client", "secret"))


def setting_out(back: str) -> tuple[str, Journey]:
    """(the provider's address to go to, what must come back). ``back``: our own address. Raises NotKnownHere."""
    known = _configuration()
    journey = Journey(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
    with _client(back) as client:
        address, _state = client.create_authorization_url(
            known["authorization_endpoint"], state=journey.state, nonce=journey.nonce, code_verifier=journey.verifier
        )
    return address, journey


def coming_back(asked: dict[str, str], journey: Journey, back: str, at: datetime) -> Vouched:
    """Whom the provider vouches for. Raises NotKnownHere for whatever does not fit, in words without particulars."""
    if not secrets.compare_digest(asked.get("state", ""), journey.state):
        raise _refused("往返凭据不符", "the state does not fit")
    if "error" in asked or not asked.get("code"):
        raise _refused("对方没有放行", "the other side did not let you in")
    known = _configuration()
    try:
        with _client(back) as client:
            tokens = client.fetch_token(
                known["token_endpoint"], code=asked["code"], code_verifier=journey.verifier, timeout=SECONDS
            )
    except (requests.RequestException, AuthlibBaseError, ValueError) as error:
        raise _refused("换取凭据失败", "the code was not exchanged") from error
    return _vouched(str(tokens.get("id_token", "")), known, journey, at)


def _vouched(token: str, known: dict[str, Any], journey: Journey, at: datetime) -> Vouched:
    """What the signed token says, once signature, issuer, audience, time and nonce fit."""
    try:
        keys = KeySet.import_key_set(_get(known["jwks_uri"]))
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _refused("凭据签名不对", "the signature is not theirs") from error
    client, now = settings.OIDC["client"], at.timestamp()
    audience = claims.get("aud")
    audience = audience if isinstance(audience, list) else [audience]
    wrong = (
        claims.get("iss") != known["issuer"]
        or client not in audience
        or (len(audience) > 1 and claims.get("azp") != client)
        or not _moment(claims.get("exp")) > now - LEEWAY_SECONDS
        or not _moment(claims.get("iat")) < now + LEEWAY_SECONDS
        or not secrets.compare_digest(str(claims.get("nonce", "")), journey.nonce)
        or not isinstance(claims.get("sub"), str)
        or not 0 < len(claims["sub"]) <= 255
    )
    if wrong:
        raise _refused("凭据内容不符", "what the token says does not fit")
    mail = claims.get("email", "") if claims.get("email_verified") is True else ""
    return Vouched(known["issuer"], claims["sub"], str(mail).strip())


def _moment(value: Any) -> float:
    # what is no moment lies at no time: both comparisons fail
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def person_for(vouched: Vouched, *, at: datetime) -> Person:
    """The account linked to whom the provider vouches for; by a verified mail address it is linked now, with an entry.

    Raises NotKnownHere: no account is ever made here.
    """
    linked = OutsideIdentity.objects.filter(issuer=vouched.issuer, subject=vouched.subject).select_related("person")
    found = linked.first()
    if found is not None:
        if not found.person.is_active:
            raise _refused("账号不能用", "the account cannot be used")
        return found.person
    named = Person.objects.filter(email__iexact=vouched.mail, is_active=True, is_service=False) if vouched.mail else []
    people = list(named[:2])
    if len(people) != 1 or OutsideIdentity.objects.filter(person=people[0], issuer=vouched.issuer).exists():
        raise _refused("没有与之对应的账号，请先用密码登录后在个人设置里关联", "no account here is linked to it")
    return link(people[0], vouched, by=people[0], at=at, how="mail").person


def link(person: Person, vouched: Vouched, *, by: Person, at: datetime, how: str = "own") -> OutsideIdentity:
    """From now on ``person`` comes in by the organisation's door too. Raises AlreadyThere."""
    try:
        with transaction.atomic():
            made = OutsideIdentity.objects.create(
                id=new_id(at), person=person, issuer=vouched.issuer, subject=vouched.subject, linked=at
            )
            content = {"person": person.username, "issuer": vouched.issuer, "how": how}
            entry(HOUSE, "person", str(person.pk), "link-outside", by, at, content)
    except IntegrityError as error:
        words = Text("已经关联了别的账号", "It is linked to another account already")
        raise AlreadyThere(words, "outside") from error
    return made


def unlink(person: Person, *, by: Person, at: datetime) -> None:
    """The organisation's door opens nothing for ``person`` any more. Raises WrongInput when nothing is linked."""
    with transaction.atomic():
        gone = OutsideIdentity.objects.filter(person=person, issuer=settings.OIDC["issuer"]).delete()[0]
        if not gone:
            raise WrongInput(Text("没有关联", "Nothing is linked"), "outside")
        content = {"person": person.username, "issuer": settings.OIDC["issuer"]}
        entry(HOUSE, "person", str(person.pk), "unlink-outside", by, at, content)


def is_linked(person: Person) -> bool:
    """Whether ``person`` may come in by the organisation's door as it is set now."""
    return OutsideIdentity.objects.filter(person=person, issuer=settings.OIDC["issuer"]).exists()


def _client(back: str) -> OAuth2Session:
    client = OAuth2Session(
        settings.OIDC["client"],
        settings.OIDC["secret"],
        scope=SCOPE,
        redirect_uri=back,
        code_challenge_method="S256",
    )
    client.trust_env = False
    return client


def _configuration() -> dict[str, Any]:
    """What the provider says of itself; its issuer must be the very one that was set."""
    issuer = settings.OIDC["issuer"]
    known = _get(issuer.rstrip("/") + "/.well-known/openid-configuration")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    safe = issuer.startswith("http://") or all(str(known.get(name, "")).startswith("https://") for name in names)
    if known.get("issuer") != issuer or not safe or not all(isinstance(known.get(name), str) for name in names):
        raise _refused("对方的说明与设置不符", "what the other side says of itself does not fit")
    return known


def _get(address: str) -> dict[str, Any]:
    try:
        with requests.Session() as asking:
            asking.trust_env = False
            answer = asking.get(address, timeout=SECONDS, allow_redirects=False)
        if answer.status_code != requests.codes.ok:
            raise ValueError(answer.status_code)
        if len(answer.content) > MOST_BYTES:
            raise ValueError("too large")
        told = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise _refused("现在没有回应", "it cannot be reached now") from error
    if not isinstance(told, dict):
        raise _refused("回答读不懂", "its answer cannot be read")
    return told


def _refused(zh: str, en: str) -> NotKnownHere:
    name = settings.OIDC["name"] or "OIDC"
    return NotKnownHere(Text(f"没有通过{name}登录：{zh}", f"Not signed in by {name}: {en}"))

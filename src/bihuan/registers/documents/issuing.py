"""Signing a version and handing out controlled copies of it: each one transaction and one journal entry."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from bihuan.ground.ids import new_id
from bihuan.people import access, signing
from bihuan.people import queries as people
from bihuan.people.actions import HOUSE, entry
from bihuan.people.errors import NotAllowed, WrongFactor
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from . import announcing, queries
from .errors import CopyTaken, NotIssuable, NotSignable, NotSigner
from .models import SIGNATURES, ControlledCopy, Document, Signature, Version

Following = Callable[[dict[str, Any]], announcing.Letters]
COPY_NUMBER = re.compile(r"[\w.\-]{1,40}\Z")


def signing_post(version: Version, role: str, person: Person, at: datetime) -> str | None:
    """The post in which ``person`` may sign ``version`` as ``role`` at ``at``; "" as the very person the cover names.

    None where the cover names somebody else. The cover names a post by its name or title, or a person by name. A post
    counts where it is held for the whole house: a branch does not sign the house's documents.
    """
    named = getattr(version, f"{role}_by").strip()
    if not named:
        return None
    held = posts_of_the_house(person, at)
    for post in posts_named(version, role):
        if post in held:
            return post
    return "" if named in {person.name, person.username} else None


def posts_named(version: Version, role: str) -> list[str]:
    """The posts of the pack that the cover's words for this signature stand for; none where they name a person."""
    named = getattr(version, f"{role}_by").strip()
    posts = queries.pack_of(_agreed_before(version)).posts.values()
    return [post.name for post in posts if named in {post.name, post.title.zh, post.title.en}]


def _agreed_before(version: Version) -> Version:
    """Whose posts sign it: for a change of the pack's own page those of the page it replaces, not its own words."""
    if version.document.kind != Document.PACK or version.state in {Version.EFFECTIVE, Version.OBSOLETE}:
        return version
    draft = version.drafts.select_related("based_on").first()
    return draft.based_on if draft is not None and draft.based_on is not None else version


def may_sign(version: Version, role: str, at: datetime) -> list[Person]:
    """Everybody who may sign ``version`` as ``role`` that day, by username."""
    named = getattr(version, f"{role}_by").strip()
    found = {one.username: one for one in people.holders(posts_named(version, role), people.outlet_codes(), at)}
    themselves = Person.objects.filter(Q(name=named) | Q(username=named), is_active=True)
    found |= {one.username: one for one in themselves}
    asked = (found[username] for username in sorted(found))
    return [one for one in asked if signing_post(version, role, one, at) is not None]


def next_signature(version: Version) -> str:
    """The role that has to sign next: prepared, then reviewed, then approved; "" when all three have."""
    return next((role for role in SIGNATURES if role not in version.given), "")


def sign(
    version: Version,
    role: str,
    *,
    by: Person,
    password: str,
    at: datetime,
    address: str = "",
    following: Following | None = None,
) -> Signature:
    """Sign ``version`` as "prepared", "reviewed" or "approved": person, moment and the digest of the words are kept.

    Who it is is asked again: ``password`` is the password, a code of the app, or proof of a security key; a wrong one
    counts as a wrong try at the door, by ``address`` too. The entry says which it was. ``following`` is done in the
    same transaction: it may add to the entry's content, and gives the letters to lay. Raises NotSigner, NotSignable,
    DoorClosed after too many tries.
    """
    post = _signable(version, role, by, at)
    try:
        shown = signing.confirm(by, password, at, address=address)
    except WrongFactor as wrong:
        raise NotSignable(Text("密码不对，没有签字", "Wrong password: not signed"), "password") from wrong
    try:
        with transaction.atomic():
            signature = Signature.objects.create(
                id=new_id(at),
                version=version,
                role=role,
                person=by.username,
                name=by.name,
                post=post,
                digest=version.digest,
                enclosed=version.enclosed,
                at=at,
            )
            content = {"number": version.document.number, "version": version.version, "digest": version.digest}
            content |= {"as": role, "post": post, "signed": {**shown, "digest": version.digest}}
            content |= {"enclosed": version.enclosed} if version.enclosed else {}
            letters = following(content) if following else None
            announcing.told(version.pk, "sign", by, at, content, letters)
    except IntegrityError as error:
        raise _out_of_turn(role) from error
    return signature


def _signable(version: Version, role: str, by: Person, at: datetime) -> str:
    if role not in SIGNATURES or role != next_signature(version):
        raise _out_of_turn(role)
    if version.state == Version.OBSOLETE:
        raise NotSignable(Text("已作废的版本不再签批", "A version out of force is not signed any more"), "role")
    post = signing_post(version, role, by, at)
    if post is None:
        named = getattr(version, f"{role}_by") or "—"
        words = SIGNATURES[role]
        raise NotSigner(
            Text(f"封面写明{words.zh}人为“{named}”", f"The cover names “{named}” as the one who has {words.en} it"),
            "role",
        )
    return post


def _out_of_turn(role: str) -> NotSignable:
    words = SIGNATURES.get(role, Text(role, role))
    return NotSignable(
        Text(f"现在不该签“{words.zh}”：依次编制、审核、核准，各签一次", f"Not the turn of “{words.en}” to be signed"),
        "role",
    )


def may_issue(version: Version, person: Person, at: datetime) -> bool:
    """Whether ``person`` hands out copies of ``version``: administrators, and the house's owner post."""
    if access.may_manage_people(person):
        return True
    if version.document.kind == Document.PACK:
        return False
    owner = queries.definition_of(version.pk).owner
    return owner in posts_of_the_house(person, at)


def posts_of_the_house(person: Person, at: datetime) -> set[str]:
    """The posts a person holds everywhere or at an outlet with none above it."""
    holds = people.doer_of(person, at).holds
    return {post for post, place in holds if not place or len(people.places_of(place)) == 1}


def issue_copy(
    version: Version, holder: str, distribution_number: str, *, by: Person | None, at: datetime
) -> ControlledCopy:
    """Hand out a controlled copy of ``version``.

    Raises NotAllowed, NotIssuable without holder, distribution number, a full valid effective date or one of the three
    signatures (the cover of a controlled document), CopyTaken for a distribution number already handed out.
    """
    if by is not None and not may_issue(version, by, at):
        raise NotAllowed(
            Text("只有管理员和文件归口岗位可以发放", "Only an administrator or the post that owns it hands out copies")
        )
    holder, distribution_number = " ".join(holder.split()), distribution_number.strip()
    _issuable(version, holder, distribution_number)
    try:
        with transaction.atomic():
            copy = ControlledCopy.objects.create(
                id=new_id(at),
                version=version,
                holder=holder,
                distribution_number=distribution_number,
                issued_at=at,
                issued_by=by.username if by else "",
            )
            number = version.document.number
            content = {"number": number, "version": version.version, "digest": version.digest, "holder": copy.holder}
            content["distribution-number"] = copy.distribution_number
            entry(HOUSE, "document", str(version.pk), "issue-copy", by, at, content)
    except IntegrityError as error:
        if version.copies.filter(distribution_number=distribution_number).exists():
            words = Text(f"分发号 {distribution_number} 已发放", f"Copy {distribution_number} is handed out already")
            raise CopyTaken(words, "distribution-number") from error
        raise
    return copy


def _issuable(version: Version, holder: str, distribution_number: str) -> None:
    if not holder or len(holder) > 120:
        raise NotIssuable(Text("缺持有者，不得发放", "No holder: it is not issued"), "holder")
    if not distribution_number:
        raise NotIssuable(Text("缺分发号，不得发放", "No distribution number: it is not issued"), "distribution-number")
    if not COPY_NUMBER.match(distribution_number):
        words = Text("分发号只用文字、数字、点和连字符", "A distribution number is letters, digits, dots, hyphens")
        raise NotIssuable(words, "distribution-number")
    if not is_full_date(version.effective_date):
        words = Text("实施日期不是完整有效的日期，不得发放", "No full valid effective date: it is not issued")
        raise NotIssuable(words, "effective")
    missing = next_signature(version)
    if missing:
        words = SIGNATURES[missing]
        raise NotIssuable(Text(f"缺{words.zh}签名，不得发放", f"Not signed as {words.en}: it is not issued"), missing)


def is_full_date(text: str) -> bool:
    """Whether ``text`` is a day of the calendar written year-month-day."""
    try:
        return len(text) == 10 and date.fromisoformat(text) is not None
    except ValueError:
        return False

"""Who has to read a version, and who says they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from msgspec.structs import replace

from bihuan.ground.ids import new_id
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition, Text, Who
from bihuan.procedure.reading import read_procedure

from . import announcing, frames, queries
from .errors import NotDrafter, WrongDraft
from .models import Acknowledgement, Document, Draft, Version


@dataclass(frozen=True)
class Reader:
    """Somebody who has to read a version; ``at`` is when they said they had, None where they have not."""

    person: Person
    at: datetime | None


def posts_in(definition: Definition) -> set[str]:
    """Every post that acts in a procedure or owes one of its duties, whoever enters for another with it."""
    doers = [act.who for act in definition.acts.values()] + [duty.who for duty in definition.duties.values()]
    return {post for who in doers for post in _posts(who)} - {"customer"}


def _posts(who: Who) -> tuple[str, ...]:
    return who.posts + who.each + who.via


def posts_of(version: Version) -> set[str]:
    """The posts a version concerns: those that act in the procedure, or whom a change of the pack's page touches."""
    if version.document.kind != Document.PACK:
        return posts_in(queries.definition_of(version.pk))
    before = frames.before(version)
    return set() if before is None else set(_touched(before, version))


@lru_cache(maxsize=8)
def _touched(before: Version, after: Version) -> frozenset[str]:
    """The posts for whom something reads otherwise with the page ``after``: neither of the two texts ever changes.

    Hours and numbers concern everybody who acts; a word of time those in whose procedures it stands; a post itself.
    """
    old, new = queries.pack_of(before), queries.pack_of(after)
    everybody = (old.hours, old.numbers) != (new.hours, new.numbers)
    posts = {name for name in old.posts.keys() | new.posts.keys() if old.posts.get(name) != new.posts.get(name)}
    for version in frames.stood_on(before):
        was = queries.definition_of(version.pk)
        now = read_procedure(queries.text_of(version.pk), version.file, new).definition
        if now is not None and (everybody or replace(was, posts={}) != replace(now, posts={})):
            posts |= posts_in(now)
    return frozenset(posts)


def concerned(version: Version, at: datetime) -> list[Person]:
    """Everybody who holds that day, anywhere, a post that acts in it."""
    posts = posts_of(version)
    return [one for one in people.holders(sorted(posts), people.outlet_codes(), at) if not one.is_service]


def listed(version: Version, at: datetime) -> list[Reader]:
    """Everybody concerned with when they read it, those who have not first."""
    when = dict(_of(version).values_list("person", "at"))
    found = [Reader(one, when.get(one.username)) for one in concerned(version, at)]
    return sorted(found, key=lambda one: (one.at is not None, one.person.username))


def concerns(version: Version, person: Person, at: datetime) -> bool:
    """Whether one of the posts ``person`` holds that day acts in it."""
    held = {one.post for one in people.held_by(person, at)}
    return bool(held and posts_of(version) & held)


def said(version: Version, person: Person) -> bool:
    """Whether ``person`` has said that they read it, or the version whose words it renews."""
    return bool(_of(version).filter(person=person.username).exists())


def _of(version: Version) -> QuerySet[Acknowledgement]:
    same = [version.pk, version.renews_id] if version.renews_id else [version.pk]
    return Acknowledgement.objects.filter(version__in=same).order_by("-at")


def unread_by(person: Person, at: datetime) -> list[Version]:
    """Changes approved here that concern ``person`` and that they have not said they read, oldest first.

    Of one document the newest. A pack loaded by command tells nobody that they have to read it.
    """
    drafted = Q(drafts__state__in=[Draft.SENT, Draft.DONE]) | Q(renews__drafts__state=Draft.DONE)
    found = Version.objects.filter(drafted, effective_until__isnull=True)
    found = found.filter(state__in=[Version.APPROVED, Version.EFFECTIVE]).select_related("document").defer("text")
    newest = {one.document_id: one for one in found.order_by("effective_from", "pk")}
    words = [one for version in newest.values() for one in (version.pk, version.renews_id) if one]
    said_so = Acknowledgement.objects.filter(person=person.username, version__in=words)
    read = set(said_so.values_list("version", flat=True))
    unread = [one for one in newest.values() if not read & {one.pk, one.renews_id}]
    return [one for one in unread if concerns(one, person, at)]


def acknowledge(version: Version, *, by: Person, at: datetime) -> None:
    """``by`` says that they have read it. Raises NotDrafter for whom it does not concern, WrongDraft said already."""
    if version.state not in {Version.APPROVED, Version.EFFECTIVE}:
        raise WrongDraft(Text("这一版不在实施", "This version is not in force"))
    if said(version, by):
        raise WrongDraft(Text("您已确认过", "You have said so before"))
    if not concerns(version, by, at):
        raise NotDrafter(Text("这份程序里没有您的岗位", "None of your posts acts in this procedure"))
    try:
        with transaction.atomic():
            Acknowledgement.objects.create(id=new_id(at), version=version, person=by.username, at=at)
            content = {"number": version.document.number, "version": version.version, "digest": version.digest}
            announcing.told(version.pk, "read-document", by, at, content)
    except IntegrityError as error:
        raise WrongDraft(Text("您已确认过", "You have said so before")) from error

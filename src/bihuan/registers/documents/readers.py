"""Who has to read a version, and who says they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from bihuan.ground.ids import new_id
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition, Text, Who

from . import announcing, queries
from .errors import NotDrafter, WrongDraft
from .models import Acknowledgement, Draft, Version


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


def concerned(version: Version, at: datetime) -> list[Person]:
    """Everybody who holds that day, anywhere, a post that acts in it."""
    posts = posts_in(queries.definition_of(version.pk))
    return [one for one in people.holders(sorted(posts), people.outlet_codes(), at) if not one.is_service]


def listed(version: Version, at: datetime) -> list[Reader]:
    """Everybody concerned with when they read it, those who have not first."""
    when = dict(version.acknowledgements.values_list("person", "at"))
    found = [Reader(one, when.get(one.username)) for one in concerned(version, at)]
    return sorted(found, key=lambda one: (one.at is not None, one.person.username))


def concerns(version: Version, person: Person, at: datetime) -> bool:
    """Whether one of the posts ``person`` holds that day acts in it."""
    held = {one.post for one in people.held_by(person, at)}
    return bool(posts_in(queries.definition_of(version.pk)) & held)


def said(version: Version, person: Person) -> bool:
    """Whether ``person`` has said that they read it."""
    return bool(version.acknowledgements.filter(person=person.username).exists())


def unread_by(person: Person, at: datetime) -> list[Version]:
    """Changes approved here that concern ``person`` and that they have not said they read, oldest first.

    Of one document the newest. A pack loaded by command tells nobody that they have to read it.
    """
    found = Version.objects.filter(drafts__state__in=[Draft.SENT, Draft.DONE], effective_until__isnull=True)
    found = found.filter(state__in=[Version.APPROVED, Version.EFFECTIVE]).select_related("document").defer("text")
    newest = {one.document_id: one for one in found.order_by("effective_from", "pk")}
    read = set(
        Acknowledgement.objects.filter(
            person=person.username, version__in=[one.pk for one in newest.values()]
        ).values_list("version", flat=True)
    )
    return [one for one in newest.values() if one.pk not in read and concerns(one, person, at)]


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

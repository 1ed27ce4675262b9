"""What a new site holds: the house, its calendar, the pack in force, the first administrator; in one transaction."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from bihuan.ground.words import Trouble
from bihuan.people import actions as people
from bihuan.people.models import OutletKey, Person
from bihuan.procedure.reading import read_pack
from bihuan.registers.calendars import actions as calendars
from bihuan.registers.documents import actions as documents
from bihuan.registers.documents import queries as in_force
from bihuan.registers.outlets import actions as outlets

from .place import Taken, Wanted

HEAD = "head"


def refuse_filled(at: datetime) -> None:
    """Raises Taken where the site has a pack in force, or people."""
    if in_force.current_pack(at) is not None or Person.objects.exists():
        raise Taken(
            "这个站点已有程序包或人员；换程序包的文字用 bihuan load，加人用 bihuan user add",
            "This site has a pack or people already: use bihuan load for its texts, bihuan user add for people",
        )


def fill(pack: Path, wanted: Wanted, at: datetime, *, again: bool) -> None:
    """The house, its calendar, the pack in force and the first administrator, together or not at all.

    ``again``: where an earlier founding got so far and was cut short before it could say the password, the
    administrator gets this one. Raises Taken, and what people and documents refuse.
    """
    if again and _founded_before(wanted.username):
        people.set_password(Person.objects.get(username=wanted.username), wanted.password, by=None, at=at)
        return
    refuse_filled(at)
    read = read_pack(pack).pack
    if read is None:
        raise Trouble(f"{pack} 不能读", f"{pack} cannot be read")
    with transaction.atomic():
        if not OutletKey.objects.exists():
            outlets.open_outlet(HEAD, name=wanted.organisation, by=None, at=at, zone=read.hours.zone)
        calendars.seed_default(read.hours, by="init", at=at)
        documents.load_pack(pack, by=None, at=at)
        people.add_person(wanted.username, wanted.name, wanted.password, is_administrator=True, by=None, at=at)


def _founded_before(username: str) -> bool:
    """Whether the only person is the administrator an earlier try made, who was never told how to sign in."""
    found = list(Person.objects.values_list("username", "is_administrator"))
    return found == [(username, True)]

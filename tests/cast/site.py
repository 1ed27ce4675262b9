"""Outlets, people and their posts; the same for every test that crosses rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bihuan.people import actions as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Hours
from bihuan.registers.calendars import actions as calendars
from bihuan.registers.documents import actions as documents
from bihuan.registers.outlets import actions as outlets

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
PASSWORD = "riverbank-1874-lamp"
OWN_PACK = Path(__file__).parent / "pack"
PACKS = Path(__file__).parents[2] / "packs"

OUTLETS = (("head", "总部", "", "own"), ("north", "北区", "head", "own"), ("south", "南区", "head", "contracted"))
# username, name, name in English, posts
CAST = (
    ("chen", "陈坐席", "Chen", ("clerk@north",)),
    ("zhou", "周调度", "Zhou", ("dispatcher@north",)),
    ("li", "李师傅", "Li", ("repairer@north",)),
    ("sun", "孙回访", "Sun", ("follow-up-clerk@north",)),
    ("qian", "钱副总", "Qian", ("leader@head", "general-manager@head")),
    ("wu", "吴办公", "Wu", ("office@head",)),
    ("wang", "外点王", "Wang", ("clerk@south", "dispatcher@south", "repairer@south")),
    ("outsider", "路人", "Outsider", ()),
)


@dataclass(frozen=True)
class Site:
    """The cast by username. ``at`` is when the site was made; nothing happened before."""

    at: datetime
    people: dict[str, Person]

    def __getattr__(self, username: str) -> Person:
        try:
            return self.people[username]
        except KeyError as error:
            raise AttributeError(username) from error

    def again(self, username: str) -> Person:
        """The same person read afresh, as the next request would."""
        return Person.objects.get(username=username)


def make_site(at: datetime = MONDAY, pack: Path = OWN_PACK, *, password: str | None = None) -> Site:
    """Make the site at ``at``, with ``pack`` in force from then on. Posts are held from a year before."""
    for code, name, parent, kind in OUTLETS:
        outlets.open_outlet(
            code,
            name=name,
            name_en=code.title(),
            parent=parent,
            kind=kind,
            contract_from=at.date() - timedelta(days=365) if kind == "contracted" else None,
            by=None,
            at=at,
        )
    calendars.seed_default(Hours(), by="cast", at=at)
    documents.load_pack(pack, by=None, at=at)
    people_made = {}
    for username, name, english, posts in CAST:
        person = people.add_person(username, name, password, name_en=english, by=None, at=at)
        for words in posts:
            post, _at, outlet = words.partition("@")
            people.give_post(person, post, outlet, start=at.date() - timedelta(days=365), by=None, at=at)
        people_made[username] = person
    people.add_skill(people_made["li"], "投影机", start=at.date() - timedelta(days=365), by=None, at=at)
    return Site(at, people_made)

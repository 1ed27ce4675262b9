"""Outlets, calendar, procedures and people of a demonstration."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bihuan.people import actions as people
from bihuan.people.accounts import random_password
from bihuan.people.models import Person
from bihuan.procedure.definition import Pack
from bihuan.registers.calendars import actions as calendars
from bihuan.registers.documents import actions as documents
from bihuan.registers.outlets import actions as outlets

MAKER = "demonstration"
A_YEAR = timedelta(days=365)


@dataclass
class Made:
    """What was made: passwords by username (shown once), who that is, cases, acts done, sentences refused and why.

    ``people``: by username the name and the titles of the posts, in Chinese.
    """

    passwords: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    cases: list[str] = field(default_factory=list)
    acts: int = 0
    refused: dict[str, int] = field(default_factory=dict)


def make_places(written: dict[str, Any], pack: Pack, folder: Path, at: datetime) -> None:
    """The outlets, the house's calendar and the pack in force, all from ``at``."""
    for one in written.get("outlet", []):
        outlets.open_outlet(
            one["code"],
            name=one["name"],
            name_en=one.get("name-en", ""),
            parent=one.get("parent", ""),
            kind=one.get("kind", "own"),
            contract_from=at.date() if one.get("kind") == "contracted" else None,
            by=None,
            at=at,
        )
    calendars.seed_default(pack.hours, by=MAKER, at=at)
    documents.load_pack(folder, by=None, at=at)


def make_people(written: dict[str, Any], at: datetime, made: Made) -> None:
    """Everybody with posts and skills held since a year before ``at``; their random passwords are in ``made``."""
    for one in written.get("person", []):
        password = random_password(Person(username=one["username"], name=one["name"]))
        person = people.add_person(
            username=one["username"],
            name=one["name"],
            name_en=one.get("name-en", ""),
            password=password,
            is_administrator=bool(one.get("administrator")),
            by=None,
            at=at,
        )
        made.passwords[one["username"]] = password
        for words in one.get("posts", []):
            post, _at, outlet = words.partition("@")
            people.give_post(person, post, outlet, start=(at - A_YEAR).date(), by=None, at=at)
        for skill in one.get("skills", []):
            people.add_skill(person, skill, start=(at - A_YEAR).date(), by=None, at=at)


def called(one: dict[str, Any], pack: Pack) -> str:
    """Who somebody is, in one line: name, and the title of every post with where it is held."""
    named = [words.partition("@") for words in one.get("posts", [])]
    held = [f"{pack.posts[post].title.zh} @{outlet}" for post, _at, outlet in named if post in pack.posts]
    held += ["管账号和站点 administrator"] if one.get("administrator") else []
    return " · ".join(dict.fromkeys([str(one["name"]), *held]))

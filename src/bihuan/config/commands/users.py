"""``user add`` and ``load``: people and packs of a site."""

from __future__ import annotations

import getpass
import secrets
from pathlib import Path
from typing import Any

from bihuan.ground.words import Trouble

from .django import ready
from .saying import put, put_json, tell, verb


def add_to(verbs: Any) -> None:
    adding = verb(verbs, "user", user, "add a person", "bihuan user add zhou --name 周调度 --post dispatcher@north")
    adding.add_argument("what", choices=["add"])
    adding.add_argument("username")
    adding.add_argument("--name", required=True)
    adding.add_argument("--post", action="append", default=[], help="POST or POST@OUTLET, may be given several times")
    adding.add_argument("--administrator", action="store_true")
    adding.add_argument("--password-prompt", action="store_true", help="ask for the password instead of making one")
    keying = verb(verbs, "token", token, "a personal key for the API, shown once", "bihuan token chen --days 30")
    keying.add_argument("username")
    keying.add_argument("--label", default="command line")
    keying.add_argument("--days", type=int, default=90)
    loading = verb(verbs, "load", load_pack, "put a pack's documents into force", "bihuan load packs/integrator")
    loading.add_argument("pack", type=Path)


def user(chosen: Any) -> int:
    """Adds the person and prints the password once."""
    ready()
    from django.utils import timezone

    from bihuan.people import actions

    now = timezone.now()
    password = getpass.getpass() if chosen.password_prompt else secrets.token_urlsafe(12)
    person = actions.add_person(
        username=chosen.username,
        name=chosen.name,
        password=password,
        is_administrator=chosen.administrator,
        by=None,
        at=now,
    )
    for post in chosen.post:
        name, _at, outlet = post.partition("@")
        actions.give_post(person, name, outlet, by=None, at=now)
    if chosen.json:
        put_json({"username": person.username, "password": None if chosen.password_prompt else password})
    else:
        put(person.username if chosen.password_prompt else f"{person.username}  {password}")
    return 0


def token(chosen: Any) -> int:
    """Prints ``Authorization: Bearer`` what; it acts as that person, with that person's posts."""
    ready()
    from django.utils import timezone

    from bihuan.people import actions
    from bihuan.people.models import Person

    person = Person.objects.filter(username=chosen.username, is_active=True).first()
    if person is None:
        tell(f"没有账号 {chosen.username} / no account {chosen.username}")
        return 1
    made = actions.make_token(person, by=None, at=timezone.now(), label=chosen.label, days=chosen.days)
    if chosen.json:
        put_json({"token": made})
    else:
        put(made)
    return 0


def load_pack(chosen: Any) -> int:
    """Reads, checks and puts into force; a pack with faults changes nothing."""
    ready()
    from django.utils import timezone

    from bihuan.registers.documents import actions
    from bihuan.registers.documents.errors import DocumentRefusal

    try:
        loaded = actions.load_pack(chosen.pack, by=None, at=timezone.now())
    except DocumentRefusal as error:
        raise Trouble(error.words.zh, error.words.en) from error
    for version in loaded.new:
        tell(str(version))
    return 0 if loaded.new or loaded.withdrawn else 3

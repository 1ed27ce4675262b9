"""``user``, ``token`` and ``load``: people, keys and packs of a site."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

from bihuan.ground.words import Trouble

from .django import ready
from .saying import put, put_json, tell, verb


def add_to(verbs: Any) -> None:
    adding = verb(
        verbs,
        "user",
        user,
        "add a person, let one in again",
        "bihuan user add zhou --name 周调度 --post dispatcher@north",
    )
    adding.add_argument("what", choices=["add", "unlock", "reset-factors"])
    adding.add_argument("username")
    adding.add_argument("--name", default="", help="needed to add")
    adding.add_argument("--post", action="append", default=[], help="POST or POST@OUTLET, may be given several times")
    adding.add_argument("--administrator", action="store_true")
    adding.add_argument("--service", action="store_true", help="a program: keys only, nobody signs in as it")
    adding.add_argument("--password-prompt", action="store_true", help="ask for the password instead of making one")
    adding.add_argument("--reason", default="", help="why the second factor is taken away")
    keying = verb(verbs, "token", token, "a key for the API, shown once", "bihuan token chen --scopes read,act")
    keying.add_argument("username")
    keying.add_argument("--label", default="command line")
    keying.add_argument("--days", type=int, default=90)
    keying.add_argument("--scopes", default="read,act,registers,exports", help="separated by commas")
    loading = verb(verbs, "load", load_pack, "put a pack's documents into force", "bihuan load packs/integrator")
    loading.add_argument("pack", type=Path)


def user(chosen: Any) -> int:
    """Adds the person and prints the password once; or opens the door again for one. Exit 4 for a refusal."""
    ready()
    from bihuan.people.errors import PeopleRefusal

    try:
        return _add(chosen) if chosen.what == "add" else _let_in_again(chosen)
    except PeopleRefusal as refusal:
        tell(f"{refusal.words.zh} / {refusal.words.en}")
        return 4


def _add(chosen: Any) -> int:
    from django.utils import timezone

    from bihuan.people import actions
    from bihuan.people.accounts import random_password
    from bihuan.people.models import Person

    now = timezone.now()
    password = None
    if not chosen.service:
        likely = Person(username=chosen.username, name=chosen.name)
        password = getpass.getpass() if chosen.password_prompt else random_password(likely)
    person = actions.add_person(
        username=chosen.username,
        name=chosen.name,
        password=password,
        is_administrator=chosen.administrator,
        is_service=chosen.service,
        by=None,
        at=now,
    )
    for post in chosen.post:
        name, _at, outlet = post.partition("@")
        actions.give_post(person, name, outlet, by=None, at=now)
    told = None if chosen.password_prompt else password
    if chosen.json:
        put_json({"username": person.username, "password": told})
    else:
        put(f"{person.username}  {told}" if told else person.username)
    return 0


def _let_in_again(chosen: Any) -> int:
    """For whoever is shut out, and for the administrator who lost every device: nobody else could let them in."""
    from django.utils import timezone

    from bihuan.people import entrance, factors

    person = _person(chosen.username)
    if person is None:
        return 1
    if chosen.what == "unlock":
        entrance.unlock(person, by=None, at=timezone.now())
    else:
        factors.reset(person, by=None, at=timezone.now(), reason=chosen.reason)
    return 0


def _person(username: str) -> Any:
    from bihuan.people.models import Person

    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        tell(f"没有账号 {username} / no account {username}")
    return person


def token(chosen: Any) -> int:
    """Prints ``Authorization: Bearer`` what; it acts as that person, with that person's posts, within its scopes."""
    ready()
    from django.utils import timezone

    from bihuan.people import actions
    from bihuan.people.errors import PeopleRefusal

    person = _person(chosen.username)
    if person is None:
        return 1
    scopes = [one.strip() for one in chosen.scopes.split(",") if one.strip()]
    given = {"label": chosen.label, "days": chosen.days, "scopes": scopes}
    try:
        made = actions.make_token(person, by=None, at=timezone.now(), **given)
    except PeopleRefusal as refusal:
        tell(f"{refusal.words.zh} / {refusal.words.en}")
        return 4
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
    for file in loaded.kept:
        tell(f"{file}：保留在页面上批准的文本 / kept as approved on its page")
    return 0 if loaded.new or loaded.withdrawn else 3

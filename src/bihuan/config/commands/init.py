"""``bihuan init``: a new site from a pack."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bihuan.config.founding.place import (
    Faulty,
    NoPack,
    Place,
    Taken,
    Wanted,
    finished,
    lay,
    pack_folder,
    refuse_faulty,
    undone,
)
from bihuan.ground.postgres.supervisor import Supervisor
from bihuan.ground.settings import Settings, load
from bihuan.ground.words import Trouble

from .django import ready
from .saying import put, put_json, tell, verb

CODES = {NoPack: 2, Faulty: 1, Taken: 4}


def add_to(verbs: Any) -> None:
    making = verb(
        verbs,
        "init",
        init,
        "a new site: settings, its own copy of a pack, the first administrator",
        "bihuan init /srv/service --pack starter --organisation 城东电器 --name 王管理",
    )
    making.add_argument("folder", nargs="?", type=Path, default=Path(), help="new or empty (default: this folder)")
    making.add_argument("--pack", default="starter", help="a pack's name or folder (default: starter)")
    making.add_argument("--organisation", default="", help="name of the organisation; asked at a terminal")
    making.add_argument("--name", default="", help="name of the first administrator; asked at a terminal")
    making.add_argument("--username", default="admin", help="how the administrator signs in (default: admin)")
    making.add_argument("--password-prompt", action="store_true", help="ask for the password instead of making one")
    making.add_argument("--port", type=_port, default=8100, help="where the web server listens (default: 8100)")


def _port(words: str) -> int:
    port = int(words)
    if not 1 <= port <= 65535:
        raise ValueError(words)
    return port


def init(chosen: Any) -> int:
    """0 made · 1 a pack with faults · 2 no such pack, nobody to ask for a name · 4 something is there, or refused."""
    organisation = chosen.organisation or _asked("单位名称 / organisation: ")
    name = chosen.name or _asked("管理员姓名 / name of the administrator: ")
    if not organisation or not name:
        tell("请写 --organisation 和 --name / say --organisation and --name")
        return 2
    typed = getpass.getpass() if chosen.password_prompt else ""
    try:
        pack = pack_folder(chosen.pack)
        refuse_faulty(pack, chosen.language)
        place = lay(chosen.folder, pack, _data_named(), chosen.port)
    except (NoPack, Faulty, Taken) as refused:
        tell(str(refused))
        return CODES[type(refused)]
    os.environ["BIHUAN_CONFIG"] = str(place.settings)
    settings = load()
    with _database(settings):
        _migrated()
        code, password = _filled(place, Wanted(organisation, chosen.username, name, typed))
    if code:
        undone(place)
        return code
    _tell(chosen, place, settings, password)
    finished(place)
    return 0


def _data_named() -> Path | None:
    """The environment wins over the file; so a data folder it names is where the site stands."""
    named = os.environ.get("BIHUAN_DATA", "")
    return Path(named) if named else None


@contextmanager
def _database(settings: Settings) -> Iterator[None]:
    """Our own server for as long as it takes; nothing to do where the site has one already."""
    if not settings.embedded:
        os.environ.update(settings.environment())
        yield
        return
    with Supervisor(settings.data, user_name=settings.user) as database:
        os.environ.update(database.addresses.environment())
        yield
        _let_go()


def _migrated() -> None:
    """In a process of its own, as the owner; unlike a start it goes on where an earlier one was cut short."""
    done = subprocess.run([sys.executable, "-m", "bihuan.config.command", "migrate"], check=False)
    if done.returncode:
        raise Trouble("建表没有完成", "The tables could not be made")


def _filled(place: Place, wanted: Wanted) -> tuple[int, str]:
    """Exit code, and the administrator's password: the one typed, else one the house's own rules accept."""
    ready()
    from django.utils import timezone

    from bihuan.config.founding.house import fill
    from bihuan.people.accounts import random_password
    from bihuan.people.errors import PeopleRefusal
    from bihuan.people.models import Person

    password = wanted.password or random_password(Person(username=wanted.username, name=wanted.name))
    try:
        fill(place.pack, replace(wanted, password=password), timezone.now(), again=place.again)
    except Taken as taken:
        tell(str(taken))
    except PeopleRefusal as refusal:
        tell(f"{refusal.words.zh} / {refusal.words.en}")
    else:
        return 0, password
    return 4, ""


def _let_go() -> None:
    """The server can only stop when nobody holds a connection to it."""
    from django.db import connections

    connections.close_all()


def _tell(chosen: Any, place: Place, settings: Settings, password: str) -> None:
    told = "" if chosen.password_prompt else password
    address = f"http://{settings.host}:{settings.port}/"
    if chosen.json:
        put_json({
            "folder": place.folder, "settings": place.settings, "pack": place.pack, "data": settings.data,
            "address": address, "username": chosen.username, "password": told,
        })  # fmt: skip
        return
    put(f"站点 / site: {place.folder}")
    put(f"程序包（改这里）/ the pack, yours to edit: {place.pack}")
    put(f"管理员 / administrator: {chosen.username}  {told}".rstrip())
    put(f"启动 / start: cd {place.folder} && bihuan serve    {address}")


def _asked(question: str) -> str:
    return input(question).strip() if sys.stdin.isatty() else ""

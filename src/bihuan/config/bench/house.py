"""The house that lists are read in: the demonstration, many outlets with their people, and cases done act by act.

What each of them sees is the same at every size, so that a page is compared with itself.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from bihuan.config.demonstration import Made, fill_registers, live, make_people, make_places
from bihuan.ground.words import Trouble
from bihuan.people import actions as people
from bihuan.people import queries as people_queries
from bihuan.procedure.definition import Pack
from bihuan.procedure.reading import read_pack
from bihuan.registers.outlets import actions as outlets

OUTLETS = 24
TECHNICIANS = 8
OVERSEEN = 8
# of the many cases done act by act: stories no longer than this, and so many of a hundred stop on the way
SHORT = 6
STOPPED = 3


class House(Struct, frozen=True):
    """``technicians`` by outlet (usernames); ``readers`` by interface role (usernames), each at the first outlet.

    ``by_act``: cases that were done through casework, ``acts`` how many acts that took.
    """

    outlets: tuple[str, ...]
    technicians: dict[str, tuple[str, ...]]
    readers: dict[str, str]
    by_act: int
    acts: int


def build(folder: Path, now: datetime, by_act: int, outlets_wanted: int = OUTLETS, hands: int = TECHNICIANS) -> House:
    """Furnish the empty site from the pack in ``folder`` with ``by_act`` cases at least, add outlets and people.

    Raises Trouble for a pack without what is needed.
    """
    pack = read_pack(folder).pack
    if pack is None:
        raise Trouble(f"{folder} 不能用来测速", f"{folder} cannot be used for measuring")
    made = _demonstration(folder, pack, now, by_act)
    posts = {name: post.role for name, post in pack.posts.items()}
    codes = tuple(f"bench-{number + 1}" for number in range(outlets_wanted))
    for code in codes:
        outlets.open_outlet(code, code, parent=people_queries.root_outlet(), by=None, at=now)
    technicians = {}
    for code in codes:
        names = tuple(f"{code}-hand-{number + 1}" for number in range(hands))
        technicians[code] = tuple(_somebody(name, _first(posts, "technician"), [code], now) for name in names)
    readers = {
        role: _somebody(f"{codes[0]}-{role}", _first(posts, role), codes[:1], now)
        for role in ("dispatcher", "follow-up")
    }
    manager = _first(posts, "service-manager")
    readers["technician"] = technicians[codes[0]][0]
    readers["manager"] = _somebody("bench-all", manager, [""], now)
    readers["region"] = _somebody("bench-region", manager, codes[:OVERSEEN], now)
    return House(codes, technicians, readers, len(made.cases), made.acts)


def _demonstration(folder: Path, pack: Pack, now: datetime, by_act: int) -> Made:
    """The demonstration as it is, then its short stories again and again until there are ``by_act`` cases."""
    written = tomllib.loads((folder / "demo.toml").read_text(encoding="utf-8"))
    written.pop("walks", None)  # the house is measured by its stories: the same acts at every size
    begun = now - timedelta(days=int(written["stories"]["days"]) + 1)
    made = Made()
    make_places(written, pack, folder, begun)
    make_people(written, begun, made)
    stock = fill_registers(written, begun)
    live(written, pack, stock, begun, now, made)
    missing = by_act - len(made.cases)
    if missing > 0:
        live(_shortened(written, missing), pack, stock, begun, now, made)
    return made


def _shortened(written: dict[str, Any], cases: int) -> dict[str, Any]:
    short = [one for one in written["story"] if len(one["walk"]) <= SHORT and not one.get("late")]
    if not short:
        raise Trouble("示例里没有短的故事", "The demonstration tells no short story")
    whole = [{**one, "share": 100 - STOPPED} for one in short]
    broken = [{**one, "walk": one["walk"][:2], "share": STOPPED} for one in short]
    rules = {**written["stories"], "cases": cases, "seed": written["stories"].get("seed", 0) + 1}
    return {**written, "stories": rules, "story": whole + broken, "duty": []}


def _first(posts: dict[str, str], role: str) -> str:
    found = next((name for name, held in posts.items() if held == role), None)
    if found is None:
        raise Trouble(f"没有岗位的界面角色是 {role}", f"No post has the interface role {role}")
    return found


def _somebody(name: str, post: str, places: list[str] | tuple[str, ...], now: datetime) -> str:
    person = people.add_person(name, name, None, by=None, at=now)
    for place in places:
        people.give_post(person, post, place, start=now.date() - timedelta(days=30), by=None, at=now)
    return name

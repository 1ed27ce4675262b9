"""``bihuan demo``: from nothing to a running system with demonstration data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from bihuan.config.founding.place import NoPack, pack_folder
from bihuan.ground.postgres.supervisor import Supervisor, running
from bihuan.ground.settings import default_data, load, settings_file

from .django import ready
from .saying import put, tell, verb
from .serving import keep_running, migrated

USUAL = "integrator"


def add_to(verbs: Any) -> None:
    trying = verb(verbs, "demo", demo, "a running system with demonstration data", "bihuan demo --pack starter")
    trying.add_argument("--pack", default=USUAL, help=f"a pack's name or folder (default: {USUAL})")
    trying.add_argument("--furnish-only", action="store_true", help="make the data and stop")
    trying.add_argument("--remove", action="store_true", help="take the demonstration data away again")
    filling = verb(verbs, "furnish", furnish, "fill an empty site with demonstration data", "bihuan furnish")
    filling.add_argument("--pack", default=USUAL, help=f"a pack's name or folder (default: {USUAL})")


def demo(chosen: Any) -> int:
    """Embedded database, tables, demonstration data, then web and worker until told to stop."""
    try:
        pack = pack_folder(chosen.pack)
    except NoPack as unknown:
        tell(str(unknown))
        return 2
    _place_of_its_own(pack.name)
    if chosen.remove:
        return _remove()
    # everybody tries the printed passwords; the page of sign-in says that nothing more is asked
    os.environ.setdefault("BIHUAN_SECOND_FACTOR", "offered")
    settings = load()
    with Supervisor(settings.data, user_name=settings.user) as database:
        os.environ.update(database.addresses.environment())
        migrated()
        # a process of its own: it may read the pack as whoever started this, and leaves no connection behind
        command = [sys.executable, "-m", "bihuan.config.command", "furnish", "--json", "--pack", str(pack)]
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE)
        if done.returncode not in {0, 3}:
            return done.returncode
        made = json.loads(done.stdout) if done.returncode == 0 else None
        _greet(settings, made)
        if chosen.furnish_only:
            return 0
        return keep_running(database)


def _place_of_its_own(pack: str) -> None:
    """Each pack is shown in a data folder of its own, unless somebody said where; a site holds one organisation."""
    said = os.environ.get("BIHUAN_DATA") or os.environ.get("DATABASE_URL") or settings_file(os.environ)
    if pack != USUAL and not said:
        data = default_data(os.environ)
        os.environ["BIHUAN_DATA"] = str(data.with_name(f"{data.name}-{pack}"))


def _remove() -> int:
    """Everything the demonstration brought goes; 3 when there is nothing of it."""
    settings = load()
    if not settings.database_url and running(settings.data) is None:
        with Supervisor(settings.data, user_name=settings.user) as database:
            os.environ.update(database.addresses.environment())
            return _removed()
    return _removed()


def _removed() -> int:
    ready(as_owner=True)
    from django.utils import timezone

    from bihuan.config.demonstration import SAMPLE, remove

    gone = remove(timezone.now(), SAMPLE)
    if gone is None:
        tell("没有示例数据 / there is no demonstration data")
        return 3
    put(f"已移除 {sum(gone.rows.values())} 行，处置 {gone.entries} 条记录的内容 / rows removed, entries disposed of")
    return 0


def _greet(settings: Any, made: dict[str, Any] | None) -> None:
    put(f"地址 / address: http://{settings.host}:{settings.port}/")
    if made is None:
        tell("示例数据已在，密码只在第一次显示 / the data is there already; passwords were shown once")
        return
    put(f"示例：{len(made['cases'])} 个事项，{made['acts']} 次操作 / {len(made['cases'])} cases, {made['acts']} acts")
    put("登录（只显示这一次）/ sign-ins, shown this once:")
    width = max(map(len, made["passwords"]))
    for username, password in made["passwords"].items():
        put(f"  {username:<{width}}  {password}  {made['people'].get(username, '')}")
    put("十分钟导览 / a tour of ten minutes: docs/tour.md")
    sys.stdout.flush()


def furnish(chosen: Any) -> int:
    """2 for an unknown pack, 3 when the site has people already."""
    try:
        pack = pack_folder(chosen.pack)
    except NoPack as unknown:
        tell(str(unknown))
        return 2
    ready()
    from django.utils import timezone

    from bihuan.config.demonstration import furnish as fill

    from .saying import put_json

    made = fill(pack, timezone.now())
    if made is None:
        return 3
    put_json({
        "passwords": made.passwords, "people": made.people, "cases": made.cases, "acts": made.acts,
        "refused": made.refused,
    })  # fmt: skip
    return 0

"""A site for trying things out, from a pack's ``demo.toml``: everything in it is made by acts, as people would make it.

Outlets, people, calendar and procedures first, then the registers, then weeks of work: stories told act by act by the
people of the demonstration, and walks through every other procedure by its own forms, the clock running between them.
What the file does not hold is made plainly from the pack itself.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path

from bihuan.ground.words import Trouble
from bihuan.people.models import Person
from bihuan.procedure.reading import read_pack

from .plain import whole
from .registers import SAMPLE, fill_registers
from .removing import remember, remove
from .site import Made, called, make_people, make_places
from .weeks import live
from .writing import draft_changes

__all__ = ["SAMPLE", "Made", "furnish", "remove"]


def furnish(folder: Path, now: datetime) -> Made | None:
    """Fill an empty site from the pack in ``folder``; None when there are people already.

    Raises Trouble for a pack with faults.
    """
    if Person.objects.exists():
        return None
    read = read_pack(folder)
    pack = read.pack
    if pack is None or read.faults:
        raise Trouble(f"{folder} 有错误，不能演示：先运行 bihuan check", f"{folder} has faults: run bihuan check first")
    file = folder / "demo.toml"
    written = whole(pack, tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {})
    made = Made()
    days = max(int(written.get(part, {}).get("days", 0)) for part in ("stories", "walks"))
    begun = now - timedelta(days=days + 1)
    make_places(written, pack, folder, begun)
    make_people(written, begun, made)
    made.people = {one["username"]: called(one, pack) for one in written["person"]}
    stock = fill_registers(written, begun)
    remember(written, begun)
    live(written, pack, stock, begun, now, made)
    draft_changes(written, now - timedelta(days=1))
    return made

"""A site for trying things out, from a pack's ``demo.toml``: everything in it is made by acts, as people would make it.

Outlets, people, calendar and procedures first, then the registers, then weeks of work: stories told act by act by the
people of the demonstration, the clock running between them. What the file does not hold is simply not made.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path

from bihuan.people.models import Person
from bihuan.procedure.reading import read_pack

from .registers import SAMPLE, fill_registers
from .removing import remember, remove
from .site import Made, make_people, make_places
from .weeks import live

__all__ = ["SAMPLE", "Made", "furnish", "remove"]


def furnish(folder: Path, now: datetime) -> Made | None:
    """Fill an empty site from the pack in ``folder``; None when there are people already."""
    if Person.objects.exists():
        return None
    written = tomllib.loads((folder / "demo.toml").read_text(encoding="utf-8"))
    pack = read_pack(folder).pack
    if pack is None:
        return None
    made = Made()
    begun = now - timedelta(days=int(written.get("stories", {}).get("days", 0)) + 1)
    make_places(written, pack, folder, begun)
    make_people(written, begun, made)
    stock = fill_registers(written, begun)
    remember(written, begun)
    live(written, pack, stock, begun, now, made)
    return made

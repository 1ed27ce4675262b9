"""One run of the measurements that were asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from . import NAMES
from .figures import Measured, Report
from .machine import kind
from .place import Place, stoppable


def run_lists(
    sizes: tuple[int, ...], by_act: int, pack: Path, quick: bool, day: date, say: Callable[[str], None]
) -> Report:
    """Read lists and pages at each of these sizes, the smallest first, in a house that is gone afterwards."""
    load = os.getloadavg()[0]
    with stoppable(), Place() as place:
        place.database()
        os.environ.update(place.environment)
        from bihuan.config.commands.django import ready  # noqa: PLC0415 - Django stands only from here on

        ready()
        from .reads import Lists  # noqa: PLC0415

        lists = Lists(place, pack, quick, by_act, say)
        try:
            measured = tuple(lists.at(size) for size in sorted(sizes))
        finally:
            lists.close()
            close_connections()
    return Report(kind(), day.isoformat(), quick, measured, load)


def run_alone(
    name: str, size: int, by_act: int, pack: Path, quick: bool, day: date, say: Callable[[str], None]
) -> Report:
    """One of ``ALONE`` at so many cases, in a house that is gone afterwards."""
    load = os.getloadavg()[0]
    with stoppable(), Place() as place:
        place.database()
        os.environ.update(place.environment)
        from bihuan.config.commands.django import ready  # noqa: PLC0415 - Django stands only from here on

        ready()
        from .large import Large  # noqa: PLC0415
        from .walled import Walled  # noqa: PLC0415

        house = (Walled if name == "wall" else Large)(place, pack, quick, by_act, say)
        try:
            measured = (house.cost(size) if isinstance(house, Walled) else house.whole(size),)
        finally:
            house.close()
            close_connections()
    return Report(kind(), day.isoformat(), quick, measured, load)


def close_connections() -> None:
    """Let go of the database before it is stopped."""
    from django.db import connections  # noqa: PLC0415

    connections.close_all()


def run(names: tuple[str, ...], pack: Path, quick: bool, day: date, say: Callable[[str], None]) -> Report:
    """Take the named measurements (all of ``NAMES`` when none is named) in a place that is gone afterwards."""
    load = os.getloadavg()[0]
    with stoppable(), Place() as place:
        asked = _Run(place, pack, quick, say)
        measured = tuple(asked.take(name) for name in NAMES if name in (names or NAMES))
        asked.close()
    return Report(kind(), day.isoformat(), quick, measured, load)


class _Run:
    """The place is furnished for the first measurement that needs it, and stays so."""

    def __init__(self, place: Place, pack: Path, quick: bool, say: Callable[[str], None]) -> None:
        self.place, self.pack, self.quick, self.say = place, pack, quick, say
        self._stage: Any = None

    def take(self, name: str) -> Measured:
        from . import pure, starting  # noqa: PLC0415 - each measurement pays only for itself

        alone = {"engine": pure.engine, "deadlines": pure.deadlines}
        empty = {"start": starting.cold, "memory": starting.memory}
        if name in alone:
            return alone[name](self.quick, self.say)
        if name in empty:
            return empty[name](self.place, self.quick, self.say)
        if name == "demo":
            return starting.demo(self.place, self.pack, self.say)
        stage = self._furnished()
        from . import acting, loading, sweeping  # noqa: PLC0415 - only importable once Django stands

        if name == "import":
            return loading.devices(self.place, self.quick, self.say)
        furnished = {"acts": acting.served, "chain": acting.chained, "sweep": sweeping.sweep}
        return furnished[name](stage, self.quick, self.say)

    def _furnished(self) -> Any:
        if self._stage is None:
            self.place.database()
            os.environ.update(self.place.environment)
            from bihuan.config.commands.django import ready  # noqa: PLC0415 - Django stands only from here on

            ready()
            from .acting import Stage  # noqa: PLC0415

            self.say("furnish …")
            self._stage = Stage(self.place, self.pack)
        return self._stage

    def close(self) -> None:
        """Let go of the database before it is stopped."""
        if self._stage is not None:
            close_connections()

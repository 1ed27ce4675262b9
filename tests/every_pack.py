"""Every procedure of every pack, and the small one of each of its duties: what walks and planted changes go over."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from bihuan.procedure.calendars import Calendar, of_hours
from bihuan.procedure.definition import Definition, Pack
from bihuan.procedure.reading import duty_definition, read_pack

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = tuple(
    sorted(path.parent for place in ("packs", "tests/packs") for path in (ROOT / place).glob("*/pack.toml"))
)


@functools.cache
def pack_of(folder: Path) -> Pack:
    """The pack in ``folder``, read once. Fails the test for a pack that cannot be read."""
    result = read_pack(folder)
    assert result.pack is not None, result.faults
    return result.pack


@functools.cache
def calendar_of(folder: Path) -> Calendar:
    """The pack's hours with the public days its country has announced."""
    pack = pack_of(folder)
    return of_hours(pack.name, pack.hours, range(2025, 2031))


def definitions_of(folder: Path) -> list[Definition]:
    """The procedures of the pack in the order of its files, each followed by its duties."""
    found: list[Definition] = []
    for definition in pack_of(folder).procedures.values():
        found += [definition, *(duty_definition(definition, duty) for duty in definition.duties)]
    return found


def every_definition() -> list[object]:
    """Parameters (folder, definition) for a test, named ``pack/kind``."""
    return [
        pytest.param(folder, definition, id=f"{folder.name}/{definition.kind}")
        for folder in FOLDERS
        for definition in definitions_of(folder)
    ]

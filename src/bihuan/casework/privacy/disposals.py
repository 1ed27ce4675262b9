"""The list file beside every disposal: what a restored older database is told again. It holds ids and nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from bihuan.ground.system_user import give, house_folder

FORMAT = "bihuan-disposal-1"


def folder() -> Path:
    return Path(settings.DATA) / "disposals"


def write(name: str, at: datetime, entries: Iterable[str], subjects: Iterable[str], *, kind: str) -> Path:
    """Write the list, or add to the one written when this order was begun before. On the disk when this returns.

    ``subjects``: ``contact:<id>``, ``customer:<id>``, ``case:<id>``, ``form:<case id>:<form>``, ``file:<id>``.
    """
    place = folder()
    house_folder(place, 0o700)
    file = next(iter(sorted(place.glob(f"*-{name}.json"))), place / f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{name}.json")
    before: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    sheet = {
        "format": FORMAT,
        "list": name,
        "kind": kind,
        "at": before.get("at", at.astimezone(UTC).isoformat()),
        "entries": sorted({*before.get("entries", ()), *entries}),
        "subjects": sorted({*before.get("subjects", ()), *subjects}),
    }
    making = file.with_suffix(".making")
    with making.open("w", encoding="utf-8") as written:
        json.dump(sheet, written, ensure_ascii=False, indent=1)
        written.flush()
        os.fsync(written.fileno())
    give(making)
    making.replace(file)
    return file


def lists(place: Path) -> Iterator[dict[str, Any]]:
    """Every list of a folder, the oldest first. Raises ValueError naming a file that is none."""
    for file in sorted(place.glob("*.json")):
        try:
            sheet = json.loads(file.read_text(encoding="utf-8"))
            if sheet["format"] != FORMAT:
                raise ValueError(sheet["format"])
            yield {name: sheet[name] for name in ("list", "kind", "at", "entries", "subjects")}
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{file.name} is no list of disposals: {error}") from error

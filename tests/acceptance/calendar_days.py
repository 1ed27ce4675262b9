"""The seeded working days against the published files, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from bihuan.procedure import calendars
from bihuan.procedure.definition import Hours

FIRST, LAST = 2018, 2026


def compare(folder: Path) -> tuple[int, list[str]]:
    """How many days were compared, and one line for each that differs."""
    seeded = calendars.of_hours("seeded", Hours(), range(FIRST, LAST + 1))
    wrong: list[str] = []
    compared = 0
    published = {}
    for year in range(FIRST, LAST + 1):
        published.update(calendars.read_public_days((folder / f"{year}.json").read_bytes()))
    day = date(FIRST, 1, 1)
    while day.year <= LAST:
        entry = published.get(day)
        worked = entry.kind != "off" if entry else day.isoweekday() <= 5
        if seeded.is_working(day) != worked:
            wrong.append(f"{day}: published {'work' if worked else 'off'}, seeded otherwise")
        if not seeded.is_announced(day):
            wrong.append(f"{day.year} counts as not announced")
            day = date(day.year, 12, 31)
        compared += 1
        day += timedelta(days=1)
    return compared, wrong

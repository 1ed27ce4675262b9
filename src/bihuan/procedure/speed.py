"""How fast the clocks are, measured for ``bihuan bench``."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from .calendars import of_hours
from .clocks import due_many
from .definition import Hours, Time


def deadlines_per_second(count: int = 1_000_000) -> float:
    """Due moments a second on one core: eight working hours each, on the Chinese calendar, starts all over a year.

    The calendar is laid out anew within the measured time; the starts are not aligned to windows, half of them not to
    whole minutes.
    """
    calendar = of_hours("bench", Hours(), range(2025, 2028))
    first = datetime(2026, 1, 1, tzinfo=UTC)
    step = timedelta(days=365) / count
    starts = [
        moment if number % 2 else moment.replace(second=0, microsecond=0)
        for number, moment in enumerate(first + step * number for number in range(count))
    ]
    began = time.perf_counter()
    due_many(starts, Time(8, "working-hours"), "calendar, end of day", calendar)
    return count / (time.perf_counter() - began)

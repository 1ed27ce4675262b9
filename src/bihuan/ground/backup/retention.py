"""Which backups stay: the newest of each of so many days, weeks and months, and the last day's whatever is set."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

UNTOUCHED = timedelta(days=1)
# a period is told by what is equal for all moments in it
_DAY: Callable[[datetime], object] = lambda moment: moment.date()  # noqa: E731 - three of a kind, read together
_WEEK: Callable[[datetime], object] = lambda moment: moment.isocalendar()[:2]  # noqa: E731
_MONTH: Callable[[datetime], object] = lambda moment: (moment.year, moment.month)  # noqa: E731


@dataclass(frozen=True)
class Keep:
    """How many days, weeks and months keep their newest backup; periods without one do not count."""

    days: int = 7
    weeks: int = 4
    months: int = 12

    @classmethod
    def read(cls, words: str) -> Keep:
        """From ``7/4/12``. Raises ValueError for anything else, or where no day at all is kept."""
        parts = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})/([0-9]{1,4})", words)
        if parts is None or int(parts.group(1)) < 1:
            raise ValueError(words)
        return cls(*(int(one) for one in parts.groups()))


def surplus(taken: Sequence[datetime], keep: Keep, zone: tzinfo) -> list[datetime]:
    """Those of the moments ``taken`` whose backups may go, oldest first; days, weeks and months are ``zone``'s.

    What was taken within a day before the newest stays too: who takes a backup by hand does not mean to lose another.
    Only moments of whole backups are to be given: then the newest of them is never among those that go.
    """
    newest_first = sorted(set(taken), reverse=True)
    kept = {moment for moment in newest_first if newest_first[0] - moment < UNTOUCHED}
    for count, period in ((keep.days, _DAY), (keep.weeks, _WEEK), (keep.months, _MONTH)):
        seen: set[object] = set()
        for moment in newest_first:
            own = period(moment.astimezone(zone))
            if own not in seen and len(seen) < count:
                seen.add(own)
                kept.add(moment)
    return sorted(set(newest_first) - kept)

"""Minutes of the world and the local clock of a place.

Inside the clocks a moment is a whole number of minutes since 1970 in UTC. Only whole minutes count: a minute that had
already begun at the start does not count, and neither does a minute that a pause touches.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def minute_after(moment: datetime) -> int:
    """The first whole minute at or after ``moment``. A naive moment raises ``ValueError``."""
    minutes, rest = divmod(_aware(moment) - EPOCH, MINUTE)
    return minutes + 1 if rest else minutes


def minute_before(moment: datetime) -> int:
    """The last whole minute at or before ``moment``."""
    return (_aware(moment) - EPOCH) // MINUTE


def moment_of(minute: int) -> datetime:
    return EPOCH + timedelta(minutes=minute)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs its zone: {moment.isoformat()}")
    return moment


class WallClock:
    """The local clock of one zone, made to run forward only.

    In the hour that is repeated when summer time ends the clock stands at the end of that hour until the second
    passing is over; an hour that is skipped when summer time begins ends in one instant. So a later moment never
    reads an earlier time, and every local time names exactly one moment: the first at which it has been reached.
    """

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)

    def day(self, minute: int) -> date:
        """The local date as a calendar on the wall shows it."""
        return moment_of(minute).astimezone(self.zone).date()

    def read(self, minute: int) -> datetime:
        """The local time without zone."""
        local = moment_of(minute).astimezone(self.zone)
        plain = local.replace(tzinfo=None, fold=0)
        if not local.fold:
            return plain
        before = local.replace(fold=0).utcoffset() or timedelta()
        first_passing = (plain - before).replace(tzinfo=UTC)
        changed = self._change(minute_before(first_passing), minute)
        return (moment_of(changed) + before).replace(tzinfo=None)

    def reached(self, plain: datetime) -> int:
        """The minute at which the local clock first reads ``plain`` or later."""
        early = minute_before(plain.replace(tzinfo=self.zone, fold=0).astimezone(UTC))
        if moment_of(early).astimezone(self.zone).replace(tzinfo=None, fold=0) == plain.replace(
            second=0, microsecond=0
        ):
            return early
        late = minute_before(plain.replace(tzinfo=self.zone, fold=1).astimezone(UTC))
        return self._change(min(early, late), max(early, late))

    def midnight(self, day: date) -> int:
        """The minute at which ``day`` begins."""
        return self.reached(datetime.combine(day, time()))

    def steady(self, day: date) -> int | None:
        """Minutes from UTC midnight of ``day`` to its local midnight, if no change of the clock falls near that day."""
        noon = datetime.combine(day, time(12))
        around = {(noon + timedelta(hours=hours)).replace(tzinfo=self.zone).utcoffset() for hours in (-26, 0, 26)}
        offset = around.pop()
        return None if around or offset is None else -int(offset.total_seconds() // 60)

    def _change(self, low: int, high: int) -> int:
        """The first minute after ``low`` with the offset of ``high``."""
        offset = moment_of(high).astimezone(self.zone).utcoffset()
        while high - low > 1:
            middle = (low + high) // 2
            if moment_of(middle).astimezone(self.zone).utcoffset() == offset:
                high = middle
            else:
                low = middle
        return high


@lru_cache(maxsize=64)
def wall_clock(zone: str) -> WallClock:
    """The clock of an IANA zone. An unknown one raises ``zoneinfo.ZoneInfoNotFoundError``."""
    return WallClock(zone)


def add_months(day: date, months: int) -> date:
    """The same day so many months on; cut to the last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))

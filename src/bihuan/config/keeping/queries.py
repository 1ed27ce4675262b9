"""When a backup and a drill were last good, and when the next is due. Moments are aware; days are the site's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from bihuan.ground.backup.taking import running
from bihuan.ground.settings import Settings

from .models import Run

OLD_BACKUP = timedelta(hours=26)
OLD_DRILL = timedelta(days=35)
BETWEEN_DRILLS = timedelta(days=30)
AGAIN_AFTER = timedelta(hours=1)
DAY = timedelta(days=1)


def newest(kind: str, good: bool | None = True) -> Run | None:
    """The latest run of this kind; ``good`` None = however it ended."""
    runs = Run.objects.filter(kind=kind)
    return (runs if good is None else runs.filter(good=good)).order_by("-ended_at").first()


def last_night(site: Settings, at: datetime) -> datetime:
    """The latest moment not after ``at`` at which a backup was to be taken."""
    zone = ZoneInfo(site.zone)
    hour, minute = (int(part) for part in site.backup_at.split(":"))
    here = at.astimezone(zone)
    moment = datetime.combine(here.date(), time(hour, minute), zone)
    if moment > here:
        moment = datetime.combine(here.date() - timedelta(days=1), time(hour, minute), zone)
    return moment


def backup_due(site: Settings, at: datetime) -> bool:
    """Whether the last night's backup is still owed: a machine that was off at the hour takes it when it is back.

    A site that did not stand yet at that hour owes none; one that failed is tried again after an hour.
    """
    hour = last_night(site, at)
    good = newest(Run.BACKUP)
    since = good.begun_at if good else _standing_since()
    return since is not None and since < hour and _not_just_tried(Run.BACKUP, at)


def backup_too_old(at: datetime) -> bool:
    """Whether no backup went well for longer than a night and two hours, on a site that stands so long."""
    good = newest(Run.BACKUP)
    since = good.ended_at if good else _standing_since()
    return since is not None and at - since > OLD_BACKUP


def drill_due(at: datetime) -> bool:
    """Whether the monthly drill is owed: there is a backup, and none was tried for a month.

    One that had no key for an encrypted backup counts as tried until there is one: an hour later there is none either.
    One that failed (a wrong key, no room) is tried again after one, two, four … hours, in the end once a day.
    """
    backup, drill, last = newest(Run.BACKUP), newest(Run.DRILL), newest(Run.DRILL, good=None)
    if last is not None and last.report.get("unopened"):
        return settings.SITE.backup_identity is not None or at - last.ended_at >= BETWEEN_DRILLS
    owed = drill is None or at - drill.ended_at >= BETWEEN_DRILLS
    return backup is not None and owed and _not_just_tried(Run.DRILL, at, longest=DAY)


def _not_just_tried(kind: str, at: datetime, *, longest: timedelta = AGAIN_AFTER) -> bool:
    """Whether what failed may be tried again: after an hour, and each time twice as long up to ``longest``."""
    last = newest(kind, good=None)
    if last is None or last.good:
        return True
    failed = Run.objects.filter(kind=kind, good=False)
    good = newest(kind)
    times = (failed if good is None else failed.filter(ended_at__gt=good.ended_at)).count()
    return at - last.ended_at >= min(AGAIN_AFTER * 2 ** min(times - 1, 10), longest)


def _standing_since() -> datetime | None:
    first = MigrationRecorder(connection).migration_qs.order_by("applied").first()
    return first.applied if first else None


@contextmanager
def alone(kind: str) -> Iterator[bool]:
    """Whether nobody else on any machine is at the same kind of run, and nobody will be until this ends.

    Wider than the lock a backup itself takes: what was done is on record before the next asks whether it is due.
    """
    key = f"bihuan keeping {kind}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def somebody_at_it() -> bool:
    """Whether a backup of this database is being taken now, by whichever machine."""
    with connection.cursor() as cursor:
        return running(cursor)

"""What an administrator must hear of at once: no room left, a clock that runs wrong, numbers looked at. Once a day."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from bihuan.casework.privacy import queries as privacy
from bihuan.ground.ids import new_id
from bihuan.ground.room import free_megabytes
from bihuan.journal.actions import NewEntry, NewLetter, lay_letters, write
from bihuan.journal.models import Entry
from bihuan.people import queries as people
from bihuan.people.actions import HOUSE
from bihuan.procedure.definition import Text

from .keeping import queries as keeping
from .shortage import WORDS, short

log = logging.getLogger("bihuan.watching")

VERB = "warn-administrators"
ABOUT = "site"
# seconds this machine's clock may differ from the database server's before somebody is told
DRIFT_AT_MOST = 5.0


def drift(at: datetime) -> float:
    """Seconds by which ``at``, read from this machine's clock just now, is ahead of the database server's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return (at - cursor.fetchone()[0]).total_seconds()


def troubles(at: datetime) -> dict[str, Text]:
    """What is wrong now, by name; ``at`` must have been read from the clock just now."""
    found = {}
    if short():
        left = free_megabytes(settings.DATA)
        found["room"] = Text(f"{WORDS.zh}（剩余 {left} MB）", f"{WORDS.en} ({left} MB left)")
    ahead = drift(at)
    if abs(ahead) > DRIFT_AT_MOST:
        found["clock"] = Text(
            f"这台机器的时钟与数据库服务器相差 {ahead:+.0f} 秒，时限和先后会记错，请校时",
            f"The clock of this machine differs from the database server's by {ahead:+.0f} s; please set it right",
        )
    if keeping.backup_too_old(at):
        found["backup"] = Text(
            "超过 26 小时没有成功的备份，请看首页“系统状态”并运行 bihuan backup",
            "No backup went well for more than 26 hours; see the state on the home page and run bihuan backup",
        )
    return found | _looked_at_numbers(at)


def _looked_at_numbers(at: datetime) -> dict[str, Text]:
    """Who had more whole numbers shown today than the site allows a day; named by day and person, so told once."""
    limit = privacy.policy().reveals_a_day
    return {
        f"reveals {day} {doer}": Text(
            f"{doer} 今天查看完整号码 {count} 次，超过每天 {limit} 次，请看 /privacy/reveals/",
            f"{doer} had {count} whole numbers shown today, more than {limit} a day; see /privacy/reveals/",
        )
        for day, doer, count in privacy.looking_too_often(at)
    }


def warn(at: datetime) -> int:
    """Write to every administrator about each trouble, once a day each; returns how many letters were laid."""
    laid = 0
    for name, words in troubles(at).items():
        log.error("trouble %s: %s", name, words.en)
        laid += _tell(name, words, at)
    return laid


@transaction.atomic
def _tell(name: str, words: Text, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{VERB} {name}"])
    told = Entry.objects.filter(verb=VERB, about_kind=ABOUT, about_id=name, done_at__gt=at - timedelta(days=1))
    administrators = people.administrators()
    if not administrators or told.exists():
        return 0
    identity = new_id(at)
    laid = lay_letters(
        NewLetter(
            entry_id=identity, key=f"{identity}:{person.username}", to_kind="person", to=person.username,
            subject=words.zh[:60], body=f"{words.zh}\n{words.en}",
        )
        for person in administrators
    )  # fmt: skip
    write(
        NewEntry(
            id=identity, chain=HOUSE, verb=VERB, doer_kind="clock", doer="", done_at=at, recorded_at=at,
            about_kind=ABOUT, about_id=name, about_number=name,
            content={"answers": {"to": [one.username for one in administrators], "words": words.zh}},
        )
    )  # fmt: skip
    return len(laid)


def notices() -> list[Text]:
    """What stands at the top of every page while it lasts."""
    return [WORDS] if short() else []

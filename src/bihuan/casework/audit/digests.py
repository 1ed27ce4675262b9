"""The daily digests: which days have one, whether the book still stands as it was sealed, and their way out by mail."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from apprise import Apprise
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from bihuan.ground.system_user import give, house_folder
from bihuan.journal.actions import NewEntry, write
from bihuan.journal.encoding import sheet_hash
from bihuan.journal.findings import Finding
from bihuan.journal.letters import wait_after
from bihuan.journal.models import ChainHead, Digest, Entry
from bihuan.journal.verify import verify
from bihuan.people.actions import HOUSE
from bihuan.people.messages.sending import MOST_TRIES, NotSent, library_address
from bihuan.procedure.definition import Text

from .errors import NoDigest
from .models import DigestMail

log = logging.getLogger("bihuan.audit")

FORMAT = "bihuan-digest-1"
MOST_BYTES = 4 * 1024 * 1024
AT_ONCE = 20_000
"""Up to so many entries are recomputed while the page is waited for; beyond it the command line does it."""
DAYS = 62

# ------------------------------------------------------------------------------------------------------------ days


@dataclass(frozen=True)
class Day:
    """One day: its digest, or None where there ought to be one and is none."""

    day: date
    digest: Digest | None
    mails: tuple[DigestMail, ...] = ()


def days(until: date, today: date) -> list[Day]:
    """The days up to ``until``, newest first, from the first day ever sealed; at most ``DAYS``.

    A day is sealed after its end: today never has one, and yesterday's is missing only from noon on – until then it is
    left out where there is none.
    """
    first = Digest.objects.order_by("day").values_list("day", flat=True).first()
    if first is None:
        return []
    last = min(until, today - timedelta(days=1))
    start = max(first, last - timedelta(days=DAYS - 1))
    there = {one.day: one for one in Digest.objects.filter(day__gte=start, day__lte=last)}
    mails: dict[date, list[DigestMail]] = {}
    for one in DigestMail.objects.filter(day__gte=start, day__lte=last).order_by("address"):
        mails.setdefault(one.day, []).append(one)
    span = [last - timedelta(days=back) for back in range((last - start).days + 1)]
    return [Day(one, there.get(one), tuple(mails.get(one, ()))) for one in span]


def missing(today: date) -> int:
    """How many days since the first one have no digest."""
    found = list(Digest.objects.filter(day__lt=today).order_by("day").values_list("day", flat=True))
    return (today - found[0]).days - len(found) if found else 0


# --------------------------------------------------------------------------------------------------------- comparing


@dataclass(frozen=True)
class Head:
    """One chain as it was sealed, and as it stands: ``found`` is what the sealed entry's hash reads now."""

    chain: str
    seq: int
    sealed: str
    found: str
    now: int

    @property
    def stands(self) -> bool:
        return self.found == self.sealed


@dataclass(frozen=True)
class Compared:
    """What came of holding a digest against the book. ``own``: what the house itself sealed that day; None = nothing.

    ``findings``: from recomputing every entry; None where there are too many for a page.
    """

    sheet: dict[str, Any]
    whole: bool
    own: bool | None
    heads: tuple[Head, ...]
    findings: tuple[Finding, ...] | None

    @property
    def sound(self) -> bool:
        damaged = any(one.damage for one in self.findings or ())
        return self.whole and self.own is not False and all(one.stands for one in self.heads) and not damaged


def read(content: bytes) -> dict[str, Any]:
    """The sheet of a digest file. Raises NoDigest."""
    try:
        sheet = json.loads(content.decode("utf-8-sig"))
        if sheet["format"] != FORMAT or not isinstance(sheet["chains"], dict):
            raise NoDigest
        date.fromisoformat(sheet["day"])
        for seq, newest in sheet["chains"].values():
            if not isinstance(seq, int) or len(bytes.fromhex(newest)) != 32:
                raise NoDigest
        bytes.fromhex(sheet["hash"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NoDigest from error
    return dict(sheet)


def standing(sheet: dict[str, Any]) -> tuple[Head, ...]:
    """Every chain of the sheet against the entry that was its newest then. Reads the whole house."""
    now = {one.chain: one.seq for one in ChainHead.objects.all()}
    found = []
    for chain, (seq, newest) in sorted(sheet["chains"].items()):
        there = Entry.objects.filter(chain=chain, seq=seq).values_list("hash", flat=True).first() if seq > 0 else None
        found.append(Head(chain, seq, newest, bytes(there).hex() if there else "", now.get(chain, 0)))
    return tuple(found)


def compare(content: bytes) -> Compared:
    """Hold a digest from outside against the book: its own hash, the day's digest, every chain – and, where there are
    few enough entries, everything recomputed. Raises NoDigest."""
    if len(content) > MOST_BYTES:
        raise NoDigest(Text("文件太大", "The file is too large"))
    sheet = read(content)
    whole = sheet_hash(sheet) == bytes.fromhex(sheet["hash"])
    kept = Digest.objects.filter(day=sheet["day"]).first()
    few = sum(ChainHead.objects.values_list("seq", flat=True)) <= AT_ONCE
    return Compared(
        sheet=sheet,
        whole=whole,
        own=None if kept is None else bytes(kept.hash).hex() == sheet["hash"],
        heads=standing(sheet),
        findings=tuple(verify(connection, sheet)) if few else None,
    )


# -------------------------------------------------------------------------------------------------------------- mail

Send = Callable[[str, str, str, Path], None]


def file_of(day: date) -> Path:
    """Where the digest of a day lies as a file."""
    return Path(settings.DATA) / "digests" / f"{day.isoformat()}.json"


def filed(digest: Digest) -> Path:
    """Write the digest of a day as the file that can leave the machine."""
    file = file_of(digest.day)
    house_folder(file.parent)
    file.write_text(digest.text, encoding="utf-8")
    give(file)
    return file


def to_be_mailed(digest: Digest, addresses: Iterable[str], at: datetime) -> None:
    """Remember that this digest is to go to each address; asked again nothing is doubled."""
    DigestMail.objects.bulk_create(
        [DigestMail(day=digest.day, address=one, next_try=at) for one in dict.fromkeys(addresses)],
        ignore_conflicts=True,
    )


def send_by_mail(address: str, title: str, body: str, file: Path) -> None:
    """The real way out: a mail with the file. Raises NotSent."""
    where = library_address("mail", address)
    if not where:
        raise NotSent("没有设置发信账户（mail-address）/ no mail account is set")
    way = Apprise()
    if not way.add(where) or not way.notify(title=title, body=body, attach=str(file)):
        raise NotSent("对方没有收下 / the other side did not take it")


def send_due(now: datetime, send: Send = send_by_mail, limit: int = 50) -> int:
    """Send what is due, each with an entry once it went; returns how many went. Several workers share them."""
    went = 0
    for _turn in range(limit):
        with transaction.atomic():
            due = DigestMail.objects.select_for_update(skip_locked=True)
            one = due.filter(state=DigestMail.State.WAITING, next_try__lte=now).order_by("next_try", "id").first()
            if one is None:
                break
            went += _send(one, now, send)
    return went


def _send(one: DigestMail, now: datetime, send: Send) -> bool:
    digest = Digest.objects.get(day=one.day)
    one.attempts += 1
    try:
        file = file_of(one.day)
        if not file.is_file():
            filed(digest)
        send(one.address, f"闭环 {one.day} 记事摘要 / journal digest", words(digest), file)
    except Exception as error:  # whatever the library raises must not hold up the next address
        log.warning("digest not sent", extra={"day": str(one.day)})
        one.last_error = str(error)[:500]
        one.next_try = now + wait_after(one.attempts)
        one.state = DigestMail.State.FAILED if one.attempts >= MOST_TRIES else DigestMail.State.WAITING
        one.save()
        return False
    one.state, one.sent_at, one.last_error = DigestMail.State.SENT, now, ""
    one.save()
    day = one.day.isoformat()
    write(
        NewEntry(
            chain=HOUSE, about_kind="digest", about_id=day, about_number=day, verb="mail-digest", doer_kind="clock",
            doer="", done_at=now, recorded_at=now,
            content={"answers": {"to": one.address, "hash": bytes(digest.hash).hex()}},
        )
    )  # fmt: skip
    return True


def words(digest: Digest) -> str:
    """What the mail says: enough to hold the book against it even when the file is lost."""
    sheet = json.loads(digest.text)
    sealed = timezone.localtime(digest.sealed_at).strftime("%Y-%m-%d %H:%M:%S")
    lines = [f"{chain} · {seq} · {newest}" for chain, (seq, newest) in sorted(sheet["chains"].items())]
    return "\n".join(
        [
            f"{digest.day} · {sealed}",
            f"散列 / hash {bytes(digest.hash).hex()}",
            f"前一份 / previous {sheet['previous']}",
            *lines,
            "",
            "请保存所附文件；核对：bihuan verify --digest 文件，或在“每日摘要”页上传比较。",
            "Keep the file attached. To check: bihuan verify --digest FILE, or the page of daily digests.",
        ]
    )

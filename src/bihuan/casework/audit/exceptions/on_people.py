"""Exceptions at the desk and at the door: many numbers seen, bulk exports, people shut out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.utils import timezone

from bihuan.journal.models import Entry
from bihuan.procedure.definition import Text

from .base import LOOKED_AT, Catalogued, Found, Period, with_content

REVEALS = ("reveal", "number-shown")
EXPORT = "export"
LOCK_OUT = "lock-out"


def reveals(period: Period) -> Iterator[Found]:
    """One finding for a person and day on which as many whole numbers were seen as the threshold, newest first."""
    by_day: dict[tuple[date, str], list[Entry]] = defaultdict(list)
    for entry in period.entries().filter(verb__in=REVEALS)[:LOOKED_AT].iterator(chunk_size=500):
        by_day[timezone.localdate(entry.recorded_at), entry.doer].append(entry)
    for (_day, who), entries in sorted(by_day.items(), reverse=True):
        if len(entries) >= period.numbers["reveals-a-day"]:
            words = Text(f"一天查看 {len(entries)} 个完整电话", f"{len(entries)} whole numbers seen in a day")
            numbers = tuple(dict.fromkeys(one.about_number for one in entries if one.about_kind == "note"))
            yield Found(
                at=entries[0].recorded_at,
                who=who,
                outlet=entries[0].chain,
                entry=entries[0].pk,
                words=words,
                also=numbers,
            )


def bulk_exports(period: Period) -> Iterator[Found]:
    """Lists taken out as files, of as many rows as the threshold."""
    for entry in with_content(period.entries().filter(verb=EXPORT)):
        told = (entry.content or {}).get("answers") or {}
        rows = told.get("count")
        if isinstance(rows, int) and rows >= period.numbers["export-rows"]:
            name = str(told.get("list", ""))
            words = Text(
                f"{name} · {rows} 行 · {told.get('format', '')}", f"{name} · {rows} rows · {told.get('format', '')}"
            )
            yield Found(at=entry.recorded_at, who=entry.doer, outlet=entry.chain, entry=entry.pk, words=words)


def lock_outs(period: Period) -> Iterator[Found]:
    """Accounts and addresses shut out after too many wrong tries."""
    for entry in with_content(period.entries().filter(verb=LOCK_OUT)):
        told = (entry.content or {}).get("answers") or {}
        address = str(told.get("address", ""))
        if told.get("known"):
            words = Text(f"试错次数过多，来自 {address}", f"Too many wrong tries, from {address}")
        else:
            words = Text(f"账号不存在，来自 {address}", f"No such account, from {address}")
        yield Found(at=entry.recorded_at, who=entry.about_number, outlet=entry.chain, entry=entry.pk, words=words)


CATALOGUE = (
    Catalogued(
        "reveals",
        Text("大量查看完整电话", "Many numbers seen whole"),
        Text(
            "同一人同一天查看被遮盖的电话达到阈值。",
            "One person saw as many masked numbers whole in a day as the threshold.",
        ),
        reveals,
        ("reveals-a-day",),
    ),
    Catalogued(
        "bulk-exports",
        Text("批量导出", "Bulk exports"),
        Text("一次导出的行数达到阈值。", "One export of as many rows as the threshold."),
        bulk_exports,
        ("export-rows",),
    ),
    Catalogued(
        "lock-outs",
        Text("登录锁定", "Shut out at the door"),
        Text("连续试错，账号或地址被锁定。", "An account or address was shut out after too many wrong tries."),
        lock_outs,
    ),
)

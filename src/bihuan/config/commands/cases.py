"""``explain CASE``, ``verify`` and ``marks``: what was promised, whether the book still says what it said, what
cases are found by."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from .django import ready
from .saying import Bar, put, put_json, tell, verb

REPLAYING = "重放 / replay"


def add_to(verbs: Any) -> None:
    explaining = verb(verbs, "explain", explain, "every promise of a case, span by span", "bihuan explain BX2026-00001")
    explaining.add_argument("case")
    verifying = verb(verbs, "verify", verify, "recompute the chains and replay every case", "bihuan verify")
    verifying.add_argument("--digest", type=Path, help="a sealed digest that left the machine")
    verifying.add_argument("--chains", action="store_true", help="only the chains: no case is replayed")
    verb(verbs, "marks", marks, "make anew what cases are found by, from what they say now", "bihuan marks")


def explain(chosen: Any) -> int:
    """Prints the spans that add up to each promise; 1 when there is no such case."""
    ready()
    from django.utils import timezone

    from bihuan.casework import reading
    from bihuan.casework.models import Case

    case = Case.objects.filter(number=chosen.case).first()
    if case is None:
        tell(f"没有编号为 {chosen.case} 的事项 / no case {chosen.case}")
        return 1
    explained = reading.deadlines(case, timezone.now())
    if chosen.json:
        put_json(explained)
        return 0
    for one in explained:
        for line in _told(one, chosen.language):
            put(line)
    return 0


def _told(one: Any, language: str) -> list[str]:
    """One promise as lines: what was promised, every span, the sum."""
    zone = ZoneInfo(one.zone)
    lines = [f"{one.title.say(language)} ({one.document} {one.clause}) {one.promise.say(language)}: {one.standing}"]
    for span in one.spans:
        counted = f"+{span.amount}" if span.counted else "–"
        begin, end = (moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") for moment in (span.start, span.end))
        lines.append(f"  {begin} → {end}  {counted:>6}  {span.reason.say(language)} {span.clause}".rstrip())
    lines.append(f"  = {one.used}/{one.promised} {one.unit} · {one.calendar} · {'✓' if one.proved else '✗'}")
    return lines


def marks(chosen: Any) -> int:
    """Prints how many cases were found by something they do not say any more, or not by all they say."""
    ready()
    from bihuan.casework.models import Case
    from bihuan.casework.remarking import renew

    bar, total = Bar(), Case.objects.count()
    changed = renew(lambda done: bar("标记 / marks", done, total))
    bar.end()
    put_json({"cases": total, "changed": changed}) if chosen.json else put(f"{changed} / {total}")
    return 0


def verify(chosen: Any) -> int:
    """0 when the book is whole, 1 with the first edited, removed or inserted entry named."""
    ready()
    digest = chosen.digest.read_text(encoding="utf-8") if chosen.digest else None
    bar = Bar()
    told = JsonFindings() if chosen.json else PlainFindings(chosen.language, counting=bar.shown)
    begun = time.monotonic()
    for finding in _findings(digest, bar, replaying=not chosen.chains):
        bar.end()
        told.add(finding)
    bar.end()
    told.end(time.monotonic() - begun, bar.counted)
    return 1 if told.damaged else 0


def _findings(digest: str | None, bar: Any, *, replaying: bool) -> Iterator[Any]:
    """First what the chains say, then what replaying every case says; nothing of it is held."""
    from django.db import connection, transaction

    from bihuan.casework.models import Case
    from bihuan.casework.replay import differences
    from bihuan.journal.verify import verify as verify_chains

    with transaction.atomic():
        # one moment for everything: a case that moves on while the site runs must not look like damage
        connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield from verify_chains(connection, digest, bar)
        if replaying:
            total = Case.objects.count()
            yield from differences(Case.objects.order_by("id"), lambda done: bar(REPLAYING, done, total))


class PlainFindings:
    """Findings as lines, each as it is found; ``counting`` = somebody sits before it and is told how much it was."""

    def __init__(self, language: str, *, counting: bool) -> None:
        self.language, self.counting, self.damaged = language, counting, False

    def add(self, finding: Any) -> None:
        """One finding of the chains, or one difference of a replay."""
        replayed = not hasattr(finding, "damage")
        self.damaged = self.damaged or replayed or finding.damage
        words = finding.words.say(self.language)
        put(f"{finding.number} #{finding.entry}: {words}" if replayed else words)

    def end(self, seconds: float, counted: dict[str, int]) -> None:
        """The last line says it all."""
        cases = counted.pop(REPLAYING, 0)
        entries = sum(counted.values())
        if self.counting:
            tell(f"{entries:,} 条记录 / entries · {cases:,} 个事项重放 / cases replayed · {seconds:.1f} s")
        put("有损 / damaged" if self.damaged else "完好 / whole")


class JsonFindings:
    """Findings as one JSON document, written as they are found: however many there are, none is held."""

    def __init__(self) -> None:
        self.damaged = False
        self._part, self._first = "findings", True
        sys.stdout.write('{"findings":[')

    def add(self, finding: Any) -> None:
        """Differences of the replay come behind the findings of the chains."""
        replayed = not hasattr(finding, "damage")
        self.damaged = self.damaged or replayed or finding.damage
        self._turn("replay" if replayed else "findings")
        sys.stdout.write(("" if self._first else ",") + msgspec.json.encode(finding, enc_hook=str).decode())
        self._first = False

    def _turn(self, part: str) -> None:
        if part != self._part:
            sys.stdout.write(f'],"{part}":[')
            self._part, self._first = part, True

    def end(self, seconds: float, counted: dict[str, int]) -> None:
        """Close what was begun, and say how much was looked at."""
        self._turn("replay")
        cases = counted.pop(REPLAYING, 0)
        whole = "false" if self.damaged else "true"
        about = {"chains": counted, "entries": sum(counted.values()), "cases": cases, "seconds": round(seconds, 3)}
        put(f'],"whole":{whole},"read":{msgspec.json.encode(about).decode()}}}')

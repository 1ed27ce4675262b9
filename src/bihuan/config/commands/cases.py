"""``explain CASE`` and ``verify``: what was promised, and whether the book still says what it said."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .django import ready
from .saying import put, put_json, tell, verb


def add_to(verbs: Any) -> None:
    explaining = verb(verbs, "explain", explain, "every promise of a case, span by span", "bihuan explain BX2026-00001")
    explaining.add_argument("case")
    verifying = verb(verbs, "verify", verify, "recompute the chains and replay every case", "bihuan verify")
    verifying.add_argument("--digest", type=Path, help="a sealed digest that left the machine")


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


def verify(chosen: Any) -> int:
    """0 when the book is whole, 1 with the first edited, removed or inserted entry named."""
    ready()
    from django.db import connection, transaction

    from bihuan.casework.models import Case
    from bihuan.casework.replay import differences
    from bihuan.journal.verify import verify as verify_chains

    digest = chosen.digest.read_text(encoding="utf-8") if chosen.digest else None
    with transaction.atomic():
        # one moment for everything: a case that moves on while the site runs must not look like damage
        connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        findings = list(verify_chains(connection, digest))
        replayed = list(differences(Case.objects.order_by("id")))
    damage = [finding for finding in findings if finding.damage]
    if chosen.json:
        put_json({"findings": findings, "replay": replayed})
    else:
        for finding in findings:
            put(finding.words.say(chosen.language))
        for one in replayed:
            put(f"{one.number} #{one.entry}: {one.words.say(chosen.language)}")
        put("完好 / whole" if not damage and not replayed else "有损 / damaged")
    return 1 if damage or replayed else 0

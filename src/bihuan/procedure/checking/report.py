"""Faults and findings as lines for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from .fault import Fault


class Judged(Protocol):
    """What a reading found."""

    @property
    def faults(self) -> tuple[Fault, ...]: ...

    @property
    def findings(self) -> tuple[Fault, ...]: ...


def report_lines(result: Judged, language: str = "zh") -> list[str]:
    """``file:line clause: words [code]``, the corrected text indented below, and a count at the end."""
    lines: list[str] = []
    chinese = language != "en"
    for heading, found in (
        ("错误" if chinese else "Faults", result.faults),
        ("提示" if chinese else "Findings", tuple(f for f in result.findings if not f.accepted)),
        ("已接受的提示" if chinese else "Accepted findings", tuple(f for f in result.findings if f.accepted)),
    ):
        if found:
            lines.append(f"{heading}（{len(found)}）" if chinese else f"{heading} ({len(found)})")
            for fault in found:
                lines += _said(fault, language)
    if not lines:
        lines.append("没有错误，没有提示。" if chinese else "No faults, no findings.")
    return lines


def _said(fault: Fault, language: str) -> Iterator[str]:
    clause = f" {fault.clause}" if fault.clause else ""
    yield f"  {fault.file}:{fault.line}{clause}: {fault.words.say(language)} [{fault.code}]"
    if fault.corrected:
        write = "请写" if language != "en" else "write"
        first, *rest = fault.corrected.split("\n")
        yield f"      {write}: {first}"
        for line in rest:
            yield f"          {line}"
    if fault.accepted:
        yield f"      {'理由' if language != 'en' else 'reason'}: {fault.accepted}"

"""The arithmetic of warranty: plain functions of what is known, so that a decision can be reckoned again for ever.

A period of months ends on the day of the same number in its last month, on the month's last day where there is none
(民法典 §202); the day it begins is not counted (§201), the day it ends is (§203). That a period ends later when its
last day is a holiday (§203) is not applied: terms of warranty name their own end.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from bihuan.procedure.definition import Text

IN, OUT = "in", "out"
INVOICE, ACCEPTANCE = "invoice", "acceptance"
UNKNOWN = Text("保修不明", "Warranty unknown")
_NARROWEST_FIRST = ("product", "line", "all")


@dataclass(frozen=True)
class Finding:
    """What comes out: ``status`` "in", "out" or None (unknown), the last day covered, the rule and the proof behind it.

    ``terms`` is the id of the terms that apply, ``inputs`` everything it was reckoned from (JSON).
    """

    status: str | None
    ends: date | None = None
    rule: str = ""
    proof: str = ""
    words: Text = UNKNOWN
    terms: str = ""
    start: date | None = None
    exclusions: tuple[str, ...] = ()
    inputs: dict[str, Any] | None = None


def after_months(start: date, months: int) -> date:
    """The last day of ``months`` months from ``start``: the same day of the month, else the month's last."""
    total = start.month - 1 + months
    year, month = start.year + total // 12, total % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def reckon(inputs: dict[str, Any], day: date) -> Finding:
    """Whether ``day`` lies within the warranty, from ``inputs`` alone.

    ``inputs``: ``registration`` {start, proof} or None · ``invoice_on``, ``invoice_number``, ``accepted_on`` of the
    device · ``bought_on`` as stated on a form · ``terms``: every set of terms for this model, its line or everything,
    each with id, scope, months, starts, valid_from, valid_until, document, clause, exclusions. Days are ISO text.
    The narrowest scope that has terms for the day the warranty begins applies. A wider one only where the narrower ones
    certainly do not: terms whose beginning nobody knows leave it unknown, and so do two that both fit.
    """
    terms = list(inputs.get("terms") or [])
    if not terms:
        return Finding(None, words=Text("没有适用的保修条款", "No terms of warranty apply"), inputs=inputs)
    for scope in _NARROWEST_FIRST:
        begun = [
            (one, *_start(inputs, one["starts"])) for one in _in_order(one for one in terms if one["scope"] == scope)
        ]
        fitting = [(one, start, proof) for one, start, proof in begun if start is not None and _holds(one, start)]
        if len(fitting) == 1:
            return _found(inputs, *fitting[0], day)
        if fitting:
            words = Text("同时适合两条保修条款，须人来定", "Two terms of warranty fit: somebody has to decide")
            return Finding(None, words=words, inputs=inputs)
        if any(start is None for _one, start, _proof in begun):
            words = Text("不知道保修从哪天算起", "Nobody knows from which day the warranty runs")
            return Finding(None, words=words, inputs=inputs)
    return Finding(
        None, words=Text("起算那天没有有效的保修条款", "No terms were valid on the day it began"), inputs=inputs
    )


def _found(inputs: dict[str, Any], terms: dict[str, Any], start: date, proof: Text, day: date) -> Finding:
    try:
        ends = after_months(start, int(terms["months"]))
    except (ValueError, OverflowError):
        return Finding(None, words=Text("日期超出历法", "The day lies beyond the calendar"), inputs=inputs)
    status = IN if day <= ends else OUT
    rule = f"{terms['document']} {terms['clause']}".strip()
    months = terms["months"]
    until = (
        Text(f"保修至 {ends}", f"covered until {ends}") if status == IN else Text(f"已于 {ends} 到期", f"ended {ends}")
    )
    words = Text(
        f"{until.zh}：{proof.zh}起 {months} 个月（{rule}）", f"{until.en}: {months} months from {proof.en} ({rule})"
    )
    excluded = tuple(terms.get("exclusions") or ())
    return Finding(status, ends, rule, proof.zh, words, str(terms["id"]), start, excluded, inputs)


def _start(inputs: dict[str, Any], starts: str) -> tuple[date | None, Text]:
    """The day the warranty begins and what proves it: a registration, the device's own day, what the form states.

    Terms that run from acceptance are never begun by an invoice, nor the other way round.
    """
    registered = inputs.get("registration")
    if registered:
        start = registered["start"]
        return date.fromisoformat(start), Text(f"登记 {start}（{registered['proof']}）", f"registration {start}")
    if starts == INVOICE and inputs.get("invoice_on"):
        start, number = inputs["invoice_on"], inputs.get("invoice_number") or ""
        return date.fromisoformat(start), Text(f"发票 {start} {number}".strip(), f"invoice {start} {number}".strip())
    if starts == ACCEPTANCE and inputs.get("accepted_on"):
        start = inputs["accepted_on"]
        return date.fromisoformat(start), Text(f"验收 {start}", f"acceptance {start}")
    if inputs.get("bought_on") and not inputs.get("invoice_on") and not inputs.get("accepted_on"):
        start = inputs["bought_on"]
        return date.fromisoformat(start), Text(f"表上所填日期 {start}", f"the day stated on the form, {start}")
    return None, Text("", "")


def _holds(terms: dict[str, Any], day: date) -> bool:
    until = terms.get("valid_until")
    return date.fromisoformat(terms["valid_from"]) <= day and (not until or day <= date.fromisoformat(until))


def _in_order(terms: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(terms, key=lambda one: (one["valid_from"], str(one["id"])))

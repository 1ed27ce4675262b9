"""Exceptions in the course of cases: changed after the end, promises moved, one's own request approved, departures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F

from bihuan.journal import queries as journal
from bihuan.journal.models import Entry
from bihuan.procedure.definition import Definition, Text
from bihuan.registers.documents import queries as documents

from ...definitions import definition_for
from ...models import Case
from ...pages import inbox
from .. import titles
from .base import LOOKED_AT, Catalogued, Found, Period, cases_of, in_chunks, with_content

STANDING = ("correct", "cancel", "depart", "merge", "reassign")
"""What the engine lets be done at any time; the names are its own."""
FIGURES = frozenset({"money", "number"})


def _of_case(entry: Entry, words: Text, **more: Any) -> Found:
    return Found(
        at=entry.recorded_at, who=entry.doer, number=entry.about_number, outlet=entry.chain, entry=entry.pk,
        words=words, clause=f"{entry.document} {entry.clause}".strip(), **more,
    )  # fmt: skip


def _happened(entry: Entry, kind: str) -> list[dict[str, Any]]:
    return [one for one in (entry.content or {}).get("happenings") or () if one.get("kind") == kind]


# ------------------------------------------------------------------------------------------- changed after closing


def _after_the_end(definition: Definition) -> set[str]:
    """The acts a procedure lets be done at one of its ends."""
    ends = {step.name for step in definition.steps.values() if step.end}
    return {act.name for act in definition.acts.values() if ends & set(act.at)}


def changed_after_closing(period: Period) -> Iterator[Found]:
    """Acts of people on a case whose entry before it had ended it."""
    verbs = set(STANDING).union(*(_after_the_end(one) for one in titles.definitions()))
    entries = period.entries().filter(about_kind="case", doer_kind="person", verb__in=verbs)
    for chunk in in_chunks(with_content(entries)):
        cases = cases_of(chunk)
        history = journal.entries_about_many("case", {one.about_id for one in chunk})
        for entry in chunk:
            case = cases.get(entry.about_id)
            ended = case and _ended_before(definition_for(case), history[entry.about_id], entry)
            if ended:
                words = Text(f"办结于 {_short(ended)}，之后又办理", f"Closed {_short(ended)}, acted on afterwards")
                yield _of_case(entry, words)


def _ended_before(definition: Definition, history: list[Entry], entry: Entry) -> datetime | None:
    """When the case had come to its end before ``entry``; None where it was under way."""
    ended = None
    for one in history:
        if one.position >= entry.position:
            break
        step = str(((one.content or {}).get("answer") or {}).get("step", ""))
        if step in definition.steps:
            ended = (ended or one.done_at) if definition.steps[step].end else None
    return ended


# ------------------------------------------------------------------------------------- deadline changed after breach


def _may_move(definition: Definition) -> set[str]:
    """The acts that fill in what a promise hangs on: only these, corrections and mergers can move one."""
    asked = {key.partition(".")[0] for deadline in definition.deadlines.values() for key in _keys(deadline)}
    acts = {act.name for act in definition.acts.values() if act.form in asked}
    return acts - {definition.opening.act}


def _keys(value: Any) -> Iterator[str]:
    """Every name an answer is asked by, wherever it stands in a promise."""
    if isinstance(value, str):
        if "." in value:
            yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _keys(one)
    elif isinstance(value, dict):
        for one in (*value, *value.values()):
            yield from _keys(one)
    elif hasattr(value, "__struct_fields__"):
        for name in value.__struct_fields__:
            if name not in ("origin", "title"):
                yield from _keys(getattr(value, name))


def deadline_after_breach(period: Period) -> Iterator[Found]:
    """A promise moved, or held kept, by somebody when its moment had already passed."""
    verbs = {"correct", "absorb"}.union(*(_may_move(one) for one in titles.definitions()))
    entries = period.entries().filter(about_kind="case", verb__in=verbs)
    for entry in with_content(entries):
        for one in _happened(entry, "deadline-moved"):
            before = _moment((one.get("data") or {}).get("from"))
            after = _moment((one.get("data") or {}).get("due"))
            # acts done offline in time are no breach: what counts is when it was done, not when it came in
            if before and after and before < entry.done_at and after > before:
                words = Text(
                    f"原截止 {_short(before)} 已过，改为 {_short(after)}",
                    f"Due {_short(before)} had passed; moved to {_short(after)}",
                )
                yield _of_case(entry, words)
                break


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


# --------------------------------------------------------------------------------------------------- self-approval


def _deciding(definition: Definition) -> frozenset[str]:
    """The acts by which something is decided; reckoned once for each definition, which never changes."""
    if id(definition) not in _DECIDING:
        # the definition is kept with it, so that its id stays its own
        _DECIDING[id(definition)] = (definition, frozenset(_read_deciding(definition)))
    return _DECIDING[id(definition)][1]


_DECIDING: dict[int, tuple[Definition, frozenset[str]]] = {}


def _read_deciding(definition: Definition) -> set[str]:
    found = set()
    for act in definition.acts.values():
        stages = {definition.steps[step].stage for step in act.at if step in definition.steps}
        if not act.standing and any(inbox.decision(definition, act, stage) for stage in stages):
            found.add(act.name)
    return found


def self_approval(period: Period) -> Iterator[Found]:
    """A decision by whoever asked for it: the doer (or in whose stead) of the last act that was no decision."""
    verbs = set().union(*(_deciding(one) for one in titles.definitions()))
    posts = titles.posts_of(inbox.DECIDERS)
    entries = period.entries().filter(about_kind="case", doer_kind="person", verb__in=verbs, post__in=posts)
    for chunk in in_chunks(entries[:LOOKED_AT].iterator(chunk_size=500)):
        cases = cases_of(chunk)
        above = {one.parent for one in cases.values() if one.parent}
        history = journal.entries_about_many("case", {*cases, *(str(one.pk) for one in above)}, content=False)
        for entry in chunk:
            case = cases.get(entry.about_id)
            if case is None or not _decider(case, entry.post):
                continue
            asked = _asked_by(case, entry, history)
            if asked and {asked.doer, asked.instead_of} & {entry.doer, entry.instead_of} - {""}:
                words = Text(
                    f"本人（{asked.doer}）于 {_short(asked.done_at)} 提出",
                    f"Asked for by the same person ({asked.doer}) {_short(asked.done_at)}",
                )
                yield _of_case(entry, words)


def _decider(case: Case, post: str) -> bool:
    held = documents.pack_of(case.version).posts.get(post)
    return held is not None and held.role in inbox.DECIDERS


def _asked_by(case: Case, entry: Entry, history: dict[str, list[Entry]]) -> Entry | None:
    """The newest act of a person before ``entry`` that decided nothing; of the case above where it began there."""
    for one in (case, case.parent):
        deciding = _deciding(definition_for(one)) if one else set()
        for earlier in reversed(history[str(one.pk)] if one else []):
            before = earlier.position < entry.position
            if before and earlier.doer_kind == "person" and earlier.verb not in deciding:
                return earlier
    return None


# --------------------------------------------------------------------------------- departures, corrections, late entry


def departures(period: Period) -> Iterator[Found]:
    """Where the procedure was left on purpose, and why."""
    for entry in with_content(period.entries().filter(about_kind="case", verb="depart")):
        for one in _happened(entry, "departed"):
            reason = str((one.get("data") or {}).get("reason", ""))
            skipped = "、".join((one.get("data") or {}).get("skipped") or ())
            yield _of_case(
                entry, Text(f"{reason}；跳过 {skipped}" if skipped else reason, f"{reason}; skipped {skipped}")
            )


def figures_corrected(period: Period) -> Iterator[Found]:
    """A number or an amount of money that was changed after it had been filled in."""
    for chunk in in_chunks(with_content(period.entries().filter(about_kind="case", verb="correct"))):
        cases = cases_of(chunk)
        for entry in chunk:
            case = cases.get(entry.about_id)
            for one in _happened(entry, "corrected"):
                data = one.get("data") or {}
                if case and _is_figure(definition_for(case), str(data.get("form")), str(data.get("field"))):
                    words = f"{data.get('field')}: {data.get('before')} → {data.get('after')}"
                    yield _of_case(entry, Text(words, words))


def _is_figure(definition: Definition, form: str, path: str) -> bool:
    asked = definition.forms.get(form)
    if asked is None:
        return False
    parts = path.split(".")
    field = asked.fields.get(path)
    if field is None and len(parts) == 3 and parts[0] in asked.lines:
        field = asked.lines[parts[0]].fields.get(parts[2])
    return field is not None and field.kind in FIGURES


def entered_late(period: Period) -> Iterator[Found]:
    """Acts that came into the book long after they are said to have been done."""
    hours = period.numbers["late-hours"]
    late = period.entries().filter(doer_kind="person", recorded_at__gt=F("done_at"))
    for entry in late.iterator(chunk_size=500):
        waited = (entry.recorded_at - entry.done_at).total_seconds() / 3600
        if waited >= hours:
            words = Text(f"办理后 {waited:.0f} 小时才登记", f"Recorded {waited:.0f} hours after it was done")
            yield _of_case(entry, words)


def _short(at: datetime) -> str:
    from django.utils import timezone  # noqa: PLC0415 - only for the site's zone

    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


CATALOGUE = (
    Catalogued(
        "changed-after-closing",
        Text("办结后又改动", "Changed after closing"),
        Text(
            "事项已经走到终点，之后又有人对它更正、改派、重开或办理其他动作。",
            "The case had come to its end, and somebody corrected, reassigned, reopened or otherwise acted on it after"
            " that.",
        ),
        changed_after_closing,
    ),
    Catalogued(
        "deadline-after-breach",
        Text("超时后改时限", "Deadline changed after its breach"),
        Text(
            "时限的截止时刻已过，之后的更正、补填或合并又把它往后移了。",
            "The moment of a promise had passed when a correction, a form filled again or a merger moved it to a later"
            " one.",
        ),
        deadline_after_breach,
    ),
    Catalogued(
        "self-approval",
        Text("自己批自己", "Self-approval"),
        Text(
            "决定类动作由管理岗位办理，而提出人（该事项或上级事项中最近一个非决定动作的办理人，含代办与被代人）就是批准人。",
            "A deciding act of a managing post whose doer, or whom they stood in for, did the newest act before it that"
            " decided nothing – in the case itself or in the one that raised it.",
        ),
        self_approval,
    ),
    Catalogued(
        "departures",
        Text("偏离程序", "Departures from the procedure"),
        Text(
            "以“偏离”动作离开程序规定的路线，附理由。",
            "The way of the procedure was left by the act made for it, with a reason.",
        ),
        departures,
    ),
    Catalogued(
        "figures-corrected",
        Text("更正数字", "Figures corrected"),
        Text("更正了金额或数量类答案。", "An answer that is an amount of money or a number was corrected."),
        figures_corrected,
    ),
    Catalogued(
        "entered-late",
        Text("事后补录", "Entered long after it was done"),
        Text("登记时刻比办理时刻晚了阈值以上。", "Recorded later than done by the threshold or more."),
        entered_late,
        ("late-hours",),
    ),
)

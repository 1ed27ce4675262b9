"""What always may be done where the text grants it: correct, cancel, depart, merge, reassign.

Their questions are the engine's own (``correct.form`` or just ``form`` …); a form of the document may ask more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..conditions import MISSING, unanswered
from ..definition import Act, Definition, Field, Text, Way
from ..refusals import NotYours
from ..state import Doer, Problem
from .answers import check_field, filled, problem, wrong
from .clockwork import after_act, is_open, void
from .doers import Chosen, choose
from .performing import Deed, Fill, ask_again, check_conditions, perform
from .plan import ActPlan
from .working import SIGNERS, Working

QUESTIONS: dict[str, dict[str, bool]] = {
    "correct": {"entry": False, "form": True, "field": True, "value": False, "reason": True},
    "cancel": {"reason": True},
    "depart": {"to": True, "reason": True, "interest": False},
    "merge": {"number": True, "reason": True},
    "reassign": {"act": True, "person": True, "reason": True},
}
"""The questions of each standing act, and whether they must be answered."""
PARENT = "parent"
"""The post in which a cancelled case cancels those it had opened."""


def choose_standing(work: Working, planned: ActPlan, doer: Doer, answers: Mapping[str, Any]) -> Chosen:
    """The post of a standing act. A correction is also open to whoever filled the form, until the next act."""
    act = planned.act
    if act.name == "cancel" and doer.kind == "case" and doer.post == PARENT:
        # the text of the case that opened this one says so; what this text asks of a cancellation is asked all the same
        return Chosen(PARENT)
    try:
        return choose(work, act, doer)
    except NotYours:
        if act.name in work.assigned:
            # given to one person: nobody else corrects, not even their own filling
            raise
        newest = work.definition.acts.get(work.newest)
        form = answers.get("form", answers.get("correct.form"))
        mine = work.doers.get(work.newest)
        if act.name == "correct" and newest and newest.form == form and mine and mine[0] == doer.name:
            return Chosen(mine[1])
        raise


def perform_standing(work: Working, planned: ActPlan, doer: Doer, chosen: Chosen, answers: Mapping[str, Any]) -> None:
    """Do a standing act. Raises ``WrongAnswers`` or ``Refused``."""
    act = planned.act
    own, rest = _split(act, answers)
    found = [
        problem(f"{act.name}.{name}", "missing")
        for name, must in QUESTIONS.get(act.name, {}).items()
        if must and unanswered(own.get(name))
    ]
    found += [
        problem(f"{act.name}.{name}", "text")
        for name, value in own.items()
        if name != "value" and not unanswered(value) and not isinstance(value, str)
    ]
    if found:
        raise wrong(work, found, act.origin.cite())
    fill: Fill | None = None
    if planned.form is not None or rest:
        fill = filled(work, planned, rest)
        if planned.form is not None:
            work.fresh = {planned.form.name: fill}
    check_conditions(work, planned)
    _ACTS[act.name](work, Deed(planned, doer, chosen, fill), own)


def _split(act: Act, answers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    own, rest = {}, {}
    asked, prefix = QUESTIONS.get(act.name, {}), f"{act.name}."
    for key, value in answers.items():
        name = key[len(prefix) :] if key.startswith(prefix) else key
        if name in asked:
            own[name] = value
        else:
            rest[key] = value
    return own, rest


def _quiet(work: Working, deed: Deed) -> None:
    """Correct and reassign: done without becoming the newest act, so that the doer's own correction stays open."""
    newest, undoing = work.newest, work.undoing
    perform(work, deed, None)
    work.newest, work.undoing = newest, undoing


# ------------------------------------------------------------------------------------------------- correct


def _correct(work: Working, deed: Deed, own: dict[str, Any]) -> None:
    act = deed.planned.act
    form_name, path, value = own["form"], own["field"], own.get("value")
    form = work.definition.forms.get(form_name)
    before = work.answers.get(form_name)
    found: list[Problem] = []
    if form is None or before is None:
        raise wrong(work, [problem(f"{act.name}.form", "unknown")], act.origin.cite())
    field, place = _find(work.definition, form_name, path, before)
    if field is None:
        raise wrong(work, [problem(f"{act.name}.field", "unknown")], act.origin.cite())
    if unanswered(value):
        if field.must in {(), ((),)}:
            found.append(problem(f"{act.name}.value", "missing"))
    else:
        check_field(work.definition, field, value, f"{act.name}.value", found)
    if found:
        raise wrong(work, found, act.origin.cite())
    old = _get(before, place)
    work.table("answers")[form_name] = _put(before, place, value)
    if field.again:
        ask_again(work, field.again, value)
    work.say(
        "corrected", f"{form_name}.{path}", act.origin.cite(),
        {"entry": own.get("entry") or "", "form": form_name, "field": path, "before": None if old is MISSING else old,
         "after": value, "reason": own["reason"]},
    )  # fmt: skip
    work.fresh = {}
    _quiet(work, deed)
    after_act(work, (), moved=False, reread_missed=True)


Place = tuple[str | int, ...]


def _find(definition: Definition, form: str, path: str, before: Mapping[str, Any]) -> tuple[Field | None, Place]:
    """The question behind ``field``, ``lines.2.field`` or, where every signer fills a form, ``2.field`` (lines and
    signers are counted from 1), and where its answer stands."""
    asked = definition.forms[form]
    if SIGNERS in before:
        signer, _dot, name = path.partition(".")
        if signer.isdecimal() and len(signer) < 7 and 1 <= int(signer) <= len(before[SIGNERS]):
            return asked.fields.get(name), (SIGNERS, int(signer) - 1, name)
    if path in asked.fields:
        return asked.fields[path], (path,)
    parts = path.split(".")
    if len(parts) == 3 and parts[0] in asked.lines and parts[1].isdecimal() and len(parts[1]) < 7:
        rows, number = before.get(parts[0], []), int(parts[1])
        if 1 <= number <= len(rows):
            return asked.lines[parts[0]].fields.get(parts[2]), (parts[0], number - 1, parts[2])
    return None, ()


def _get(fill: Mapping[str, Any], place: Place) -> Any:
    if len(place) == 1:
        return fill.get(str(place[0]), MISSING)
    lines, number, name = place
    return fill[str(lines)][number].get(name, MISSING)


def _put(fill: Mapping[str, Any], place: Place, value: Any) -> Fill:
    if len(place) == 1:
        return {**fill, str(place[0]): value}
    lines, number, name = place
    rows = list(fill[str(lines)])
    rows[int(number)] = {**rows[int(number)], str(name): value}
    return {**fill, str(lines): rows}


# ------------------------------------------------------------------------------------------------- the other four


def _way_to(work: Working, act: Act, step: str) -> Way:
    if step not in work.definition.steps:
        words = Text("程序文件没有写明转入哪一步", "The procedure does not say which step this leads to")
        raise work.refused(words, "no-step", act.origin.cite())
    return Way(step=step, condition=(), origin=act.origin)


def _end_step(work: Working, act: Act, usual: str) -> Way:
    """The end this act leads to: as the text says, else the step of the usual name."""
    if act.ways:
        return act.ways[0]
    return _way_to(work, act, usual)


def _void_all(work: Working, reason: str) -> None:
    work.clocks = [void(work, run, reason) if is_open(run) else run for run in work.clocks]


def _as_kept(one: tuple[str, Any]) -> tuple[int, str]:
    """The order in which a database hands the keys of a kept state back (jsonb: shorter ones first).

    What happens must not hang on whether the state was read from there or is still in hand: a replay has it in hand.
    """
    return len(one[0]), one[0]


def _cancel(work: Working, deed: Deed, own: dict[str, Any]) -> None:
    act = deed.planned.act
    way = _end_step(work, act, "cancelled")
    open_cases = [
        {"group": group, "number": child.number}
        for group, cases in sorted(work.children.items(), key=_as_kept)
        for child in cases
        if not child.ended
    ]
    data = {"reason": own["reason"], "children": open_cases}
    if act.with_children:
        data["with-children"] = True
    work.say("cancelled", act.name, act.origin.cite(), data)
    _void_all(work, "cancelled")
    perform(work, deed, way)


def _merge(work: Working, deed: Deed, own: dict[str, Any]) -> None:
    act = deed.planned.act
    way = _end_step(work, act, "merged" if "merged" in work.definition.steps else "cancelled")
    starts: dict[str, str] = {}
    for run in work.clocks:
        first = starts.get(run.name)
        started = run.started.isoformat()
        starts[run.name] = started if first is None else min(first, started)
    work.say(
        "merged", own["number"], act.origin.cite(), {"into": own["number"], "reason": own["reason"], "starts": starts}
    )
    _void_all(work, "merged")
    perform(work, deed, way)


def _depart(work: Working, deed: Deed, own: dict[str, Any]) -> None:
    act = deed.planned.act
    if own["to"] not in work.definition.steps:
        raise wrong(work, [problem(f"{act.name}.to", "step")], act.origin.cite())
    work.say(
        "departed", own["to"], act.origin.cite(),
        {"from": work.step, "to": own["to"], "reason": own["reason"], "interest": own.get("interest") or "",
         "skipped": skipped_clauses(work, own["to"])},
    )  # fmt: skip
    perform(work, deed, _way_to(work, act, own["to"]))


def skipped_clauses(work: Working, to: str) -> list[str]:
    """Clauses of the acts that stand at the steps from here up to ``to`` and were never done."""
    order = list(work.definition.steps)
    here, there = order.index(work.step), order.index(to)
    found: dict[str, None] = {}
    for step in order[here : max(there, here + 1)]:
        for name in work.plan.at_step.get(step, ()):
            act = work.definition.acts[name]
            if not act.standing and act.at and name not in work.done:
                found[act.origin.cite()] = None
    return list(found)


def _reassign(work: Working, deed: Deed, own: dict[str, Any]) -> None:
    act = deed.planned.act
    if own["act"] not in work.definition.acts:
        raise wrong(work, [problem(f"{act.name}.act", "unknown")], act.origin.cite())
    before = work.assigned.get(own["act"]) or work.doers.get(own["act"], ("", ""))[0]
    work.table("assigned")[own["act"]] = own["person"]
    work.say(
        "reassigned", own["act"], act.origin.cite(),
        {"before": before, "person": own["person"], "reason": own["reason"]},
    )  # fmt: skip
    _quiet(work, deed)


Perform = Callable[[Working, Deed, dict[str, Any]], None]
_ACTS: dict[str, Perform] = {
    "correct": _correct,
    "cancel": _cancel,
    "depart": _depart,
    "merge": _merge,
    "reassign": _reassign,
}

"""Named effects carried out downstairs, children opened, parents told – all inside the act's transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.people import queries as people
from bihuan.procedure import engine
from bihuan.procedure.definition import Text
from bihuan.procedure.refusals import Refusal
from bihuan.procedure.state import ChildCase, Doer, Happening
from bihuan.registers import deeds
from bihuan.registers.charges import effects as charge_effects
from bihuan.registers.deeds import Deed, RegisterRefusal
from bihuan.registers.documents import queries as documents
from bihuan.registers.products import effects as product_effects
from bihuan.registers.slips import effects as slip_effects
from bihuan.registers.surveys import effects as survey_effects
from bihuan.registers.visits import effects as visit_effects
from bihuan.registers.warranty import effects as warranty_effects

from ..definitions import definition_for, procedure_to_open
from ..errors import EffectRefused
from ..models import Case
from ..numbers import take_number, told_number
from .keeping import Change, Moment, calendar_id, keep, surroundings_of

# what an entry calls the cases of a list that could not be acted on
TAKEN_OFF = "taken-off"
Carrier = Callable[[Case, Change, dict[str, Any], str], "dict[str, Any] | None"]


def carry_out(case: Case, change: Change) -> list[dict[str, Any]]:
    """Every effect the engine named, in its order; returns what the registers tell of theirs.

    Raises ``EffectRefused`` with the clause of the effect.
    """
    told: list[dict[str, Any]] = []
    for happening in change.outcome.happenings:
        if happening.kind != "effect":
            continue
        if happening.name in EFFECTS:
            said = EFFECTS[happening.name](case, change, happening.data, happening.clause)
        else:
            said = _tell_register(case, change, happening)
        told += [{"effect": happening.name, **said}] if said else []
    return told


def _tell_register(case: Case, change: Change, happening: Happening) -> dict[str, Any] | None:
    """Let the register carry out its effect; what it refuses is refused under the effect's clause."""
    carrier = REGISTERS.get(happening.name)
    if carrier is None:
        words = Text(
            f"登记册尚未建立，不能执行「{happening.name}」", f"The register for “{happening.name}” is not here yet"
        )
        raise EffectRefused(words, clause=happening.clause)
    doing = change.definition.acts.get(change.outcome.act) if change.outcome.act else None
    deed = Deed(
        definition=change.definition,
        answers=change.outcome.state.answers,
        at=change.moment.done,
        received=change.moment.received,
        outlet=case.outlet,
        number=case.number,
        case=case.pk,
        doer=change.doer.name,
        post=change.outcome.post or change.doer.post,
        form=doing.form if doing else "",
        clause=happening.clause,
        act_id=change.act_id,
        departed="depart" in change.outcome.state.doers,
        arguments=dict(happening.data),
    )
    try:
        return carrier(deed)
    except RegisterRefusal as refusal:
        raise EffectRefused(refusal.words, clause=happening.clause) from refusal


def act_on_cases(case: Case, change: Change, arguments: dict[str, Any], clause: str) -> dict[str, Any] | None:
    """``case.act``: this case does ``act`` on every case listed in ``cases``; each gets an entry of its own.

    Of a list handed in before, what cannot be acted on is taken off it: what was in the way stands in this case's own
    entry, and the rest is done. Raises ``EffectRefused`` where a list is given with the act itself and one on it cannot
    be acted on, or none of those handed in.
    """
    listed = arguments.get("on") or arguments.get("cases") or []
    numbers = sorted({str(number) for number in (listed if isinstance(listed, list) else [listed])})
    found = {one.number: one for one in Case.objects.select_for_update().filter(number__in=numbers).order_by("number")}
    refused: dict[str, EffectRefused] = {}
    for number in numbers:
        try:
            with transaction.atomic():
                _act_listed(found.get(number), number, str(arguments["act"]), case, change, clause)
        except EffectRefused as refusal:
            if not _handed_in_before(change):
                raise
            refused[number] = refusal
    if refused and len(refused) == len(numbers):
        raise next(iter(refused.values()))
    return {TAKEN_OFF: [_said(number, refusal) for number, refusal in refused.items()]} if refused else None


def _handed_in_before(change: Change) -> bool:
    """Whether the list comes from a duty's earlier hand-in: whoever receives it asks nothing and can mend nothing."""
    doing = change.definition.acts.get(change.outcome.act) if change.outcome.act else None
    return bool(change.definition.duty_of) and doing is not None and not doing.form


def _said(number: str, refusal: EffectRefused) -> dict[str, str]:
    return {"number": number, "zh": refusal.words.zh, "en": refusal.words.say("en"), "clause": refusal.clause}


def _act_listed(target: Case | None, number: str, action: str, case: Case, change: Change, clause: str) -> None:
    if target is None or target.outlet != case.outlet:
        words = Text(f"清单中没有这些事项：{number}", f"Not on record here: {number}")
        raise EffectRefused(words, clause=clause)
    _act_as_case(target, action, case, change)


def would_take(target: Case, action: str, kind: str, at: datetime) -> bool:
    """Whether ``target`` as it stands would let a case of ``kind`` do ``action`` on it at ``at``; nothing is done."""
    doer = Doer(name="-", kind="case", holds=((kind, ""),))
    try:
        engine.act(definition_for(target), target.state, action, doer, {}, {}, at, surroundings_of(target.outlet))
    except Refusal:
        return False
    return True


def _act_as_case(target: Case, action: str, doer_case: Case, change: Change) -> None:
    definition = definition_for(target)
    doer = Doer(name=doer_case.number, kind="case", holds=((doer_case.kind, ""),))
    moment = change.moment
    surroundings = surroundings_of(target.outlet)
    try:
        outcome = engine.act(definition, target.state, action, doer, {}, {}, moment.done, surroundings)
    except Refusal as refusal:
        raise EffectRefused(
            Text(f"{target.number}：{refusal.words.zh}", f"{target.number}: {refusal.words.en or refusal.words.zh}"),
            clause=refusal.clause,
        ) from refusal
    keep(target, Change(definition, outcome, doer, {}, moment, calendar_id(surroundings)))


def link_cases(case: Case, change: Change, arguments: dict[str, Any], clause: str) -> dict[str, Any] | None:
    """``case.link``: record that this case speaks of another, whose number must be known where the doer may look."""
    number = str(arguments.get("to", ""))
    target = Case.objects.filter(number=number).exclude(pk=case.pk).first()
    if target is None or not _in_sight(target, case, change.doer):
        raise EffectRefused(Text(f"没有编号为 {number} 的事项", f"There is no case number {number}"), clause=clause)
    return None


def _in_sight(target: Case, case: Case, doer: Doer) -> bool:
    """Of the same outlet, or of one the doer's posts open: a refusal must not tell what another outlet has."""
    places = {place for _post, place in doer.holds} if doer.kind == "person" else set()
    return target.outlet == case.outlet or "" in places or bool(places & set(people.places_of(target.outlet)))


EFFECTS: dict[str, Carrier] = {"case.act": act_on_cases, "case.link": link_cases}
# what the registers downstairs carry out
REGISTERS: dict[str, deeds.Carrier] = {
    **product_effects.EFFECTS,
    **warranty_effects.EFFECTS,
    **visit_effects.EFFECTS,
    **slip_effects.EFFECTS,
    **charge_effects.EFFECTS,
    **survey_effects.EFFECTS,
}


def open_children(case: Case, change: Change) -> int:
    """Open the cases the act asks for, in the same transaction; returns how many."""
    asked = [one for one in change.outcome.happenings if one.kind == "child" and not one.data.get("moved")]
    for happening in asked:
        _open_child(case, change, happening)
    return len(asked)


def _open_child(case: Case, change: Change, happening: Happening) -> None:
    kind = str(happening.data["case"])
    version, definition = procedure_to_open(kind, change.moment.received) or (None, None)
    if version is None or definition is None:
        raise EffectRefused(
            Text(f"没有现行的「{kind}」程序，不能转交", f"No procedure “{kind}” is in force to hand over to"),
            clause=happening.clause,
        )
    doer = Doer(name=case.number, kind="case", holds=((case.kind, ""),))
    answers = dict(happening.data.get("answers") or {})
    surroundings = surroundings_of(case.outlet)
    local = change.moment.done.astimezone(surroundings.zone)
    series = documents.pack_of(version).numbers.get(kind, "")
    told = told_number(definition, series, case.outlet, local)
    try:
        outcome = engine.start(definition, doer, answers, told, change.moment.done, surroundings)
    except Refusal as refusal:
        raise EffectRefused(refusal.words, clause=refusal.clause or happening.clause) from refusal
    child = Case(
        id=new_id(change.moment.received),
        number=told.get(engine.NUMBER) or take_number(series, kind, case.outlet, local),
        kind=kind,
        version=version,
        outlet=case.outlet,
        work_order=definition.work_order,
        opened_at=change.moment.done,
        parent=case,
        group=str(happening.data.get("group") or happening.name),
    )
    keep(child, Change(definition, outcome, doer, answers, change.moment, calendar_id(surroundings)), opening=True)


def cancel_children(case: Case, change: Change) -> int:
    """Cancel what the case has opened and is still open, where its text says so; returns how many.

    Each by its own text, with an entry of its own; one that cannot be cancelled refuses the whole cancellation.
    """
    asked = next((one for one in change.outcome.happenings if one.kind == "cancelled"), None)
    if asked is None or not asked.data.get("with-children"):
        return 0
    found = list(Case.objects.select_for_update().filter(parent=case, ended_at=None).order_by("id"))
    doer = Doer(name=case.number, kind="case", holds=((case.kind, ""),), post=engine.PARENT)
    answers = {"reason": str(asked.data["reason"])}
    for child in found:
        _cancel_child(child, doer, answers, change.moment, asked.clause)
    return len(found)


def _cancel_child(child: Case, doer: Doer, answers: dict[str, Any], moment: Moment, clause: str) -> None:
    definition, around = definition_for(child), surroundings_of(child.outlet)
    try:
        outcome = engine.act(definition, child.state, "cancel", doer, answers, {}, moment.done, around)
    except Refusal as refusal:
        words = Text(
            f"{child.number} 不能一并取消：{refusal.words.zh}",
            f"{child.number} cannot be cancelled with it: {refusal.words.say('en')}",
        )
        raise EffectRefused(words, clause=refusal.clause or clause) from refusal
    keep(child, Change(definition, outcome, doer, answers, moment, calendar_id(around)))


def tell_parent(child: Case, change: Change) -> None:
    """Let the parent know where its child stands; what it was waiting for may now happen."""
    parent = Case.objects.select_for_update().get(pk=child.parent_id)
    definition = definition_for(parent)
    news = ChildCase(number=child.number, step=child.step, ended=child.ended_at is not None)
    surroundings = surroundings_of(parent.outlet)
    outcome = engine.child_moved(definition, parent.state, child.group, news, change.moment.done, surroundings)
    if not outcome.happenings:
        return
    doer = Doer(name=child.number, kind="case", holds=((child.kind, ""),))
    answers = {"group": child.group, "number": news.number, "step": news.step, "ended": news.ended}
    keep(parent, Change(definition, outcome, doer, answers, change.moment, calendar_id(surroundings), verb="child"))

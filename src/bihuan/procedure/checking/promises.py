"""Deadlines that can start and stop, limits that cover every case, clauses with something under them."""

from __future__ import annotations

import re

from bihuan.procedure.definition import Clause, Deadline, Definition, Duty, Origin, Who
from bihuan.procedure.duties import ABOUTS

from .flow import covered, edges
from .names import Names, near


def check_promises(names: Names) -> None:
    """Deadlines and duties of one definition."""
    arrows = edges(names.definition)
    reached = _closure({names.definition.first}, arrows)
    for deadline in names.definition.deadlines.values():
        _check_deadline(names, deadline, arrows, reached)
    for wait in names.definition.waits.values():
        if not _after(names.definition, wait.start, arrows, reached):
            names.add(
                "wait-never-starts",
                wait.origin,
                f"等待 {wait.name} 永远不会开始",
                f"the wait {wait.name} can never start",
            )
    for duty in names.definition.duties.values():
        if duty.about and duty.about not in ABOUTS:
            hint = near(duty.about, ABOUTS) or "last month"
            names.add(
                "unknown-about",
                duty.origin,
                f"about“{duty.about}”不认识",
                f"the period “{duty.about}” is unknown",
                f'about = "{hint}"',
            )
        _check_duty(names, duty)
        terms = duty.every.terms
        if terms and terms[-1].condition and not covered(names, tuple(term.condition for term in terms)):
            names.add(
                "limits-not-covering",
                duty.origin,
                f"定期事项 {duty.name} 的间隔没有包括所有情况",
                f"the beat of {duty.name} does not cover every case",
            )


def _check_duty(names: Names, duty: Duty) -> None:
    """What would never come about: what follows a hand-in that nobody makes, and words no engine carries out yet."""
    if duty.who == Who() and (duty.effects or duty.received_by):
        names.add(
            "duty-never-handed-in",
            duty.origin,
            f"定期事项 {duty.name} 没有人交（缺 by），do 和 received-by 永远轮不到",
            f"nobody hands in {duty.name} (it lacks by): do and received-by never come about",
            'by = "…"',
        )
    for said, key, zh, en in (
        (bool(duty.every.terms), "every", "按情形不同的间隔", "a beat that depends on a condition"),
        (bool(duty.while_steps), "while", "只在某些步骤里才有的定期事项", "a duty only while a case is at a step"),
    ):
        if said:
            names.add(
                "not-yet",
                names.at(duty.origin, "duties", duty.name, key),
                f"本版还不会做{zh}（{key}）：到时什么也不会发生",
                f"{en} ({key}) is not carried out in this edition: nothing would happen",
                'every = "7 days"' if key == "every" else "",
            )


def _check_deadline(names: Names, deadline: Deadline, arrows: dict[str, set[str]], reached: set[str]) -> None:
    definition = names.definition

    def at(key: str) -> Origin:
        return names.at(deadline.origin, "deadlines", deadline.name, key)

    after = _after(definition, deadline.start, arrows, reached)
    if not after:
        names.add(
            "deadline-never-starts",
            at("from"),
            f"期限 {deadline.name} 永远不会开始（{deadline.start}）",
            f"the deadline {deadline.name} can never start ({deadline.start})",
            'from = "opened"',
        )
    elif not deadline.while_steps and not any(_can_stop(definition, moment, after) for moment in deadline.until):
        names.add(
            "deadline-never-stops",
            at("until"),
            f"期限 {deadline.name} 开始后永远不会停",
            f"once started the deadline {deadline.name} can never stop",
            'until = "…"',
        )
    limits = deadline.within
    open_limits = [at for at, limit in enumerate(limits) if not limit.condition]
    if open_limits and open_limits[0] < len(limits) - 1:
        names.add(
            "limit-after-unconditional",
            at("within"),
            f"期限 {deadline.name}：无条件的时限之后还有时限",
            f"the deadline {deadline.name} has a limit after an unconditional one",
        )
    if limits and not open_limits and not covered(names, tuple(limit.condition for limit in limits)):
        names.add(
            "limits-not-covering",
            at("within"),
            f"期限 {deadline.name} 的时限没有包括所有情况：最后一条不写条件",
            f"the limits of {deadline.name} do not cover every case: leave the last without a condition",
            '{ time = "…" }',
        )


def _closure(starts: set[str], arrows: dict[str, set[str]]) -> set[str]:
    reached, waiting = set(starts), list(starts)
    while waiting:
        for step in arrows.get(waiting.pop(), set()) - reached:
            reached.add(step)
            waiting.append(step)
    return reached


def _after(definition: Definition, moment: str, arrows: dict[str, set[str]], reached: set[str]) -> set[str]:
    """The steps a case may stand at from ``moment`` on; empty where the moment never comes.

    A name that is unknown counts as possible: that it is unknown is said elsewhere.
    """
    what, _, step = moment.partition(" ")
    if moment == "closed":
        return set()
    if step and what in ("enter", "leave"):
        return _after_step(definition, what, step, arrows, reached)
    act = definition.acts.get(moment)
    if act is None or moment == "opened":
        return set(reached)
    at = (set(act.at) or {each.name for each in definition.steps.values() if not each.end}) & reached
    # Without a way that always applies the case may also stay where it is.
    return _closure({way.step for way in act.ways if way.step} | at, arrows) if at else set()


def _after_step(
    definition: Definition, what: str, step: str, arrows: dict[str, set[str]], reached: set[str]
) -> set[str]:
    if step not in definition.steps:
        return set(reached)
    if step not in reached:
        return set()
    return _closure(set(arrows.get(step, ())) if what == "leave" else {step}, arrows)


def _can_stop(definition: Definition, moment: str, after: set[str]) -> bool:
    what, _, step = moment.partition(" ")
    if moment in ("opened", "closed") or "." in moment:
        return moment != "opened"
    if step and what in ("enter", "leave"):
        return step in after or step not in definition.steps
    act = definition.acts.get(moment)
    if act is None:
        return True
    return not act.at or bool(set(act.at) & after)


def check_clauses(names: Names) -> None:
    """A binding clause needs an entry or ``carried``."""
    definition = names.definition
    for clause in definition.clauses:
        if not clause.number or not clause.prose or clause.explains or not clause.binding or clause.carried:
            continue
        if not has_entry(clause):
            names.add(
                "clause-not-carried",
                Origin(definition.file, clause.line, clause.number),
                f"条款 {clause.number} 有文字，却没有执行它的条目",
                f"clause {clause.number} has words, but nothing carries them out",
                '```toml\n[clause]\ncarried = ["acts.…"]   # 或 explains = true\n```',
            )


def has_entry(clause: Clause) -> bool:
    """Whether any block of the clause holds more than its ``[clause]`` table."""
    for _, text in clause.blocks:
        inside = False
        for line in text.split("\n"):
            bare = line.strip()
            if not bare or bare.startswith("#"):
                continue
            if bare.startswith("["):
                inside = re.match(r"\[\s*clause\s*[.\]]", bare) is not None
                if inside:
                    continue
            if not inside and not bare.startswith("clause."):
                return True
    return False

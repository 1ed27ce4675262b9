"""One act of one case, and the opening of a case.

The order in which an act is refused, the first that applies:

1. ``changed``        the case moved on since it was read
2. ``unknown-act``    the document knows no such act
3. ``before-opening`` the moment lies before the case was opened
4. ``not-here``       the act does not stand at the step
5. ``not-yours``      another post; then ``place-unknown``, ``already-signed``, ``same-person``, ``other-person``
6. ``not-newest``     an undoing of something that is not the newest act
7. ``too-early``      its wait is not over (``not-started``: has not begun)
8. ``wrong-answers``  the form
9. ``condition``, ``needs``, ``no-way``
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..definition import Act, Definition, Text
from ..refusals import Changed
from ..state import Doer, Outcome, State
from .answers import filled
from .clockwork import after_act
from .doers import Chosen, choose
from .performing import Deed, Fill, check_conditions, choose_way, fix_signers, perform
from .plan import ActPlan
from .signing import is_signed, sign
from .standing import choose_standing, perform_standing
from .ticking import run_clock
from .words import act_title, english, step_title
from .working import Surroundings, Working, aware, zone_of


def act(
    definition: Definition,
    state: State,
    action: str,
    doer: Doer,
    answers: Mapping[str, Any],
    facts: Mapping[str, Any],
    at: datetime,
    surroundings: Surroundings,
    expect: int | None = None,
) -> Outcome:
    """Do ``action``, after the clock has done what it owed before ``at``.

    ``answers`` are addressed ``form.field`` (or by the bare field), ``facts`` are what the registers said now,
    ``expect`` the revision the doer saw. Raises ``Changed``, ``NotYours``, ``WrongAnswers`` or ``Refused``; the given
    state is never touched. ValueError for a moment without a zone.
    """
    at = aware(at)
    if expect is not None and expect != state.revision:
        raise Changed(expect, state.revision)
    work = Working(definition, state, surroundings)
    planned = _known(work, action)
    if at < work.opened:
        words = Text("时间早于开案时间", "This moment lies before the case was opened")
        raise work.refused(words, "before-opening", planned.act.origin.cite())
    run_clock(work, at, strict=True)
    work.at = at
    check_here(work, planned.act)
    _hold_facts(work, planned, facts)
    chosen = choose_standing(work, planned, doer, answers) if planned.act.standing else choose(work, planned.act, doer)
    known = dict(work.given)
    if planned.act.standing:
        perform_standing(work, planned, doer, chosen, answers)
        return _outcome(work, action, chosen, known)
    check_newest(work, planned.act)
    check_wait(work, planned.act)
    if is_signed(planned.act):
        signed = sign(work, planned, doer, chosen, answers)
        if not signed.complete:
            if known:
                work.table("facts").update(known)
            work.moment = max(work.moment, at)
            return Outcome(work.state(), tuple(work.happenings), action, chosen.post, True, known)
        fill, way = signed.fill, signed.way
    else:
        fill = _filled(work, planned, answers)
        check_conditions(work, planned)
        way = choose_way(work, planned)
    perform(work, Deed(planned, doer, chosen, fill), way)
    return _outcome(work, action, chosen, known)


def start(
    definition: Definition,
    doer: Doer,
    answers: Mapping[str, Any],
    facts: Mapping[str, Any],
    at: datetime,
    surroundings: Surroundings,
) -> Outcome:
    """Open a case: it enters the first step and the opening act, where the text names one, is done there.

    Another case or the clock may open whatever the text says; a person only what may be opened by hand and by the
    post of the opening act. Raises as ``act`` does.
    """
    at = aware(at)
    first = definition.first
    state = State(
        step=first, revision=0, opened=at, moment=at, places=surroundings.places, entered={first: 1},
        moments={"opened": at, f"enter {first}": at},
    )  # fmt: skip
    work = Working(definition, state, surroundings)
    opening, clause = definition.opening, definition.opening.origin.cite()
    if doer.kind == "person" and not opening.by_hand:
        words = Text("此类事项不能直接登记", "Such a case cannot be opened by hand")
        raise work.refused(words, "not-by-hand", clause)
    planned = work.plan.acts.get(opening.act)
    work.say("opened", definition.kind, clause, {"document": definition.number, "version": definition.version})
    work.say("entered", first, clause, {"times": 1})
    triggers = ("opened", f"enter {first}")
    if planned is None:
        work.given = dict(facts)
        if work.given:
            work.table("facts").update(work.given)
        fix_signers(work, first)
        after_act(work, triggers, moved=False)
        work.revision += 1
        chosen = Chosen("")
        work.given = {}
    else:
        _hold_facts(work, planned, facts)
        chosen = Chosen("") if doer.kind != "person" else choose(work, planned.act, doer)
        fill = _filled(work, planned, answers)
        check_conditions(work, planned)
        way = choose_way(work, planned)
        # What is promised from the opening on is promised by the same act.
        perform(work, Deed(planned, doer, chosen, fill), way, opened=triggers)
    run_clock(work, work.moment, strict=True)
    known = dict(facts)
    return Outcome(work.state(), tuple(work.happenings), opening.act if planned else "", chosen.post, False, known)


def _known(work: Working, action: str) -> ActPlan:
    planned = work.plan.acts.get(action)
    if planned is None:
        words = Text(f"程序文件没有「{action}」这一动作", f"The procedure knows no act “{action}”")
        raise work.refused(words, "unknown-act", "")
    return planned


def check_here(work: Working, act: Act) -> None:
    """Raises ``Refused`` (``not-here``) naming the current step, citing the clause of the act."""
    if act.name in work.plan.at_step.get(work.step, ()):
        return
    here = step_title(work.definition, work.step)
    title = act_title(work.definition, act.name)
    words = Text(
        f"现在处于「{here.zh}」，不能「{title.zh}」",
        f"The case is at “{english(here)}”; “{english(title)}” is not possible there",
    )
    raise work.refused(words, "not-here", act.origin.cite())


def check_newest(work: Working, act: Act) -> None:
    """An act that undoes another may only follow it directly."""
    if act.undoes and work.newest != act.undoes:
        title = act_title(work.definition, act.undoes)
        words = Text(f"只能在「{title.zh}」之后立即撤回", f"Only right after “{english(title)}” can it be taken back")
        raise work.refused(words, "not-newest", act.origin.cite())


def check_wait(work: Working, act: Act) -> None:
    """Raises ``Refused`` (``too-early``) with the moment, citing the clause of the wait."""
    if not act.after:
        return
    wait = work.definition.waits[act.after]
    over = work.waits.get(act.after)
    if over is None:
        words = Text("等待期尚未开始", "The waiting time has not begun")
        raise work.refused(words, "not-started", wait.origin.cite())
    if work.at < over:
        local = over.astimezone(zone_of(work.surroundings.calendar))
        words = Text(f"须等到 {local:%Y-%m-%d %H:%M} 之后", f"Not before {local:%Y-%m-%d %H:%M}")
        raise work.refused(words, "too-early", wait.origin.cite())


def _hold_facts(work: Working, planned: ActPlan, facts: Mapping[str, Any]) -> None:
    given = dict(facts)
    where = planned.act.who.where
    if where and where not in given and where in work.surroundings.where:
        given[where] = work.surroundings.where[where]
    work.given, work.know, work.tried = given, planned.know, planned.act.name


def _filled(work: Working, planned: ActPlan, answers: Mapping[str, Any]) -> Fill | None:
    if planned.form is None and not answers:
        return None
    fill = filled(work, planned, answers)
    assert planned.form is not None
    work.fresh = {planned.form.name: fill}
    return fill


def _outcome(work: Working, action: str, chosen: Chosen, known: dict[str, Any]) -> Outcome:
    run_clock(work, work.moment, strict=True)
    return Outcome(work.state(), tuple(work.happenings), action, chosen.post, False, known)

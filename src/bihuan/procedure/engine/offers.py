"""What may be done now, by this doer, and what stands in the way."""

from __future__ import annotations

from datetime import datetime

from ..conditions import could_hold
from ..definition import Definition, Text
from ..refusals import NotYours, Refusal, Refused
from ..state import Doer, Offer, State
from .acting import check_newest, check_wait
from .doers import choose, wanted_posts
from .performing import applying
from .plan import ActPlan, plan_of
from .ticking import run_clock
from .words import asked, english
from .working import Surroundings, Working, aware


def knows(definition: Definition, state: State | None, action: str) -> tuple[str, ...]:
    """The facts the act wants to know, declared ones first. Empty for an act the document does not know."""
    del state
    planned = plan_of(definition).acts.get(action)
    return planned.wants if planned else ()


def allowed(
    definition: Definition, state: State, doer: Doer, at: datetime, surroundings: Surroundings
) -> tuple[Offer, ...]:
    """An offer for every act that stands at the step, standing acts last; the first allowed one is the primary.

    Seen as the clock would have left the case by ``at``. Answers not yet given and facts not yet asked count as if
    they would fit, so an allowed act may still be refused.
    """
    at = aware(at)
    work = Working(definition, state, surroundings)
    run_clock(work, at, strict=True)
    work.at = at
    return tuple(_offer(work, work.plan.acts[name], doer) for name in work.plan.at_step.get(work.step, ()))


def _offer(work: Working, planned: ActPlan, doer: Doer) -> Offer:
    act = planned.act
    clause = act.origin.cite()
    work.given, work.fresh, work.know, work.tried = {}, {}, planned.know, act.name
    posts = (*wanted_posts(work, act), *act.who.via)
    post = ""
    try:
        post = _post(work, planned, doer)
        if not act.standing:
            check_newest(work, act)
            check_wait(work, act)
        _possible(work, planned)
    except Refusal as refusal:
        until = work.waits.get(act.after) if refusal.code == "too-early" else None
        return Offer(act.name, False, post, refusal.code, refusal.clause or clause, refusal.words, until, posts)
    return Offer(act.name, True, post, "", clause, None, None, posts)


def _post(work: Working, planned: ActPlan, doer: Doer) -> str:
    act = planned.act
    try:
        return choose(work, act, doer).post
    except NotYours:
        if act.name in work.assigned:
            raise
        mine = work.doers.get(work.newest)
        newest = work.definition.acts.get(work.newest)
        if act.name == "correct" and newest and newest.form and mine and mine[0] == doer.name:
            return mine[1]
        raise
    except Refused as refusal:
        if refusal.code != "place-unknown":
            raise
        held = {post for post, _place in doer.holds}
        return next((post for post in (*wanted_posts(work, act), *act.who.via) if post in held), "")


def _possible(work: Working, planned: ActPlan) -> None:
    act = planned.act

    def known(key: str) -> bool:
        return _known(work, planned, key)

    if not could_hold(act.condition, work.look, known):
        words = asked(work.definition, act.condition)
        zh, en = f"只有在以下情形才可办理：{words.zh}", f"This is only possible where {english(words)}"
        raise work.refused(Text(zh, en), "condition", act.origin.cite())
    for needs in (*act.needs, *(each for addition in applying(work, planned) for each in addition.needs)):
        if not could_hold(needs.condition, work.look, known):
            raise work.refused(needs.say or asked(work.definition, needs.condition), "needs", needs.origin.cite())


def _known(work: Working, planned: ActPlan, key: str) -> bool:
    """Whether the answer to ``key`` is settled before the act is done."""
    head = key.partition(".")[0]
    if planned.form is not None and head == planned.form.name:
        return False
    return head in work.definition.forms or head == "case" or head in work.children

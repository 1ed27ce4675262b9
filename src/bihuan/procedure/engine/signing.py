"""Acts that several must sign: ``each`` named post, or a ``quorum``. The act is done with the last signature.

Without ``own`` the first named post fills the form and the others sign it; with ``own`` every signer fills a form.
A signature alone does not raise the count of the case, so signers do not disturb each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from ..definition import Act, Text, Way
from ..state import Doer, Signature
from .answers import filled, problem, wrong
from .doers import Chosen, wanted_posts
from .performing import Fill, check_conditions, choose_way
from .plan import ActPlan
from .working import SIGNERS, Working


class Signed(Struct, frozen=True):
    """What a signature came to. ``complete``: the act is to be done now, on ``way``, with ``fill``."""

    complete: bool
    way: Way | None = None
    fill: Fill | None = None


def is_signed(act: Act) -> bool:
    """Whether the act is one that several sign."""
    return bool(act.who.each) or act.who.quorum > 1


def sign(work: Working, planned: ActPlan, doer: Doer, chosen: Chosen, answers: Mapping[str, Any]) -> Signed:
    """Take one signature. Raises the refusals of answers, conditions and ways."""
    act = planned.act
    before: tuple[Signature, ...] = work.signatures.get(act.name, ())
    wanted = wanted_posts(work, act)
    fill = _fill(work, planned, chosen, answers)
    mine = fill if act.who.own else (before[0].answers if before else fill)
    _hold(work, planned, mine)
    check_conditions(work, planned)
    signed = (*before, Signature(doer.name, chosen.post, work.at, fill))
    needed = act.who.quorum or len(wanted)
    way = choose_way(work, planned, at_once=True)
    complete = way is not None or len(signed) >= needed
    whole = {SIGNERS: [each.answers for each in signed]} if act.who.own else mine
    if complete and way is None:
        _hold(work, planned, whole)
        way = choose_way(work, planned)
    work.table("signatures")[act.name] = signed
    data = {"doer": doer.name, "post": chosen.post, "count": len(signed), "of": needed}
    if chosen.outside:
        data["for"] = chosen.outside
    if doer.instead_of:
        data["instead-of"] = doer.instead_of
    work.say("signed", act.name, act.origin.cite(), data)
    if not complete:
        return Signed(False)
    _hold(work, planned, whole)
    return Signed(True, way, whole if planned.form is not None else None)


def _hold(work: Working, planned: ActPlan, fill: Fill) -> None:
    work.fresh = {planned.form.name: fill} if planned.form is not None else {}


def _fill(work: Working, planned: ActPlan, chosen: Chosen, answers: Mapping[str, Any]) -> Fill:
    """What this signer fills: a form of their own, the form of all for the first, nothing for the others."""
    act, before = planned.act, work.signatures.get(planned.act.name)
    if act.who.own or not before:
        if not act.who.own and act.who.each and planned.form is not None:
            first = wanted_posts(work, act)[0]
            if first not in {chosen.post, chosen.outside}:
                words = Text(f"须先由「{first}」填写", f"“{first}” fills the form first")
                raise work.refused(words, "not-filled", act.origin.cite())
        return filled(work, planned, answers)
    if answers:
        raise wrong(work, [problem(str(key), "not-asked") for key in answers], act.origin.cite())
    return {}

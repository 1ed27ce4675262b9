"""What an act may do with slips: ``slips.issue hand attach use mark void``."""

from __future__ import annotations

from typing import Any

from bihuan.procedure.definition import Form, Text

from ..deeds import Carrier, Deed
from . import actions, finding
from .actions import Doing, NewCopy
from .errors import WrongSlip
from .holders import Holder, hands_of, named, same_hand
from .models import OFFICE, PERSON, POST, Copy, Movement


def issue(deed: Deed) -> dict[str, Any]:
    """Argument ``slip`` (a form); may ``to``: who has all copies first, else each goes to the one it is ``for``.

    A copy for nobody in particular is first in the hand of whoever issues it.
    """
    name = str(deed.arguments.get("slip") or "")
    form = deed.definition.forms.get(name)
    if form is None:
        raise WrongSlip(Text(f"没有「{name}」这张表", f"There is no form “{name}”"), "slip")
    slip = actions.issue(name, form.title, _copies(form, deed), _doing(deed), series=form.number)
    holders = {copy.name: copy.holder for copy in slip.copies.all()}
    return {"slip": name, "number": slip.number, "copies": holders}


def _copies(form: Form, deed: Deed) -> list[NewCopy]:
    posts, own = deed.definition.posts, _own_hand(deed)
    to = named(deed.arguments["to"], posts) if deed.arguments.get("to") else None
    kept_by = named(form.keep.by, posts) if form.keep and form.keep.by else None
    made = []
    for name, title in (form.copies or {"original": Text("正本", "Original")}).items():
        whose = named(form.copy_holders[name], posts) if form.copy_holders.get(name) else None
        # what the issuer keeps of it (a stub) ends where it begins; all else with whoever keeps the form's records
        ends = whose if whose == own else kept_by or whose
        made.append(NewCopy(name, title, to or whose or own, ends))
    return made


def hand(deed: Deed) -> dict[str, Any]:
    """Argument ``to``; ``copy``, ``copies`` or ``slip``; may ``from``.

    Without ``from`` the giver is whoever acts – or, when they are the receiver, whoever holds the copies. Once the flow
    was departed from, the text no longer knows who holds them: whoever has them gives, and the movement says who.
    """
    to = named(deed.arguments.get("to"), deed.definition.posts)
    givers = _givers(deed, to)

    def in_hand(copy: Copy) -> bool:
        return givers is None or any(same_hand(actions.holder_of(copy), one, deed.at) for one in givers)

    copies = finding.meant(deed.arguments, deed.number, deed.outlet, in_hand)
    return {"handed": [_moved(one) for one in actions.hand(copies, to, _doing(deed), givers=givers)]}


def _givers(deed: Deed, to: Holder) -> list[Holder] | None:
    if deed.departed and deed.arguments.get("from"):
        return None
    if deed.arguments.get("from"):
        return [named(deed.arguments["from"], deed.definition.posts)]
    own = hands_of(deed.doer, deed.post, deed.at)
    # a case or the clock has no hands of its own
    return None if not own or to in own else sorted(own)


def attach(deed: Deed) -> dict[str, Any]:
    """Arguments ``copy`` and ``to`` (both ``form.copy``): the first goes from now on where the second goes."""
    copy = finding.copy_named(str(deed.arguments.get("copy") or ""), deed.number)
    target = finding.copy_named(str(deed.arguments.get("to") or ""), deed.number)
    actions.attach(copy, target, _doing(deed))
    return {"attached": f"{copy.slip.form}.{copy.name}", "number": copy.slip.number, "to": target.slip.number}


def use(deed: Deed) -> dict[str, Any]:
    """Argument ``copies``; may ``attach`` (``form.copy``, also of a slip this act makes out later)."""
    copies = finding.meant(deed.arguments, deed.number, deed.outlet, lambda copy: True)
    by = _own_hand(deed)
    attached = str(deed.arguments.get("attach") or "")
    used = actions.use(copies, None if by.kind == OFFICE else by, _doing(deed), attach=attached)
    told = {"used": [f"{one.slip.number} {one.name}" for one in used]}
    return {**told, "attached-to": attached} if attached else told


def mark(deed: Deed) -> dict[str, Any]:
    """Arguments ``slip`` and ``as``: a word put on the newest slip of the form."""
    slip = finding.newest(str(deed.arguments.get("slip") or ""), deed.number)
    made = actions.mark(slip, str(deed.arguments.get("as") or ""), _doing(deed))
    return {"marked": slip.number, "as": made.words}


def void(deed: Deed) -> dict[str, Any]:
    """Arguments ``slip`` and ``because``: the newest slip of the form is void; its number stays taken."""
    slip = finding.newest(str(deed.arguments.get("slip") or ""), deed.number)
    because = str(deed.arguments.get("because") or "")
    return {"void": actions.void(slip, because, _doing(deed)).number, "because": because}


def _doing(deed: Deed) -> Doing:
    return Doing(deed.number, deed.outlet, deed.doer, deed.at, deed.act_id)


def _own_hand(deed: Deed) -> Holder:
    """The hand of whoever acts: the post acted in, else the account; a case or the clock only has its name."""
    if deed.post:
        return named(deed.post, deed.definition.posts)
    own = hands_of(deed.doer, "", deed.at)
    return Holder(PERSON, deed.doer) if own else Holder(OFFICE, deed.doer or POST)


def _moved(movement: Movement) -> dict[str, str]:
    copy = movement.copy
    return {
        "number": copy.slip.number,
        "copy": f"{copy.slip.form}.{copy.name}",
        "from": movement.from_holder,
        "to": movement.to_holder,
    }


EFFECTS: dict[str, Carrier] = {
    "slips.issue": issue,
    "slips.hand": hand,
    "slips.attach": attach,
    "slips.use": use,
    "slips.mark": mark,
    "slips.void": void,
}

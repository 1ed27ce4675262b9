"""What of a case was checked by somebody else than its doer: told from the procedure alone.

An act that names acts whose doer may not do it (``by = { …, other = … }``) checks what these did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bihuan.procedure.definition import Act, Definition
from bihuan.procedure.state import State


@dataclass(frozen=True)
class Check:
    """One check: the act, and – once done – who did it in which post when, and who had done what was checked."""

    act: Act
    by: str = ""
    post: str = ""
    at: datetime | None = None
    checked: tuple[tuple[str, str], ...] = ()


def checks_of(definition: Definition, state: State) -> list[Check]:
    """Every check the procedure has, in its order; those not done, or done before the work was done anew, are open."""
    return [_check(act, state) for act in definition.acts.values() if act.who.other and not act.standing]


def was_checked(definition: Definition, state: State) -> bool:
    """Whether something of the case was done and then checked by another, and nothing was done anew since."""
    return any(check.at is not None for check in checks_of(definition, state))


def _check(act: Act, state: State) -> Check:
    doers = tuple((name, state.doers[name][0]) for name in act.who.other if name in state.doers)
    done = state.moments.get(act.name)
    newer = [state.moments[name] for name in act.who.other if name in state.moments]
    if done is None or act.name not in state.doers or any(moment > done for moment in newer):
        return Check(act, checked=doers)
    by, post = state.doers[act.name]
    return Check(act, by, post, done, doers)

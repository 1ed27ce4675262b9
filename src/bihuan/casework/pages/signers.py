"""What the signers of a case are called, where each of them filled a form for themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from bihuan.procedure.definition import Definition, Pack
from bihuan.procedure.engine.working import SIGNERS

from .. import reading
from ..models import Case
from ..signatures import Signature, signatures_of
from .names import Names
from .words import post_title


def learn_signers(
    definition: Definition,
    pack: Pack,
    case: Case,
    names: Names,
    history: Iterable[Mapping[str, Any]] | None = None,
) -> None:
    """Find out who filled what, for the forms of ``case`` that each of several signers fills for themselves.

    ``history``: the entries of the book where they are at hand.
    """
    if not any(SIGNERS in filled for filled in case.state.answers.values()):
        return
    told = reading.history(case) if history is None else history
    found = signatures_of(definition, case.state.answers, told)
    names.learn(name for signed in found.values() for one in signed for name in (one.doer, one.instead_of))
    names.signed = {form: tuple(_signer(one, pack, names) for one in signed) for form, signed in found.items()}


def _signer(one: Signature, pack: Pack, names: Names) -> str:
    post = post_title(pack, one.post, names.language) if one.post in pack.posts else ""
    giver = _("代 %(giver)s") % {"giver": names.person(one.instead_of)} if one.instead_of else ""
    beside = "，".join(part for part in (post, giver) if part)
    return f"{names.person(one.doer)}（{beside}）" if beside else names.person(one.doer)

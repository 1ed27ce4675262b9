"""What a register is asked and told by a case: plain data and the one way of saying no.

A *question* asks a fact; a *deed* carries out a named effect inside the act's own transaction. Registers know no case:
they are given its number, its outlet and the answers as they stand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.procedure.definition import Definition, Text


class RegisterRefusal(Exception):
    """Every way a register says no: words in both languages, a code, the field it is about. Nothing has changed."""

    code = "refused"

    def __init__(self, words: Text, field: str = "") -> None:
        super().__init__(words.zh)
        self.words = words
        self.field = field


@dataclass(frozen=True)
class Question:
    """What a register may look at to answer: the case as it stands with the new answers, and who asks when.

    ``answers``: form → field → value. ``form``: the one being filled. ``argument``: what stood behind the fact's name.
    """

    definition: Definition
    answers: dict[str, dict[str, Any]]
    at: datetime
    doer: str = ""
    outlet: str = ""
    number: str = ""
    form: str = ""
    argument: str = ""


@dataclass(frozen=True)
class Deed:
    """One effect of an act: what the text named, with everything the register may need to carry it out.

    ``arguments`` are resolved (an answer or fact named by the text is its value). ``at`` when it was done, ``received``
    when it reached us. ``doer`` is a username (or a case number, where a case acts), ``post`` the post acted in.
    ``departed``: the flow was departed from in this case, so things may stand elsewhere than the text expects.
    """

    definition: Definition
    answers: dict[str, dict[str, Any]]
    at: datetime
    received: datetime
    outlet: str
    number: str
    case: UUID
    doer: str = ""
    post: str = ""
    form: str = ""
    clause: str = ""
    act_id: UUID | None = None
    departed: bool = False
    arguments: dict[str, Any] = field(default_factory=dict)


Provider = Callable[[Question], Any]
# what came of it (receipt number, decision with its reasons …) is kept with the act's entry; None = nothing to add
Carrier = Callable[[Deed], "dict[str, Any] | None"]


def of_kind(asked: Question | Deed, kind: str) -> str:
    """The answer to a question of ``kind``: on the form being filled, else on the newest form that has one, else ""."""
    forms = asked.definition.forms
    order = [asked.form, *(name for name in reversed(list(asked.answers)) if name != asked.form)]
    for name in order:
        form, filled = forms.get(name), asked.answers.get(name)
        if form is None or not filled:
            continue
        for one in form.fields.values():
            if one.kind == kind and filled.get(one.name):
                return str(filled[one.name])
    return ""

"""A finding handed to a case: the opening form of a kind the pack offers, half filled in with what was found."""

from __future__ import annotations

from datetime import datetime

from bihuan.people.models import Person
from bihuan.procedure.definition import Definition, Text

from .. import drafts
from ..forms import LONG_KINDS
from ..pages import definition_of_kind, openable
from .errors import AuditRefusal, WrongInput
from .models import Sheet

WORDED = (*LONG_KINDS, "text")


class HalfFilled(AuditRefusal):
    """409: a form of this kind lies half filled in already; it is not written over."""

    code = "half-filled"
    words = Text(
        "您有一张未填完的同类表单，请先提交或清空", "You left a form of this kind half filled: finish or clear it first"
    )


def kinds(person: Person, at: datetime) -> list[dict[str, str]]:
    """The kinds of case this person may open."""
    return openable(person, at)


def hand_over(sheet: Sheet, kind: str, *, by: Person, at: datetime) -> str:
    """Keep the finding as the half-filled opening form of ``kind``; returns the form's address.

    Nothing is opened: that is said on the form itself. Raises WrongInput, HalfFilled.
    """
    if not sheet.finding:
        raise WrongInput(Text("这张检查表没有发现", "This sheet has no finding"), "finding")
    if kind not in {one["kind"] for one in kinds(by, at)}:
        raise WrongInput(Text("不能开立这类事项", "This kind cannot be opened"), "kind")
    definition = definition_of_kind(kind, at)
    assert definition is not None
    place = drafts.place_of("open", kind)
    if drafts.kept(by, place) is not None:
        raise HalfFilled
    drafts.keep(by, place, _filled(definition, sheet), at)
    return f"/cases/new/{kind}/"


def _filled(definition: Definition, sheet: Sheet) -> drafts.Answers:
    """The first question of the opening form that takes words has the finding; one that asks for a case, its number."""
    form = definition.forms.get(definition.acts[definition.opening.act].form)
    filled: drafts.Answers = {}
    fields = list(form.fields.values()) if form else []
    wordy = sorted((one for one in fields if one.kind in WORDED), key=lambda one: one.kind == "text")
    if wordy:
        filled[wordy[0].name] = [f"{sheet.number}：{sheet.finding}"]
    case = next((one for one in fields if one.kind == "case"), None)
    if case is not None:
        filled[case.name] = [sheet.number]
    return filled

"""The questions of the standing acts as a form: the engine asks them, no document has to write them."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from bihuan.procedure.definition import Act, Choice, Definition, Field, Form, Text
from bihuan.procedure.engine import QUESTIONS
from bihuan.procedure.engine.working import SIGNERS

from ..forms import typed_answer

ASKS: dict[str, tuple[Text, str]] = {
    "entry": (Text("哪一条记录", "Which entry"), "text"),
    "form": (Text("哪张表单", "Which form"), "choice"),
    "field": (Text("哪一项", "Which question"), "choice"),
    "value": (Text("改为", "New value"), "text"),
    "reason": (Text("理由", "Reason"), "long-text"),
    "to": (Text("转到哪一步", "To which step"), "step"),
    "interest": (Text("对客户有何好处", "What the customer gains"), "text"),
    "number": (Text("并入的编号", "Number to merge into"), "text"),
    "act": (Text("哪个动作", "Which act"), "choice"),
    "person": (Text("改由谁做", "Who is to do it"), "person"),
}


def standing_form(definition: Definition, act: Act, answers: dict[str, Any]) -> Form:
    """The form of a standing act: its own questions, then those of the document's form where it names one.

    ``answers`` are the case's; only forms filled in can be corrected.
    """
    fields = {
        name: Field(
            name=name,
            ask=ASKS[name][0],
            kind=ASKS[name][1],  # type: ignore[arg-type]  # kinds of the table above
            origin=act.origin,
            choices=_choices(definition, name, answers),
            must=((),) if must else None,
        )
        for name, must in QUESTIONS.get(act.name, {}).items()
    }
    own = definition.forms.get(act.form)
    fields |= own.fields if own else {}
    return Form(name=act.form, title=act.title, origin=act.origin, fields=fields, lines=own.lines if own else {})


def typed(definition: Definition, act: Act, answers: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """A correction's new value read as the corrected question wants it; every other answer as it is."""
    if not act.standing or act.name != "correct" or not isinstance(answers.get("value"), str):
        return answers
    form = definition.forms.get(str(answers.get("form", "")))
    # of several signers' own fillings the question comes after the signer's number
    field = form.fields.get(str(answers.get("field", "")).rpartition(".")[2]) if form else None
    return answers if field is None else {**answers, "value": typed_answer(field, answers["value"], zone)}


def _choices(definition: Definition, name: str, answers: dict[str, Any]) -> tuple[Choice, ...]:
    filled = [definition.forms[form] for form in answers if form in definition.forms]
    if name == "form":
        return tuple(Choice(form.name, form.title) for form in filled)
    if name == "field":
        found: dict[str, Text] = {}
        for form in filled:
            for prefix, whose in _fillings(answers[form.name]):
                for field in form.fields.values():
                    words = Text(f"{form.title.zh}：{whose.zh}{field.ask.zh}", f"{whose.en}{field.ask.en}".strip())
                    found.setdefault(f"{prefix}{field.name}", words)
        return tuple(Choice(key, label) for key, label in found.items())
    if name == "act":
        return tuple(Choice(act.name, act.title) for act in definition.acts.values() if not act.standing)
    return ()


def _fillings(filled: dict[str, Any]) -> list[tuple[str, Text]]:
    """What a question of a filled form is addressed by, and whose filling it is where every signer has their own."""
    count = len(filled.get(SIGNERS, ()))
    return [(f"{number}.", Text(f"第{number}位 ", f"signer {number}: ")) for number in range(1, count + 1)] or [
        ("", Text(""))
    ]

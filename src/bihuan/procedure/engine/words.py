"""Labels for refusals: what an answer, a fact, an act or a step is called in this document."""

from __future__ import annotations

from typing import Any

from .. import vocabulary
from ..conditions import describe
from ..definition import Condition, Definition, Field, Text

JOINT = Text("、", ", ")


def field_of(definition: Definition, key: str) -> Field | None:
    """The question behind ``form.field`` or ``form.lines.field``."""
    head, _, tail = key.partition(".")
    form = definition.forms.get(head)
    if form is None:
        return None
    if tail in form.fields:
        return form.fields[tail]
    name, _, field = tail.partition(".")
    lines = form.lines.get(name)
    return lines.fields.get(field) if lines else None


def name_of(definition: Definition, key: str) -> Text:
    """The label of an answer; a fact by its title in the vocabulary, with the act or step it speaks of."""
    field = field_of(definition, key)
    if field is not None:
        return field.ask
    word = vocabulary.fact(key)
    if word is None:
        return Text(key, key)
    tail = vocabulary.tail(key)
    if not tail:
        return word.title
    named = act_title(definition, tail) if word.tail == "act" else step_title(definition, tail)
    if word.tail == "deadline":
        named = deadline_title(definition, tail)
    if word.name == "case.times-done":
        return Text(f"“{named.zh}”做过的次数", f"times “{english(named)}” was done")
    return Text(f"{named.zh}：{word.title.zh}", f"{english(word.title)}: {english(named)}")


def value_of(definition: Definition, key: str, value: Any) -> Text:
    """A constant as the form shows it."""
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    field = field_of(definition, key)
    if field is not None:
        for choice in field.choices:
            if choice.name == value:
                return choice.label
    return Text(str(value), str(value))


def asked(definition: Definition, condition: Condition) -> Text:
    """What a condition asks, in both languages."""
    return describe(
        condition, lambda key: name_of(definition, key), lambda key, value: value_of(definition, key, value)
    )


def act_title(definition: Definition, name: str) -> Text:
    act = definition.acts.get(name)
    return act.title if act else Text(name, name)


def step_title(definition: Definition, name: str) -> Text:
    step = definition.steps.get(name)
    return step.title if step else Text(name, name)


def deadline_title(definition: Definition, name: str) -> Text:
    deadline = definition.deadlines.get(name)
    return deadline.title if deadline else Text(name, name)


def english(text: Text) -> str:
    """The English words, or the Chinese where there are none."""
    return text.say("en")

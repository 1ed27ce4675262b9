"""Words a page needs from the definition: clause text, titles of posts and steps, what happened in one line."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bihuan.procedure.definition import Definition, Pack


def clause_words(definition: Definition, number: str) -> dict[str, str] | None:
    """The clause as printed: number, title, words, address; None where nothing is cited."""
    for clause in definition.clauses:
        if number and number in {clause.number, clause.anchor}:
            return {
                "number": clause.number,
                "title": clause.title,
                "prose": clause.prose,
                "address": clause_address(definition, number),
            }
    return None


def clause_address(definition: Definition, cited: str) -> str:
    """Where a cited clause can be read; a part ("4.2 a") leads to its clause."""
    kind = definition.duty_of or definition.kind
    return f"/procedures/{kind}/#clause-{cited.partition(' ')[0]}" if cited else ""


def post_title(pack: Pack, name: str, language: str) -> str:
    post = pack.posts.get(name)
    return post.title.say(language) if post else name


def step_title(definition: Definition, name: str, language: str) -> str:
    step = definition.steps.get(name)
    return step.title.say(language) if step else name


def act_title(definition: Definition, name: str, language: str) -> str:
    act = definition.acts.get(name)
    return act.title.say(language) if act else name


def local(moment: datetime | None, zone: ZoneInfo) -> str:
    """Date and minute in the site's zone."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""


def answered(definition: Definition, form_name: str, filled: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """(question, answer in words) in the order of the form; tables as one line per row."""
    form = definition.forms.get(form_name)
    if form is None:
        return [(name, str(value)) for name, value in filled.items()]
    told = []
    for sent, value in filled.items():
        name = sent.removeprefix(f"{form_name}.")
        if name in form.fields:
            told.append((form.fields[name].ask.say(language), _said(form.fields[name], value, language)))
        elif name in form.lines:
            lines = form.lines[name]
            for row in value if isinstance(value, list) else []:
                parts = [_said(lines.fields[key], one, language) for key, one in row.items() if key in lines.fields]
                told.append((lines.ask.say(language), " · ".join(parts)))
        else:
            told.append((name, str(value)))
    return told


def _said(field: Any, value: Any, language: str) -> str:
    if isinstance(value, bool):
        return {True: ("是", "yes"), False: ("否", "no")}[value][language == "en"]
    if isinstance(value, list):
        return "、".join(_said(field, one, language) for one in value)
    labels = {choice.name: choice.label.say(language) for choice in field.choices}
    return labels.get(str(value), str(value))

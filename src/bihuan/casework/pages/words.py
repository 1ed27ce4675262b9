"""Words a page needs from the definition: clause text, titles of posts and steps, what happened in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bihuan.procedure.definition import Definition, Form, Pack, Text
from bihuan.procedure.engine.working import SIGNERS
from bihuan.registers.customers import phones

from .names import Names
from .standing import ASKS

NO_POSTS: Final[Mapping[str, Text]] = {}


def clause_words(definition: Definition, number: str) -> dict[str, str] | None:
    """The clause as printed: number, title, words, address; None where nothing is cited.

    A part ("4.2 a") is said with its clause.
    """
    whole = number.partition(" ")[0]
    for clause in definition.clauses:
        if whole and (number in {clause.number, clause.anchor} or whole in {clause.number, clause.anchor}):
            return {
                "number": clause.number,
                "title": clause.title,
                "prose": clause.prose,
                "address": clause_address(definition, number),
            }
    return None


def clause_address(definition: Definition, cited: str) -> str:
    """Where a cited clause can be read; a part ("4.2 a") leads to its clause."""
    number = cited.partition(" ")[0]
    if not number:
        return ""
    found = next((one for one in definition.clauses if number in {one.number, one.anchor}), None)
    return f"/procedures/{definition.duty_of or definition.kind}/#clause-{found.anchor if found else number}"


def clause_called(definition: Definition, cited: str) -> str:
    """A cited clause as a reader would name it: by its number, by its heading where the document gives it none."""
    anchor, _space, part = cited.partition(" ")
    # a heading without a number is cited by its anchor, which begins with a letter
    named = anchor[:1].isascii() and anchor[:1].isalpha()
    found = next((one for one in definition.clauses if named and one.number == one.anchor == anchor), None)
    return " ".join(filter(None, (found.title, part))) if found else cited


def post_title(pack: Pack, name: str, language: str) -> str:
    post = pack.posts.get(name)
    return post.title.say(language) if post else name


def step_title(definition: Definition, name: str, language: str) -> str:
    step = definition.steps.get(name)
    return step.title.say(language) if step else name


# what is sent out to somebody goes through other hands than what is written, answered and approved
WORK_ORDER_STAGES = {
    "received": gettext_noop("受理"),
    "assigned": gettext_noop("派工"),
    "accepted": gettext_noop("接单"),
    "under-way": gettext_noop("在途"),
    "on-site": gettext_noop("在场"),
    "waiting": gettext_noop("等待"),
    "done": gettext_noop("完工"),
    "followed-up": gettext_noop("回访"),
    "closed": gettext_noop("关闭"),
}
STAGES = WORK_ORDER_STAGES | {
    "assigned": gettext_noop("已交办"),
    "accepted": gettext_noop("已接办"),
    "under-way": gettext_noop("办理中"),
    "on-site": gettext_noop("现场"),
    "done": gettext_noop("办毕"),
}


def stage_word(stage: str, *, work_order: bool = True) -> str:
    """A stage of the closed list in the reader's language, as it is said of work orders or of other cases."""
    words = WORK_ORDER_STAGES if work_order else STAGES
    return str(_(words[stage])) if stage in words else stage


def masked(number: str) -> str:
    """A telephone number as those see it who may not see it whole; what cannot be read as one hides all but its end."""
    known = phones.e164(number)
    return phones.masked(known) if known else f"****{number.strip()[-2:]}"


def act_title(definition: Definition, name: str, language: str) -> str:
    act = definition.acts.get(name)
    return act.title.say(language) if act else name


def local(moment: datetime | None, zone: ZoneInfo) -> str:
    """Date and minute in the site's zone."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""


def due_words(due: datetime, zone: ZoneInfo) -> str:
    """A due moment; the end of a day as ``2026-03-04 24:00``, since that day is still in time."""
    local_due = due.astimezone(zone)
    if (local_due.hour, local_due.minute) == (0, 0):
        return f"{(local_due - timedelta(days=1)).date().isoformat()} 24:00"
    return local_due.strftime("%Y-%m-%d %H:%M")


def answered(definition: Definition, form_name: str, filled: dict[str, Any], names: Names) -> list[tuple[str, str]]:
    """(question, answer in words) in the order the document asks; tables as one line per row.

    What the form does not ask (a standing act's own words) comes last, under its name.
    """
    form = definition.forms.get(form_name)
    if form is not None and form_name in names.hidden:
        return [(form.title.say(names.language), _("限定岗位可见"))] if filled else []
    told: list[tuple[str, str]] = []
    if SIGNERS in filled:
        return [
            (f"{whose} · {ask}" if whose else ask, words)
            for whose, each in signed_fillings(form_name, filled, names)
            for ask, words in answered(definition, form_name, each, names)
        ]
    given = by_field(form_name, filled)
    for field in form.fields.values() if form else ():
        if field.name in given:
            told.append((field.ask.say(names.language), said(field, given.pop(field.name), names, definition.posts)))
    for lines in form.lines.values() if form else ():
        rows = given.pop(lines.name, None)
        for row in rows if isinstance(rows, list) else []:
            parts = [
                said(field, row[field.name], names, definition.posts)
                for field in lines.fields.values()
                if field.name in row
            ]
            told.append((lines.ask.say(names.language), " · ".join(part for part in parts if part)))
    corrected = definition.forms.get(str(given.get("form", "")))
    if corrected is not None and corrected.name in names.hidden:
        given.pop("value", None)
    told += [_of_standing(definition, corrected, name, value, names) for name, value in given.items()]
    return told


def fillings(filled: dict[str, Any]) -> list[dict[str, Any]]:
    """A form as it was filled in: once, or by each of several signers for themselves."""
    return list(filled[SIGNERS]) if SIGNERS in filled else [filled]


def signed_fillings(form_name: str, filled: dict[str, Any], names: Names) -> list[tuple[str, dict[str, Any]]]:
    """Whose (name and post; "" where nobody else filled it in, or nobody can say), and what they answered."""
    each = fillings(filled)
    whose = names.signed.get(form_name, ()) if SIGNERS in filled else ()
    return list(zip(whose if len(whose) == len(each) else ("",) * len(each), each, strict=True))


def by_field(form_name: str, filled: dict[str, Any]) -> dict[str, Any]:
    """The answers by name of field, whichever way they were sent: ``field``, ``form.field``, or a table per form."""
    found: dict[str, Any] = {}
    for sent, value in filled.items():
        if sent == form_name and isinstance(value, dict) and "id" not in value:
            found.update(value)
        else:
            found[sent.removeprefix(f"{form_name}.")] = value
    return found


def people_in(definition: Definition, form_name: str, filled: dict[str, Any]) -> list[str]:
    """Usernames among the answers, to be looked up together."""
    form = definition.forms.get(form_name)
    fields = form.fields if form else {}
    kinds = {name: field.kind for name, field in fields.items()}
    told = [value for name, value in by_field(form_name, filled).items() if kinds.get(name) == "person"]
    return [one for value in told for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _of_standing(
    definition: Definition, corrected: Form | None, name: str, value: Any, names: Names
) -> tuple[str, str]:
    """What a standing act was told beside the document's own questions."""
    # sent as "cancel.reason" it is the same question
    name = name if name in ASKS else name.rpartition(".")[2]
    label = ASKS[name][0].say(names.language) if name in ASKS else name
    if name in {"to", "step"}:
        return label, step_title(definition, str(value), names.language)
    if name == "act":
        return label, act_title(definition, str(value), names.language)
    if corrected and name == "form":
        return label, corrected.title.say(names.language)
    if corrected and name == "field" and value in corrected.fields:
        return label, corrected.fields[value].ask.say(names.language)
    if name == "person":
        return label, names.person(str(value))
    return label, str(value)


def said(field: Any, value: Any, names: Names, posts: Mapping[str, Text] = NO_POSTS) -> str:
    """One answer in words: choices by their labels, people by name, files by the name they came under.

    ``posts`` are the titles of the posts the procedure knows.
    """
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return (", " if names.language == "en" else "、").join(said(field, one, names, posts) for one in value)
    if isinstance(value, dict):
        return str(value.get("name", "")) if "hash" in value else " ".join(str(part) for part in value.values())
    if field.kind in NAMED:
        return NAMED[field.kind](str(value), names)
    labels = {choice.name: choice.label for choice in field.choices} or (posts if field.kind == "post" else {})
    return labels[str(value)].say(names.language) if str(value) in labels else str(value)


def _phone(number: str, names: Names) -> str:
    return number if names.whole_phones else masked(number)


def _moment(text: str, names: Names) -> str:
    try:
        return local(datetime.fromisoformat(text), names.zone)
    except ValueError:
        return text


# kinds whose answers are short names or bare moments, and how each is said
NAMED: dict[str, Callable[[str, Names], str]] = {
    "person": lambda username, names: names.person(username),
    "place": lambda code, names: names.place(code),
    "phone": _phone,
    "moment": _moment,
}

"""Filters the components need. Load with ``{% load layout %}``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from bihuan.layout import controls, durations, numbers
from bihuan.layout.context import short_language
from bihuan.layout.frames import Chip
from bihuan.procedure.definition import Text

register = template.Library()


@register.filter
def say(words: Any) -> Any:
    """A bilingual ``Text`` in the reader's language; anything else as it is."""
    return words.say(short_language()) if isinstance(words, Text) else words


@register.filter
def chip_words(chip: Chip) -> str:
    return durations.chip_words(chip, short_language())


@register.filter
def chip_icon(chip: Chip) -> str:
    return durations.ICONS[chip.state]


@register.filter
def moment(at: datetime | None) -> str:
    """A moment in the site's zone, to the minute: ``2026-03-02 11:20``; empty for None."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


@register.filter
def near(at: datetime | None) -> str:
    """A moment as short as it stays clear: the time today, month and day within the year, else the whole date."""
    if at is None:
        return ""
    here, now = timezone.localtime(at), timezone.localtime()
    if here.date() == now.date():
        return here.strftime("%H:%M")
    return here.strftime("%m-%d %H:%M" if here.year == now.year else "%Y-%m-%d %H:%M")


@register.filter
def clock(at: datetime | None) -> str:
    """Only the time of day in the site's zone: ``11:20``."""
    return timezone.localtime(at).strftime("%H:%M") if at else ""


@register.filter
def is_pair(line: Any) -> bool:
    """Whether a line of a timeline is (label, value) rather than plain words."""
    return isinstance(line, tuple)


@register.filter
def html_id(question: Any) -> str:
    """The id of a question or table: ``q-`` and its name."""
    return f"q-{question.name}" if question else ""


@register.filter
def control(question: Any) -> str:
    """Which control draws a question: hidden, file, boxes (radio or check boxes), select, area or input."""
    return controls.control(question)


@register.filter
def is_group(question: Any) -> bool:
    """Several controls answer it: a fieldset with a legend instead of a label."""
    return controls.control(question) == "boxes"


@register.filter
def all_choices(question: Any) -> list[tuple[str, Any]]:
    if question.kind == "yes-no" and not question.choices:
        return [("yes", Text("是", "Yes")), ("no", Text("否", "No"))]
    return list(question.choices)


@register.filter
def is_picked(question: Any, value: str) -> bool:
    """Whether a choice is the answer, or among the answers."""
    return str(value) in question.values if question.several else str(value) == str(question.value)


@register.filter
def written(question: Any) -> str:
    """The answer as text: several ones without choices stand on lines of their own; passwords are never sent back."""
    if question.kind == "password":
        return ""
    return "\n".join(question.values) if question.several and question.values else str(question.value)


@register.filter
def rows_of(question: Any) -> int:
    return controls.AREA_ROWS.get(question.kind, 3)


@register.filter
def input_type(question: Any) -> str:
    return controls.INPUT_TYPES.get(question.kind, "text")


@register.filter
def described(question: Any) -> str:
    """Ids of the help and the errors, for screen readers."""
    name = html_id(question)
    return " ".join([f"{name}-help"] * bool(question.help) + [f"{name}-error"] * bool(question.errors))


@register.filter
def phone_groups(number: str) -> str:
    """A telephone number as it is read aloud: mainland mobiles 3-4-4 without their +86, others as they are."""
    return numbers.phone_groups(number)


@register.filter
def yuan(amount: Any) -> str:
    """An amount with its sign, thousands and two decimals: ``¥1,200.00``; a dash for None or ""."""
    return numbers.yuan(amount)

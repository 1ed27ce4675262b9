"""What the pages of this room ask, and how it is read. Wrong input raises this room's refusals with their field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import Question
from bihuan.procedure.definition import Text

from .errors import WrongPrice
from .models import PriceLine
from .money import money
from .prices import Price

Typed = Mapping[str, str]


def list_questions(outlets: list[tuple[str, Any]], typed: Typed) -> list[Question]:
    """A new price list: name, where it goes, days."""
    return _filled(
        [
            Question("name", _("价目名称"), required=True),
            Question("outlet", _("适用"), "choice", choices=outlets),
            Question("start", _("自"), "date", required=True),
            Question("until", _("至（含当日，可不填）"), "date"),
        ],
        typed,
    )


def line_questions(typed: Typed) -> list[Question]:
    """A further price."""
    return _filled(
        [
            Question("code", _("代码"), required=True),
            Question("title", _("项目"), required=True),
            Question("title-en", _("英文名称")),
            Question("unit", _("单位")),
            Question("amount", _("金额（元）"), "money", required=True),
            Question("product", _("只用于产品")),
        ],
        typed,
    )


def version_questions(lines: list[PriceLine], typed: Typed, language: str) -> list[Question]:
    """From when, and every price as it is to be; those left as they are stay."""
    asked = [Question("start", _("自"), "date", required=True, value=typed.get("start", ""))]
    for one in lines:
        name, title = f"amount-{one.code}", one.title_en if language == "en" and one.title_en else one.title
        typed_amount = typed.get(name, str(one.amount))
        asked.append(Question(name, f"{one.code} {title}（{one.unit or _('次')}）", "money", value=typed_amount))
    return asked


def void_questions(typed: Typed) -> list[Question]:
    return _filled([Question("because", _("作废原因"), "long-text", required=True)], typed)


def price(typed: Typed) -> Price:
    """The price somebody wrote down. Raises ``WrongMoney``."""
    return Price(
        code=typed.get("code", ""),
        title=typed.get("title", ""),
        amount=money(typed.get("amount", "")),
        title_en=typed.get("title-en", ""),
        unit=typed.get("unit", ""),
        product=typed.get("product", ""),
    )


def changes(lines: list[PriceLine], typed: Typed) -> list[Price]:
    """The lines whose amount is another now. Raises ``WrongMoney``, ``WrongPrice`` where none is."""
    found = []
    for one in lines:
        name = f"amount-{one.code}"
        amount = money(typed.get(name, ""), name) if typed.get(name, "").strip() else one.amount
        if amount != one.amount:
            found.append(Price(one.code, one.title, amount, one.title_en, one.unit, one.product))
    if not found:
        raise WrongPrice(Text("没有改动任何价格", "No price is another than before"), "form")
    return found


def day(typed: Typed, name: str, required: bool = True) -> date | None:
    """A date field. Raises ``WrongPrice``."""
    value = typed.get(name, "").strip()
    if not value and not required:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise WrongPrice(Text("请填写日期", "Give a date"), name) from error


def problems(questions: list[Question], refusal: Any) -> list[tuple[str, Any]]:
    """Mark the question a refusal is about; what stands on top of the form."""
    for question in questions:
        if question.name == refusal.field:
            question.errors.append(refusal.words)
            return [(question.name, refusal.words)]
    return [("form", refusal.words)]


def _filled(questions: list[Question], typed: Typed) -> list[Question]:
    for question in questions:
        question.value = typed.get(question.name, "")[:200]
    return questions

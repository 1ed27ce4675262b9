"""The form of thresholds, weights and check questions."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.layout.frames import Crumb, Question
from bihuan.procedure.definition import Text

from .. import exceptions, policy
from ..errors import AuditRefusal
from ..policy import Rules
from .log import HERE, Reader

QUESTIONS = "questions"


def typed(given: QueryDict) -> dict[str, str]:
    """What was typed, cut to what anybody would type."""
    return {name: value[:10_000].replace("\x00", "") for name, value in given.items()}


def read(typed: dict[str, str]) -> tuple[dict[str, int], dict[str, int], list[policy.Question]]:
    """Numbers, weights, questions; what is no whole number is left out and so refused by name."""
    rules = policy.documented()
    numbers = {name: _whole(typed.get(f"number-{name}", "")) for name in rules.numbers}
    weights = {name: _whole(typed.get(f"weight-{name}", "")) for name in rules.weights}
    asked = [_question(line) for line in typed.get(QUESTIONS, "").splitlines() if line.strip()]
    return _there(numbers), _there(weights), asked


def _there(found: dict[str, int | None]) -> dict[str, int]:
    return {name: value for name, value in found.items() if value is not None}


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _question(line: str) -> policy.Question:
    """One line: ``code | Chinese | English``."""
    name, _bar, words = line.partition("|")
    chinese, _bar, english = words.partition("|")
    return policy.Question(name.strip(), Text(chinese.strip(), english.strip()))


def shown(
    reader: Reader, rules: Rules, typed: dict[str, str] | None, refusal: AuditRefusal | None = None
) -> dict[str, Any]:
    """The form, with what was typed where something was wrong."""
    words, usual = policy.number_words(), policy.documented()

    def question(name: str, label: str, value: int, default: int) -> Question:
        wrong = [refusal.words] if refusal and refusal.field == name else []
        return Question(
            name, label, "number", required=True, value=(typed or {}).get(name, str(value)), errors=list(wrong),
            help=Text(f"未另行规定时为 {default}", f"{default} where nothing else was decided"),
        )  # fmt: skip

    lines = "\n".join(f"{one.name} | {one.text.zh} | {one.text.en or ''}" for one in rules.questions)
    return {
        "title": _("审计阈值与检查问题"),
        "crumbs": [Crumb(_("审计日志"), HERE), Crumb(_("例外"), f"{HERE}exceptions/"), Crumb(_("阈值"))],
        "numbers": [
            question(f"number-{name}", words[name].say(reader.language), value, usual.numbers[name])
            for name, value in rules.numbers.items()
        ],
        "weights": [
            question(f"weight-{name}", exceptions.BY_NAME[name].title.say(reader.language), value, usual.weights[name])
            for name, value in rules.weights.items()
        ],
        "questions": Question(
            QUESTIONS, _("检查问题"), "long-text", required=True, value=(typed or {}).get(QUESTIONS, lines),
            help=_("每行一个：代码 | 中文 | 英文"),
            errors=[refusal.words] if refusal and refusal.field == QUESTIONS else [],
        ),
        "problems": [(refusal.field, refusal.words)] if refusal else [],
        "since": rules.row,
        "by": reader.names.person(rules.row.by) if rules.row else "",
    }  # fmt: skip

"""What counts as an exception, how much each weighs, what a sheet asks: the newest row, else ``defaults.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .errors import WrongInput
from .models import Policy

DEFAULTS = Path(__file__).with_name("defaults.toml")
MOST = 1_000_000
HEAVIEST = 100
MOST_QUESTIONS = 30
LONGEST = 200
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")


@dataclass(frozen=True)
class Question:
    """One question of a check sheet."""

    name: str
    text: Text

    def written(self) -> dict[str, str]:
        return {"name": self.name, "zh": self.text.zh, "en": self.text.en or ""}

    @classmethod
    def read(cls, row: Mapping[str, str]) -> Question:
        return cls(str(row["name"]), Text(str(row["zh"]), str(row.get("en", ""))))


@dataclass(frozen=True)
class Rules:
    """What holds now. ``row`` None: nobody has decided anything yet."""

    numbers: dict[str, int]
    weights: dict[str, int]
    questions: tuple[Question, ...]
    row: Policy | None = None


@cache
def _defaults() -> dict[str, Any]:
    return tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))


def number_words() -> dict[str, Text]:
    """Every threshold and what it means, in the order of the file."""
    return {name: Text(one["zh"], one["en"]) for name, one in _defaults()["numbers"].items()}


def documented() -> Rules:
    """The documented defaults."""
    whole = _defaults()
    return Rules(
        {name: one["value"] for name, one in whole["numbers"].items()},
        dict(whole["weights"]),
        tuple(Question.read(one) for one in whole["questions"]),
    )


def current() -> Rules:
    """What holds now."""
    usual, row = documented(), Policy.objects.order_by("-pk").first()
    if row is None:
        return usual
    numbers = {name: int(row.numbers.get(name, value)) for name, value in usual.numbers.items()}
    weights = {name: int(row.weights.get(name, value)) for name, value in usual.weights.items()}
    return Rules(numbers, weights, tuple(Question.read(one) for one in row.questions), row)


def decide(
    numbers: Mapping[str, int], weights: Mapping[str, int], questions: Sequence[Question], *, by: Person, at: datetime
) -> Policy:
    """A new row, with one entry that says what it was before. Whether ``by`` may is asked at the door.

    Raises WrongInput for a threshold, weight or question that cannot be.
    """
    with transaction.atomic():
        before = current()
        numbers = {name: _within(f"number-{name}", numbers.get(name), 1, MOST) for name in before.numbers}
        weights = {name: _within(f"weight-{name}", weights.get(name), 0, HEAVIEST) for name in before.weights}
        asked = _asked(questions)
        row = Policy.objects.create(numbers=numbers, weights=weights, questions=asked, by=by.username, at=at)
        told = {
            "numbers": _changed(before.numbers, numbers), "weights": _changed(before.weights, weights),
            "questions": asked if asked != [one.written() for one in before.questions] else [],
        }  # fmt: skip
        entry(HOUSE, "audit-policy", str(row.pk), "set-audit-policy", by, at, told)
    return row


def _changed(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, list[int]]:
    return {name: [before[name], value] for name, value in after.items() if before[name] != value}


def _within(field: str, value: int | None, least: int, most: int) -> int:
    if value is None or not least <= value <= most:
        raise WrongInput(Text(f"须为 {least} 至 {most} 的整数", f"A whole number from {least} to {most}"), field)
    return value


def _asked(questions: Sequence[Question]) -> list[dict[str, str]]:
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        words = Text(f"须有 1 至 {MOST_QUESTIONS} 个问题", f"There are 1 to {MOST_QUESTIONS} questions")
        raise WrongInput(words, "questions")
    names = [one.name for one in questions]
    for one in questions:
        if not _NAME.match(one.name) or names.count(one.name) > 1:
            words = Text(
                "问题的代码须为小写字母、数字和连字符，且不重复",
                "A question's code is small letters, digits, hyphens, once",
            )
            raise WrongInput(words, "questions")
        if not one.text.zh.strip() or len(one.text.zh) > LONGEST or len(one.text.en or "") > LONGEST:
            raise WrongInput(
                Text(f"问题须有文字，最多 {LONGEST} 字", f"A question has words, at most {LONGEST}"), "questions"
            )
    return [one.written() for one in questions]

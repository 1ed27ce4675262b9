"""Words in two languages, where an entry stands, amounts of time, arguments."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """Words in Chinese and English. ``en`` is empty where no translation was written."""

    zh: str
    en: str = ""

    def say(self, language: str) -> str:
        """The words in ``language`` ("zh" or "en"); Chinese where English is missing."""
        return self.en if language == "en" and self.en else self.zh


class Origin(Struct, frozen=True):
    """Where an entry stands: file, line of its header, clause as printed, part of the clause."""

    file: str
    line: int
    clause: str
    part: str = ""

    def cite(self) -> str:
        """The clause as a reader would cite it, for example ``4.2(3) a``."""
        return f"{self.clause} {self.part}".strip()


class Argument(Struct, frozen=True):
    """A constant, or the name of the answer or fact to take the value from."""

    value: Any = None
    of: str = ""


Unit = Literal[
    "minutes", "hours", "days", "weeks", "months", "years", "working-minutes", "working-hours", "working-days"
]


class Time(Struct, frozen=True):
    """An amount of time. ``word`` keeps the name ("promptly") under which the pack has the figure.

    ``title`` is what people read for that name; "" where the pack gives it none.
    """

    amount: int
    unit: Unit
    word: str = ""
    title: Text = Text("")

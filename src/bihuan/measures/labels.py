"""What the rows of a report are called: procedures, outlets, promises, answers – in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bihuan.casework import listing, rights
from bihuan.casework.definitions import running, sends_out
from bihuan.casework.masks import hidden
from bihuan.casework.pages.lists import kinds
from bihuan.casework.pages.names import outlet_names
from bihuan.casework.pages.words import stage_word
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition, Text

from .counting import ANSWERED, LATER_THAN_ALL, NONE, REST, Counted

WAITS = {
    "30m": Text("30 分钟以内", "Within 30 minutes"),
    "2h": Text("2 小时以内", "Within 2 hours"),
    "1d": Text("24 小时以内", "Within 24 hours"),
    LATER_THAN_ALL: Text("24 小时以上", "More than 24 hours"),
    NONE: Text("期末还没有", "None yet at the end"),
}


class Labels:
    """Looked up once for a whole report. Numbers of telephones written into answers are masked as the reader sees."""

    def __init__(self, person: Person, language: str, at: datetime, *counted: Counted) -> None:
        self.language = language
        self.answers = {key: label for one in reversed(counted) for key, label in one.labels.items()}
        self.whole = rights.sees_numbers(person, "", at)
        self.kinds = kinds(at, language)
        self.outlets = outlet_names({row for one in counted for row in one.sections.get("outlet", ())}, language)
        self.sends_out = sends_out(at)
        self._running = {one.kind: one for one in running(at)}

    def definition(self, kind: str) -> Definition | None:
        """The procedure of ``kind`` in force; None where there is none any more."""
        return self._running.get(kind)

    def of(self, section: str, row: str) -> str:
        """What one row is called."""
        if section == "answer":
            return WAITS[row].say(self.language)
        if row in {NONE, REST}:
            return _("其他") if row == REST else _("未填写")
        plain = {"kind": self.kinds, "child": self.kinds, "duty": self.kinds, "outlet": self.outlets}
        if section in plain:
            return plain[section].get(row, row)
        if section == "stage":
            return stage_word(row, work_order=self.sends_out)
        if section == "day":
            return date_format(date.fromisoformat(row), "m-d D")
        return self._answer(self.answers.get((section, row), row))

    def _answer(self, label: Any) -> str:
        if isinstance(label, tuple):
            return " · ".join(self._answer(one) for one in label)
        words = label.say(self.language) if isinstance(label, Text) else str(label)
        return words if self.whole else hidden(words)

    def order(self, section: str, rows: Iterable[str]) -> list[str]:
        """The order of rows that have one of their own."""
        if section == "stage":
            return [*listing.STAGES, NONE]
        if section == "answer":
            return [*(name for name, _most in ANSWERED), LATER_THAN_ALL, NONE]
        return sorted(rows)

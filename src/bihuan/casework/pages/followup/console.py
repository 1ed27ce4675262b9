"""The console as one request sees it: the queue, the call in hand with its act's form, figures of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.journal.models import Entry as Written
from bihuan.people import access
from bihuan.people.models import Person
from bihuan.procedure.definition import Field
from bihuan.registers.customers import phones
from bihuan.registers.customers import rights as customer_rights
from bihuan.registers.deeds import RegisterRefusal
from bihuan.registers.surveys import actions as surveys

from ... import drafts, forms, queries, rights
from ...errors import OutOfSight
from ..intake import kept
from ..intake.arranged import of_kind
from ..sheets import Sheet
from . import calls, phrases, summary
from .queue import FOUND_WRONG, SHOWS, Entry, calling_acts, one_of, waiting

LONGEST_SCALE = 7


@dataclass
class Console:
    """One reader at the console. ``entry``: the call in hand, None when nothing waits."""

    person: Person
    at: datetime
    show: str
    entries: list[Entry]
    entry: Entry | None
    sheet: Sheet | None = None
    revealed: str = ""
    not_kept: RegisterRefusal | None = None

    @classmethod
    def of(cls, request: HttpRequest, at: datetime, language: str, number: str = "") -> Console:
        """The console with the call the address names, else with the first one of the queue.

        Raises ``OutOfSight`` for a case that is not within scope or does not wait for this person.
        """
        asked = request.GET.get("show", "")
        show = asked if asked in SHOWS else "all"
        everything = waiting(request.user, at, language)
        entries = everything if show == "all" else waiting(request.user, at, language, show)
        entry = cls._chosen(request, entries, everything, at, number or request.GET.get("case", ""))
        console = cls(request.user, at, show, entries, entry)
        if entry is not None:
            console.sheet = Sheet.for_act(request, entry.case, entry.definition, entry.act.name, at)
            if request.method != "POST":
                console._take_up()
        return console

    @staticmethod
    def _chosen(
        request: HttpRequest, entries: list[Entry], everything: list[Entry], at: datetime, number: str
    ) -> Entry | None:
        if not number:
            return next((one for one in entries if not one.later(at)), None)
        for entry in everything:
            if number == entry.case.number:
                return entry
            if number in {one.number for one in entry.merged}:
                return one_of(request.user, number, at)
        raise OutOfSight

    def _take_up(self) -> None:
        """Go on with what was typed before; a question for the contact begins with the one on the case."""
        if self.entry is None or self.sheet is None:
            return
        contact = {name: self.entry.contact for name in of_kind(self.sheet.form, "contact") if self.entry.contact}
        self.sheet.answers = {**contact, **self.sheet.answers}
        left = drafts.kept(self.person, self.place)
        if left is not None:
            self.sheet.answers |= forms.read(self.sheet.form, kept.as_sent(left.answers), self.sheet.zone)

    @property
    def place(self) -> str:
        return f"followup.{self.entry.case.number}" if self.entry else ""

    def tried(self, result: str, following: str) -> None:
        """Keep a call that brought no answers. Raises the register's refusals."""
        if self.entry is None:
            raise OutOfSight
        wanted = calls.read_next(following) if result in calls.AGAIN else None
        surveys.try_by_hand(
            self.entry.case.number,
            self.entry.case.outlet,
            result,
            wanted,
            by=self.person,
            at=self.at,
            contact=self.entry.number,
            quiet=calls.quiet_spans(self.at),
        )

    def number(self) -> dict[str, Any]:
        """The number to call: masked, and whole once it was asked for; nobody sees it who may not."""
        if self.entry is None or not self.entry.number:
            return {}
        whole = self.revealed == self.entry.case.number
        return {
            "masked": phones.masked(self.entry.number) if self.entry.number.startswith("+") else "****",
            "whole": self.entry.number if whole else "",
            "grouped": phones.grouped(self.entry.number) if whole else "",
            "may": customer_rights.sees_numbers(self.person, self.entry.case.outlet, self.at),
        }

    def context(self, language: str) -> dict[str, Any]:
        """Everything the page shows."""
        shown = self.sheet.context(language) if self.sheet else {}
        for question in shown.get("questions", []):
            _as_marks(question, self.sheet.form.fields.get(question.name) if self.sheet else None)
        attempts = calls.attempts([self.entry.case.number])[self.entry.case.number] if self.entry else []
        return {
            **shown,
            "title": _("回访台"),
            "not_kept": self.not_kept.words if self.not_kept else None,
            "console": self,
            "entry": self.entry,
            "act_title": self.entry.act.title.say(language) if self.entry else "",
            "number": self.number(),
            "attempts": attempts,
            "results": calls.results(),
            "next_call": calls.proposed(self.at),
            "quiet": calls.quiet_words(self.at),
            "phrases": phrases.said(language),
            "may_word": rights.may_word_calls(self.person, self.at),
            "shows": [(name, words, name == self.show) for name, words in _shows()],
            "figures": figures(self.person, self.at, self.entries if self.show == "all" else None, language),
            "summary_of": summary.of(self.person, self.entry, self.at, language) if self.entry else None,
        }


def _shows() -> list[tuple[str, str]]:
    return [("all", _("全部")), ("unsatisfied", _("不满意")), ("overdue", _("超时限")), ("again", _("打过未成"))]


def _as_marks(question: forms.Asked, asked: Field | None) -> None:
    """A number between two near whole bounds is answered by one figure, like a choice."""
    if asked is None or asked.kind != "number" or asked.at_least is None or asked.at_most is None:
        return
    low, high = int(asked.at_least), int(asked.at_most)
    if (low, high) != (asked.at_least, asked.at_most) or not 0 < high - low < LONGEST_SCALE:
        return
    question.choices = [(str(mark), str(mark)) for mark in range(low, high + 1)]
    question.kind = "mark"


def figures(person: Person, at: datetime, entries: list[Entry] | None, language: str) -> dict[str, Any]:
    """Today: calls brought to an end of all that are to be made, how many were reached, what is open and wrong."""
    morning = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    outlets = access.visible_outlets(person, at)
    acts = calling_acts(person, at)
    written = Written.objects.filter(about_kind="case", verb__in=acts, done_at__gte=morning, done_at__lte=at)
    written = written if outlets is None else written.filter(chain__in=outlets)
    done = written.count()
    missed = calls.missed_since(morning, outlets)
    listed = entries if entries is not None else waiting(person, at, language)
    now = sum(1 for entry in listed if not entry.later(at))
    wrong = queries.visible_to(person, at).filter(stage=FOUND_WRONG, ended_at__isnull=True, promised_at__isnull=False)
    return {
        "done": done,
        "total": done + now,
        "reached": round(100 * done / (done + missed)) if done + missed else None,
        "wrong": wrong.count(),
    }


def after(person: Person, entry: Entry, at: datetime) -> str:
    """Where to go once a call is saved: on with the case if its next act is this person's too, else to the next."""
    follows = one_of(person, entry.case.number, at)
    return follows.address if follows is not None and follows.act.name != entry.act.name else "/followup/"

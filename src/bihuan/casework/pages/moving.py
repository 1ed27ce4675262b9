"""Moving an open case to the version in force: which step is which, why, and what becomes of its promises."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.ground.ids import new_id
from bihuan.layout.frames import Crumb, Question
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure import engine
from bihuan.procedure.definition import Definition
from bihuan.procedure.refusals import Changed, NotYours, Refusal, WrongAnswers
from bihuan.procedure.state import State
from bihuan.registers.documents.models import Version

from ..actions.keeping import surroundings_of
from ..actions.moving import newer
from ..definitions import definition_for
from ..errors import CaseworkError
from ..models import Case
from .words import local, step_title

LONGEST = 1000


@dataclass
class MoveForm:
    """The form of a move as it was sent, or as it is proposed."""

    person: Person
    case: Case
    version: Version
    old: Definition
    new: Definition
    at: datetime
    steps: dict[str, str]
    reason: str = ""
    identity: UUID | None = None
    expect: int | None = None
    refusal: Refusal | CaseworkError | None = None
    status: int = 200
    problems: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, person: Person, case: Case, at: datetime, sent: QueryDict | None) -> MoveForm | None:
        """None where no newer version is in force, or the case has ended."""
        found = newer(case, at)
        if found is None:
            return None
        old, (version, new) = definition_for(case), found
        proposed = engine.proposed(old, new)
        # the steps it has been at: what began there counts on under the new name
        passed = [name for name in proposed if name in case.state.entered]
        form = cls(person, case, version, old, new, at, {name: proposed[name] for name in passed}, identity=new_id(at))
        if sent is not None:
            form.take(sent)
        return form

    def take(self, sent: QueryDict) -> None:
        """What was typed and chosen."""
        self.steps = {name: sent.get(f"step-{name}", "")[:100].replace("\x00", "") for name in self.steps}
        self.reason = sent.get("reason", "").replace("\x00", "").strip()[:LONGEST]
        try:
            self.identity = UUID(sent.get("_id", ""))
        except ValueError:
            self.identity = new_id(self.at)
        expect = sent.get("_expect", "")
        self.expect = int(expect) if expect.isdecimal() and len(expect) < 10 else None

    def mapped(self) -> dict[str, str]:
        """The step map as it is sent on: what was left open is not in it."""
        return {name: to for name, to in self.steps.items() if to}

    def refuse(self, refusal: Refusal | CaseworkError) -> None:
        """Remember what was refused, and with which status the form is shown again."""
        self.refusal = refusal
        self.status = {WrongAnswers: 422, NotYours: 403, Changed: 409}.get(type(refusal), 409)
        if isinstance(refusal, WrongAnswers):
            self.problems = {"reason": _("请填写")}
        elif refusal.code == "step-unmapped":
            self.problems = {f"step-{self.case.step}": _("请选择")}

    def context(self, language: str) -> dict[str, Any]:
        """Everything the page shows."""
        asked = [*self._steps(language), Question("reason", _("理由"), "long-text", True, self.reason)]
        for one in asked:
            one.errors = [self.problems[one.name]] if one.name in self.problems else []
        return {
            "title": _("换到现行版本"),
            "form": self,
            "case": self.case,
            "expect": self.case.revision,
            "old": self.old,
            "new": self.new,
            "effective": local(self.version.effective_from, surroundings_of(self.case.outlet).zone),
            "questions": asked,
            "summary": [(one.name, error) for one in asked for error in one.errors],
            "refusal": None if self.problems or self.refusal is None else self.refusal,
            "promises": self._promises(language),
            "crumbs": [
                Crumb(_("事项"), "/cases/"),
                Crumb(self.case.number, f"/cases/{self.case.number}/"),
                Crumb(_("换到现行版本")),
            ],
        }

    def _steps(self, language: str) -> list[Question]:
        choices = [("", "—")] + [
            (name, step.title.say(language)) for name, step in self.new.steps.items() if not step.end
        ]
        return [
            Question(
                f"step-{name}", step_title(self.old, name, language), "choice", name == self.case.step, to,
                choices=choices, help=_("事项现在在这一步") if name == self.case.step else "",
            )
            for name, to in self.steps.items()
        ]  # fmt: skip

    def _promises(self, language: str) -> list[dict[str, Any]]:
        """Each promise that would be another one: its due moment now and by the new text; none while it is refused."""
        around = surroundings_of(self.case.outlet)
        doer = people.doer_of(self.person, self.at)
        try:
            state = engine.moved(
                self.case.state, self.old, self.new, self.mapped(), doer, self.at, around, self.reason or "—"
            ).state
        except Refusal:
            return []
        before, after = _newest(self.case.state), _newest(state)
        found = []
        for name in {**before, **after}:
            text = self.new.deadlines.get(name) or self.old.deadlines.get(name)
            was, now = before.get(name), after.get(name)
            words = [_due(one, around.zone) for one in (was, now)]
            if text is not None and words[0] != words[1]:
                found.append({"title": text.title.say(language), "was": words[0], "now": words[1]})
        return found


def _newest(state: State) -> dict[str, Any]:
    return {run.name: run for run in state.clocks}


def _due(run: Any, zone: Any) -> str:
    if run is None:
        return "—"
    if run.state == "void":
        return _("作废")
    return _("暂停") if run.due is None else local(run.due, zone)


def offered(person: Person, case: Case, definition: Definition, at: datetime) -> dict[str, Any] | None:
    """That a newer version is in force, for the case page; ``may``: this person may move the case to it."""
    found = newer(case, at)
    if found is None:
        return None
    doer = people.doer_of(person, at)
    try:
        engine.mover(definition, case.state, doer, surroundings_of(case.outlet))
    except Refusal:
        return {"version": found[1].version, "may": False}
    return {"version": found[1].version, "may": True}

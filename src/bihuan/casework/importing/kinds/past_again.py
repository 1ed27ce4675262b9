"""What importing again does to past cases that are on record: one still open is closed by the row that closes it.

Nothing else of a past case is changed: its record is what the old one said. An open one that stands under an older
edition of our own text is brought under the present one, so that whoever the site named may close it by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bihuan.people import access
from bihuan.procedure import engine
from bihuan.procedure.definition import Definition, Text
from bihuan.procedure.refusals import Refusal
from bihuan.procedure.state import Doer
from bihuan.registers.documents.models import Version

from ... import rows as case_rows
from ...actions import keeping
from ...actions.keeping import Change, Moment, calendar_id, surroundings_of
from ...actions.moving import VERB
from ...definitions import definition_for
from ...models import Case
from ..errors import ImportRefusal
from .base import Context, Parsed, Problem
from .past_procedure import KIND, POST, is_present

KNOWN = Text("编号已在系统中，跳过", "The number is on record already: passed over")
CLOSED = Text("该历史事项已办结，不再改动，跳过", "This past case is closed and changes no more: passed over")
STILL_OPEN = Text(
    "该历史事项尚未办结，本行也没有办结时刻：没有可更新的，跳过",
    "This past case is open and the row closes it no more than before: nothing to update, passed over",
)
TOO_EARLY = Text("办结早于系统中该事项的开立", "Closed before the case on record was opened")


def on_record(rows: Sequence[Parsed]) -> dict[str, Case]:
    """The cases there are under the numbers of ``rows``; without their states."""
    found = Case.objects.filter(number__in=[row.values["number"] for row in rows])
    return {case.number: case for case in found.defer("state")}


def fated(row: Parsed, case: Case, context: Context) -> list[Problem]:
    """What is to become of a row whose number is on record, and why where it is nothing."""
    row.fate = "skip"
    seen = access.may_manage_people(context.by) or access.may_see(context.by, case.outlet, context.at)
    if case.kind != KIND or not seen:
        return [Problem(row.number, "known", KNOWN, "number", "skip")]
    if case.ended_at is not None:
        return [Problem(row.number, "closed-already", CLOSED, "number", "skip")]
    closed = row.get("closed")
    if not closed and is_present(case.version_id):
        return [Problem(row.number, "still-open", STILL_OPEN, "number", "skip")]
    row.fate = "update"
    if closed and datetime.fromisoformat(closed) < case.opened_at:
        return [Problem(row.number, "before-opening", TOO_EARLY, "closed")]
    return []


@dataclass
class Again:
    """The rows of one batch about cases on record, locked; carried out chain by chain beside the new ones."""

    version: Version
    definition: Definition
    context: Context
    rows: list[tuple[Parsed, Case]] = field(default_factory=list)

    def take(self, rows: Iterable[Parsed]) -> int:
        """Lock what these rows are about; gives how many of them are passed over after all."""
        found = {row.values["number"]: row for row in rows}
        # nobody works with a restricted one, not even an import
        open_ones = Case.objects.filter(number__in=found, kind=KIND, ended_at=None, restricted=False)
        cases = open_ones.select_for_update().order_by("pk")
        for case in cases:
            row = found[case.number]
            if not fated(row, case, self.context) and row.fate == "update":
                self.rows.append((row, case))
        return len(found) - len(self.rows)

    def outlets(self) -> set[str]:
        return {case.outlet for _row, case in self.rows}

    def write(self, outlet: str) -> None:
        """The entries of one outlet's chain. Raises ImportRefusal where the engine refuses."""
        for row, case in self.rows:
            if case.outlet != outlet:
                continue
            try:
                self._close(row, case) if row.get("closed") else self._bring_over(case)
            except Refusal as refusal:
                zh, en = refusal.words.zh, refusal.words.say("en")
                words = Text(f"第 {row.number} 行：{zh}", f"Row {row.number}: {en}")
                raise ImportRefusal("refused", words) from refusal

    def _doer(self) -> Doer:
        return Doer(name=self.context.by.username, holds=((POST, ""),), post=POST)

    def _close(self, row: Parsed, case: Case) -> None:
        at, around = datetime.fromisoformat(row.values["closed"]), surroundings_of(case.outlet)
        answers = {"outcome": {"result": row.values["result"]}} if row.get("result") else {}
        text = definition_for(case)
        outcome = engine.act(text, case.state, "close", self._doer(), answers, {}, at, around)
        moment = Moment(done=at, received=self.context.at)
        keeping.keep(case, Change(text, outcome, self._doer(), answers, moment, calendar_id(around)))

    def _bring_over(self, case: Case) -> None:
        at, around = self.context.at, surroundings_of(case.outlet)
        reason = f"历史事项的导入 第 {self.definition.version} 版"
        old = definition_for(case)
        steps = engine.proposed(old, self.definition)
        answers = {"from": str(case.version_id), "to": str(self.version.pk), "steps": steps, "reason": reason}
        outcome = engine.moved(case.state, old, self.definition, steps, self._doer(), at, around, reason)
        case.version = self.version
        case_rows.carry_out([case_rows.pinning(case)])
        moment = Moment(done=at, received=at)
        change = Change(self.definition, outcome, self._doer(), answers, moment, calendar_id(around), verb=VERB)
        keeping.keep(case, change)

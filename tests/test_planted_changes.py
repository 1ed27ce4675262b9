"""Planted changes: one word of a procedure swapped, removed or shifted is always noticed by what was recorded before.

Recorded under the true text are walks that take every way of every act, beside each of their steps the sentences next
to it with their refusals (``procedure.probing``), what a reader of the case is shown, and the days of every duty.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from datetime import date

import pytest
from tests.every_pack import FOLDERS, calendar_of, pack_of

from bihuan.procedure import walks
from bihuan.procedure.duties import due_dates
from bihuan.procedure.probing import came_of, probes
from bihuan.procedure.proofs import planted
from bihuan.procedure.reading import duty_definition
from bihuan.procedure.retention import keep_until

# Kinds of change that the engine never reads: who looks at them instead.
NOT_THE_ENGINES = {
    "copies-dropped": "which copies a slip has is read by the register of slips",
    "reader-dropped": "who may read a form is decided when it is shown",
    "target-shifted": "targets are measured by the statistics",
}

# Single changes that change nothing, by pack/procedure and name, and why.
RECEIPT = "not reached: a receipt out and handed back beside a closing that is complete otherwise"
OWN_TERMS = "every form says its own term, so the one by default is never read"
NO_DAYS = "no limit of the text is counted in days"
USUAL_END = "without a way it leads to the end of the usual name, which is the one written"
AT_ONCE = "the opening act leaves this step at once: no case stands there"
OTHERS_OPEN = "only another case opens it, which is refused to a person before any post is looked at"
DUTY_POSTS = "not reached: a duty's sentences are tried by the posts of the duty alone"
NEVER_SEEN: dict[tuple[str, str], str] = {
    ("integrator/repair", "way-removed acts.cancel.ways.0"): USUAL_END,
    ("integrator/repair", "way-removed acts.merge.ways.0"): USUAL_END,
    ("integrator/return-repair", "way-removed acts.cancel.ways.0"): USUAL_END,
    ("integrator/spare-parts", "way-removed acts.cancel.ways.0"): USUAL_END,
    ("integrator/repair", "stage-swapped stages.incoming"): AT_ONCE,
    ("integrator/return-repair", "stage-swapped stages.arriving"): AT_ONCE,
    ("integrator/exchange", "stage-swapped stages.arriving"): AT_ONCE,
    ("integrator/recall", "stage-swapped stages.arriving"): AT_ONCE,
    ("integrator/spare-parts", "stage-swapped stages.arriving"): AT_ONCE,
    ("integrator/complaint", "stage-swapped stages.arriving"): AT_ONCE,
    ("component-supplier/complaint", "stage-swapped stages.incoming"): AT_ONCE,
    ("motor-maker/return", "stage-swapped stages.incoming"): AT_ONCE,
    ("pcb-maker/complaint", "stage-swapped stages.incoming"): AT_ONCE,
    ("pcb-maker/improvement", "stage-swapped stages.raised"): AT_ONCE,
    ("property/complaint", "stage-swapped stages.incoming"): AT_ONCE,
    ("integrator/return-repair", "post-widened acts.bring-in.by.everyone"): OTHERS_OPEN,
    ("integrator/exchange", "post-widened acts.raise.by.everyone"): OTHERS_OPEN,
    ("integrator/recall", "post-widened acts.raise.by.everyone"): OTHERS_OPEN,
    ("integrator/spare-parts", "post-widened acts.request.by.everyone"): OTHERS_OPEN,
    ("integrator/complaint", "post-widened acts.raise.by.everyone"): OTHERS_OPEN,
    ("pcb-maker/improvement", "post-widened acts.raise.by.everyone"): OTHERS_OPEN,
    ("property/complaint", "post-widened acts.agree.by.everyone"): "everybody who acts here is named already",
    ("integrator/repair", "post-widened duties.weekly-statistics.by.everyone"): DUTY_POSTS,
    ("motor-maker/return", "post-widened duties.daily-report.by.everyone"): DUTY_POSTS,
    ("component-supplier/complaint", "keep-dropped keep"): OWN_TERMS,
    ("pcb-maker/complaint", "keep-dropped keep"): OWN_TERMS,
    ("pcb-maker/improvement", "keep-dropped keep"): OWN_TERMS,
    ("property/complaint", "keep-dropped keep"): OWN_TERMS,
    ("component-supplier/complaint", "bound-shifted forms.lasting-plan.fields.kinds.least"): "must asks for one",
    ("component-supplier/complaint", "until-swapped deadlines.reported.until.0"): (
        "counted from an answer of the very act that keeps it: begun after the stop, never met"
    ),
    ("motor-maker/return", "time-doubled deadlines.goods-back.within.0"): "not reached: the one region with a month",
    ("property/complaint", "condition-removed forms.answer.fields.why-late.must.if"): "not reached: in time, no reason",
    ("integrator/repair", "must-removed forms.travel.fields.car-request.must"): "not reached: by car, without request",
    ("integrator/repair", "figure-shifted also.in-warranty-free.needs.0.closing.charge.-1"): (
        "a charge below nothing is refused by the form"
    ),
    ("integrator/repair", "needs-removed also.receipt-of-taken-equipment.needs.0"): RECEIPT,
    ("integrator/repair", "also-dropped also.receipt-of-taken-equipment"): RECEIPT,
    ("integrator/repair", "needs-removed also.receipt-of-counter-equipment.needs.0"): RECEIPT,
    ("integrator/repair", "also-dropped also.receipt-of-counter-equipment"): RECEIPT,
    ("integrator/repair", "needs-removed also.recovered-receipt-to-dispatcher.needs.0"): RECEIPT,
    ("integrator/repair", "also-dropped also.recovered-receipt-to-dispatcher"): RECEIPT,
    ("integrator/repair", (
        "figure-shifted also.recovered-receipt-to-dispatcher.if.closing.device-receipt.nobody-holds-this-post"
    )): RECEIPT,
}  # fmt: skip
NO_DAYS_IN = {"return-repair", "exchange", "recall", "spare-parts", "complaint", "improvement", "return"}


class Record:
    """What one procedure and each of its duties did, under the true text."""

    def __init__(self, folder, definition):
        self.calendar = calendar_of(folder)
        self.definition = definition
        self.parts = {"": definition} | {duty: duty_definition(definition, duty) for duty in definition.duties}
        self.by_act = {part: defaultdict(list) for part in self.parts}
        self.ends = {}
        self.days = {name: self._days(definition, name) for name in definition.duties}
        for part, own in self.parts.items():
            taken = walks.paths(own, self.calendar).walks
            more = (walks.walk(own, seed, self.calendar, spoiling=0.0) for seed in range(10))
            once = set()
            walked = [*taken, *more]
            for walk in walked:
                for probe in probes(own, walk, self.calendar, once):
                    self.by_act[part][probe.entry.act].append(probe)
            states = [probe.state for found in self.by_act[part].values() for probe in found if probe.state is not None]
            states += [walk.state for walk in walked if walk.state is not None]
            # Read once more as a closed case: a term of retention runs from the end.
            self.ends[part] = list(
                {(state.step, state.ended is None, *state.answers): state for state in states}.values()
            )
        self.shown = {part: [self._show(own, state) for state in self.ends[part]] for part, own in self.parts.items()}

    def _days(self, definition, duty):
        return due_dates(definition.duties[duty], date(2026, 1, 1), date(2028, 12, 31), self.calendar)

    def _show(self, definition, state):
        kept = {}
        for name, form in definition.forms.items():
            keep = form.keep or definition.keep
            by = (keep.by, keep.longest) if keep else ()
            kept[name] = (by, keep_until(definition, name, state, self.calendar))
        return definition.steps[state.step].stage, kept

    def notices(self, plant):
        """Whether anything recorded comes out otherwise under the planted change."""
        changed = plant.definition
        if changed == self.definition:
            return True  # nothing was planted: everybody who acts here at all was named already
        if set(changed.duties) != set(self.definition.duties):
            return True
        if any(self._days(changed, duty) != days for duty, days in self.days.items() if duty in plant.entry):
            return True
        for part, own in self.parts.items():
            if self._touched(part, own, plant.entry):
                other = changed if not part else duty_definition(changed, part)
                if self._differs(part, own, other, plant):
                    return True
        return False

    def _touched(self, part, own, entry):
        """Whether the small procedure of a duty has what the change is about."""
        table, name = (*entry.split("."), "")[:2]
        if table == "duties":
            return part == name
        return not part or table in {"days", "keep"} or (table == "forms" and self._acts(own, entry) != {""})

    def _differs(self, part, own, other, plant):
        if plant.kind in {"stage-swapped", "keep-dropped", "keep-shifted"}:
            pairs = zip(self.shown[part], self.ends[part], strict=True)
            return any(shown != self._show(other, state) for shown, state in pairs)
        found = self.by_act[part]
        names = self._acts(own, plant.entry) & set(found)
        return any(came_of(other, probe, self.calendar) != probe.came for name in names for probe in found[name])

    @staticmethod
    def _acts(own, entry):
        """The acts whose sentences can tell of the change; the clock's have no name."""
        table, name = (*entry.split("."), "")[:2]
        if table == "acts":
            return {name, ""}
        if table == "also":
            return {"", *(on for each in own.additions if each.name == name for on in each.on)}
        if table == "forms":
            return {"", *(act.name for act in own.acts.values() if act.form == name)}
        return {"", *own.acts}


@functools.cache
def record_of(folder, kind):
    return Record(folder, pack_of(folder).procedures[kind])


def everywhere():
    return [
        pytest.param(folder, kind, id=f"{folder.name}/{kind}")
        for folder in FOLDERS
        for kind in pack_of(folder).procedures
    ]


@pytest.mark.parametrize(("folder", "kind"), everywhere())
def test_every_planted_change_is_noticed(folder, kind):
    record = record_of(folder, kind)
    plants = planted(record.definition)
    unseen = {plant.name for plant in plants if plant.kind not in NOT_THE_ENGINES and not record.notices(plant)}
    accepted = {name for place, name in NEVER_SEEN if place == f"{folder.name}/{kind}"}
    accepted |= {"days-swapped days"} if kind in NO_DAYS_IN else set()
    # In a text of a thousand words some changes need several answers at once that no walk happened to give.
    at_most = len(plants) // 50 if len(plants) > 500 else 0
    assert len(unseen - accepted) <= at_most, sorted(unseen - accepted)


@pytest.mark.parametrize(("folder", "kind"), everywhere())
def test_the_true_text_is_not_taken_for_a_changed_one(folder, kind):
    record = record_of(folder, kind)
    for part, own in record.parts.items():
        for found in record.by_act[part].values():
            assert all(came_of(own, probe, record.calendar) == probe.came for probe in found)

"""Planted changes: one word of a procedure swapped, removed or shifted is always noticed by what was recorded before.

Recorded under the true text are walks that take every way of every act, beside each of their steps the sentences next
to it with their refusals (``procedure.probing``), what a reader of the case is shown, and the days of every duty.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from datetime import date

import msgspec
import pytest
from tests.every_pack import FOLDERS, calendar_of, pack_of

from bihuan.procedure import walks
from bihuan.procedure.duties import due_dates
from bihuan.procedure.probing import came_of, probes
from bihuan.procedure.proofs import planted
from bihuan.procedure.proofs.planting.plant import everyone_in
from bihuan.procedure.reading import duty_definition
from bihuan.procedure.retention import keep_until

# Kinds of change that the engine never reads: who looks at them instead.
NOT_THE_ENGINES = {
    "again-dropped": "what a question begins with is filled in by the page that asks it",
    "copies-dropped": "which copies a slip has is read by the register of slips",
    "reader-dropped": "who may read a form is decided when it is shown",
    "target-shifted": "targets are measured by the statistics",
}

# The kinds nobody may overlook: a swapped post, a removed guard, a shifted limit, a dropped letter. No entry below.
ALWAYS_SEEN = {
    "post-swapped", "needs-removed", "condition-removed", "must-removed", "doer-loosened", "wait-dropped",
    "time-shifted", "time-doubled", "figure-shifted", "day-shifted",
    "letter-dropped", "warning-dropped", "rung-dropped",
}  # fmt: skip


def usual_end(definition, name):
    """Without a way it leads to the end of the usual name, which is the one written."""
    usual = {"cancel": "cancelled", "merge": "merged" if "merged" in definition.steps else "cancelled"}
    return [way.step for way in definition.acts[name].ways] == [usual[name]]


def at_once(definition, step):
    """The opening act leaves this step at once and nothing leads back: no case ever stands there."""
    ways = [(act.name, way.step) for act in definition.acts.values() for way in act.ways]
    leaves = [target for act, target in ways if act == definition.opening.act]
    back = any(target == step for _act, target in ways) or "depart" in definition.acts
    return step == definition.first and all(leaves) and bool(leaves) and not back


def others_open(definition, name):
    """Only another case opens it, which is refused to a person before any post is looked at."""
    return name == definition.opening.act and not definition.opening.by_hand


def all_named(definition, name):
    """Everybody who acts here is named already, in another order."""
    return set(definition.acts[name].who.posts) == set(everyone_in(definition))


def own_terms(definition, _name):
    """Every form says its own term, so the one by default is never read."""
    return all(form.keep is not None for form in definition.forms.values())


def must_asks_for_one(definition, name):
    """At least one is asked for, and the question must be answered anyway."""
    form, field = name.split(".")
    asked = definition.forms[form].fields[field]
    return (asked.must, asked.least) == (((),), 1)


def no_days(definition, _name):
    """No limit of the text is counted in days."""
    limits = [each.time for deadline in definition.deadlines.values() for each in deadline.within]
    limits += [rung.after for deadline in definition.deadlines.values() for rung in deadline.late if rung.after]
    limits += [warn.before for deadline in definition.deadlines.values() for warn in deadline.warn]
    limits += [wait.lasts for wait in definition.waits.values()]
    return not any(limit.unit in {"days", "weeks"} for limit in limits)


# Single changes that change nothing: pack/procedure, name of the change, why (held true by a test), of what.
NEVER_SEEN = [
    ("integrator/repair", "way-removed acts.cancel.ways.0", usual_end, "cancel"),
    ("integrator/repair", "way-removed acts.merge.ways.0", usual_end, "merge"),
    ("integrator/return-repair", "way-removed acts.cancel.ways.0", usual_end, "cancel"),
    ("integrator/spare-parts", "way-removed acts.cancel.ways.0", usual_end, "cancel"),
    ("integrator/return-repair", "stage-swapped stages.arriving", at_once, "arriving"),
    ("integrator/exchange", "stage-swapped stages.arriving", at_once, "arriving"),
    ("integrator/recall", "stage-swapped stages.arriving", at_once, "arriving"),
    ("integrator/spare-parts", "stage-swapped stages.arriving", at_once, "arriving"),
    ("integrator/goal-change", "stage-swapped stages.proposing", at_once, "proposing"),
    ("integrator/emergency", "stage-swapped stages.raising", at_once, "raising"),
    ("integrator/appraisal", "stage-swapped stages.referring", at_once, "referring"),
    ("component-supplier/complaint", "stage-swapped stages.incoming", at_once, "incoming"),
    ("motor-maker/return", "stage-swapped stages.incoming", at_once, "incoming"),
    ("pcb-maker/complaint", "stage-swapped stages.incoming", at_once, "incoming"),
    ("pcb-maker/improvement", "stage-swapped stages.raised", at_once, "raised"),
    ("property/complaint", "stage-swapped stages.incoming", at_once, "incoming"),
    ("integrator/return-repair", "post-widened acts.bring-in.by.everyone", others_open, "bring-in"),
    ("integrator/exchange", "post-widened acts.raise.by.everyone", others_open, "raise"),
    ("integrator/recall", "post-widened acts.raise.by.everyone", others_open, "raise"),
    ("integrator/spare-parts", "post-widened acts.request.by.everyone", others_open, "request"),
    ("integrator/goal-change", "post-widened acts.propose.by.everyone", others_open, "propose"),
    ("integrator/emergency", "post-widened acts.alarm.by.everyone", others_open, "alarm"),
    ("integrator/appraisal", "post-widened acts.refer.by.everyone", others_open, "refer"),
    ("pcb-maker/improvement", "post-widened acts.raise.by.everyone", others_open, "raise"),
    ("property/complaint", "post-widened acts.agree.by.everyone", all_named, "agree"),
    ("component-supplier/complaint", "keep-dropped keep", own_terms, ""),
    ("pcb-maker/complaint", "keep-dropped keep", own_terms, ""),
    ("pcb-maker/improvement", "keep-dropped keep", own_terms, ""),
    ("property/complaint", "keep-dropped keep", own_terms, ""),
    ("component-supplier/complaint", "bound-shifted forms.lasting-plan.fields.kinds.least", must_asks_for_one,
     "lasting-plan.kinds"),
    ("integrator/return-repair", "days-swapped days", no_days, ""),
    ("integrator/exchange", "days-swapped days", no_days, ""),
    ("integrator/recall", "days-swapped days", no_days, ""),
    ("integrator/spare-parts", "days-swapped days", no_days, ""),
    ("integrator/goal-change", "days-swapped days", no_days, ""),
    ("integrator/emergency", "days-swapped days", no_days, ""),
    ("motor-maker/return", "days-swapped days", no_days, ""),
    ("pcb-maker/improvement", "days-swapped days", no_days, ""),
    ("property/complaint", "days-swapped days", no_days, ""),
]  # fmt: skip


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
            more = (walks.walk(own, seed, self.calendar, spoiling=0.0) for seed in range(48))
            once, posts = set(), everyone_in(definition)
            walked = [*taken, *more]
            for walk in walked:
                for probe in probes(own, walk, self.calendar, once, posts if part else ()):
                    self.by_act[part][probe.entry.act].append(probe)
            states = [probe.state for found in self.by_act[part].values() for probe in found if probe.state is not None]
            states += [walk.state for walk in walked if walk.state is not None]
            if "depart" in own.acts and states:
                # whoever departs from the flow may come to any step: a case may stand wherever no walk went
                gone = set(own.steps) - {state.step for state in states}
                states += [msgspec.structs.replace(states[-1], step=step) for step in sorted(gone)]
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
        near = self._near(own, plant)
        names = sorted(self._acts(own, plant.entry) & set(found), key=lambda name: (name not in near, name))
        return any(came_of(other, probe, self.calendar) != probe.came for name in names for probe in found[name])

    @staticmethod
    def _near(own, plant):
        """The acts that tell of the change soonest: they are asked first, as one difference is enough."""
        table, name = (*plant.entry.split("."), "")[:2]
        if table != "deadlines":
            return Record._acts(own, plant.entry) - {""}
        # a limit shows when the clock runs on, what ends it when that is done
        ends = {*own.deadlines[name].until, own.deadlines[name].start}
        return ends if plant.kind == "until-swapped" else {""}

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
    plants = [plant for plant in planted(record.definition) if plant.definition != record.definition]
    unseen = [plant.name for plant in plants if plant.kind not in NOT_THE_ENGINES and not record.notices(plant)]
    accepted = [name for place, name, _why, _of in NEVER_SEEN if place == f"{folder.name}/{kind}"]
    # Both ways: an entry whose change is noticed after all has to leave the list.
    assert sorted(unseen) == sorted(accepted)


@pytest.mark.parametrize(("place", "name", "why", "of"), NEVER_SEEN, ids=lambda each: getattr(each, "__name__", each))
def test_what_is_not_noticed_changes_nothing_and_is_no_post_guard_limit_or_letter(place, name, why, of):
    [definition] = [
        pack_of(folder).procedures[kind]
        for folder in FOLDERS
        for kind in pack_of(folder).procedures
        if place == f"{folder.name}/{kind}"
    ]
    assert why(definition, of), why.__doc__
    assert all(part in name for part in of.split("."))
    assert name.split()[0] not in ALWAYS_SEEN


@pytest.mark.parametrize(("folder", "kind"), everywhere())
def test_the_true_text_is_not_taken_for_a_changed_one(folder, kind):
    record = record_of(folder, kind)
    for part, own in record.parts.items():
        for found in record.by_act[part].values():
            assert all(came_of(own, probe, record.calendar) == probe.came for probe in found)

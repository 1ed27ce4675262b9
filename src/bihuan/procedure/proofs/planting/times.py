"""Changes planted in promises, waits, duties, targets, and in how days are counted."""

from __future__ import annotations

from collections.abc import Iterator

from ...definition import Deadline, Definition, Duty, Every, Origin, Rung, Time, Warn, Within
from .plant import STRANGER, Change, Plant, PlantKind, doubled, everyone_in, instead, put, shifted, who_changes, without


def planted_times(definition: Definition) -> Iterator[Plant]:
    """Every deadline, wait, duty and target changed alone."""
    everyone = everyone_in(definition)
    for name, deadline in definition.deadlines.items():
        for kind, rest, origin, changed in _deadline(deadline):
            deadlines = definition.deadlines | {name: changed}
            yield Plant(kind, f"deadlines.{name}.{rest}", origin, put(definition, deadlines=deadlines))
        fewer = {each: other for each, other in definition.deadlines.items() if each != name}
        yield Plant("deadline-dropped", f"deadlines.{name}", deadline.origin, put(definition, deadlines=fewer))
    for name, wait in definition.waits.items():
        for longer in (shifted(wait.lasts), doubled(wait.lasts), Time(0, wait.lasts.unit)):
            waits = definition.waits | {name: put(wait, lasts=longer)}
            yield Plant("time-shifted", f"waits.{name}.lasts", wait.origin, put(definition, waits=waits))
    for name, duty in definition.duties.items():
        for kind, rest, origin, moved in _duty(duty, everyone):
            duties = definition.duties | {name: moved}
            yield Plant(kind, f"duties.{name}.{rest}", origin, put(definition, duties=duties))
        left = {each: other for each, other in definition.duties.items() if each != name}
        yield Plant("duty-dropped", f"duties.{name}", duty.origin, put(definition, duties=left))
    for name, target in definition.targets.items():
        for bound in ("at_least", "at_most"):
            value = getattr(target, bound)
            if value is not None:
                targets = definition.targets | {name: put(target, **{bound: value + 1})}
                yield Plant(
                    "target-shifted", f"targets.{name}.{bound}", target.origin, put(definition, targets=targets)
                )
    yield from _whole(definition)


def _whole(definition: Definition) -> Iterator[Plant]:
    """How days are counted, and the stage each step shows."""
    origin = Origin(definition.file, 1, "")
    other = "working, end of day" if definition.days.startswith("calendar") else "calendar, end of day"
    yield Plant("days-swapped", "days", origin, put(definition, days=other))
    for name, step in definition.steps.items():
        stage = "waiting" if step.stage != "waiting" else "done"
        steps = definition.steps | {name: put(step, stage=stage)}
        yield Plant("stage-swapped", f"stages.{name}", origin, put(definition, steps=steps))


def _deadline(deadline: Deadline) -> Iterator[Change[Deadline]]:
    for index, within in enumerate(deadline.within):
        others: list[Within] = [put(within, time=shifted(within.time))]
        if within.time.amount > 1:
            others.append(put(within, time=doubled(within.time)))
        for other in others:
            twice = other.time.amount == within.time.amount * 2
            kind: PlantKind = "time-doubled" if twice else "time-shifted"
            changed = put(deadline, within=instead(deadline.within, index, other))
            yield kind, f"within.{index}", deadline.origin, changed
        if within.condition:
            loose = put(deadline, within=instead(deadline.within, index, put(within, condition=())))
            yield "condition-removed", f"within.{index}.if", deadline.origin, loose
    for index in range(len(deadline.until)):
        until = instead(deadline.until, index, STRANGER)
        yield "until-swapped", f"until.{index}", deadline.origin, put(deadline, until=until)
    for index, pause in enumerate(deadline.pauses):
        yield "pause-dropped", f"pause.{index}", pause.origin, put(deadline, pauses=without(deadline.pauses, index))
    if deadline.while_steps:
        yield "pause-dropped", "while", deadline.origin, put(deadline, while_steps=())
    yield from _warnings(deadline)
    yield from _ladder(deadline)


def _warnings(entry: Deadline | Duty) -> Iterator[Change]:  # type: ignore[type-arg]  # either noun comes back whole
    for index, warn in enumerate(entry.warn):
        yield "warning-dropped", f"warn.{index}", entry.origin, put(entry, warn=without(entry.warn, index))
        sooner: Warn = put(warn, before=shifted(warn.before))
        yield "time-shifted", f"warn.{index}", entry.origin, put(entry, warn=instead(entry.warn, index, sooner))


def _ladder(entry: Deadline | Duty) -> Iterator[Change]:  # type: ignore[type-arg]  # either noun comes back whole
    for index, rung in enumerate(entry.late):
        yield "rung-dropped", f"late.{index}", entry.origin, put(entry, late=without(entry.late, index))
        others: list[tuple[PlantKind, str, Rung]] = []
        if rung.after is not None:
            others.append(("time-shifted", "after", put(rung, after=shifted(rung.after))))
        for at in range(len(rung.letters)):
            others.append(("letter-dropped", f"letters.{at}", put(rung, letters=without(rung.letters, at))))
        for at in range(len(rung.effects)):
            others.append(("effect-dropped", f"effects.{at}", put(rung, effects=without(rung.effects, at))))
        for kind, rest, other in others:
            yield kind, f"late.{index}.{rest}", entry.origin, put(entry, late=instead(entry.late, index, other))


def _duty(duty: Duty, everyone: tuple[str, ...]) -> Iterator[Change[Duty]]:
    yield "day-shifted", "every", duty.origin, put(duty, every=_another_day(duty.every))
    if duty.every.months:
        fewer = put(duty.every, months=duty.every.months[1:] or (duty.every.months[0] % 12 + 1,))
        yield "day-shifted", "every.months", duty.origin, put(duty, every=fewer)
    yield from who_changes(duty.who, duty.origin, duty, everyone)
    if duty.about:
        yield "about-dropped", "about", duty.origin, put(duty, about="")
    other = "stay" if duty.holiday != "stay" else "next"
    yield "holiday-swapped", "holiday", duty.origin, put(duty, holiday=other)
    if duty.received_by:
        yield "received-dropped", "received-by", duty.origin, put(duty, received_by=())
        yield "post-swapped", "received-by", duty.origin, put(duty, received_by=(STRANGER,))
    if duty.form:
        yield "field-dropped", "form", duty.origin, put(duty, form="")
    for index in range(len(duty.effects)):
        yield "effect-dropped", f"effects.{index}", duty.origin, put(duty, effects=without(duty.effects, index))
    yield from _warnings(duty)
    yield from _ladder(duty)


def _another_day(every: Every) -> Every:
    if every.weekday:
        return put(every, weekday=every.weekday % 7 + 1)
    if every.time is not None:
        return put(every, time=shifted(every.time))
    return put(every, month_day=every.month_day % 28 + 1)

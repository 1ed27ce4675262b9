"""Weeks of work: the stories of ``demo.toml`` told act by act, in the order of their moments, the clock in between.

Each story is a list of acts; an act of the file names who does it, how long after the one before and what is
answered. What would happen after *now* has not happened yet: so cases stand at every step. An act that is refused
(somebody is already booked, nobody has the skill) ends its story there, as it would on a busy day.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bihuan.casework import actions as casework
from bihuan.casework.actions.carrying import would_take
from bihuan.casework.definitions import definition_for
from bihuan.casework.errors import CaseworkError
from bihuan.casework.facts import earlier_same_fault
from bihuan.casework.models import Case
from bihuan.ground.ids import new_id
from bihuan.people.models import Holding, Person, Skill
from bihuan.procedure.definition import Pack
from bihuan.procedure.refusals import Refusal
from bihuan.registers.calendars import queries as calendars
from bihuan.registers.deeds import Question

from . import walking
from .laying import A_DAY, Weeks, holders_of, words_of, working
from .registers import Device, Stock
from .site import Made

EVENING = time(23, 30)


@dataclass
class Telling:
    """One story under way: what stands behind the placeholders, and which case it has become."""

    story: dict[str, Any]
    outlet: str
    words: dict[str, Any]
    number: str = ""
    slot: datetime | None = None
    place: int = 0


def live(written: dict[str, Any], pack: Pack, stock: Stock, begun: datetime, now: datetime, made: Made) -> None:
    """Tell all stories between ``begun`` and ``now``; the clock's own work is done every evening and at the end."""
    told = bool(written.get("stories")) and bool(stock.devices)
    if not told and not written.get("walks"):
        return
    rules = written.get("stories") or written["walks"]
    weeks = Weeks(
        written, pack, ZoneInfo(calendars.calendar_for("").zone), now, made,
        Random(rules.get("seed", 0)),  # noqa: S311 - the same weeks every time, nothing secret
    )  # fmt: skip
    if told:
        _spread(weeks, stock, begun)
    if written.get("walks"):
        walking.spread(weeks, stock, begun)
    _tell(weeks, _at_local(begun, EVENING, weeks.zone))


def _tell(weeks: Weeks, evening: datetime) -> None:
    """Everything laid, in its order, with the evenings between; then the clock once more at the end."""
    while weeks.queue:
        at, _order, doing = heapq.heappop(weeks.queue)
        while evening < at:
            _evening(weeks, evening)
            evening += A_DAY
        doing(at)
    while evening < weeks.now:
        _evening(weeks, evening)
        evening += A_DAY
    _clock(weeks.now)


def _spread(weeks: Weeks, stock: Stock, begun: datetime) -> None:
    """Lay the first act of every story somewhere in working hours, more often of late than long ago."""
    rules, stories = weeks.written["stories"], weeks.written["story"]
    shares = [one.get("share", 1) for one in stories]
    days = max(1, (weeks.now - begun).days)
    while len(weeks.queue) < rules["cases"]:
        story = weeks.random.choices(stories, shares)[0]
        day = begun + timedelta(days=days * (1 - weeks.random.random() ** 1.3), hours=1)
        if story.get("late"):
            day = weeks.now - timedelta(minutes=weeks.random.randrange(5, 300))
        at = working(day + timedelta(minutes=weeks.random.randrange(0, 500)), weeks.zone)
        at = min(at, working(weeks.now - timedelta(hours=weeks.random.randrange(1, 70)), weeks.zone))
        device = _fitting(weeks, stock, story, at)
        if at < weeks.now and device is not None:
            telling = Telling(story, device.customer.outlet, words_of(weeks, stock, device, at))
            weeks.later(at, partial(_next, weeks, telling))


def _fitting(weeks: Weeks, stock: Stock, story: dict[str, Any], at: datetime) -> Device | None:
    """A device of which this story can be told: one in warranty or out of it, where the story says so."""
    for _try in range(40):
        device = weeks.random.choice(stock.devices)
        words = words_of(weeks, stock, device, at)
        if all(words.get(key) == value for key, value in story.get("when", {}).items()):
            return device
    return None


def _next(weeks: Weeks, telling: Telling, at: datetime) -> None:
    """Do the story's next act at ``at``, then lay the one after it."""
    name = telling.story["walk"][telling.place]
    act = weeks.written["acts"][name]
    if not _do(weeks, telling, name, act, at):
        return
    telling.place += 1
    if telling.place == len(telling.story["walk"]):
        if telling.story.get("goes-on") and weeks.goes_on is not None:
            weeks.goes_on(telling.number, telling.words, at)
        return
    following = weeks.written["acts"][telling.story["walk"][telling.place]]
    low, high = following["wait"]
    wait = timedelta(minutes=weeks.random.randint(low, high))
    if following.get("at") == "slot" and telling.slot:
        due = max(at + timedelta(minutes=1), telling.slot + wait)
    else:
        due = working(at + wait, weeks.zone)
    if due < weeks.now:
        weeks.later(due, partial(_next, weeks, telling))


def _do(weeks: Weeks, telling: Telling, name: str, act: dict[str, Any], at: datetime) -> bool:
    if act.get("slot"):
        telling.slot = _free_slot(weeks, telling, at)
        telling.words["slot"] = telling.slot.isoformat()
    if act.get("earlier"):
        telling.words["earlier"] = _earlier(telling, at)
    telling.words["today"] = at.astimezone(weeks.zone).date().isoformat()
    if "repairer" not in telling.words:
        telling.words["repairer"] = _chosen(weeks, telling)
    person = _doer(weeks, telling, act)
    if person is None:
        return False
    said = _filled({**act.get("say", {})}, telling.words)
    for form, answers in telling.story.get("say", {}).get(name, {}).items():
        said[form] = {**said.get(form, {}), **_filled(answers, telling.words)}
    return _say(weeks, telling, name, person, _without_empty(said), at)


def _earlier(telling: Telling, at: datetime) -> str:
    """The case of the same fault of the same device before, as the form itself would offer it."""
    case = Case.objects.get(number=telling.number)
    question = Question(definition_for(case), case.state.answers, at, outlet=case.outlet, number=case.number)
    return earlier_same_fault(question) or ""


def _say(weeks: Weeks, telling: Telling, name: str, person: Person, answers: dict[str, Any], at: datetime) -> bool:
    opening = not telling.number
    sentence = casework.Sentence(
        id=new_id(at), action="" if opening else name, case=telling.number, outlet=telling.outlet if opening else "",
        kind=weeks.written["stories"]["procedure"] if opening else "", at=at, received=at,
        answers={**{form: told for form, told in answers.items() if form}, **answers.get("", {})},
    )  # fmt: skip
    try:
        answer = (casework.open_case if opening else casework.act)(person, sentence)
    except (Refusal, CaseworkError) as refusal:
        why = f"{name}: {refusal.words.zh}"
        weeks.made.refused[why] = weeks.made.refused.get(why, 0) + 1
        return False
    if opening:
        weeks.made.cases.append(answer.number)
    telling.number = answer.number
    weeks.made.acts += 1
    return True


def _doer(weeks: Weeks, telling: Telling, act: dict[str, Any]) -> Person | None:
    """Who does it: for the post of whoever the story chose, that person; else somebody who holds it there."""
    posts = act["post"] if isinstance(act["post"], list) else [act["post"]]
    chosen = telling.words.get("repairer")
    for post in posts:
        found = holders_of(weeks, post, telling.outlet)
        mine = [one for one in found if one.username == chosen]
        if found:
            return (mine or found)[0]
    return None


def _chosen(weeks: Weeks, telling: Telling) -> str:
    """Somebody with the skill who works at the outlet; anybody with it where nobody there has it."""
    key = (telling.words["skill"], telling.outlet)
    if key not in weeks.skilled:
        able = Skill.objects.filter(name=key[0]).select_related("person").order_by("person__username")
        here = set(Holding.objects.filter(outlet=key[1]).values_list("person_id", flat=True))
        weeks.skilled[key] = [one.person for one in able if one.person_id in here]
    return weeks.random.choice(weeks.skilled[key]).username if weeks.skilled[key] else ""


def _free_slot(weeks: Weeks, telling: Telling, at: datetime) -> datetime:
    """The next full hour at which the story's repairer is not booked, at least an hour and a half ahead."""
    taken = weeks.booked.setdefault(telling.words.get("repairer", ""), set())
    slot = (at + timedelta(minutes=150)).replace(minute=0, second=0, microsecond=0)
    while True:
        slot = working(slot, weeks.zone).replace(second=0, microsecond=0)
        if slot.minute:
            slot = slot.replace(minute=0) + timedelta(hours=1)
        elif slot in taken or slot.astimezone(weeks.zone).hour in {12, 17}:
            slot += timedelta(hours=1)
        else:
            break
    taken.add(slot)
    return slot


def _evening(weeks: Weeks, at: datetime) -> None:
    """What the worker would have done that day, and what is handed in on its fixed day."""
    casework.open_duties(at)
    for duty in weeks.written.get("duty", []):
        for case in Case.objects.filter(kind=duty["kind"], ended_at__isnull=True).order_by("opened_at", "number"):
            _hand_in(weeks, duty, case, at)
    _clock(at)
    for doing in weeks.evenings:
        doing(at)


def _hand_in(weeks: Weeks, duty: dict[str, Any], case: Case, at: datetime) -> None:
    found = holders_of(weeks, duty["post"], case.outlet)
    if not found or case.opened_at > at or case.step != duty.get("at", case.step):
        return
    standing = Case.objects.filter(
        kind=weeks.written["stories"]["procedure"], outlet=case.outlet, step=duty.get("standing", "")
    )
    taken = [
        one.number
        for one in standing.order_by("opened_at", "number")[:500]
        if would_take(one, duty.get("takes", ""), case.kind, at)
    ]
    words = {"standing": taken}
    if duty.get("standing") and not words["standing"]:
        return  # nothing to hand in yet
    telling = Telling(duty, case.outlet, words, number=case.number)
    _say(weeks, telling, duty["act"], found[0], _without_empty(_filled(duty.get("say", {}), words)), at)


def _clock(at: datetime) -> None:
    while casework.sweep(at).ticked:
        pass


def _filled(value: Any, words: dict[str, Any]) -> Any:
    """The file's answers with the placeholders filled in."""
    if isinstance(value, dict):
        return {key: _filled(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, words) for one in value]
    if not isinstance(value, str) or "$" not in value:
        return value
    if value.startswith("$") and value[1:] in words:
        return words[value[1:]]
    for key, one in words.items():
        value = value.replace(f"${key}", str(one))
    return value


def _without_empty(said: dict[str, Any]) -> dict[str, Any]:
    return {
        form: {key: one for key, one in answers.items() if one != ""} if isinstance(answers, dict) else answers
        for form, answers in said.items()
    }


def _at_local(at: datetime, moment: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(at.astimezone(zone).date(), moment, zone).astimezone(UTC)

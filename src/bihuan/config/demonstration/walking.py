"""Cases nobody tells a story of: every procedure of a pack walked by its own forms, by whoever may act.

Cases are opened by the people whose act it is, answered as the pack's examples answer, and taken up again until they
are where they were heading (``heading``), or nobody can go on. What other cases and the calendar open is taken up as
well.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from typing import Any
from uuid import UUID

from django.db.models import Q

from bihuan.casework import actions as casework
from bihuan.casework import attachments, reading
from bihuan.casework.actions.keeping import surroundings_of
from bihuan.casework.definitions import definition_for
from bihuan.casework.errors import CaseworkError
from bihuan.casework.models import Case
from bihuan.ground.ids import new_id
from bihuan.people.models import Person, Skill
from bihuan.procedure.definition import Act, Definition
from bihuan.procedure.inventing import Wishes, wishes_for
from bihuan.procedure.refusals import Refusal, WrongAnswers

from .filling import Filling
from .heading import CANCEL, NOWHERE, Headings, as_usual, distance, ends_promise, goes
from .laying import A_DAY, Weeks, about, handed_in, holders_of, priced, working, working_days_before
from .pacing import Pacing, minded, where_kept
from .registers import Stock
from .sayings import Asked, Sayings, read_sayings

# how often somebody tries again where nobody can go on, and how often an act is put in other words
PATIENCE, TRIES = 9, 4
MOST_ACTS = 40
# so often somebody is told in between that it takes longer
OFTEN = 8
SOME = 50
A_CHILD = 0.25
# of every kind at least one stands and one has ended; what has ended was begun so many days ago
LEAST, SETTLED = 2, 8
# a case that is to be called off is, once somebody looks at it, so often
CALLING_OFF = 0.5
# how much an act is liked that leads nearer, that a promise waits for, that may be left out, that leads round about
NEARER, PROMISED, BESIDES, ROUND, ELSEWHERE = 1.0, 1.5, 0.3, 0.2, 0.01
# so much more where the promise is due soon
BEFORE_ALL = 40.0
ROUND_EVERY = timedelta(minutes=30)
# so long before somebody looks it is seen to that everybody has something to do
FILLED = [timedelta(minutes=before) for before in (300, 200, 140, 100, 70, 45)]
# somebody with so many cases more may still be chosen
EVENLY = 3


@dataclass
class Subject:
    """What a case is about, where it is heading, and how far it has come.

    ``lying``: it is left where it stands. ``hurried``: it has to get there before somebody looks. ``wanted``: whoever
    is named on its forms where they may be.
    """

    outlet: str
    words: dict[str, Any]
    number: str = ""
    aim: str = ""
    acts: int = 0
    idle: int = 0
    lying: bool = False
    hurried: bool = False
    wanted: str = ""


@dataclass
class Walking:
    """The walks under way: what people say, which cases have been taken up."""

    weeks: Weeks
    stock: Stock
    sayings: Sayings
    left: frozenset[str]
    headings: Headings
    pacing: Pacing
    filling: Filling
    taken: set[UUID] = field(default_factory=set)
    subjects: dict[UUID, Subject] = field(default_factory=dict)


def spread(weeks: Weeks, stock: Stock, begun: datetime) -> None:
    """Lay the openings over the days since ``begun``; every evening whatever else was opened is taken up."""
    rules = weeks.written["walks"]
    told = {weeks.written["stories"]["procedure"]} if weeks.written.get("stories") else set()
    told |= {one["kind"] for one in weeks.written.get("duty", [])}
    sayings = read_sayings(weeks.pack, weeks.written, weeks.zone, weeks.random, weeks.now)
    pacing = Pacing(rules["late"], weeks.zone, weeks.now, weeks.random)
    walking = Walking(weeks, stock, sayings, frozenset(told), Headings(rules, weeks.random), pacing, Filling(weeks))
    weeks.evenings.append(partial(_take_up, walking))
    weeks.later(working(begun, weeks.zone), partial(_round, walking))
    weeks.goes_on = partial(_go_on_after, walking)
    kinds = _kinds(weeks, told)
    days = max(1, (weeks.now - begun).days)
    for kind, share in kinds.items():
        definition = weeks.pack.procedures[kind]
        number = max(LEAST, round(rules["cases"] * share / sum(kinds.values())))
        for aim in walking.headings.of_many(definition, number):
            subject = Subject("", {}, aim=aim)
            if not aim or definition.steps[aim].end:
                at = begun + timedelta(
                    days=(days - SETTLED) * weeks.random.random(), minutes=weeks.random.randrange(500)
                )
            else:
                lying = walking.headings.left_lying()
                subject.lying = bool(lying)
                at = working_days_before(pacing.begins(definition, aim), lying)
            at = max(at, begun + A_DAY)
            in_hours = working(at, weeks.zone)
            weeks.later(in_hours if in_hours < weeks.now else at, partial(_open, walking, definition, subject))
    for before in FILLED:
        weeks.later(weeks.now - before, partial(_fill, walking))


def _kinds(weeks: Weeks, told: set[str]) -> dict[str, float]:
    """What may be opened by hand, and how often: as the file says, else alike, seldom what other cases open too."""
    children = {
        child.kind
        for definition in weeks.pack.procedures.values()
        for act in definition.acts.values()
        for child in [*act.children, *(each for way in act.ways for each in way.children)]
    }
    found = {
        kind: A_CHILD if kind in children else 1.0
        for kind, definition in weeks.pack.procedures.items()
        if definition.opening.by_hand and definition.opening.act and kind not in told
    }
    wanted: dict[str, float] = weeks.written["walks"].get("kinds", {})
    return {kind: share for kind, share in wanted.items() if kind in found} or found


def _fill(walking: Walking, at: datetime) -> None:
    """Whoever has nothing to do shortly before somebody looks is brought a case to work on."""
    for person, kind, step in walking.filling.brought(at):
        definition = walking.weeks.pack.procedures[kind]
        given = {"aim": step, "lying": True, "hurried": True, "wanted": person}
        free = [identity for identity, one in walking.subjects.items() if not one.hurried]
        case = walking.filling.on_the_way(person, definition, step, free)
        if case is None:
            _open(walking, definition, Subject("", {}, **given), at)
        else:
            subject = replace(walking.subjects[case.pk], acts=0, idle=0, **given)
            _go_on_later(walking, case.pk, subject, at)


def _open(walking: Walking, definition: Definition, subject: Subject, at: datetime) -> None:
    """Somebody whose act it is opens a case; a form refused is filled in once more in other words."""
    weeks, act = walking.weeks, definition.acts[definition.opening.act]
    subject.outlet, subject.words = about(weeks, walking.stock, at, subject.outlet)
    _gain, way = walking.headings.way(definition, act, "", subject.aim)
    people_here = [one for post in act.who.posts or act.who.each for one in holders_of(weeks, post, subject.outlet)]
    for _try in range(TRIES if people_here else 0):
        by = weeks.random.choice(people_here)
        wishes = wishes_for(definition, act, way, weeks.random)
        answers = _answers(walking, subject, definition, None, act, by, at, wishes)
        sentence = casework.Sentence(new_id(at), "", at, at, answers, kind=definition.kind, outlet=subject.outlet)
        if _said(walking, subject, by, sentence, act.name):
            case = Case.objects.get(number=subject.number)
            walking.taken.add(case.pk)
            weeks.made.cases.append(subject.number)
            _go_on_later(walking, case.pk, subject, at)
            return


def _round(walking: Walking, at: datetime) -> None:
    """Through the day, what was opened meanwhile is taken up: a short promise does not wait for the evening."""
    _take_up(walking, at)
    following = working(at + ROUND_EVERY, walking.weeks.zone)
    if following < walking.weeks.now:
        walking.weeks.later(following, partial(_round, walking))


def _take_up(walking: Walking, at: datetime) -> None:
    """What was opened by other cases, or by the calendar, since the last time."""
    new = Case.objects.filter(ended_at__isnull=True, opened_at__lte=at).exclude(pk__in=walking.taken)
    for case in new.exclude(kind__in=walking.left).select_related("parent", "version").order_by("opened_at", "number"):
        walking.taken.add(case.pk)
        parent = walking.subjects.get(case.parent_id) if case.parent_id else None
        subject = Subject(
            case.outlet, parent.words if parent else about(walking.weeks, walking.stock, at)[1], case.number
        )
        subject.aim = walking.headings.of_one(definition_for(case), case.opened_at, walking.weeks.now)
        _go_on_later(walking, case.pk, subject, at)


def _go_on_after(walking: Walking, number: str, words: dict[str, Any], at: datetime) -> None:
    """A case whose story is told: it goes on by its own forms, as every other does."""
    case = Case.objects.select_related("version").get(number=number)
    more = {"device": words["serial"]} if "serial" in words else {}
    subject = Subject(case.outlet, {**priced(walking.weeks), **words, **more}, number)
    subject.aim = walking.headings.of_one(definition_for(case), case.opened_at, walking.weeks.now)
    _go_on_later(walking, case.pk, subject, at)


def _go_on_later(walking: Walking, identity: UUID, subject: Subject, at: datetime, case: Case | None = None) -> None:
    weeks = walking.weeks
    walking.subjects[identity] = subject
    case = case or Case.objects.select_related("version").get(pk=identity)
    definition = definition_for(case)
    stands = case.step == subject.aim and not walking.pacing.pressed(case, lying=subject.lying)
    if stands or case.ended_at is not None:
        return
    if subject.hurried and not subject.idle:
        due = walking.pacing.hurried(definition, case.step, subject.aim, at)
    else:
        due = walking.pacing.next_moment(case, definition, subject.aim, at, subject.idle)
    if due < weeks.now and subject.acts < MOST_ACTS and subject.idle < PATIENCE:
        weeks.later(due, partial(_go_on, walking, identity))


def _go_on(walking: Walking, identity: UUID, at: datetime) -> None:
    """One further act of the case, by somebody who may; where nobody can, it is looked at again later."""
    subject = walking.subjects[identity]
    case = Case.objects.select_related("version").get(pk=identity)
    definition = definition_for(case)
    if case.ended_at is not None or not _headed(walking, subject, case, definition):
        return
    possible = _possible(walking, subject, case, definition, at)[:TRIES]
    for wishing, (by, act, way) in product((as_usual(definition), definition), possible):
        wishes = wishes_for(wishing, act, way, walking.weeks.random)
        answers = _answers(walking, subject, definition, case, act, by, at, wishes)
        sentence = casework.Sentence(new_id(at), act.name, at, at, answers, case=case.number)
        if _said(walking, subject, by, sentence, f"{definition.kind} {act.name}"):
            subject.acts, subject.idle = subject.acts + 1, 0
            break
    else:
        subject.idle += 1
    _go_on_later(walking, identity, subject, at)


def _headed(walking: Walking, subject: Subject, case: Case, definition: Definition) -> bool:
    """Whether there is a way to go still; what can no longer come where it was heading stands or ends elsewhere."""
    if subject.aim == case.step:
        return _pressed_on(walking, subject, case, definition)
    aimed = definition.steps.get(subject.aim)
    if case.step in distance(definition, subject.aim) or (
        aimed is not None and aimed.end and _called_off(definition) == aimed.name
    ):
        return True
    if aimed is None or aimed.end:
        subject.aim = walking.headings.an_end(definition)
    else:
        ahead = [step for step in definition.steps if case.step in distance(definition, step)]
        subject.aim = walking.headings.a_step(definition, ahead)
    return bool(subject.aim) and subject.aim != case.step


def _pressed_on(walking: Walking, subject: Subject, case: Case, definition: Definition) -> bool:
    """Whether a case that stands where it was to stand is gone on with, because a promise would not wait."""
    run = walking.pacing.owed(case)
    if run is None or not walking.pacing.pressed(case, lying=subject.lying):
        return False
    here = (act for act in definition.acts.values() if goes(act, case.step) and not act.ways)
    if any(minded(definition, run, act, run.due or run.started) for act in here):
        return True
    kept = where_kept(definition, run, case.step)
    ahead = kept if kept != case.step else ""
    subject.aim = ahead or walking.headings.elsewhere(definition, subject.aim, case.step)
    return bool(subject.aim)


def _called_off(definition: Definition) -> str:
    """Where calling off leads; "" where a case cannot be called off."""
    cancel = definition.acts.get(CANCEL)
    return next((way.step for way in cancel.ways), "") if cancel is not None else ""


def _possible(
    walking: Walking, subject: Subject, case: Case, definition: Definition, at: datetime
) -> list[tuple[Person, Act, int]]:
    """Who may do what now and by which way, drawn: what leads nearer first, what was done before later."""
    weeks, found, owed, aim = walking.weeks, [], walking.pacing.owed(case), subject.aim
    random, around = weeks.random, surroundings_of(case.outlet)
    off = _called_off(definition) == aim and random.random() < CALLING_OFF
    for by in _people_at(walking, case.outlet, None if off else _posts_at(definition, case.step)):
        for offer in reading.offers(by, case, at, around):
            act = definition.acts[offer.act]
            left = f"{definition.kind}.{act.name}" in weeks.written["walks"]["leave"]
            if not offer.allowed or left or (act.standing and not (off and act.name == CANCEL)):
                continue
            first = next(iter(act.who.each), offer.post)
            if first in weeks.pack.posts and offer.post != first and not case.state.signatures.get(act.name):
                continue  # whoever is named first fills in the form
            gain, way = (1, 1) if act.standing else walking.headings.way(definition, act, case.step, aim)
            done = case.state.done.get(act.name, 0)
            weight = _liking(definition, act, gain, done) or (ELSEWHERE if subject.idle and not act.ways else 0)
            weight *= BEFORE_ALL if minded(definition, owed, act, at) else 1
            if not weight:
                continue
            found.append((random.random() ** (1 / weight), by.username, by, act, way))
    return [(by, act, way) for _draw, _name, by, act, way in sorted(found, key=lambda one: one[:2], reverse=True)]


def _liking(definition: Definition, act: Act, gain: int, done: int) -> float:
    """What leads nearer and what a promise waits for is done sooner than what may be left out or leads elsewhere."""
    if act.standing:
        return 20.0
    if act.ways:
        if gain <= -NOWHERE:
            return 0.0
        return (NEARER if gain > 0 else ROUND if gain == 0 else ELSEWHERE) / (1 + done)
    if ends_promise(definition, act):
        return PROMISED / (1 + 9 * done) if done < OFTEN else 0.0
    return 0.0 if done else BESIDES


def _posts_at(definition: Definition, step: str) -> set[str]:
    """Whose acts stand at the step; none where an answer names the post, which may then be anybody's."""
    found: set[str] = set()
    for act in definition.acts.values():
        if not act.standing and (not act.at or step in act.at):
            posts = {*act.who.posts, *act.who.each, *act.who.via}
            if any("." in post for post in posts):
                return set()
            found |= posts
    return found


def _people_at(walking: Walking, outlet: str, posts: set[str] | None = None) -> list[Person]:
    """Everybody who holds one of ``posts`` at the outlet or above it; of any post where none is named."""
    weeks = walking.weeks
    wanted = sorted(posts or weeks.pack.posts)
    found = {one.pk: one for post in wanted for one in holders_of(weeks, post, outlet)}
    return sorted(found.values(), key=lambda one: one.username)


def _answers(
    walking: Walking, subject: Subject, definition: Definition, case: Case | None, act: Act, by: Person, at: datetime,
    wishes: Wishes,
) -> dict[str, Any]:  # fmt: skip
    asked = Asked(
        definition, case.state if case else None, act, at, subject.words,
        who=partial(_somebody, walking, subject), file=partial(handed_in, by, at),
        cases=partial(_others, walking, definition, subject),
    )  # fmt: skip
    return walking.sayings.answers(asked, wishes)


def _others(walking: Walking, definition: Definition, subject: Subject) -> list[str]:
    """The cases such a form speaks of: those that wait for a case of this kind, else one of the same place."""
    waiting = Q()
    for each in walking.weeks.pack.procedures.values():
        for act in each.acts.values():
            if act.who.case_kind == definition.kind and act.at:
                waiting |= Q(kind=each.kind, step__in=act.at)
    found = Case.objects.filter(ended_at__isnull=True).exclude(number=subject.number).order_by("opened_at", "number")
    found = found.values_list("number", flat=True)
    waited_for = list(found.filter(waiting)[:SOME]) if waiting else []
    return waited_for or list(found.filter(outlet=subject.outlet)[:1]) or list(found[:1])


def _somebody(walking: Walking, subject: Subject, posts: tuple[str, ...], skill: str) -> str:
    """Mostly the least busy of those posts, with the skill where somebody has it; without a post, of the place."""
    outlet = subject.outlet
    found = [one for post in posts for one in holders_of(walking.weeks, post, outlet)] or _people_at(walking, outlet)
    able = set(Skill.objects.filter(name=skill).values_list("person_id", flat=True)) if skill else set()
    fitting = [one for one in found if one.pk in able] or found
    if not fitting:
        return ""
    if subject.wanted in {one.username for one in found}:
        return subject.wanted
    busy = Counter(
        Case.objects.filter(ended_at__isnull=True, person__in=[one.username for one in fitting]).values_list(
            "person", flat=True
        )
    )
    return min(fitting, key=lambda one: busy[one.username] + EVENLY * walking.weeks.random.random()).username


def _said(walking: Walking, subject: Subject, by: Person, sentence: casework.Sentence, name: str) -> bool:
    """Whether it was carried out; a refusal is counted by its words and changes nothing."""
    made = walking.weeks.made
    try:
        answer = (casework.act if sentence.case else casework.open_case)(by, sentence)
    except (Refusal, CaseworkError) as refusal:
        wrong = refusal.problems[0].field if isinstance(refusal, WrongAnswers) and refusal.problems else ""
        why = " ".join(filter(None, (f"{name}:", refusal.words.zh, wrong)))
        made.refused[why] = made.refused.get(why, 0) + 1
        return False
    attachments.attach(by, sentence.answers, answer.number)
    subject.number = answer.number
    made.acts += 1
    return True

"""Cases nobody tells a story of: every procedure of a pack walked by its own forms, by whoever may act.

Cases are opened by the people whose act it is, answered as the pack's examples answer, and taken up again until they
end or nobody can go on. What other cases and the calendar open is taken up as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from bihuan.casework import actions as casework
from bihuan.casework import attachments, reading
from bihuan.casework.actions.keeping import surroundings_of
from bihuan.casework.definitions import definition_for
from bihuan.casework.errors import CaseworkError
from bihuan.casework.models import Case
from bihuan.files import actions as files
from bihuan.ground.ids import new_id
from bihuan.people import queries as people
from bihuan.people.models import Person, Skill
from bihuan.procedure.definition import Act, Definition
from bihuan.procedure.inventing import wishes_for
from bihuan.procedure.refusals import Refusal, WrongAnswers

from .laying import Weeks, holders_of, words_of, working
from .registers import Device, Stock
from .sayings import Asked, Sayings, read_sayings

# how often somebody tries again where nobody can go on, and how often an act is put in other words
PATIENCE, TRIES = 6, 4
MOST_ACTS = 40
# of a hundred cases so many are given up by the customer or turn out to be a mistake
CALLED_OFF = 0.01
A_CHILD = 0.25


@dataclass
class Subject:
    """What a case is about, and how far it has come."""

    outlet: str
    words: dict[str, Any]
    number: str = ""
    acts: int = 0
    idle: int = 0


@dataclass
class Walking:
    """The walks under way: what people say, which cases have been taken up."""

    weeks: Weeks
    stock: Stock
    sayings: Sayings
    left: frozenset[str]
    taken: set[UUID] = field(default_factory=set)
    subjects: dict[UUID, Subject] = field(default_factory=dict)


def spread(weeks: Weeks, stock: Stock, begun: datetime) -> None:
    """Lay the openings over the days since ``begun``; every evening whatever else was opened is taken up."""
    rules = weeks.written["walks"]
    told = {weeks.written["stories"]["procedure"]} if weeks.written.get("stories") else set()
    told |= {one["kind"] for one in weeks.written.get("duty", [])}
    walking = Walking(weeks, stock, read_sayings(weeks.pack, weeks.written, weeks.zone, weeks.random), frozenset(told))
    weeks.evenings.append(partial(_take_up, walking))
    kinds = _kinds(weeks, told)
    days = max(1, (weeks.now - begun).days)
    for _case in range(rules["cases"] if kinds else 0):
        kind = weeks.random.choices(list(kinds), list(kinds.values()))[0]
        day = begun + timedelta(days=days * (1 - weeks.random.random() ** 1.3), minutes=weeks.random.randrange(500))
        at = working(min(day, weeks.now - timedelta(hours=weeks.random.randrange(1, 40))), weeks.zone)
        if begun < at < weeks.now:
            weeks.later(at, partial(_open, walking, weeks.pack.procedures[kind]))


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


def _open(walking: Walking, definition: Definition, at: datetime) -> None:
    """Somebody whose act it is opens a case; a form refused is filled in once more in other words."""
    weeks, act = walking.weeks, definition.acts[definition.opening.act]
    subject = _subject(walking, at)
    people_here = [one for post in act.who.posts or act.who.each for one in holders_of(weeks, post, subject.outlet)]
    for _try in range(TRIES if people_here else 0):
        by = weeks.random.choice(people_here)
        answers = _answers(walking, subject, definition, None, act, by, at)
        sentence = casework.Sentence(new_id(at), "", at, at, answers, kind=definition.kind, outlet=subject.outlet)
        if _said(walking, subject, by, sentence, act.name):
            case = Case.objects.get(number=subject.number)
            walking.taken.add(case.pk)
            weeks.made.cases.append(subject.number)
            _go_on_later(walking, case.pk, subject, at)
            return


def _subject(walking: Walking, at: datetime) -> Subject:
    """Somebody's device, or a customer alone where the demonstration has no devices."""
    weeks, stock = walking.weeks, walking.stock
    rates = [one[0] for one in weeks.written.get("prices", {}).get("list", [])]
    more = {"rate": weeks.random.choice(rates)} if rates else {}
    if stock.devices:
        device: Device = weeks.random.choice(stock.devices)
        words = words_of(weeks, stock, device, at)
        words |= {"device": words["serial"], **more}
        return Subject(device.customer.outlet, words)
    if stock.customers:
        one = weeks.random.choice(stock.customers)
        return Subject(one.outlet, {"customer": one.name, "contact": one.contact, "phone": one.phone,
                                    "address": one.address, "region": one.region, **more})  # fmt: skip
    return Subject(people.root_outlet(), {})


def _take_up(walking: Walking, at: datetime) -> None:
    """What was opened by other cases, or by the calendar, since the last evening."""
    new = Case.objects.filter(ended_at__isnull=True, opened_at__lte=at).exclude(pk__in=walking.taken)
    for case in new.exclude(kind__in=walking.left).select_related("parent").order_by("opened_at", "id"):
        walking.taken.add(case.pk)
        parent = walking.subjects.get(case.parent_id) if case.parent_id else None
        subject = Subject(case.outlet, parent.words if parent else _subject(walking, at).words, case.number)
        _go_on_later(walking, case.pk, subject, at)


def _go_on_later(walking: Walking, identity: UUID, subject: Subject, at: datetime) -> None:
    weeks = walking.weeks
    walking.subjects[identity] = subject
    kind = weeks.random.choices(("minutes", "next", "days"), (60, 30, 10))[0]
    wait = {
        "minutes": timedelta(minutes=weeks.random.randint(10, 240)),
        "next": timedelta(minutes=weeks.random.randint(240, 1800)),
        "days": timedelta(hours=weeks.random.randint(40, 110)),
    }[kind]
    if subject.idle:
        wait = timedelta(hours=20 * subject.idle)
    due = working(at + wait, weeks.zone)
    if due < weeks.now and subject.acts < MOST_ACTS and subject.idle < PATIENCE:
        weeks.later(due, partial(_go_on, walking, identity))


def _go_on(walking: Walking, identity: UUID, at: datetime) -> None:
    """One further act of the case, by somebody who may; where nobody can, it is looked at again later."""
    subject = walking.subjects[identity]
    case = Case.objects.select_related("version").get(pk=identity)
    if case.ended_at is not None:
        return
    definition = definition_for(case)
    for by, act in _possible(walking, case, definition, at)[:TRIES]:
        answers = _answers(walking, subject, definition, case, act, by, at)
        sentence = casework.Sentence(new_id(at), act.name, at, at, answers, case=case.number)
        if _said(walking, subject, by, sentence, f"{definition.kind} {act.name}"):
            subject.acts, subject.idle = subject.acts + 1, 0
            break
    else:
        subject.idle += 1
    _go_on_later(walking, identity, subject, at)


def _possible(walking: Walking, case: Case, definition: Definition, at: datetime) -> list[tuple[Person, Act]]:
    """Who may do what now, drawn: what was done before and what leads nowhere comes later, calling off seldom."""
    random, found = walking.weeks.random, []
    around = surroundings_of(case.outlet)
    wanted = _posts_at(definition, case.step)
    for by in _people_at(walking, case.outlet, wanted):
        for offer in reading.offers(by, case, at, around):
            act = definition.acts[offer.act]
            if not offer.allowed:
                continue
            if act.standing:
                if act.name != "cancel" or random.random() > CALLED_OFF:
                    continue
                weight = 1.0
            else:
                weight = _liking(definition, act) / (1 + 4 * case.state.done.get(act.name, 0))
            found.append((random.random() ** (1 / weight), by.username, by, act))
    return [(by, act) for _draw, _name, by, act in sorted(found, key=lambda one: one[:2], reverse=True)]


def _liking(definition: Definition, act: Act) -> float:
    """What moves a case on is done sooner than what leaves it where it is, and that sooner than what ends it."""
    if not act.ways:
        return 0.6
    return 0.2 if all(definition.steps[way.step].end for way in act.ways if way.step in definition.steps) else 1.0


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
    walking: Walking, subject: Subject, definition: Definition, case: Case | None, act: Act, by: Person, at: datetime
) -> dict[str, Any]:
    random = walking.weeks.random
    way = random.randint(1, len(act.ways)) if act.ways else 0
    asked = Asked(
        definition, case.state if case else None, act, at, subject.words,
        who=partial(_somebody, walking, subject.outlet), file=partial(_handed_in, by, at),
    )  # fmt: skip
    return walking.sayings.answers(asked, wishes_for(definition, act, way, random))


def _handed_in(by: Person, at: datetime, title: str) -> dict[str, Any]:
    """A paper as somebody would hand it in with a form."""
    upload = SimpleUploadedFile(f"{title}.txt", f"{title}（示例附件）\n{at:%Y-%m-%d}\n".encode())
    found: dict[str, Any] = files.take(upload, by=by.username, at=at).answer
    return found


def _somebody(walking: Walking, outlet: str, posts: tuple[str, ...], skill: str) -> str:
    """A person of those posts, with the skill where somebody has it; anybody of the place where no post is meant."""
    found = [one for post in posts for one in holders_of(walking.weeks, post, outlet)] or _people_at(walking, outlet)
    able = set(Skill.objects.filter(name=skill).values_list("person_id", flat=True)) if skill else set()
    fitting = [one for one in found if one.pk in able] or found
    return walking.weeks.random.choice(fitting).username if fitting else ""


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

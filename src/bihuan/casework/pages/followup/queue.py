"""Who is to be called, in which order and why.

A case waits here while it stands at a step of the stage *done* or *followed-up* and the next act there belongs to a
post of the interface role follow-up that the reader holds; at any other stage where that act keeps what was heard of
the customer's satisfaction, as in a procedure that is about nothing but the call. What was found to be wrong comes
first, then the promise that ends first; whoever is to be called later, or was called within the last days, waits
behind the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from bihuan.layout.frames import Chip
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Act, Definition
from bihuan.registers.customers import phones
from bihuan.registers.documents import queries as documents

from ... import agreed, queries, reading
from ...definitions import definition_for, running
from ...marks import readable
from ...models import Case, Mark
from ...seeing import as_read, posts_of
from .. import promises
from . import calls

ROLE = "follow-up"
FOUND_WRONG = "followed-up"
# in the order of ``_rank``: however few are looked at, what was found wrong is among them
STAGES = (FOUND_WRONG, "done")
MOST = 100
LOOKED_AT = 300
HEARS = "surveys.record"
SHOWS = ("all", "unsatisfied", "overdue", "again")


@dataclass
class Entry:
    """One call to make: the case, the act, whom to ask for, and why it stands where it stands."""

    case: Case
    definition: Definition
    act: Act
    contact: str
    number: str
    tries: int = 0
    next_call: datetime | None = None
    overdue: bool = False
    called_lately: datetime | None = None
    stuck: str = ""
    chip: Chip | None = None
    reasons: list[str] = field(default_factory=list)
    merged: list[Case] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """A call has been made already and something is left to be done about what it brought."""
        return self.case.stage == FOUND_WRONG

    @property
    def address(self) -> str:
        return f"/followup/?case={self.case.number}"

    def later(self, at: datetime) -> bool:
        """Whether the next call is agreed for later than ``at``, this contact was called only lately, or cannot be."""
        return bool(self.next_call and self.next_call > at) or self.called_lately is not None or bool(self.stuck)


def acts_of(person: Person, at: datetime) -> dict[str, dict[str, set[str]]]:
    """kind → step → acts of the follow-up role that ``person`` holds a post for, where calls are made."""
    current = documents.current_pack(at)
    posts = {name for name, post in current[1].posts.items() if post.role == ROLE} if current else set()
    mine = posts & {post for post, _place in people.doer_of(person, at).holds}
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for definition in running(at) if mine else ():
        for act in definition.acts.values():
            if act.standing or not mine & {*act.who.posts, *act.who.each, *act.who.via}:
                continue
            for step in act.at:
                if (definition.steps[step].stage in STAGES or _hears(act)) and not definition.duty_of:
                    found[definition.kind][step].add(act.name)
    return found


def _hears(act: Act) -> bool:
    """Whether what the customer thinks is kept with the act: that is a call wherever the case stands."""
    return any(effect.name == HEARS for effect in (*act.effects, *(each for way in act.ways for each in way.effects)))


def calling_acts(person: Person, at: datetime) -> set[str]:
    """The names of all those acts: what a day's work here consists of."""
    return {name for steps in acts_of(person, at).values() for names in steps.values() for name in names}


def waiting(person: Person, at: datetime, language: str, show: str = "all", looked_at: int = LOOKED_AT) -> list[Entry]:
    """The calls to make for ``person``, in order; ``show``: all, unsatisfied, overdue, again (tried before).

    Each case is asked for what may be done with it, so only the ``looked_at`` most pressing are.
    """
    found = _found(person, at, language, looked_at=looked_at)
    entries = _once_per_contact(sorted(found, key=lambda one: _rank(one, at)))
    return [entry for entry in entries if _shown(entry, show)][:MOST]


def one_of(person: Person, number: str, at: datetime, language: str = "zh") -> Entry | None:
    """The call for one case by its number, also where it goes along with another of the same contact."""
    return next(iter(_found(person, at, language, number)), None)


def _found(person: Person, at: datetime, language: str, number: str = "", looked_at: int = LOOKED_AT) -> list[Entry]:
    """Every case that waits for a call of ``person`` (or the one of that number), with what is known of it."""
    acts = acts_of(person, at)
    standing = Q(pk__in=[])
    for kind, steps in acts.items():
        standing |= Q(kind=kind, step__in=list(steps))
    cases = queries.visible_to(person, at).filter(standing, ended_at__isnull=True)
    cases = cases.filter(number=number) if number else cases
    # stage by stage, each along its own index
    pressing: list[Case] = []
    for stage in STAGES:
        pressing += cases.filter(stage=stage).order_by("promised_at", "id")[: looked_at - len(pressing)]
    pressing += cases.exclude(stage__in=STAGES).order_by("promised_at", "id")[: looked_at - len(pressing)]
    found = [entry for case in pressing if (entry := _entry(person, case, acts[case.kind][case.step], at)) is not None]
    _recollect(person, found, at)
    for entry in found:
        _reason(entry, at, language)
    return found


def _entry(person: Person, case: Case, names: set[str], at: datetime) -> Entry | None:
    """The first of these acts that ``person`` may do now; None while somebody or something else is waited for."""
    definition = definition_for(case)
    offers = reading.offers(person, case, at)
    name = next((offer.act for offer in offers if offer.allowed and offer.act in names), None)
    return None if name is None else Entry(as_read(case, person, at), definition, definition.acts[name], "", "")


def _recollect(person: Person, entries: list[Entry], at: datetime) -> None:
    """Contacts, numbers, earlier attempts and recent calls of all of them: a query each for any number of entries."""
    ids = [entry.case.pk for entry in entries]
    marks: dict[object, dict[str, str]] = defaultdict(dict)
    said = Mark.objects.filter(readable(posts_of(person, at)), case__in=ids, kind__in=["contact", "phone"])
    for case, kind, value in said.values_list("case", "kind", "value"):
        marks[case].setdefault(kind, value)
    for entry in entries:
        marked = marks[entry.case.pk]
        entry.contact = marked.get("contact", "")
        entry.number = phones.e164(marked.get("phone", "")) or marked.get("phone", "")
    tried = calls.attempts([entry.case.number for entry in entries])
    lately = calls.spoken_to_lately({entry.number for entry in entries if entry.number}, at)
    for entry in entries:
        attempts = tried.get(entry.case.number, [])
        entry.tries = len(attempts)
        entry.next_call = calls.next_of(attempts)
        entry.stuck = "" if entry.wrong else calls.stuck_words(attempts)
        if not entry.wrong and entry.next_call is None:
            entry.called_lately = lately.get(entry.number)


def _rank(entry: Entry, at: datetime) -> tuple[bool, bool, datetime, str]:
    due = entry.next_call if entry.next_call and entry.next_call > at else entry.case.promised_at
    return (not entry.wrong, entry.later(at), due or entry.case.opened_at, entry.case.number)


def _reason(entry: Entry, at: datetime, language: str) -> None:
    """The words behind the order, the most telling first."""
    chips = promises.chips(entry.case, entry.definition, at, language, only_open=True)
    entry.chip = chips[0] if chips else None
    entry.overdue = any(chip.state == "overdue" for chip in chips)
    said = [_("上次回访有问题，先办") if entry.wrong else ""]
    if entry.next_call:
        said.append(_("约 %(moment)s 再打") % {"moment": calls.aloud(entry.next_call, at)})
    if entry.stuck:
        said.append(entry.stuck)
    elif entry.tries:
        said.append(_("第 %(number)s 次") % {"number": entry.tries + 1})
    if entry.called_lately and not entry.stuck:
        within = agreed.said(agreed.span("not-called-again-within", at), language)
        said.append(_("%(within)s内刚回访过此人") % {"within": within})
    if not any(said):
        said.append(_("超时限") if entry.overdue else entry.act.title.say(language))
    entry.reasons = [words for words in said if words]


def _once_per_contact(entries: Iterable[Entry]) -> list[Entry]:
    """One call per contact: further cases of the same number and act go along with the first."""
    first: dict[tuple[str, str], Entry] = {}
    found = []
    for entry in entries:
        key = (entry.number, entry.act.name)
        if entry.number and not entry.wrong and key in first:
            first[key].merged.append(entry.case)
            continue
        first.setdefault(key, entry)
        found.append(entry)
    return found


def _shown(entry: Entry, show: str) -> bool:
    return {"unsatisfied": entry.wrong, "overdue": entry.overdue, "again": entry.tries > 0}.get(show, True)

"""The page of what waits (S8): tabs, the list at the left, the card with everything needed to decide at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.journal import queries as journal
from bihuan.layout.frames import Chip, Tab
from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import Delegation, OutletKey, Person

from .. import queries
from ..actions.keeping import surroundings_of
from ..definitions import definition_for, running
from ..models import Case
from ..seeing import hidden_forms, title_of
from . import inbox, promises
from .card import amount_of, subject_of
from .names import Names
from .words import act_title, step_title

TABS = ("decide", "mine", "raised", "done", "told")
WAITING = TABS[:2]
SHOWN = 30
TOLD_WITHIN = timedelta(days=30)
MOST_ADDRESSES = 2000


@dataclass(frozen=True)
class Line:
    """One line of the list; ``address`` opens its card (or the case, where nothing is left to do).

    ``pick``: what a tick of it says, where it may be agreed to together with others.
    """

    number: str
    title: str
    subject: str
    who: str
    address: str
    chip: Chip | None = None
    amount: str = ""
    at: datetime | None = None
    state: str = ""
    current: bool = False
    kind: str = ""
    kind_title: str = ""
    pick: str = ""


@dataclass(frozen=True)
class Wanted:
    """What of the list is asked for: a tab, a procedure ("" = all), the most pressing or the newest first."""

    tab: str = ""
    kind: str = ""
    newest: bool = False

    @classmethod
    def of(cls, asked: QueryDict) -> Wanted:
        """As an address says it; what it says of anything else is left alone."""
        return cls(asked.get("tab", ""), asked.get("kind", "").replace("\x00", ""), asked.get("sort") == "newest")

    @property
    def query(self) -> str:
        """The same for the next address."""
        said = {"tab": self.tab, "kind": self.kind, "sort": "newest" if self.newest else ""}
        return urlencode({name: value for name, value in said.items() if value})


def listed(
    person: Person, wanted: Wanted, number: str, at: datetime, language: str, signing: Sequence[Line] = ()
) -> dict[str, Any]:
    """Tabs and lines. A tab outside the known ones opens the first that has something.

    ``signing``: what this person was asked to sign for others; it stands first among the decisions.
    """
    waiting = inbox.waiting(person, at)
    decide = [one for one in waiting if one.decides]
    mine = [one for one in waiting if not one.decides]
    chosen = wanted.tab if wanted.tab in TABS else "decide" if decide or signing else "mine"
    wanted = replace(wanted, tab=chosen)
    names = Names(language, surroundings_of("").zone, at)
    kinds: list[tuple[str, str]] = []
    if chosen == "raised":
        lines = _raised(person, at, language)
    elif chosen == "done":
        lines = _done(person, at, names)
    elif chosen == "told":
        lines = _told(person, at, names)
    else:
        shown = decide if chosen == "decide" else mine
        kinds = _kinds(shown, signing if chosen == "decide" else (), language)
        if wanted.kind or wanted.newest:
            shown = _narrowed(person, wanted, at, shown if len(waiting) < inbox.SHOWN else None)
        lines = _waiting_lines(person, shown, wanted, number, names)
        asked = [line for line in signing if wanted.kind in {"", line.kind}] if chosen == "decide" else []
        lines = [*asked, *lines]
    counts = {"decide": len(decide) + len(signing), "mine": len(mine)}
    words = {
        "decide": _("待我审批"),
        "mine": _("待我处理"),
        "raised": _("我发起的"),
        "done": _("已办"),
        "told": _("抄送我"),
    }
    more = len(waiting) == inbox.SHOWN
    tabs = [
        Tab(words[one], f"/approvals/?tab={one}", one == chosen, counts.get(one), more and bool(counts.get(one)))
        for one in TABS
    ]
    return {
        "tab": chosen,
        "tabs": tabs,
        "lines": lines,
        "lent": lent(person, at),
        "wanted": wanted,
        "kinds": kinds,
    }


def _kinds(waiting: list[inbox.Waiting], signing: Sequence[Line], language: str) -> list[tuple[str, str]]:
    """The procedures something waits under, to choose from: (kind, title)."""
    found = {one.case.kind: one.definition.title.say(language) for one in waiting}
    found |= {line.kind: line.kind_title for line in signing}
    return sorted(found.items(), key=lambda pair: pair[1])


def _narrowed(person: Person, wanted: Wanted, at: datetime, known: list[inbox.Waiting] | None) -> list[inbox.Waiting]:
    """What waits of one procedure, or the newest opened first.

    ``known`` is all there is on this tab; None where more waits than was looked up, so that it is asked for again.
    """
    if known is None:
        found = inbox.waiting(person, at, kind=wanted.kind, newest=wanted.newest)
        return [one for one in found if bool(one.decides) == (wanted.tab == "decide")]
    kept = [one for one in known if wanted.kind in {"", one.case.kind}]
    return sorted(kept, key=lambda one: one.case.pk, reverse=True) if wanted.newest else kept


def _waiting_lines(
    person: Person, waiting: list[inbox.Waiting], wanted: Wanted, number: str, names: Names
) -> list[Line]:
    at = names.at
    names.learn(one.case.person for one in waiting)
    asked = _last_doers([one.case for one in waiting])
    names.learn(asked.values())
    return [
        replace(
            line(one, person, names, asked.get(str(one.case.pk), "")),
            address=f"/approvals/{one.case.number}/?{wanted.query}",
            current=one.case.number == number,
            pick=inbox.pick(one, at),
        )
        for one in waiting
    ]


def line(one: inbox.Waiting, person: Person, names: Names, asked: str = "") -> Line:
    """What waits, on one line. ``asked``: who did the newest act, where that is known already."""
    case, at, language = one.case, names.at, names.language
    chips = promises.chips(case, one.definition, at, language, only_open=True)
    doer = asked or _last_doers([case]).get(str(case.pk), "")
    return Line(
        number=case.number,
        title=one.act.title.say(language),
        subject=subject_of(case, one.definition, person, at, language),
        who=names.person(doer) if doer else "",
        address=f"/approvals/{case.number}/",
        chip=chips[0] if chips else None,
        amount=amount_of(one.definition, case, hidden_forms(one.definition, case.state, person, at)),
        kind=case.kind,
    )


def _last_doers(cases: list[Case]) -> dict[str, str]:
    """Who did the newest act of each case, as its state remembers."""
    found = {}
    for case in cases:
        doer = case.state.doers.get(case.state.newest)
        if doer:
            found[str(case.pk)] = doer[0]
    return found


def _raised(person: Person, at: datetime, language: str) -> list[Line]:
    """Cases this person opened, newest first, with where they stand now."""
    opening = {definition.opening.act for definition in running(at)}
    entries = journal.entries_by(person.username, "case", SHOWN * 4, scope=access.visible_outlets(person, at))
    numbers = [entry.about_number for entry in entries if entry.verb in opening][:SHOWN]
    cases = {case.number: case for case in queries.visible_to(person, at).filter(number__in=numbers)}
    lines = []
    for number in dict.fromkeys(numbers):
        case = cases.get(number)
        if case is None:
            continue
        definition = definition_for(case)
        chips = promises.chips(case, definition, at, language, only_open=True)
        lines.append(
            Line(
                number=number,
                title=title_of(case, person, at) or definition.title.say(language),
                subject=definition.title.say(language),
                who="",
                address=f"/cases/{number}/",
                chip=chips[0] if chips else None,
                at=case.opened_at,
                state=step_title(definition, case.step, language),
            )
        )
    return lines


def _done(person: Person, at: datetime, names: Names) -> list[Line]:
    """What this person did, newest first."""
    entries = journal.entries_by(person.username, "case", SHOWN, scope=access.visible_outlets(person, at))
    numbers = {entry.about_number for entry in entries}
    cases = {case.number: case for case in queries.visible_to(person, at).filter(number__in=numbers)}
    lines = []
    for entry in entries:
        case = cases.get(entry.about_number)
        if case is None:
            continue
        definition = definition_for(case)
        lines.append(
            Line(
                number=case.number,
                title=act_title(definition, entry.verb, names.language),
                subject=title_of(case, person, at),
                who=_("代 %(giver)s") % {"giver": names.person(entry.instead_of)} if entry.instead_of else "",
                address=f"/cases/{case.number}/",
                at=entry.done_at,
                state=step_title(definition, case.step, names.language),
            )
        )
    return lines


def _told(person: Person, at: datetime, names: Names) -> list[Line]:
    """What this person, or a post of theirs, was told of cases in the last weeks, newest first, each case once."""
    scope = access.visible_outlets(person, at)
    outlets = list(OutletKey.objects.values_list("code", flat=True)) if scope is None else sorted(scope)
    held = dict.fromkeys(post for post, _place in people.doer_of(person, at).holds)
    posts = [f"{post}@{outlet}" for post in held for outlet in outlets][:MOST_ADDRESSES]
    letters = journal.letters_to(person.username, posts, at - TOLD_WITHIN, SHOWN * 4, scope=scope)
    newest: dict[str, tuple[Any, str]] = {}
    for entry, subject in letters:
        if entry.about_kind == "case":
            newest.setdefault(entry.about_number, (entry, subject))
    cases = {case.number: case for case in queries.visible_to(person, at).filter(number__in=newest)}
    lines = []
    for number, (entry, subject) in list(newest.items())[:SHOWN]:
        case = cases.get(number)
        if case is None:
            continue
        definition = definition_for(case)
        lines.append(
            Line(
                number=number,
                title=subject.removeprefix(f"{number} "),
                subject=title_of(case, person, at) or definition.title.say(names.language),
                who=names.person(entry.doer) if entry.doer_kind == "person" else "",
                address=f"/cases/{number}/",
                at=entry.done_at,
                state=step_title(definition, case.step, names.language),
            )
        )
    return lines


def neighbours(lines: list[Line], number: str) -> dict[str, str]:
    """``before`` and ``after``: addresses of the lines beside the one of ``number`` ("" = none); ``next_number``."""
    numbers = [line.number for line in lines]
    here = numbers.index(number) if number in numbers else None
    before = lines[here - 1] if here else None
    after = lines[here + 1] if here is not None and here + 1 < len(lines) else None
    return {
        "before": before.address if before else "",
        "after": after.address if after else "",
        "next_number": after.number if after else "",
    }


def lent(person: Person, at: datetime) -> str:
    """To whom this person's posts are lent today and until when, in words; "" when they are not."""
    day = people.day_of(at)
    now = Delegation.objects.filter(giver=person, start__lte=day, until__gte=day).select_related("taker").first()
    if now is None:
        return ""
    return _("%(taker)s 至 %(until)s") % {"taker": now.taker.name, "until": now.until.isoformat()}

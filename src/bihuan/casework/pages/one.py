"""One case: its next step, where it stands, what happened, and one promise of it span by span."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.layout.frames import Crumb, StageMark, Tab, TimelineEntry
from bihuan.people.models import Person
from bihuan.procedure.calendars import Calendar
from bihuan.procedure.deadlines import explain
from bihuan.procedure.definition import Act, Definition, Pack
from bihuan.procedure.engine import Surroundings
from bihuan.procedure.state import Offer
from bihuan.registers.calendars import queries as calendars
from bihuan.registers.charges import queries as charges
from bihuan.registers.documents import queries as documents
from bihuan.registers.products import queries as products

from .. import chains, derived, listing, queries, reading, rights
from ..actions.keeping import surroundings_of
from ..actions.noting import notes_about
from ..attachments import attachments_of
from ..definitions import definition_for, definition_of_run
from ..masks import Masks
from ..models import Case
from ..seeing import all_as_read, as_read, hidden_forms
from . import candidates, cards, lists, moving, papers, promises, similar, story
from .names import Names, outlet_names
from .signers import learn_signers
from .words import answered, clause_address, clause_words, local, post_title, stage_word, step_title

SIDE_BY_SIDE = 3
"""Buttons at the top of a case: the primary one and at most two beside it; the rest stands in the list."""


TABS = ("all", "states", "forms", "papers", "charges", "files", "audit")


def shown(person: Person, case: Case, at: datetime, language: str, tab: str = "", back: str = "") -> dict[str, Any]:
    """The case page: next step, stage line, chips, the tab asked for, the cards beside it.

    ``back`` is the address query of the list one came from.
    """
    definition = definition_for(case)
    pack = documents.pack_of(case.version)
    whole_phones = rights.sees_numbers(person, case.outlet, at)
    around = surroundings_of(case.outlet)
    hidden = hidden_forms(definition, case.state, person, at)
    names = Names(language, around.zone, at, whole_phones=whole_phones, hidden=hidden)
    history = reading.history(case)
    # everybody the page names, in one question
    names.learn([case.person, *story.named(definition, history)])
    learn_signers(definition, pack, case, names, history)
    read = as_read(case, person, at)
    tab = tab if tab in TABS else TABS[0]
    return {
        "title": case.number,
        "case": read,
        "kind": definition.title.say(language),
        "step": step_title(definition, case.step, language),
        "stage": case.stage,
        **acts(person, case, definition, pack, names, around),
        "chips": promises.chips(case, definition, at, language, calendar=around.calendar),
        "stages": stages(definition, case, language),
        "crumbs": [Crumb(_("事项"), f"/cases/?{back}" if back else "/cases/"), Crumb(case.number)],
        "tab": tab,
        "tabs": tabs(case, tab, back),
        "forms": _forms(case, definition, pack, history, names, around.calendar),
        "timeline": _timeline(case, definition, pack, history, names, tab),
        "about": Masks(case, definition, whole=whole_phones).of(chains.about_of(read, definition, hidden)),
        **_related(person, case, names),
        "document": _document(definition, case),
        "newer": moving.offered(person, case, definition, at),
        "outlet": outlet_names([case.outlet], language).get(case.outlet, case.outlet),
        "opened": local(case.opened_at, names.zone),
        "responsible": names.person(case.person) if case.person else "",
        "audit": audit(definition, pack, history, names) if tab == "audit" else None,
        "now": at,
        **beside(person, read, definition, pack, names, history),
        **_neighbours(person, case, at, back),
    }


def beside(
    person: Person, case: Case, definition: Definition, pack: Pack, names: Names, history: list[dict[str, Any]]
) -> dict[str, Any]:
    """The cards at the right: asked of the registers, or of the answers where these know nothing."""
    from ..paper.documents import documents_of  # noqa: PLC0415 - the papers read the same story

    ledger = charges.of_case(case.number)
    printable = documents_of(case, person, names.at, names.language, history, ledger)
    # a card and the panel beside it ask for the same device
    unit_of = cache(partial(products.unit_by_serial, person, at=names.at))
    return {
        "customer": cards.customer(person, case, definition, names.at),
        "device": cards.device(person, case, definition, names, unit_of),
        "similar": similar.panel(person, case, definition, names, unit_of),
        "recurrence": similar.recurrence(person, case, definition, names),
        "visits": cards.going(case, names),
        "money": cards.money(ledger, names),
        "slips": cards.papers(case, pack, names),
        "files": attachments_of(case, person, names.at),
        "documents_to_print": [{"title": one.title, "address": one.address} for one in printable],
    }


def acts(
    person: Person,
    case: Case,
    definition: Definition,
    pack: Pack,
    names: Names,
    around: Surroundings | None = None,
) -> dict[str, Any]:
    """The primary act, those beside it, and every other with who may do it and what stands in the way."""
    offers = [_offer(definition, pack, case, offer, names) for offer in reading.offers(person, case, names.at, around)]
    promised = derived.promised_acts(definition, case.state)
    usual = sorted((offer for offer in offers if offer["near"]), key=lambda offer: _nearest(offer, promised))
    allowed = [offer for offer in usual if offer["allowed"]]
    return {
        "buttons": allowed[:SIDE_BY_SIDE],
        "primary": next((offer for offer in allowed[:1] if not offer["anywhere"]), None),
        "offers": usual,
        "standing": [offer for offer in offers if not offer["near"]],
    }


def _related(person: Person, case: Case, names: Names) -> dict[str, Any]:
    """The case that raised this one and those it raised, each with what it is and how it stands."""
    above = case.parent
    seen = above is not None and queries.visible_to(person, names.at).filter(pk=above.pk).exists()
    children = all_as_read(case.children.order_by("id"), person, names.at)
    return {
        "parent": above
        and {
            "number": above.number,
            "kind": names.kind(above.kind),
            "title": as_read(above, person, names.at).title if seen else "",
        },
        "children": [
            {
                "number": one.number,
                "kind": names.kind(one.kind),
                "step": step_title(definition_for(one), one.step, names.language),
                "title": one.title,
            }
            for one in children
        ],
    }


def tabs(case: Case, tab: str, back: str) -> list[Tab]:
    """The tabs as addresses; the list one came from goes along."""
    words = (_("全部"), _("状态"), _("表单"), _("单据"), _("费用"), _("附件"), _("审计"))
    given = QueryDict(mutable=True)
    found = []
    for name, label in zip(TABS, words, strict=True):
        given["tab"] = name
        if back:
            given["from"] = back
        found.append(Tab(label, f"/cases/{case.number}/?{given.urlencode()}", name == tab))
    return found


def _timeline(
    case: Case, definition: Definition, pack: Pack, history: list[dict[str, Any]], names: Names, tab: str
) -> list[TimelineEntry]:
    if tab not in {"all", "states"}:
        return []
    if tab == "states":
        moved = {"entered", "ended", "corrected", "reassigned", "cancelled", "departed", "merged", "deadline-missed"}
        history = [one for one in history if any(each["kind"] in moved for each in one["happenings"] or ())]
    asides = story.pauses(definition, case, names)
    if tab == "all":
        asides += story.noted(notes_about(case), pack, names)
    return story.with_asides(story.told(definition, pack, history, names), asides)


def _forms(
    case: Case, definition: Definition, pack: Pack, history: list[dict[str, Any]], names: Names, calendar: Calendar
) -> list[dict[str, Any]]:
    return [
        {
            "title": definition.forms[name].title.say(names.language),
            "answers": answered(definition, name, case.state.answers[name], names),
            "kept": papers.kept(case, definition, name, pack, names.language, calendar),
        }
        for name in story.filled_forms(definition, history, case.state.answers)
        if name in definition.forms
    ]


AUDITED = ("seq", "verb", "doer_kind", "doer", "post", "document", "version", "clause")


def audit(definition: Definition, pack: Pack, history: list[dict[str, Any]], names: Names) -> list[dict[str, Any]]:
    """Every entry as it stands in the book, newest first: who, in which post, done and arrived when, by what.

    Beside the short names the book uses stand those the reader knows.
    """
    names.learn(entry["doer"] for entry in history)
    return [
        {
            **{key: entry[key] for key in AUDITED},
            "title": story.called(definition, entry["verb"], names.language),
            "name": story.doer_of(entry, names),
            "post_title": post_title(pack, entry["post"], names.language),
            "done": local(entry["done_at"], names.zone),
            "recorded": local(entry["recorded_at"], names.zone),
            "id": str(entry["id"]),
            # the case as it stood with this entry
            "as_of": f"as-of/?at={entry['recorded_at'].astimezone(UTC).replace(tzinfo=None).isoformat()}Z",
        }
        for entry in reversed(history)
    ]


def _neighbours(person: Person, case: Case, at: datetime, back: str) -> dict[str, str]:
    """The cases before and after this one in the list one came from, as addresses."""
    if not back:
        return {"previous": "", "following": ""}
    wanted = lists.asked(QueryDict(back), at)
    zone: Any = timezone.get_current_timezone()
    found = listing.neighbours(person, wanted, case, at, zone)
    carried = QueryDict(mutable=True)
    carried["from"] = back
    named = zip(("previous", "following"), found, strict=True)
    return {name: f"/cases/{number}/?{carried.urlencode()}" if number else "" for name, number in named}


def _document(definition: Definition, case: Case) -> dict[str, str]:
    return {"number": definition.number, "version": definition.version, "kind": definition.duty_of or case.kind}


def _nearest(offer: dict[str, Any], promised: list[str]) -> tuple[bool, bool, bool, int]:
    """What I may do here comes first, then what I could do if it were not for something, then what is others'.

    Among these what a running promise waits for stands before the rest, the most pressing first.
    """
    rank = promised.index(offer["act"]) if offer["act"] in promised else len(promised)
    return (not offer["allowed"], offer["anywhere"], not offer["why"], rank)


def _offer(definition: Definition, pack: Pack, case: Case, offer: Offer, names: Names) -> dict[str, Any]:
    act = definition.acts[offer.act]
    return {
        "act": offer.act,
        "title": act.title.say(names.language),
        "allowed": offer.allowed,
        "anywhere": not act.at,
        # what the text does not foresee in this situation stands aside with the standing acts
        "near": not act.standing and offer.code != "condition" and (offer.allowed or bool(act.at)),
        # whose it is stands beside it anyway
        "why": offer.words.say(names.language) if offer.words and offer.code != "not-yours" else "",
        "clause": offer.clause or act.origin.cite(),
        "clause_address": clause_address(definition, offer.clause or act.origin.clause),
        "who": _who(definition, pack, act, names, offer.posts),
        "until": local(offer.until, names.zone),
        # whom to send is chosen beside the case, with everybody's skill and day in sight
        "panel": candidates.fitting(definition, act) is not None,
        "address": f"/cases/{case.number}/acts/{offer.act}/",
    }


def _who(definition: Definition, pack: Pack, act: Act, names: Names, posts: tuple[str, ...]) -> str:
    """Whose act it is: posts, those an answer names among them, the clock, or the other case that carries it out."""
    who = act.who
    if who.clock:
        return _("时钟")
    if who.case_kind:
        duty = definition.duties.get(who.case_kind.partition(".")[2])
        return _("随「%(case)s」") % {"case": duty.title.say(names.language) if duty else names.kind(who.case_kind)}
    if who.cases:
        return _("等关联事项")
    titles = (post_title(pack, post, names.language) for post in dict.fromkeys(posts))
    return (", " if names.language == "en" else "、").join(titles)


STAGES = ("received", "assigned", "accepted", "under-way", "on-site", "waiting", "done", "followed-up", "closed")


def stages(definition: Definition, case: Case, language: str) -> list[StageMark]:
    """The stages this procedure knows, in their fixed order, with where the case stands."""
    first: dict[str, datetime] = {}
    for step in definition.steps.values():
        entered = case.state.moments.get(f"enter {step.name}")
        if entered is not None:
            first[step.stage] = min(first.get(step.stage, entered), entered)
    known = {step.stage for step in definition.steps.values()}
    # waiting and the stages after it may come again: how often is part of the line
    times = {stage: max(_times(definition, case, stage), default=0) for stage in known}
    return [
        StageMark(
            _again(_called(definition, case, stage, language), times[stage]),
            "current" if stage == case.stage else "done" if stage in first else "ahead",
            first.get(stage),
        )
        for stage in STAGES
        if stage in known
    ]


def _called(definition: Definition, case: Case, stage: str, language: str) -> str:
    """What the stage is called on the line: a work order's by its word, any other by the step that stands for it.

    That is the step the case is at, else the one it came to last, else the first of the stage in the document.
    """
    if definition.work_order:
        return stage_word(stage)
    steps = [step for step in definition.steps.values() if step.stage == stage]
    moments = case.state.moments
    been = [step for step in steps if f"enter {step.name}" in moments]
    newest = max(been, key=lambda step: (step.name == case.step, moments[f"enter {step.name}"]), default=steps[0])
    return newest.title.say(language)


def _times(definition: Definition, case: Case, stage: str) -> list[int]:
    """How often each step of the stage was entered."""
    return [case.state.entered.get(step.name, 0) for step in definition.steps.values() if step.stage == stage]


def _again(word: str, times: int) -> str:
    return _("%(stage)s 第%(times)s次") % {"stage": word, "times": times} if times > 1 else word


def explained(case: Case, name: str, run: int, at: datetime, language: str) -> dict[str, Any] | None:
    """One run of one promise, span by span; None when the case has no such run."""
    found = next((one for one in case.state.clocks if one.name == name and one.run == run), None)
    if found is None:
        return None
    definition = definition_of_run(case, found)
    calendar = calendars.calendar_for(case.outlet, found.calendar)
    explanation = explain(definition, case.state, name, calendar, at, run)
    return {
        "title": definition.deadlines[name].title.say(language),
        "case": case,
        "chip": promises.chip(case, definition, found, at, language),
        "crumbs": [Crumb(_("事项"), "/cases/"), Crumb(case.number, f"/cases/{case.number}/"), Crumb(_("时限"))],
        "clause": clause_words(definition, found.clause),
        "document": _document(definition, case),
        **promises.shown(explanation, language),
        **promises.around(case, definition, found, calendar, explanation, language),
    }

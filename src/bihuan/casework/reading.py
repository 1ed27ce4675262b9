"""What a reader is shown of a case, as plain data: the same for the API and for the pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from bihuan.journal import queries as journal
from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure import engine
from bihuan.procedure.deadlines import explain
from bihuan.procedure.definition import Definition
from bihuan.procedure.engine import Surroundings
from bihuan.procedure.engine.working import SIGNERS
from bihuan.procedure.state import Offer
from bihuan.registers.calendars import queries as calendars
from bihuan.registers.documents import queries as documents

from . import listing, queries, rights, search
from .actions.keeping import surroundings_of
from .actions.moving import newer
from .definitions import definition_for, definition_of_run, left_by_moves
from .masks import Masks, hidden
from .models import Case
from .seeing import hidden_forms, posts_of, title_of, without
from .signatures import signatures_of

ROW = ("id", "number", "kind", "step", "stage", "outlet", "title", "revision", "opened_at", "ended_at", "promised_at")
CLOSED = ("closed_title", "closed_to")
# what an entry says of answers, in their own words or in what followed from them
SPOKEN = ("answers", "facts", "happenings", "effects")


def page(person: Person, filters: Any, at: datetime) -> dict[str, Any]:
    """One keyset page of cases, newest first: rows and the cursor of the next page."""
    cases = narrowed(person, filters, at).order_by("-id")
    limit = max(1, min(int(filters.limit), 200))
    if filters.after:
        cases = cases.filter(id__lt=filters.after)
    if filters.q.replace("\x00", "").strip() and not any(getattr(filters, name) for name in (*NARROWING, "state")):
        found = search.newest(_query(person, filters, at), _outlets(person, at), limit + 1, filters.after)
        cases = Case.objects.filter(pk__in=found).order_by("-id")
    rows = [_as_called(row, posts_of(person, at)) for row in cases.values(*ROW, *CLOSED)[: limit + 1]]
    if not rights.sees_numbers(person, "", at):
        rows = [row | {"title": hidden(row["title"])} for row in rows]
    return {"cases": rows[:limit], "next": str(rows[limit - 1]["id"]) if len(rows) > limit else None}


def _as_called(row: dict[str, Any], posts: Collection[str]) -> dict[str, Any]:
    """The row by the name those who hold ``posts`` may call the case."""
    title, readers = (row.pop(name) for name in CLOSED)
    return row | {"title": title} if title and not set(readers).isdisjoint(posts) else row


NARROWING = ("kind", "step", "stage", "outlet")


def narrowed(person: Person, filters: Any, at: datetime) -> Any:
    """The cases in ``person``'s sight, narrowed by every filter that is set; unknown states narrow to nothing."""
    cases = queries.visible_to(person, at)
    for name in NARROWING:
        value = getattr(filters, name)
        if value:
            cases = cases.filter(**{name: value.replace("\x00", "")})
    if filters.state:
        cases = listing.in_state(cases, filters.state, at)
    if filters.q.replace("\x00", "").strip():
        cases = search.matching(cases, _query(person, filters, at), _outlets(person, at))
    return cases


def _query(person: Person, filters: Any, at: datetime) -> str:
    return listing.typed(person, filters.q, at)


def _outlets(person: Person, at: datetime) -> Any:
    return access.visible_outlets(person, at)


def whole(person: Person, case: Case, at: datetime) -> dict[str, Any]:
    """A case with its answers, deadlines and what ``person`` may do now."""
    definition = definition_for(case)
    step = definition.steps[case.step]
    masks = Masks(case, definition, whole=rights.sees_numbers(person, case.outlet, at))
    hidden = hidden_forms(definition, case.state, person, at)
    return {
        **{name: getattr(case, name) for name in ROW},
        "title": masks.of(title_of(case, person, at)),
        "document": definition.number,
        "version": definition.version,
        "version_id": case.version_id,
        "newer_version": replacing[0].pk if (replacing := newer(case, at)) else None,
        "step_title": step.title,
        "answers": masks.of(without(case.state.answers, hidden)),
        "signatures": _signatures(case, definition, hidden),
        "hidden": sorted(hidden & case.state.answers.keys()),
        "facts": masks.of(case.state.facts),
        "children": case.state.children,
        "deadlines": case.state.clocks,
        "acts": offers(person, case, at),
    }


def _signatures(case: Case, definition: Definition, hidden: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Who signed each form that several signers filled each for themselves, in the order of its answers."""
    several = {name: filled for name, filled in case.state.answers.items() if SIGNERS in filled and name not in hidden}
    found = signatures_of(definition, several, history(case)) if several else {}
    return {form: [one.to_content() for one in signed] for form, signed in found.items()}


def offers(person: Person, case: Case, at: datetime, around: Surroundings | None = None) -> tuple[Offer, ...]:
    """Every act that stands at the case's step, allowed to ``person`` or not and why.

    ``around`` is what the case's outlet lives with, where it was looked up already.
    """
    doer = people.doer_of(person, at)
    around = around or surroundings_of(case.outlet)
    return engine.allowed(definition_for(case), case.state, doer, at, around)


def history(case: Case) -> list[dict[str, Any]]:
    """Every entry about the case, oldest first, with what it says where that has not been disposed of."""
    return told_of(journal.entries_about("case", case.pk))


def shown_history(person: Person, case: Case, at: datetime) -> list[dict[str, Any]]:
    """The history as ``person`` may see it: numbers masked where they are masked on the page."""
    masks = Masks(case, definition_for(case), whole=rights.sees_numbers(person, case.outlet, at))
    hidden = hidden_forms(definition_for(case), case.state, person, at)
    told = [as_read_entry(one, definition_for(case), hidden) for one in history(case)]
    return [{**one, **{name: masks.of(one[name]) for name in SPOKEN}} for one in told]


def as_read_entry(entry: dict[str, Any], definition: Definition, hidden: Collection[str]) -> dict[str, Any]:
    """The entry without what was answered on ``hidden`` forms: as it was filled in, handed on, or corrected.

    The same entry where it says nothing of them.
    """
    if not hidden:
        return entry
    act = definition.acts.get(entry["verb"])
    happenings = entry["happenings"] or ()
    about = {str(one["name"]).partition(".")[0] for one in happenings if one["kind"] in {"filled", "corrected"}}
    if about.isdisjoint(hidden) and not (act is not None and act.form in hidden):
        return entry
    told = [{**one, "data": {}} if one["kind"] in {"corrected", "child", "effect"} else one for one in happenings]
    return {**entry, "answers": {}, "facts": {}, "effects": None, "happenings": told}


def told_of(entries: Iterable[Any]) -> list[dict[str, Any]]:
    """The same of these entries only."""
    told = []
    for entry in entries:
        content = entry.content or {}
        told.append(
            {
                "id": entry.id,
                "seq": entry.seq,
                "verb": entry.verb,
                "doer_kind": entry.doer_kind,
                "doer": entry.doer,
                "post": entry.post,
                "instead_of": entry.instead_of,
                "done_at": entry.done_at,
                "recorded_at": entry.recorded_at,
                "document": entry.document,
                "version": entry.version,
                "clause": entry.clause,
                "answers": content.get("answers"),
                "facts": content.get("facts"),
                "happenings": content.get("happenings"),
                "effects": content.get("effects"),
            }
        )
    return told


def meanwhile(case: Case, seen: int) -> list[dict[str, Any]]:
    """What happened since the case stood at revision ``seen``: who did what when under which clause, oldest first."""
    since = [one for one in journal.entries_about("case", case.pk) if _revision(one) > seen]
    names = ("verb", "doer_kind", "doer", "post", "done_at", "recorded_at", "clause")
    return [{name: getattr(one, name) for name in names} for one in since]


def _revision(entry: Any) -> int:
    return int((entry.content or {}).get("answer", {}).get("revision", 0))


def deadlines(case: Case, at: datetime) -> list[Any]:
    """Every run of every promise, explained span by span, by the text it was decided under."""
    now, left = definition_for(case), left_by_moves(case)
    told = [(run, definition_of_run(case, run, now, left)) for run in case.state.clocks]
    return [explain(text, case.state, run.name, _calendar(case, run.calendar), at, run.run) for run, text in told]


def _calendar(case: Case, version: str) -> Any:
    return calendars.calendar_for(case.outlet, version)


def procedures(at: datetime) -> list[dict[str, Any]]:
    """The procedures in force, and which of them may be opened by hand."""
    return [
        {
            "kind": definition.kind,
            "number": definition.number,
            "version": definition.version,
            "title": definition.title,
            "by_hand": definition.opening.by_hand,
            "act": definition.opening.act,
            "form": definition.forms.get(definition.acts[definition.opening.act].form),
        }
        for _, definition in documents.all_in_force(at)
    ]

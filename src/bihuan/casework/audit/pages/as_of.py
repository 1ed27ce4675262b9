"""A case as it stood at a moment, as its page shows it: only what was known then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from bihuan.journal.models import Disposal
from bihuan.layout.frames import Crumb
from bihuan.procedure.deadlines import explain
from bihuan.registers.calendars import queries as calendars
from bihuan.registers.documents import queries as documents

from ... import reading, rights
from ...actions.keeping import surroundings_of
from ...models import Case
from ...pages import one, promises, story
from ...pages.names import Names, outlet_names
from ...pages.signers import learn_signers
from ...pages.words import answered, clause_words, stage_word, step_title
from ...seeing import hidden_forms, title_of
from ..as_of import Stood, as_of
from .log import Reader

# what stands written to the second counts to its end
_END_OF_SECOND = timedelta(microseconds=999_999)


def moment(text: str, reader: Reader) -> datetime | None:
    """The moment asked for, local; the whole of the minute or second it names. None for what is none."""
    try:
        read = datetime.fromisoformat(text.strip()[:40])
    except ValueError:
        return None
    if len(text.strip()) <= 10:
        read = read.replace(hour=23, minute=59)
    if read.microsecond == 0:
        read += _END_OF_SECOND if text.count(":") > 1 else timedelta(seconds=59) + _END_OF_SECOND
    return read if read.tzinfo else read.replace(tzinfo=reader.zone)


def shown(reader: Reader, case: Case, at: datetime | None, problem: str = "") -> dict[str, Any]:
    """The page; ``at`` None only asks for a moment."""
    base = {
        "title": _("%(number)s 当时的样子") % {"number": case.number},
        "crumbs": [
            Crumb(_("事项"), "/cases/"), Crumb(case.number, f"/cases/{case.number}/?tab=audit"), Crumb(_("当时")),
        ],
        "number": case.number, "problem": problem, "stood": None, "later": False,
        "asked": at.astimezone(reader.zone).strftime("%Y-%m-%dT%H:%M:%S") if at else "",
    }  # fmt: skip
    stood = as_of(case, at) if at else None
    if stood is None:
        return {**base, "too_early": at is not None}
    return {**base, **_stood(reader, case, stood)}


def _stood(reader: Reader, case: Case, stood: Stood) -> dict[str, Any]:
    definition, then, language = stood.definition, stood.case, reader.language
    pack = documents.pack_of(case.version)
    around = surroundings_of(case.outlet)
    whole = rights.sees_numbers(reader.person, case.outlet, reader.at)
    # what everybody may read by now may be read as it stood as well
    hidden = hidden_forms(definition, case.state, reader.person, reader.at)
    names = Names(language, around.zone, stood.at, whole_phones=whole, hidden=hidden)
    history = reading.told_of(stood.entries)
    known = then.state is not None
    return {
        "stood": stood,
        "then": then,
        "called": title_of(then, reader.person, reader.at),
        "kind": definition.title.say(language),
        "step": step_title(definition, then.step, language) if known else "",
        "stage": stage_word(then.stage, work_order=definition.work_order) if known else "",
        "outlet": outlet_names([case.outlet], language).get(case.outlet, case.outlet),
        "responsible": names.person(then.person) if known and then.person else "",
        "stages": one.stages(definition, then, language) if known else [],
        "forms": _forms(definition, history, then, names) if known else [],
        "promises": _promises(stood, language) if known else [],
        "children": [child for group in then.state.children.values() for child in group] if known else [],
        "timeline": story.told(definition, pack, history, names),
        "missing": _missing(stood, names),
        "links": _links(case, stood),
    }


def _forms(definition: Any, history: list[dict[str, Any]], then: Case, names: Names) -> list[dict[str, Any]]:
    filled = story.filled_forms(definition, history, then.state.answers)
    learn_signers(definition, documents.pack_of(then.version), then, names, history)
    return [
        {
            "title": definition.forms[name].title.say(names.language),
            "answers": answered(definition, name, then.state.answers[name], names),
        }
        for name in filled
        if name in definition.forms
    ]


def _promises(stood: Stood, language: str) -> list[dict[str, Any]]:
    """Every run of every promise with its spans as they read at that moment."""
    told = []
    for run in stood.case.state.clocks:
        calendar = calendars.calendar_for(stood.case.outlet, run.calendar)
        text = stood.text_of(run)
        explanation = explain(text, stood.case.state, run.name, calendar, stood.at, run.run)
        told.append(
            {
                "title": text.deadlines[run.name].title.say(language),
                "chip": promises.chip(stood.case, text, run, stood.at, language, calendar),
                "clause": clause_words(text, run.clause),
                "run": run,
                **promises.shown(explanation, language),
            }
        )
    return told


def _missing(stood: Stood, names: Names) -> list[dict[str, Any]]:
    """What was disposed of since: which entries, under which list."""
    lists = {one.entry_id: one for one in Disposal.objects.filter(entry_id__in=[each.pk for each in stood.missing])}
    return [
        {
            "address": f"/audit/entries/{entry.pk}/",
            "at": entry.recorded_at,
            "who": names.person(entry.doer) if entry.doer else "",
            "list": lists[entry.pk].list_name if entry.pk in lists else "",
        }
        for entry in stood.missing
    ]


def _links(case: Case, stood: Stood) -> dict[str, str]:
    """The changes before and after this moment."""

    def address(at: datetime | None) -> str:
        if at is None:
            return ""
        return f"/cases/{case.number}/as-of/?at={at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"

    return {"before": address(stood.before), "behind": address(stood.behind)}

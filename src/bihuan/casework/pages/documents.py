"""The procedure's page: the words as signed, read back, drawn, with what stands at each clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.journal import queries as journal
from bihuan.layout.frames import Column, Crumb
from bihuan.people.models import Person
from bihuan.procedure.definition import Clause, Definition
from bihuan.procedure.diagram import diagram
from bihuan.procedure.sentences import sentences
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import Version

from .. import queries
from . import papers

SHOWN = 5
Said = Callable[[str], list[str]]
"""The sentences a clause of this number means."""


def listed(at: datetime, language: str) -> list[dict[str, Any]]:
    """Every procedure in force, in the order of its number."""
    found = [
        {
            "kind": definition.kind,
            "number": definition.number,
            "version": definition.version,
            "title": definition.title.say(language),
            "from": version.effective_from,
        }
        for version, definition in documents.all_in_force(at)
    ]
    return sorted(found, key=lambda one: one["number"])


def columns() -> list[Column]:
    """The columns of the list of procedures."""
    return [Column(words) for words in (_("编号"), _("名称"), _("版本"), _("生效"))]


def shown(
    person: Person, definition: Definition, at: datetime, language: str, current: str = "", *, version: Version
) -> dict[str, Any]:
    """Signatures; clause by clause prose, the sentences its blocks mean, the cases that stand there, newest records."""
    cases = queries.visible_to(person, at)
    current_pack = documents.current_pack(at)
    posts = {name: post.title for name, post in current_pack[1].posts.items()} if current_pack else {}
    others = {one.kind: one for _version, one in documents.all_in_force(at)}

    def said(number: str) -> list[str]:
        return sentences(definition, number, language, posts=posts, others=others)

    standing = Counter(
        cases.filter(kind=definition.kind, ended_at__isnull=True).order_by().values_list("step", flat=True)
    )
    return {
        "title": definition.title.say(language),
        "definition": definition,
        "control": papers.control(person, version, at, language),
        "crumbs": [Crumb(_("程序文件"), "/procedures/"), Crumb(definition.title.say(language))],
        "diagram": diagram(definition, language, current),
        "current": definition.steps[current].title.say(language) if current in definition.steps else "",
        "clauses": [
            _clause(definition, clause, cases, standing, language, said)
            for clause in definition.clauses
            # the heading of the whole text stands at the top of the page already
            if clause.number or clause.prose
        ],
    }


def _clause(
    definition: Definition, clause: Clause, cases: Any, standing: Counter[str], language: str, said: Said
) -> dict[str, Any]:
    steps = steps_of(definition, clause.number)
    return {
        "number": clause.number,
        "anchor": f"clause-{clause.anchor or clause.number}",
        "title": clause.title,
        "level": min(clause.level, 4),
        "prose": clause.prose,
        "sentences": said(clause.anchor or clause.number),
        "standing": [
            {
                "step": definition.steps[step].title.say(language),
                "count": standing[step],
                "address": f"/cases/?kind={definition.kind}&step={step}&state=open",
            }
            for step in steps
            if standing[step]
        ],
        "records": records(cases, definition, clause.number) if steps else [],
        "read_as": clause.read_as,
    }


def steps_of(definition: Definition, number: str) -> list[str]:
    """The steps at which a clause has an act of its own: there its cases stand."""
    found: dict[str, None] = {}
    for act in definition.acts.values():
        if act.origin.clause == number and not act.standing:
            found.update(dict.fromkeys(act.at))
    return list(found)


def records(cases: Any, definition: Definition, number: str) -> list[dict[str, Any]]:
    """The newest entries written under a clause, from cases within the reader's scope."""

    entries = journal.entries_under(definition.number, number, limit=SHOWN * 4)
    numbers = {entry.about_number for entry in entries}
    seen = set(cases.filter(number__in=numbers).values_list("number", flat=True))
    return [
        {"number": entry.about_number, "at": entry.done_at, "verb": definition.acts[entry.verb].title}
        for entry in entries
        if entry.about_number in seen and entry.verb in definition.acts
    ][:SHOWN]

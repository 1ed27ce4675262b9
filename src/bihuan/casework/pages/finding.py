"""One search over everything a number, a name or a word may mean; grouped by what it found, eight to a group."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.registers.customers import queries as customers
from bihuan.registers.products import queries as products

from .. import listing, search, seeing
from ..definitions import definition_for
from ..models import Case
from .cases import openable
from .words import step_title

GROUP = 8


@dataclass
class Group:
    """What was found of one kind; ``more`` leads to all of it ("" = this is all)."""

    name: str
    label: str
    hits: list[dict[str, Any]] = field(default_factory=list)
    more: str = ""


def found(person: Person, text: str, at: datetime, language: str, cases_limit: int = GROUP) -> list[Group]:
    """Everything ``text`` finds within the scope, by kind; the last group is what one can do."""
    text = " ".join(text.replace("\x00", " ").split())[: search.LONGEST]
    if not text:
        return []
    groups = [
        cases(person, text, at, language, cases_limit),
        customers_found(person, text, at),
        devices(person, text, at),
        colleagues(person, text, at, language),
        commands(person, text, at, language),
    ]
    return [one for one in groups if one.hits]


def cases(person: Person, text: str, at: datetime, language: str, limit: int) -> Group:
    """The newest cases; one found by exactly its number stands first."""
    query = listing.typed(person, text, at)
    ids = search.newest(query, access.visible_outlets(person, at), limit + 1)
    whole = Case.objects.in_bulk(ids)
    hits = []
    for identity in ids[:limit]:
        case = whole.get(identity)
        if case is None:
            continue
        step = step_title(definition_for(case), case.step, language)
        hits.append(
            {
                "label": case.number,
                "address": f"/cases/{case.number}/",
                "words": seeing.title_of(case, person, at),
                "note": step,
                "at": case.opened_at,
            }
        )
    hits.sort(key=lambda hit: hit["label"].casefold() != text.casefold())
    more = f"/cases/?q={text}" if len(ids) > limit else ""
    return Group("cases", _("事项"), hits, more)


def customers_found(person: Person, text: str, at: datetime) -> Group:
    hits = [
        {
            "label": one.name,
            "address": f"/customers/{one.number}/",
            "words": one.number,
            "note": next((site.address for site in one.sites.all()), ""),
        }
        for one in customers.search(person, text, at, GROUP)
    ]
    return Group("customers", _("客户"), hits)


def devices(person: Person, text: str, at: datetime) -> Group:
    hits = [
        {
            "label": unit.serial or unit.model.code,
            "address": f"/devices/{unit.pk}/",
            "words": unit.model.name,
            "note": unit.customer.name,
        }
        for unit in products.search(person, text, at, GROUP)
    ]
    return Group("devices", _("设备"), hits)


def colleagues(person: Person, text: str, at: datetime, language: str) -> Group:
    """Colleagues by name or account: those who work within the scope."""
    outlets = access.visible_outlets(person, at)
    names = Q(name__icontains=text) | Q(name_en__icontains=text) | Q(username__iexact=text)
    some = Person.objects.filter(names, is_active=True)
    if outlets is not None:
        here = {one.pk for outlet in outlets for one in people.working_at(outlet, at)} if outlets else set()
        some = some.filter(pk__in=here)
    hits = [
        {
            "label": one.called(language),
            "address": f"/cases/?person={one.username}&state=open",
            "words": one.username,
            "note": _("进行中的事项"),
        }
        for one in some.order_by("name")[:GROUP]
    ]
    return Group("people", _("人员"), hits)


def commands(person: Person, text: str, at: datetime, language: str) -> Group:
    """What may be opened by hand and is named so, and the list of cases narrowed to the words."""
    folded = text.casefold()
    hits = []
    for one in openable(person, at):
        title = one["title"].say(language)
        if folded in title.casefold() or folded in {"新建", "new"}:
            hits.append({"label": _("新建：%(kind)s") % {"kind": title}, "address": f"/cases/new/{one['kind']}/"})
    return Group("commands", _("命令"), hits[:GROUP])

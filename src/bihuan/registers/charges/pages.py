"""What the pages of this room show, ready for the components."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Crumb, Pager, Tab
from bihuan.people import queries as people
from bihuan.people.access import visible_outlets
from bihuan.people.models import OutletKey, Person

from . import access, queries
from .models import PriceList, Receipt
from .paging import Page, page

WHEN = ("now", "coming", "past", "all")


def outlet_names(codes: set[str], language: str) -> dict[str, str]:
    """Code → name in the reader's language; "" is the whole house."""
    rows = OutletKey.objects.filter(code__in=codes).values_list("code", "name", "name_en")
    found = {code: (english if language == "en" and english else name) for code, name, english in rows}
    return {"": _("全公司"), **found}


def price_lists(person: Person, at: datetime, language: str, asked: dict[str, str]) -> dict[str, Any]:
    """The list of lists: those in force today unless others are asked for."""
    when = asked.get("when") if asked.get("when") in WHEN else "now"
    today = people.day_of(at)
    seen = queries.lists_visible_to(person, at)
    narrowed = seen.filter(_when(when, today)).annotate(number_of_lines=Count("lines"))
    found = page(narrowed, ("name", "outlet", "start"), **_edge(seen, asked))
    names = outlet_names({one.outlet for one in found.rows}, language)
    return {
        "title": _("收费标准"),
        "columns": [
            Column(_("价目名称")),
            Column(_("适用")),
            Column(_("自")),
            Column(_("至")),
            Column(_("状态")),
            Column(_("价目条数"), numeric=True),
        ],
        "rows": [
            {"list": one, "where": names.get(one.outlet, one.outlet), **_standing(one, today)} for one in found.rows
        ],
        "pager": _pager("/prices/", found, {"when": when}),
        "when": [Tab(label, f"?when={name}", name == when) for name, label in _when_words()],
        "may_open": bool(places_to_keep(person, at)),
    }


def price_list(person: Person, made: PriceList, at: datetime, language: str) -> dict[str, Any]:
    """One version: its lines, and the other versions of the same list."""
    versions = queries.lists_visible_to(person, at).filter(name=made.name, outlet=made.outlet).order_by("-start")
    today = people.day_of(at)
    newest = versions[0]
    return {
        "title": made.name,
        "list": made,
        "crumbs": [Crumb(_("收费标准"), "/prices/"), Crumb(made.name)],
        "where": outlet_names({made.outlet}, language).get(made.outlet, made.outlet),
        **_standing(made, today),
        "columns": [
            Column(_("代码")),
            Column(_("项目")),
            Column(_("单位")),
            Column(_("金额（元）"), numeric=True),
            Column(_("只用于产品")),
        ],
        "lines": [
            {"line": one, "title": one.title_en if language == "en" and one.title_en else one.title}
            for one in made.lines.order_by("code")
        ],
        "versions": [{"list": one, **_standing(one, today)} for one in versions[:20]],
        "may_keep": access.may_keep_prices(person, made.outlet, at),
        "made_by": _people({made.made_by}, language).get(made.made_by, made.made_by),
        "is_newest": made.pk == newest.pk,
        "is_past": made.until is not None and made.until < today,
    }


def receipts(person: Person, at: datetime, language: str, asked: dict[str, str]) -> dict[str, Any]:
    """Receipts of one outlet or of all, the newest number first; void ones stand where they stood."""
    seen = queries.visible_to(person, at)
    outlet, state, number = asked.get("outlet", ""), asked.get("state", ""), asked.get("q", "").strip()
    narrowed = seen.filter(outlet=outlet) if outlet else seen
    if state in {Receipt.GOOD, Receipt.VOID}:
        narrowed = narrowed.filter(state=state)
    if number:
        narrowed = narrowed.filter(Q(name=number) | Q(number=number))
    found = page(narrowed, ("place",), newest=True, **_edge(seen, asked))
    visible = _visible_codes(person, at)
    names = outlet_names(set(visible) | {one.outlet for one in found.rows}, language)
    called = _people({one.by for one in found.rows} | {one.voided_by for one in found.rows}, language)
    return {
        "title": _("收据"),
        "columns": [
            Column(_("收据号")),
            Column(_("网点")),
            Column(_("事项")),
            Column(_("付款人")),
            Column(_("金额（元）"), numeric=True),
            Column(_("开具")),
            Column(_("状态")),
        ],
        "rows": [
            {
                "receipt": one,
                "where": names.get(one.outlet, one.outlet),
                "by": called.get(one.by, one.by),
                "voided_by": called.get(one.voided_by, one.voided_by),
                "may_void": one.state == Receipt.GOOD and access.may_void(person, one.outlet, at),
            }
            for one in found.rows
        ],
        "pager": _pager("/receipts/", found, {"outlet": outlet, "state": state, "q": number}),
        "outlets": [(code, names.get(code, code)) for code in visible],
        "filters": {"outlet": outlet, "state": state, "q": number},
    }


def _people(usernames: set[str], language: str) -> dict[str, str]:
    return {one.username: one.called(language) for one in Person.objects.filter(username__in=usernames)}


def places_to_keep(person: Person, at: datetime) -> list[str]:
    """Where this person may keep prices: "" for the house, codes of outlets within scope."""
    codes = ["", *_visible_codes(person, at)]
    return [code for code in codes if access.may_keep_prices(person, code, at)]


def _visible_codes(person: Person, at: datetime) -> list[str]:
    seen = visible_outlets(person, at)
    return people.outlet_codes() if seen is None else sorted(seen)


def _when(when: str, today: date) -> Q:
    coming, past = Q(start__gt=today), Q(until__lt=today)
    return {"now": queries.in_force(today), "coming": coming, "past": past, "all": Q()}[when]


def _when_words() -> list[tuple[str, str]]:
    return [("now", _("现行")), ("coming", _("将生效")), ("past", _("已失效")), ("all", _("全部"))]


def _standing(made: PriceList, today: date) -> dict[str, str]:
    if made.start > today:
        return {"word": _("将生效"), "tone": "plain"}
    if made.until is not None and made.until < today:
        return {"word": _("已失效"), "tone": "plain"}
    return {"word": _("现行"), "tone": "good"}


def _edge(seen: QuerySet, asked: dict[str, str]) -> dict[str, Any]:
    """The row a page begins behind; an id of something else, or out of sight, begins at the front."""
    for name in ("before", "after"):
        if asked.get(name):
            row = seen.filter(pk=asked[name]).first()
            return {name: row} if row is not None else {}
    return {}


def _pager(address: str, found: Page, kept: dict[str, str]) -> Pager:
    def link(name: str, value: str) -> str:
        return (
            f"{address}?{urlencode({**{key: one for key, one in kept.items() if one}, name: value})}" if value else ""
        )

    return Pager(link("before", found.before), link("after", found.after), found.count)

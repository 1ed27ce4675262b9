"""What the pages of the reports show, from what their address says."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.casework.pages.lists import kinds
from bihuan.casework.pages.names import outlet_names
from bihuan.layout.frames import Column, Crumb, Kpi
from bihuan.people import access
from bihuan.people import queries as people
from bihuan.people.models import Person

from .behind import REPORTS, SATISFACTION, read_known, titles, written
from .periods import Period, containing, read
from .queries import Only
from .reports import Asked, Table, report
from .trends import trend

TEMPLATES = {
    "month": "measures/report.html",
    "week": "measures/report.html",
    SATISFACTION: "measures/satisfaction.html",
}
KEPT = frozenset({"kind", "outlet", "known"})
SHOWN_PERIODS = 6


def purposes() -> dict[str, str]:
    """What each report is for."""
    return {
        "month": _("投诉、维修和纠正一个月的总数、原因、单位、按时与否。"),
        "week": _("每周进来、办结、在办多少，承诺守住多少，多久首次答复。"),
        SATISFACTION: _("每位客户逐月答了几份、平均几分、满意的占多少。"),
    }


def zone() -> Any:
    return timezone.get_current_timezone()


def catalogue(at: datetime) -> dict[str, Any]:
    """Each report with its newest periods, the unfinished one first."""
    found = []
    for name, sort in REPORTS.items():
        one = containing(sort, timezone.localtime(at).date(), zone())
        periods = [one]
        while len(periods) < SHOWN_PERIODS:
            periods.append(periods[-1].before)
        lines = [(each.title, f"/reports/{name}/{each.key}/", each is one) for each in periods]
        found.append({"title": titles()[name], "words": purposes()[name], "periods": lines})
    return {"title": _("报表"), "reports": found}


def newest(name: str, at: datetime) -> str:
    """The key of the newest period that is over; "" for a report there is not."""
    found = REPORTS.get(name)
    return containing(found, timezone.localtime(at).date(), zone()).before.key if found else ""


def period_of(name: str, key: str) -> Period | None:
    """The period an address names; None where there is none."""
    found = REPORTS.get(name)
    return read(found, key, zone()) if found else None


def asked(person: Person, name: str, key: str, given: QueryDict, at: datetime, language: str) -> Asked | None:
    """What an address asks for; None where it names something there is not, or a period that has not begun."""
    period = period_of(name, key)
    known = read_known(given.get("known", ""), at)
    if period is None or known is None or period.start >= known:
        return None
    only = Only(*(tuple(one for one in given.getlist(part) if one) for part in ("kind", "outlet")))
    if not set(only.kinds) <= set(kinds(at, "zh")) or not set(only.outlets) <= set(outlets_of(person, at)):
        return None
    return Asked(person, period, known, at, only, language)


def outlets_of(person: Person, at: datetime) -> list[str]:
    """The outlets whose work this person may see."""
    seen = access.visible_outlets(person, at)
    return people.outlet_codes() if seen is None else sorted(seen)


def shown(name: str, wanted: Asked, given: QueryDict) -> dict[str, Any]:
    """Everything the page of a report shows."""
    own = _trend(wanted) if name == SATISFACTION else _counted(wanted)
    period = wanted.period
    kept = _narrowing(wanted.only)
    fixed = fixed_query(wanted)
    outlets = outlet_names(outlets_of(wanted.person, wanted.at), wanted.language)
    return {
        "title": titles()[name],
        "crumbs": [Crumb(_("报表"), "/reports/"), Crumb(titles()[name])],
        "period": period,
        "known": wanted.known,
        "unfinished": wanted.known < period.end,
        "name": name,
        "previous": _address(name, period.before, kept),
        "following": _address(name, period.after, kept) if period.after.start < wanted.at else "",
        "files": [(ending.upper(), f"report.{ending}?{fixed}") for ending in ("pdf", "xlsx")],
        "same": f"?{fixed}",
        "chosen": wanted.only,
        "outlets": sorted(outlets.items()) if len(outlets) > 1 else [],
        "given_known": given.get("known", ""),
        **own,
    }


def _narrowing(only: Only) -> list[tuple[str, str]]:
    return [("kind", one) for one in only.kinds] + [("outlet", one) for one in only.outlets]


def fixed_query(wanted: Asked) -> str:
    """The query under which the same figures stand for ever."""
    return urlencode([*_narrowing(wanted.only), ("known", written(wanted.known))])


def _counted(wanted: Asked) -> dict[str, Any]:
    found = report(wanted)
    return {
        "report": found,
        "kpis": [_kpi(column, cell, label) for column, cell, label in found.totals if column != "later"],
        "tables": [(table, columns(table)) for table in found.tables],
        "kinds": [(kind, title) for kind, title in kinds(wanted.at, wanted.language).items() if "." not in kind],
    }


def _trend(wanted: Asked) -> dict[str, Any]:
    found = trend(wanted)
    # the newest month first: on a phone the others are a swipe away
    heads = [Column(_("客户")), Column(_("走势")), *(Column(month, numeric=True) for month in reversed(found.months))]
    return {"trend": found, "columns": heads}


def _address(name: str, period: Period, kept: list[tuple[str, str]]) -> str:
    return f"/reports/{name}/{period.key}/{'?' if kept else ''}{urlencode(kept)}"


def _kpi(column: str, cell: Any, label: str) -> Kpi:
    bad = column in {"overdue", "missed"} and cell.count
    note = _("上期 %(count)s") % {"count": cell.before}
    return Kpi(label, str(cell.count), cell.address, note=note, tone="bad" if bad else "plain")


def columns(table: Table) -> list[Column]:
    """The heads of one table as the component draws them."""
    heads = [Column(table.heading), *(Column(one, numeric=True) for one in table.columns)]
    return [*heads, *([Column(_("按时率"), numeric=True)] if table.section.share else []),
            *([Column(table.chart)] if table.chart else [])]  # fmt: skip

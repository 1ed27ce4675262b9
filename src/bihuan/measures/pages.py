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

from .behind import read_known, written
from .periods import Period, Sort, containing, read
from .queries import Only
from .reports import Asked, Table, report

SORTS: tuple[Sort, ...] = ("month", "week")
TEMPLATES = {"month": "measures/report.html", "week": "measures/report.html"}
KEPT = frozenset({"kind", "outlet", "known"})
SHOWN_PERIODS = 6


def titles() -> dict[str, tuple[str, str]]:
    """Sort → name and what it is for."""
    return {
        "month": (_("质量信息月报"), _("投诉、维修和纠正一个月的总数、原因、单位、按时与否。")),
        "week": (_("每周统计"), _("每周进来、办结、在办多少，承诺守住多少，多久首次答复。")),
    }


def zone() -> Any:
    return timezone.get_current_timezone()


def catalogue(at: datetime) -> dict[str, Any]:
    """Each report with its newest periods, the unfinished one first."""
    found = []
    for sort in SORTS:
        one = containing(sort, timezone.localtime(at).date(), zone())
        periods = [one]
        while len(periods) < SHOWN_PERIODS:
            periods.append(periods[-1].before)
        title, words = titles()[sort]
        lines = [(each.title, f"/reports/{sort}/{each.key}/", each is one) for each in periods]
        found.append({"title": title, "words": words, "periods": lines})
    return {"title": _("报表"), "reports": found}


def newest(sort: str, at: datetime) -> str:
    """The key of the newest period that is over; "" for a report there is not."""
    found = next((one for one in SORTS if one == sort), None)
    return containing(found, timezone.localtime(at).date(), zone()).before.key if found else ""


def period_of(sort: str, key: str) -> Period | None:
    """The period an address names; None where there is none."""
    found = next((one for one in SORTS if one == sort), None)
    return read(found, key, zone()) if found else None


def asked(person: Person, sort: str, key: str, given: QueryDict, at: datetime, language: str) -> Asked | None:
    """What an address asks for; None where it names something there is not, or a period that has not begun."""
    period = period_of(sort, key)
    known = read_known(given.get("known", ""), at)
    if period is None or known is None or period.start >= known:
        return None
    only = Only(tuple(given.getlist("kind")), tuple(given.getlist("outlet")))
    if not set(only.kinds) <= set(kinds(at, "zh")) or not set(only.outlets) <= set(outlets_of(person, at)):
        return None
    return Asked(person, period, known, at, only, language)


def outlets_of(person: Person, at: datetime) -> list[str]:
    """The outlets whose work this person may see."""
    seen = access.visible_outlets(person, at)
    return people.outlet_codes() if seen is None else sorted(seen)


def shown(wanted: Asked, given: QueryDict) -> dict[str, Any]:
    """Everything the page of a report shows."""
    found = report(wanted)
    period = wanted.period
    kept = [(name, value) for name in ("kind", "outlet") for value in given.getlist(name)]
    fixed = urlencode([*kept, ("known", written(wanted.known))])
    following = period.after if period.after.start < wanted.at else None
    outlets = outlet_names(outlets_of(wanted.person, wanted.at), wanted.language)
    return {
        "title": found.title,
        "crumbs": [Crumb(_("报表"), "/reports/"), Crumb(found.title)],
        "report": found,
        "period": period,
        "sort": period.sort,
        "kpis": [_kpi(column, cell, label) for column, cell, label in found.totals if column != "later"],
        "tables": [(table, columns(table)) for table in found.tables],
        "previous": _address(period.before, kept),
        "following": _address(following, kept) if following else "",
        "files": [(ending.upper(), f"report.{ending}?{fixed}") for ending in ("pdf", "xlsx")],
        "same": f"?{fixed}",
        "kinds": [(kind, title) for kind, title in kinds(wanted.at, wanted.language).items() if "." not in kind],
        "chosen": wanted.only,
        "outlets": sorted(outlets.items()) if len(outlets) > 1 else [],
        "given_known": given.get("known", ""),
    }


def _address(period: Period, kept: list[tuple[str, str]]) -> str:
    return f"/reports/{period.sort}/{period.key}/{'?' if kept else ''}{urlencode(kept)}"


def _kpi(column: str, cell: Any, label: str) -> Kpi:
    bad = column in {"overdue", "missed"} and cell.count
    note = _("上期 %(count)s") % {"count": cell.before}
    return Kpi(label, str(cell.count), cell.address, note=note, tone="bad" if bad else "plain")


def columns(table: Table) -> list[Column]:
    """The heads of one table as the component draws them."""
    heads = [Column(table.heading), *(Column(one, numeric=True) for one in table.columns)]
    return [*heads, *([Column(_("按时率"), numeric=True)] if table.section.share else []),
            *([Column(table.chart)] if table.chart else [])]  # fmt: skip

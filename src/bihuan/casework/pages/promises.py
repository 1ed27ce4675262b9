"""One promise proved: the spans that add up to it, in words and local moments."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bihuan.layout.frames import Chip, Column
from bihuan.procedure.around import SpecialDays, ladder, special_days, unannounced
from bihuan.procedure.calendars import Calendar
from bihuan.procedure.deadlines import Explanation, breaks_of, read
from bihuan.procedure.definition import Definition, Rung
from bihuan.procedure.engine.words import field_of
from bihuan.procedure.state import ClockRun
from bihuan.registers.calendars import pages as calendars

from ..actions.keeping import surroundings_of
from ..models import Case
from .words import clause_called, due_words, local

# what presses comes first; what is over comes last
ORDER = ("overdue", "at_risk", "on_time", "paused", "missed", "met", "none", "void")
OPEN = frozenset(ORDER[:4])


def chips(
    case: Case,
    definition: Definition,
    at: datetime,
    language: str,
    only_open: bool = False,
    calendar: Calendar | None = None,
) -> list[Chip]:
    """A chip for the newest run of every promise, the most pressing first; its click shows the spans and the clause.

    ``calendar`` is the outlet's, where it was looked up already (a list asks once for each outlet).
    """
    calendar = calendar or surroundings_of(case.outlet).calendar
    newest = {run.name: run for run in case.state.clocks}
    drawn = [
        chip(case, definition, run, at, language, calendar)
        for run in newest.values()
        if run.name in definition.deadlines and run.state != "void"
    ]
    return sorted(
        (one for one in drawn if not only_open or one.state in OPEN),
        key=lambda one: (ORDER.index(one.state), one.due.timestamp() if one.due else 0),
    )


def chip(
    case: Case, definition: Definition, run: ClockRun, at: datetime, language: str, calendar: Calendar | None = None
) -> Chip:
    """One run of one promise as it reads at ``at``."""
    seen = read(run, at, calendar or surroundings_of(case.outlet).calendar, definition.days)
    return Chip(
        state=seen.standing,
        title=definition.deadlines[run.name].title.say(language),
        seconds=seen.seconds,
        due=seen.due,
        counting=seen.counting,
        next_change=seen.next_change,
        address=f"/cases/{case.number}/deadlines/{run.name}/{run.run}/",
        refresh=f"/cases/{case.number}/chips/",
        clause=clause_called(definition, run.clause),
        provisional=run.provisional,
    )


def shown(explained: Explanation, language: str) -> dict[str, Any]:
    """Rows and facts for the page; counted spans add up to the promise."""
    zone = ZoneInfo(explained.zone)
    return {
        "columns": [
            Column(_("从")),
            Column(_("到")),
            Column(_("计时")),
            Column(_("合计"), numeric=True),
            Column(_("说明")),
        ],
        "spans": [
            {
                "start": local(span.start, zone),
                "end": local(span.end, zone),
                "counted": _("计") if span.counted else _("不计"),
                "amount": amount(span.amount, explained.unit) if span.counted else "",
                "reason": span.reason.say(language),
                "clause": span.clause,
            }
            for span in explained.spans
        ],
        "facts": _facts(explained, language, zone),
    }


def around(
    case: Case, definition: Definition, run: ClockRun, calendar: Calendar, explained: Explanation, language: str
) -> dict[str, Any]:
    """What stands around the promise: its pauses, the days that were other than usual, the years, who is told when."""
    zone = ZoneInfo(calendar.zone)
    until = explained.stopped or explained.due or (explained.spans[-1].end if explained.spans else run.started)
    return {
        "pauses": [
            {
                "start": local(each.start, zone),
                "end": local(each.end, zone) or _("仍停着"),
                "reason": each.because.say(language),
                "clause": each.clause,
            }
            for each in breaks_of(definition.deadlines[run.name], run)
        ],
        "days": [
            {"when": _days(each), "kind": _kind(each.kind), "name": each.name.say(language)}
            for each in special_days(calendar, run.started, until)
        ],
        "ladder": [
            {
                "at": local(each.at, zone),
                "to": _("、").join(_readers(definition, each.rung, language)),
                "done": _("已报告") if each.climbed else "",
            }
            for each in ladder(definition, case.state, run, calendar)
        ],
        "unannounced": _years(calendar, run, until) if explained.provisional else [],
        "newer": surroundings_of(case.outlet).calendar.version != calendar.version,
    }


def _years(calendar: Calendar, run: ClockRun, until: datetime) -> list[str]:
    return [str(year) for year in unannounced(calendar, run.started, until)]


def _days(days: SpecialDays) -> str:
    if days.first == days.last:
        return f"{days.first:%m-%d}"
    return f"{days.first:%m-%d} – {days.last:%m-%d}"


def _kind(kind: str) -> str:
    return {"off": _("放假"), "make-up": _("调休上班"), "work": _("上班"), "split": _("分段上班")}[kind]


def _readers(definition: Definition, rung: Rung, language: str) -> list[str]:
    """Whom a rung tells: posts by their titles, whoever an answer names by its question."""
    names = [name for letter in rung.letters for name in letter.posts]
    return [_reader(definition, name, language) for name in dict.fromkeys(names)]


def _reader(definition: Definition, name: str, language: str) -> str:
    field = field_of(definition, name) if "." in name else None
    if field is not None:
        return field.ask.say(language)
    return definition.posts[name].say(language) if name in definition.posts else name


def _facts(explained: Explanation, language: str, zone: ZoneInfo) -> list[tuple[str, str]]:
    told = [
        (_("承诺"), explained.promise.say(language)),
        (_("起算"), f"{local(explained.started, zone)} {explained.started_by.say(language)}".strip()),
        (_("截止"), due_words(explained.due, zone) if explained.due else ""),
        (_("完成"), local(explained.stopped, zone)),
        (_("已计"), amount(explained.used, explained.unit)),
        (_("超出"), amount(explained.over, "minutes") if explained.over else ""),
        (_("文件"), f"{explained.document} · {explained.version}"),
        (_("日历"), _calendar(explained)),
        (_("复算"), _("与登记一致") if explained.proved else _("与登记不一致")),
    ]
    return [(label, value) for label, value in told if value]


def _calendar(explained: Explanation) -> str:
    """What the calendar is called on its own page, and which version counted."""
    if not explained.calendar:
        return ""
    called = calendars.called(explained.calendar)
    version = explained.calendar_version
    return f"{called} · {_('版本')} {version}" if version else called


def amount(number: int, unit: str) -> str:
    """Minutes as hours and minutes, days as days."""
    if unit == "days":
        return _("%(days)s 天") % {"days": number}
    hours, minutes = divmod(number, 60)
    if not hours:
        return _("%(minutes)s 分") % {"minutes": minutes}
    return _("%(hours)s 小时 %(minutes)s 分") % {"hours": hours, "minutes": minutes}

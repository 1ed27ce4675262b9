"""Arrivals on time this month, from the promises of the newest cases done: a sample with its size beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.layout.frames import Kpi
from bihuan.procedure.definition import Definition

from ..definitions import definition_for, running

SAMPLE = 100
ON_SITE = "on-site"


def kpi(cases: Any, at: datetime) -> Kpi:
    """The share of kept promises to be on site, among the newest ``SAMPLE`` cases done this month; "—" without any."""
    month = timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    met = missed = 0
    for case in cases.filter(done_at__gte=month).order_by("-done_at", "-id")[:SAMPLE]:
        names = arrivals(definition_for(case))
        runs = [run for run in case.state.clocks if run.name in names]
        met += sum(run.state == "met" for run in runs)
        missed += sum(run.state == "missed" for run in runs)
    said = met + missed
    if not said:
        return Kpi(_("本月准时到场"), "—", note=_("本月还没有到场的承诺可算"))
    share = round(100 * met / said)
    note = _("近 %(count)s 次到场") % {"count": said}
    return Kpi(
        _("本月准时到场"), str(share), "/cases/?done=30d", "%", note=note, tone="good" if not missed else "plain"
    )


def promised(at: datetime) -> bool:
    """Whether any procedure in force promises somebody on site."""
    return any(arrivals(definition) for definition in running(at))


def arrivals(definition: Definition) -> set[str]:
    """The promises kept by an act that brings the case on site."""
    bringing = {
        act.name
        for act in definition.acts.values()
        if any(definition.steps[way.step].stage == ON_SITE for way in act.ways if way.step in definition.steps)
        and not any(definition.steps[step].stage == ON_SITE for step in act.at if step in definition.steps)
    }
    return {one.name for one in definition.deadlines.values() if bringing & set(one.until)}

"""The columns of a list of cases: which there are, which are shown, what stands in each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bihuan.layout.frames import Column
from bihuan.procedure.definition import Definition
from bihuan.registers.calendars import queries as calendars

from ..definitions import definition_for
from ..marks import marks_of
from ..models import Case
from . import promises
from .names import Names, outlet_names
from .words import local, stage_word, step_title

# name → words; the order in which they are offered
COLUMNS = {
    "promise": gettext_noop("时限"),
    "number": gettext_noop("编号"),
    "step": gettext_noop("步骤"),
    "party": gettext_noop("客户/设备"),
    "title": gettext_noop("事由"),
    "person": gettext_noop("负责人"),
    "appointment": gettext_noop("预约"),
    "outlet": gettext_noop("网点"),
    "kind": gettext_noop("程序"),
    "opened": gettext_noop("开立"),
    "stage": gettext_noop("阶段"),
    "contact": gettext_noop("联系人"),
    "address": gettext_noop("地址"),
    "product": gettext_noop("产品"),
    "device": gettext_noop("设备"),
    "fault": gettext_noop("故障"),
    "urgency": gettext_noop("缓急"),
    "ended": gettext_noop("结束"),
    "done": gettext_noop("完工"),
    "revision": gettext_noop("记录数"),
}
DEFAULT = ("promise", "number", "step", "party", "title", "person", "appointment", "outlet", "opened")
SORTED_BY = {"promise": "promised", "number": "number", "opened": "opened"}


def chosen(given: QueryDict) -> tuple[list[str], list[str]]:
    """The columns the address asks for, and what it asks for in vain."""
    asked = [one for one in given.get("cols", "").split(",") if one]
    known = [one for one in dict.fromkeys(asked) if one in COLUMNS]
    return known or list(DEFAULT), [one for one in asked if one not in COLUMNS]


def heads(names: Iterable[str], order: str, address: QueryDict) -> list[Column]:
    """The heads, those that sort with the address that does; the one sorted by leads to the other direction."""
    found = []
    for name in names:
        key = SORTED_BY.get(name)
        if key is None:
            found.append(Column(_(COLUMNS[name]), numeric=name == "revision"))
            continue
        down = order == f"-{key}"
        turned = address.copy()
        turned["sort"] = f"-{key}" if order == key else key
        standing = "ascending" if order == key else "descending" if down else ""
        found.append(Column(_(COLUMNS[name]), sort=f"?{turned.urlencode()}", sorted=standing))
    return found


def lines(cases: Iterable[Case], names: list[str], at: datetime, language: str, back: str = "") -> list[dict[str, Any]]:
    """A row per case with a cell per column; ``back`` is the list's own address, carried to the case."""
    found = list(cases)
    zone = timezone.get_current_timezone()
    people = Names(language, zone, at)  # type: ignore[arg-type]  # the site's zone is a ZoneInfo
    people.learn(case.person for case in found)
    outlets = outlet_names({case.outlet for case in found}, language)
    without = {case.parent_id for case in found if not case.title and case.parent_id}
    parents = dict(Case.objects.filter(pk__in=without).values_list("pk", "title")) if without else {}
    counted_by = calendars.calendars_for({one.outlet for one in found})
    drawn = []
    for case in found:
        definition = definition_for(case)
        told = _told(case, definition, parents, people, language)
        told |= {
            "promise": promises.chips(case, definition, at, language, only_open=True, calendar=counted_by[case.outlet]),
            "outlet": outlets.get(case.outlet, case.outlet),
        }
        address = f"/cases/{case.number}/"
        drawn.append(
            {
                "number": case.number,
                "address": f"{address}?{back}" if back else address,
                "title": told["title"],
                "ended": case.ended_at is not None,
                "cells": [{"name": name, "value": told.get(name, "")} for name in names],
            }
        )
    return drawn


def _told(case: Case, definition: Definition, parents: dict[Any, str], people: Names, language: str) -> dict[str, Any]:
    answers = case.state.answers
    marks = dict(marks_of(definition, answers))
    zone = people.zone
    return {
        "number": case.number,
        "title": case.title or parents.get(case.parent_id, ""),
        "step": step_title(definition, case.step, language),
        "stage": stage_word(case.stage, work_order=definition.work_order),
        "party": " · ".join(one for one in (marks.get("contact"), marks.get("device") or marks.get("product")) if one),
        "person": people.person(case.person) if case.person else "",
        # of any other case a moment is something else than when somebody comes
        "appointment": _newest(definition, answers, "moment", zone) if definition.work_order else "",
        "kind": definition.title.say(language),
        "opened": case.opened_at,
        "ended": case.ended_at,
        "done": case.done_at,
        "urgency": _newest(definition, answers, "urgency", zone),
        "revision": case.revision,
        **{name: marks.get(name, "") for name in ("contact", "address", "product", "device", "fault")},
    }


def _newest(definition: Definition, answers: dict[str, dict[str, Any]], kind: str, zone: Any) -> str:
    """The answer of this kind on the form that was filled last."""
    for name in reversed(list(answers)):
        form = definition.forms.get(name)
        for field in form.fields.values() if form else ():
            value = answers[name].get(field.name)
            if field.kind == kind and isinstance(value, str) and value:
                return _moment(value, zone) if kind == "moment" else value
    return ""


def _moment(value: str, zone: Any) -> str:
    try:
        return local(datetime.fromisoformat(value), zone)
    except ValueError:
        return value

"""What an act may do with visits: ``visits.book``, ``visits.arrive``, ``visits.leave``, ``visits.cancel``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bihuan.procedure.definition import Text

from ..deeds import Carrier, Deed, of_kind
from . import actions
from .errors import WrongVisit
from .models import Visit


def book(deed: Deed) -> dict[str, Any]:
    """Argument ``at`` (a moment); may ``who`` (username), ``place``, ``minutes`` (60), ``skill`` (held that day)."""
    given = deed.arguments
    visit = actions.book(
        deed.number,
        deed.outlet,
        _who(deed),
        _moment(given.get("at")),
        by=deed.doer,
        at=deed.at,
        minutes=_minutes(given.get("minutes")),
        place=str(given.get("place") or of_kind(deed, "address")),
        skill=str(given.get("skill") or ""),
    )
    told = _told(visit)
    moved = visit.replaces.first()
    return {**told, "moved-from": moved.starts.isoformat()} if moved else told


def arrive(deed: Deed) -> dict[str, Any]:
    """May ``who``: that person, else the doer, has arrived at the moment of the act."""
    place = of_kind(deed, "address")
    return _told(actions.arrive(deed.number, deed.outlet, _who(deed), by=deed.doer, at=deed.at, place=place))


def leave(deed: Deed) -> dict[str, Any] | None:
    """May ``who``: that person, else the doer, has left. Nothing to tell when they were not there."""
    visit = actions.leave(deed.number, _who(deed), at=deed.at)
    return None if visit is None else {**_told(visit), "left": deed.at.isoformat()}


def cancel(deed: Deed) -> dict[str, Any] | None:
    """May ``because``, ``who``: every booking of the case (or of that person for it) is given back."""
    because, who = str(deed.arguments.get("because") or ""), str(deed.arguments.get("who") or "")
    given_back = actions.cancel(deed.number, at=deed.at, because=because, username=who)
    return {"cancelled": given_back, "because": because} if given_back else None


def _who(deed: Deed) -> str:
    """Who goes: named by the text, else on the form being filled, else whoever acts."""
    named = str(deed.arguments.get("who") or "")
    form, filled = deed.definition.forms.get(deed.form), deed.answers.get(deed.form, {})
    if not named and form is not None:
        named = next((str(filled[one.name]) for one in form.fields.values() if _names(one, filled)), "")
    return named or deed.doer


def _names(field: Any, filled: dict[str, Any]) -> bool:
    return field.kind == "person" and bool(filled.get(field.name))


def _moment(value: Any) -> datetime:
    try:
        return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise WrongVisit(Text("没有约定时间", "No moment was agreed"), "at") from error


def _minutes(value: Any) -> int:
    try:
        return actions.MINUTES if value in (None, "") else int(float(value))
    except (TypeError, ValueError, OverflowError) as error:
        raise WrongVisit(Text("时长须为分钟数", "The length is a number of minutes"), "minutes") from error


def _told(visit: Visit) -> dict[str, Any]:
    told = {"visit": str(visit.pk), "who": visit.person_id, "from": visit.starts.isoformat()}
    told |= {"to": visit.ends.isoformat(), "place": visit.place}
    return {**told, "arrived": visit.arrived_at.isoformat()} if visit.arrived_at else told


EFFECTS: dict[str, Carrier] = {
    "visits.book": book,
    "visits.arrive": arrive,
    "visits.leave": leave,
    "visits.cancel": cancel,
}

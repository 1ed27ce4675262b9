"""What a case may ask about devices. Asked within the books the case's outlet reaches, never a neighbour's."""

from __future__ import annotations

from bihuan.registers.deeds import Deed, Provider, Question, of_kind

from . import queries
from .models import Unit


def unit_of(asked: Question | Deed) -> Unit | None:
    """The device the case is about: the serial on the form, with the model where several have the same serial."""
    serial = of_kind(asked, "device")
    return queries.within_reach(asked.outlet, serial, of_kind(asked, "product")) if serial else None


def known(question: Question) -> bool | None:
    """``products.known``: whether the device named on the form is on the books; None when none is named."""
    return unit_of(question) is not None if of_kind(question, "device") else None


def delivered(question: Question) -> str | None:
    """``products.delivered``: the day (ISO) the device was accepted, else invoiced; None when nobody knows."""
    unit = unit_of(question)
    day = unit.delivered_on if unit else None
    return day.isoformat() if day else None


FACTS: dict[str, Provider] = {"products.known": known, "products.delivered": delivered}

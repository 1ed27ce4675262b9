"""What a case may ask about customers."""

from __future__ import annotations

from bihuan.registers.deeds import Provider, Question, of_kind

from . import queries


def known(question: Question) -> bool | None:
    """``customers.known``: whether the telephone on the form, else the contact or customer, is on the books.

    Asked of the books of the case's outlet, of those under it and of those above it, never of a neighbour's.
    """
    phone = of_kind(question, "phone")
    if phone:
        return queries.known(question.outlet, phone=phone)
    return queries.known(question.outlet, name=of_kind(question, "contact") or of_kind(question, "customer"))


FACTS: dict[str, Provider] = {"customers.known": known}

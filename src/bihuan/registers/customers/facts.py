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


def of_grade(question: Question) -> list[str]:
    """``customers.of-grade.X``: numbers of the customers of the grade X, wherever they are looked after."""
    return [number for number, _outlet in queries.of_grade(question.argument)]


FACTS: dict[str, Provider] = {
    "customers.known": known,
    "customers.of-grade": of_grade,
}

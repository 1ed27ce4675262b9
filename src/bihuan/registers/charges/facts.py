"""What a case may ask about its money. A provider takes the question and returns a value, None for unknown."""

from __future__ import annotations

from bihuan.registers.deeds import Provider, Question

from . import queries, reading
from .models import Charge
from .money import NOTHING, plain


def quoted(question: Question) -> int | float | None:
    """``charges.quoted``: yuan of the newest quote."""
    quote = queries.of_case(question.number).quote
    return None if quote is None else plain(quote.amount)


def consented(question: Question) -> bool | None:
    """``charges.consented``: the newest quote was agreed to; None where nothing was quoted."""
    quote = queries.of_case(question.number).quote
    return None if quote is None else quote.consent is True


def due(question: Question) -> int | float:
    """``charges.due``: yuan charged to anybody and not yet received or given up."""
    return plain(queries.of_case(question.number).due)


def settled(question: Question) -> bool:
    """``charges.settled``: nothing is due."""
    return queries.of_case(question.number).due == NOTHING


def payer(question: Question) -> str | None:
    """``charges.payer``: who bears the newest charge that stands."""
    standing = queries.of_case(question.number).standing()
    return standing[-1].payer if standing else None


def total_of_lines(question: Question) -> int | float:
    """``charges.total-of-lines``: yuan of the lines on the form being filled, or of the charges that stand.

    On the form: price × quantity or amount of every line that says one.
    """
    rows = reading.rows_of(question.answers.get(question.form) or {})
    if rows:
        return plain(reading.total(rows))
    standing: list[Charge] = queries.of_case(question.number).standing()
    return plain(sum((one.amount for one in standing), NOTHING))


FACTS: dict[str, Provider] = {
    "charges.quoted": quoted,
    "charges.consented": consented,
    "charges.due": due,
    "charges.settled": settled,
    "charges.payer": payer,
    "charges.total-of-lines": total_of_lines,
}

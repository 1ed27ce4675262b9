"""What a case may ask about its money. A provider takes the question and returns a value, None for unknown."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from bihuan.registers.deeds import Provider, Question, of_kind
from bihuan.registers.products import queries as products

from . import queries, reading
from .models import Charge
from .money import NOTHING, plain

TENTH = Decimal("0.1")


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


def share_of_replacement(question: Question) -> int | float | None:
    """``charges.share-of-replacement``: the newest quote in percent of what the product costs anew, to one place.

    The product is that of the device the case names by its serial, else the one it names. None where either is unknown.
    """
    quote = queries.of_case(question.number).quote
    named = of_kind(question, "product")
    unit = products.within_reach(question.outlet, of_kind(question, "device"), named)
    product = unit.model if unit is not None else products.product_of(named)
    if quote is None or product is None or not product.replacement_price:
        return None
    return plain((quote.amount * 100 / product.replacement_price).quantize(TENTH, ROUND_HALF_UP))


FACTS: dict[str, Provider] = {
    "charges.quoted": quoted,
    "charges.consented": consented,
    "charges.due": due,
    "charges.settled": settled,
    "charges.payer": payer,
    "charges.total-of-lines": total_of_lines,
    "charges.share-of-replacement": share_of_replacement,
}

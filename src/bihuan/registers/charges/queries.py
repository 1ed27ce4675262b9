"""Prices in force, what a case owes, receipts: always within the reader's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from bihuan.people import access, scope, withheld
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .errors import NoRule
from .models import Charge, PriceLine, PriceList, Quote, Receipt, Settlement
from .money import NOTHING

HOUSE = ""


@dataclass(frozen=True)
class Ledger:
    """Everything about money of one case, oldest first. ``due`` = charged − received − given up, never below 0."""

    quotes: tuple[Quote, ...]
    charges: tuple[Charge, ...]
    receipts: tuple[Receipt, ...]
    settlements: tuple[Settlement, ...]

    @property
    def charged(self) -> Decimal:
        """Net of what was taken back."""
        return sum((-one.amount if one.reverses_id else one.amount for one in self.charges), NOTHING)

    @property
    def received(self) -> Decimal:
        """What receipts that are not void add up to."""
        return sum((one.amount for one in self.receipts if one.state == Receipt.GOOD), NOTHING)

    @property
    def given_up(self) -> Decimal:
        return sum((one.amount for one in self.settlements), NOTHING)

    @property
    def due(self) -> Decimal:
        return max(self.charged - self.received - self.given_up, NOTHING)

    @property
    def quote(self) -> Quote | None:
        """The newest."""
        return self.quotes[-1] if self.quotes else None

    def standing(self, payer: str = "") -> list[Charge]:
        """Charges not taken back, of one payer or of all."""
        gone = {one.reverses_id for one in self.charges}
        return [
            one
            for one in self.charges
            if not one.reverses_id and one.pk not in gone and (not payer or one.payer == payer)
        ]


def of_case(number: str) -> Ledger:
    """The ledger of a case; empty for a number nobody has. Whoever may see the case may see it."""

    def found(model: type) -> tuple:
        return tuple(model.objects.filter(number=number).order_by("place"))

    with scope.everything():  # the rule behind a charge may stand on the list of an outlet above
        lined = [
            tuple(model.objects.filter(number=number).select_related("line__list").order_by("place"))
            for model in (Quote, Charge)
        ]
    return Ledger(lined[0], lined[1], found(Receipt), found(Settlement))


def lists_visible_to(person: Person, at: datetime) -> QuerySet[PriceList]:
    """The house's price lists and those of outlets within this person's scope."""
    outlets = access.visible_outlets(person, at)
    return PriceList.objects.all() if outlets is None else PriceList.objects.filter(outlet__in=[HOUSE, *outlets])


def visible_to(person: Person, at: datetime) -> QuerySet[Receipt]:
    """The receipts of outlets within this person's scope."""
    outlets = access.visible_outlets(person, at)
    found = Receipt.objects.all() if outlets is None else Receipt.objects.filter(outlet__in=outlets)
    return withheld.seen(found, person, at)


def in_force(day: date) -> Q:
    """The lists in force on ``day``; both ends count."""
    return Q(start__lte=day) & (Q(until__isnull=True) | Q(until__gte=day))


# prices of the outlets above hold below them, beyond what one sees of their work
@scope.everything()
def price_lines(at: datetime, outlet: str) -> list[PriceLine]:
    """The price lines an outlet goes by on the day of ``at``, by list and code.

    Its own lists come first, then those of its parents, at last the house's: a nearer price covers one of the same
    code further away.
    """
    places = (*people.places_of(outlet), HOUSE)
    day = people.day_of(at)
    rows = PriceLine.objects.filter(list__in=PriceList.objects.filter(in_force(day), outlet__in=places))
    nearest: dict[str, int] = {}
    found = sorted(
        rows.select_related("list"), key=lambda one: (places.index(one.list.outlet), one.list.name, one.code)
    )
    for one in found:
        nearest.setdefault(one.code, places.index(one.list.outlet))
    return [one for one in found if places.index(one.list.outlet) == nearest[one.code]]


def price_line(at: datetime, outlet: str, rate: str) -> PriceLine:
    """The price behind ``rate``: the code of a line, or ``list/code`` where several lists have that code.

    Raises ``NoRule`` when none is in force that day, or when the code alone does not say which.
    """
    name, _, code = rate.strip().rpartition("/")
    lines = price_lines(at, outlet)
    fitting = [one for one in lines if one.code == code and name in ("", one.list.name)]
    fitting = fitting or [one for one in lines if one.code == rate.strip()]
    if not fitting:
        raise NoRule(Text(f"当日没有有效的价目「{rate}」", f"No price “{rate}” is in force that day"), "rate")
    if len(fitting) > 1:
        names = [f"{one.list.name}/{one.code}" for one in fitting]
        words = Text(
            f"「{rate}」在几份价目里都有，请写明：{'、'.join(names)}", f"“{rate}” is in several: {', '.join(names)}"
        )
        raise NoRule(words, "rate")
    return fitting[0]

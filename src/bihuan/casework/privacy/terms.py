"""What one person is known by here – names, numbers, addresses – and how that is found in any text.

The same patterns are read by Python's ``re`` and by PostgreSQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, quote_plus
from uuid import UUID

import phonenumbers
from phonenumbers import NumberParseException

from bihuan.registers.customers import queries as customers
from bihuan.registers.customers.models import Contact, Customer, Site

from .errors import MARK, OutOfSight

SHORTEST_NAME = 2
# between two figures of a number as people write it, also as a query writes it
_APART = r"(?:[-[:space:]().+]|%20|%2B)*"
_APART_HERE = r"(?:[-\s().+]|%20|%2B)*"
_ESCAPED = re.compile(r"([\\^$.|?*+()\[\]{}])")


@dataclass(frozen=True)
class Terms:
    """One subject. ``contacts``, ``customers`` and ``sites`` are the ids of the rows that are this subject's own.

    ``numbers`` are those of the customers: not personal, but what cases name them by. ``shared`` telephone numbers are
    also somebody else's of the same customer: nothing is found by them and they stay.
    """

    kind: str
    identity: UUID
    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    contacts: tuple[UUID, ...] = ()
    customers: tuple[UUID, ...] = ()
    sites: tuple[UUID, ...] = ()
    numbers: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()

    @property
    def of_phones(self) -> str:
        """A pattern that finds any of the numbers however written; "" where there is none."""
        return any_of(phone_pattern(one) for one in self.phones)

    @property
    def of_names(self) -> str:
        """A pattern that finds a name, as written or as a query in an address line writes it."""
        return _written(self.names)

    @property
    def of_own(self) -> str:
        """Names and addresses: for rows that are this person's. Others may live at the same address."""
        return _written((*self.names, *self.addresses))

    @property
    def of_all(self) -> str:
        return any_of(one for one in (self.of_phones, self.of_names) if one)


def terms_of(kind: str, identity: UUID) -> Terms:
    """What a ``contact`` or a whole ``customer`` (with everybody merged into it) is known by. Raises OutOfSight."""
    if kind == "customer":
        return _of_customer(identity)
    contact = Contact.objects.filter(pk=identity).select_related("customer").first()
    if contact is None:
        raise OutOfSight
    others = Contact.objects.filter(customer=contact.customer_id).exclude(pk=contact.pk)
    shared = contact.phone and others.filter(phone=contact.phone, gone=False).exclude(name=contact.name).exists()
    return Terms(
        kind,
        identity,
        names=_told([contact.name]),
        phones=(contact.phone,) if contact.phone and not shared else (),
        contacts=(contact.pk,),
        numbers=(contact.customer.number,),
        shared=(contact.phone,) if shared else (),
    )


def _of_customer(identity: UUID) -> Terms:
    customer = Customer.objects.filter(pk=identity).first()
    if customer is None:
        raise OutOfSight
    customer = customers.survivor(customer)
    family = [customer, *customers.merged_into(customer)]
    contacts = list(Contact.objects.filter(customer__in=family))
    sites = list(Site.objects.filter(customer__in=family))
    return Terms(
        "customer",
        customer.pk,
        names=_told([*(one.name for one in family), *(one.name for one in contacts)]),
        phones=tuple(dict.fromkeys(one.phone for one in contacts if one.phone)),
        addresses=_told(one.address for one in sites),
        contacts=tuple(one.pk for one in contacts),
        customers=tuple(one.pk for one in family),
        sites=tuple(one.pk for one in sites),
        numbers=tuple(one.number for one in family),
    )


def _told(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in words if len(one) >= SHORTEST_NAME and one != MARK))


def phone_pattern(number: str, *, here: bool = False) -> str:
    """A pattern for one E.164 number as people write it: with or without the country's code, apart, in brackets.

    ``here``: for Python's ``re``, which knows blanks by another name than PostgreSQL.
    """
    apart = _APART_HERE if here else _APART
    country, digits = _read(number)
    before = rf"(?:\+?(?:00)?{country}{apart})?" if country else ""
    return rf"(?<![0-9]){before}\(?0?{apart}{apart.join(digits)}(?![0-9])"


def loosely(number: str) -> str:
    """A pattern, quickly tried, that finds at least everything ``phone_pattern`` finds."""
    return "[-[:space:]().+%20B]*".join(national_digits(number))


def national_digits(number: str) -> str:
    """The figures of a number without its country's code."""
    return _read(number)[1]


def _read(number: str) -> tuple[str, str]:
    """(the country's code or "", the figures behind it)."""
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return "", re.sub(r"[^0-9]", "", number)
    return str(parsed.country_code), str(parsed.national_number)


def escaped(word: str) -> str:
    """``word`` as a pattern that finds nothing but itself."""
    return _ESCAPED.sub(r"\\\1", word)


def any_of(patterns: Iterable[str]) -> str:
    """One of these patterns; "" for none."""
    found = [one for one in patterns if one]
    return f"(?:{'|'.join(found)})" if found else ""


def _written(words: Iterable[str]) -> str:
    found: dict[str, None] = {}
    for word in words:
        found |= dict.fromkeys(escaped(one) for one in (word, quote(word), quote_plus(word), _in_json(word)))
    return any_of(found)


def _in_json(word: str) -> str:
    """As it stands inside a JSON text."""
    return word.replace("\\", "\\\\").replace('"', '\\"')


def in_text(terms: Terms) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Numbers and names for files, read by Python; patterns that never match where there is nothing to find."""
    phones = any_of(phone_pattern(one, here=True) for one in terms.phones)
    return re.compile(phones or r"(?!)"), re.compile(terms.of_names or r"(?!)")

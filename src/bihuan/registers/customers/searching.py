"""Under which words a customer is found: name, number, contacts and addresses by pairs of characters, and initials."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from bihuan.ground import bigrams
from bihuan.ground.initials import initials

from .models import Contact, Customer, Site

# so many characters of a name have beginnings of their own: 波奥 is found by "ba" as 宁波奥 is by "nba"
_BEGINNINGS = 16

_WRITE = """
UPDATE customers_customer AS c SET search = found.words::tsvector
  FROM unnest(%s::uuid[], %s::text[]) AS found(id, words) WHERE c.id = found.id"""


def _beginnings(text: str) -> list[str]:
    """The pinyin initials of each Chinese run, from every character on: 宁波 → ["nb", "b"]."""
    found: dict[str, None] = {}
    for han, run in bigrams.runs(text):
        if han:
            letters = initials(run)
            found.update({letters[place:]: None for place in range(min(len(letters), _BEGINNINGS))})
    return [one for one in found if one]


def words_of(numbers_and_names: Iterable[str], others: Iterable[str]) -> str:
    """The vector of a customer: what it is and was called, with initials, then contacts' names and addresses."""
    named, more = list(numbers_and_names), list(others)
    letters = [one for text in named for one in _beginnings(text)]
    return bigrams.vector(" ".join([*named, *more, *letters]))


def gather(customers: Iterable[UUID]) -> dict[UUID, str]:
    """The vector of each customer, with whatever was merged into it; four queries for any number of them."""
    wanted = list(customers)
    named: dict[UUID, list[str]] = {one: [] for one in wanted}
    others: dict[UUID, list[str]] = {one: [] for one in wanted}
    root = {one: one for one in wanted}
    level = list(Customer.objects.filter(pk__in=wanted).values_list("pk", "number", "name"))
    while level:
        for pk, number, name in level:
            named[root[pk]] += [number, name]
        below = Customer.objects.filter(merged_into__in=[row[0] for row in level])
        found = list(below.values_list("pk", "number", "name", "merged_into"))
        root.update({row[0]: root[row[3]] for row in found})
        level = [row[:3] for row in found]
    for owner, name in Contact.objects.filter(customer__in=wanted).values_list("customer", "name"):
        others[owner].append(name)
    for owner, address in Site.objects.filter(customer__in=wanted).values_list("customer", "address"):
        others[owner].append(address)
    return {one: words_of(named[one], others[one]) for one in wanted}


def write(customers: Iterable[UUID]) -> None:
    """Put the words of these customers in order after something about them has changed."""
    found = gather(customers)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [list(found), list(found.values())])

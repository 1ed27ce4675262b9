"""Rows of customers without the person: the number stays, so that what hangs on it still hangs together."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from .. import searching
from ..models import Contact, Customer, Site


def anonymise(
    *, customers: Collection[UUID], contacts: Collection[UUID], sites: Collection[UUID], mark: str
) -> int:  # fmt: skip
    """Put ``mark`` where names and addresses stood; numbers, posts and ways in go. Returns how many rows changed.

    Runs in the caller's transaction and writes no entry: the order to erase has its own.
    """
    touched = set(customers) | set(Contact.objects.filter(pk__in=contacts).values_list("customer", flat=True))
    changed = Contact.objects.filter(pk__in=contacts).update(
        name=mark, post="", phone="", extension="", masked="", gone=True
    )
    changed += Site.objects.filter(pk__in=sites).update(address=mark, access="", region="")
    changed += Customer.objects.filter(pk__in=customers).update(name=mark, grade="")
    if touched:
        searching.write(touched)
        above = {one for one in Customer.objects.filter(pk__in=touched).values_list("merged_into", flat=True) if one}
        if above - touched:
            searching.write(above - touched)
    return changed

"""What somebody has been told, and what came of it on the way."""

from __future__ import annotations

from django.db.models import QuerySet

from bihuan.people.models import Person

from .models import IN_APP, Address, Notice

PAGE = 50


def inbox(person: Person) -> QuerySet[Notice]:
    """What was laid before this person in the house, newest first."""
    return Notice.objects.filter(person=person, channel=IN_APP).select_related("letter__entry").order_by("-id")


def unread(person: Person) -> int:
    """How many of them nobody has looked at yet, exact to 99."""
    return Notice.objects.filter(person=person, channel=IN_APP, read_at=None).order_by()[:100].count()


def addresses(person: Person) -> QuerySet[Address]:
    """The ways this person is reached by."""
    return Address.objects.filter(person=person, active=True).order_by("made_at")


def teams() -> QuerySet[Address]:
    """The robots of posts."""
    return Address.objects.filter(person=None, active=True).order_by("post", "made_at")


def log(state: str = "") -> QuerySet[Notice]:
    """Everything on its way out of the house, newest first."""
    found = Notice.objects.exclude(channel=IN_APP).select_related("letter__entry", "address", "person").order_by("-id")
    return found.filter(state=state) if state else found

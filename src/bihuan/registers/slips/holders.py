"""Who can have a copy in hand, and whether a hand is the one meant."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from typing import NamedTuple

from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .errors import WrongSlip
from .models import CUSTOMER, OFFICE, PERSON, POST


class Holder(NamedTuple):
    """``kind`` is one of post, person, customer, office; ``name`` the post, username, ``customer`` or plain words."""

    kind: str
    name: str


THE_CUSTOMER = Holder(CUSTOMER, "customer")


def named(name: object, posts: Container[str]) -> Holder:
    """Whom a text or an answer means: the customer, a post of the pack, an account, else an outside office.

    Raises WrongSlip for no name at all.
    """
    said = str(name or "").strip()[:120]
    if not said:
        raise WrongSlip(Text("没有写明交给谁", "Nobody was named to take the copy"), "to")
    if said == CUSTOMER:
        return THE_CUSTOMER
    if said in posts:
        return Holder(POST, said)
    if Person.objects.filter(username=said).exists():
        return Holder(PERSON, said)
    return Holder(OFFICE, said)


def hands_of(username: str, post: str, at: datetime) -> frozenset[Holder]:
    """Everything that is in the hands of whoever acts: their own, and that of each post they hold that day."""
    acted = {THE_CUSTOMER if post == CUSTOMER else Holder(POST, post)} if post else set()
    person = Person.objects.filter(username=username).first()
    if person is None:
        return frozenset(acted)
    held = {Holder(POST, one) for one, _place in people.doer_of(person, at).holds}
    return frozenset({Holder(PERSON, username)} | acted | held)


def same_hand(holds: Holder, meant: Holder, at: datetime) -> bool:
    """Whether ``holds`` is the hand ``meant``: the same, or a person and a post that person holds that day."""
    if holds == meant:
        return True
    if {holds.kind, meant.kind} != {POST, PERSON}:
        return False
    person, post = (holds, meant) if holds.kind == PERSON else (meant, holds)
    return post in hands_of(person.name, "", at)


def shown_by(kind: str, name: str, titles: dict[str, Text]) -> Text:
    """How a holder is called in a refusal or on a page; ``titles`` are the pack's posts."""
    if kind == CUSTOMER:
        return Text("客户", "the customer")
    if kind == POST:
        return titles.get(name, Text(name, name))
    if kind == PERSON:
        person = Person.objects.filter(username=name).first()
        return Text(person.name, person.called("en")) if person else Text(name, name)
    return Text(name, name)

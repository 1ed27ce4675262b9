"""Who holds what, who acts for whom, where an outlet lies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from bihuan.procedure.state import Doer

from . import outlet_tree
from .models import Delegation, Holding, OutletKey, Person, Skill

# One round trip in the hot path of every act: own posts, posts lent for these days, and the token of the outlet tree.
_HELD = """
SELECT h.post, coalesce(h.outlet_id, ''), '' FROM people_holding h
 WHERE h.person_id = %(person)s AND h.start <= %(day)s AND (h."end" IS NULL OR h."end" >= %(day)s)
UNION
SELECT h.post, coalesce(h.outlet_id, ''), g.username
  FROM people_delegation d
  JOIN people_person g ON g.id = d.giver_id AND g.is_active
  JOIN people_holding h ON h.person_id = d.giver_id AND h.post = ANY (d.posts)
   AND h.start <= %(day)s AND (h."end" IS NULL OR h."end" >= %(day)s)
 WHERE d.taker_id = %(person)s AND d.start <= %(day)s AND d.until >= %(day)s
UNION ALL
SELECT '', t.token::text, '' FROM people_outlettree t
"""

# Asked by every call of the API: in plain SQL, because composing it anew costs more than the answer.
_PERSON = [field.attname for field in Person._meta.concrete_fields]
_OF_TOKEN = f"""
SELECT t.scopes, t.kind, coalesce(t.last_used < %s, true),
       {", ".join(f'p."{field.column}"' for field in Person._meta.concrete_fields)}
  FROM people_personaltoken t JOIN people_person p ON p.id = t.person_id AND p.is_active
 WHERE t.digest = %s AND t.revoked IS NULL AND t.until > %s
"""  # noqa: S608 - every part is a name of our own


@dataclass(frozen=True)
class Held:
    """A post held that day at ``place`` ("" = everywhere); ``giver`` names whose it is when it is lent."""

    post: str
    place: str
    giver: str = ""


def day_of(at: datetime) -> date:
    """The day of ``at`` in the site's zone: posts and certificates count by whole days."""
    return timezone.localdate(at)


def held_by(person: Person, at: datetime) -> tuple[Held, ...]:
    """Every post ``person`` holds or has been lent on the day of ``at``; one query per person object and day."""
    day = day_of(at)
    kept: dict[date, tuple[Held, ...]] = person.__dict__.setdefault("_held", {})
    if day not in kept:
        kept[day] = _read_held(person, day)
    return kept[day]


def _read_held(person: Person, day: date) -> tuple[Held, ...]:
    if not person.is_active:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"person": person.pk, "day": day})
        rows = cursor.fetchall()
    for post, token, _ in rows:
        if not post:
            outlet_tree.tree(UUID(token))
    return tuple(sorted({Held(*row) for row in rows if row[0]}, key=lambda one: (one.giver, one.post, one.place)))


def forget_held(person: Person) -> None:
    """Drop what this object remembers, after its posts have changed."""
    person.__dict__.pop("_held", None)


def doer_of(person: Person, at: datetime, post: str = "") -> Doer:
    """``person`` as the engine sees them on the day of ``at``: all posts, own and lent.

    ``instead_of`` is the giver's username where ``post`` (or, without a choice, every post) is only lent by one giver.
    """
    held = held_by(person, at)
    return Doer(
        name=person.username,
        holds=tuple(dict.fromkeys((one.post, one.place) for one in held)),
        post=post,
        instead_of=_giver(held, post),
    )


def instead_of(person: Person, at: datetime, post: str) -> str:
    """Username of the one ``person`` acts for when acting in ``post``; "" when the post is their own (or not held)."""
    return _giver(held_by(person, at), post) if post else ""


def _giver(held: Iterable[Held], post: str) -> str:
    givers = {one.giver for one in held if not post or one.post == post}
    return givers.pop() if len(givers) == 1 else ""


def holders(posts: str | Iterable[str], places: Iterable[str], at: datetime) -> list[Person]:
    """Active people who hold one of ``posts`` at one of ``places`` (or everywhere) that day, takers of lent posts too.

    Ordered by username, each once.
    """
    wanted = [posts] if isinstance(posts, str) else list(posts)
    day, there = day_of(at), list(places)
    own = Holding.objects.filter(_in_days(day), post__in=wanted).filter(Q(outlet=None) | Q(outlet__in=there))
    lent = Delegation.objects.filter(start__lte=day, until__gte=day, giver__is_active=True)
    matching = [
        one.pk
        for one in lent.filter(posts__overlap=wanted).select_related(None)
        if own.filter(person=one.giver_id, post__in=one.posts).exists()
    ]
    people = Q(pk__in=own.values("person")) | Q(taken__pk__in=matching)
    return list(Person.objects.filter(people, is_active=True).distinct().order_by("username"))


def keep_holding(posts: Iterable[str], at: datetime) -> dict[str, list[Person]]:
    """Post → the active people who hold it that day or from a later one, anywhere; posts nobody holds are left out."""
    found = Holding.objects.filter(post__in=list(posts), person__is_active=True)
    found = found.filter(Q(end__isnull=True) | Q(end__gte=day_of(at))).select_related("person")
    held: dict[str, dict[str, Person]] = {}
    for one in found.order_by("person__username"):
        held.setdefault(one.post, {})[one.person.username] = one.person
    return {post: list(people.values()) for post, people in held.items()}


def _in_days(day: date) -> Q:
    return Q(start__lte=day) & (Q(end__isnull=True) | Q(end__gte=day))


def places_of(outlet: str) -> tuple[str, ...]:
    """The outlet and its parents, nearest first; empty for a code nobody has. Cached per process."""
    parents = outlet_tree.tree().parents
    if outlet not in parents:
        parents = outlet_tree.fresh().parents
    places: list[str] = []
    while outlet in parents and outlet not in places:
        places.append(outlet)
        outlet = parents[outlet]
    return tuple(places)


def below(outlet: str) -> frozenset[str]:
    """The outlet and everything under it."""
    places_of(outlet)
    parents = outlet_tree.tree().parents
    return frozenset(code for code in parents if outlet in places_of(code))


def zone_of(outlet: str) -> str:
    """The zone of an outlet; raises KeyError for an unknown code."""
    places_of(outlet)
    return outlet_tree.tree().zones[outlet]


def places_holding(posts: Iterable[str], at: datetime) -> list[str]:
    """Codes of the outlets at which one of ``posts`` is held that day (held everywhere counts as nowhere), ordered."""
    held = Holding.objects.filter(
        _in_days(day_of(at)), post__in=list(posts), outlet__isnull=False, person__is_active=True
    )
    return sorted(set(held.values_list("outlet_id", flat=True)))


def outlet_codes() -> list[str]:
    """All codes, ordered."""
    return list(OutletKey.objects.order_by("code").values_list("code", flat=True))


def root_outlet() -> str:
    """The code of the outlet without a parent (the first by code if there are several); "" in an empty house."""
    tops = OutletKey.objects.filter(parent=None).order_by("code").values_list("code", flat=True)
    return tops.first() or ""


def qualified(username: str, skill: str, at: datetime) -> bool:
    """Whether this person holds the skill on the day of ``at``."""
    day = day_of(at)
    found = Skill.objects.filter(Q(until__isnull=True) | Q(until__gte=day), start__lte=day, name=skill)
    return found.filter(person__username=username, person__is_active=True).exists()


def token_digest(token: str) -> str:
    """What is stored of a personal token. It is 256 random bits, so a plain SHA-256 cannot be guessed backwards."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Key:
    """A key for the API that is good now: whose it is and what it may do. ``stale``: its last use is an hour old."""

    person: Person
    scopes: frozenset[str]
    kind: str
    stale: bool


def token_of(key: str, at: datetime) -> Key | None:
    """The key with its active person, neither revoked nor past its end; None otherwise. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_TOKEN, [at - timedelta(hours=1), token_digest(key), at])
        row = cursor.fetchone()
    if row is None:
        return None
    scopes, kind, stale, *person = row
    return Key(Person.from_db(connection.alias, _PERSON, person), frozenset(scopes), kind, stale)


def person_of_token(token: str, at: datetime) -> Person | None:
    """The active person behind a key that is good now; None otherwise."""
    found = token_of(token, at)
    return found.person if found else None


def working_at(outlet: str, at: datetime) -> list[Person]:
    """Active people who hold a post at ``outlet`` or under it that day, by name."""
    holdings = Holding.objects.filter(_in_days(day_of(at)), outlet__in=below(outlet))
    return list(Person.objects.filter(pk__in=holdings.values("person"), is_active=True).order_by("name"))


def able(outlet: str, skill: str, at: datetime) -> list[Person]:
    """Who works at ``outlet`` or under it and holds ``skill`` ("" = any) on the day of ``at``, by name."""
    day = day_of(at)
    there = Holding.objects.filter(_in_days(day), outlet__in=below(outlet))
    found = Person.objects.filter(pk__in=there.values("person"), is_active=True)
    if skill:
        held = Skill.objects.filter(Q(until__isnull=True) | Q(until__gte=day), start__lte=day, name=skill)
        found = found.filter(pk__in=held.values("person"))
    return list(found.order_by("name", "username"))


def reachable_from(outlet: str, at: datetime) -> list[Person]:
    """Active people with a post at ``outlet``, under it, above it or everywhere that day; those there come first."""
    here = working_at(outlet, at)
    above = Holding.objects.filter(_in_days(day_of(at))).filter(Q(outlet=None) | Q(outlet__in=places_of(outlet)))
    others = Person.objects.filter(pk__in=above.values("person"), is_active=True).exclude(
        pk__in=[one.pk for one in here]
    )
    return [*here, *others.order_by("name")]


def skills_at(outlet: str, at: datetime) -> list[str]:
    """The skills somebody working at ``outlet`` holds that day, by name."""
    day = day_of(at)
    skills = Skill.objects.filter(Q(until__isnull=True) | Q(until__gte=day), start__lte=day)
    names = skills.filter(person__in=working_at(outlet, at)).values_list("name", flat=True)
    return sorted(set(names))


def administrators() -> list[Person]:
    """Everybody who keeps accounts and is to hear what the site itself has to say, by username."""
    return list(Person.objects.filter(is_administrator=True, is_active=True).order_by("username"))

"""What the pages of slips show: who has how many copies in hand, which, and the way of one slip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count

from bihuan.layout.frames import Pager, TimelineEntry
from bihuan.people.models import OutletKey, Person
from bihuan.procedure.definition import Text

from ..documents import queries as documents
from . import queries
from .holders import shown_by
from .models import HOLDERS, Copy, Slip

PAGE = 50
FOUND_AT_MOST = 20


@dataclass
class Hand:
    """One holder and how many copies in use are there."""

    kind: str
    holder: str
    name: Text
    copies: int
    chosen: bool = False


@dataclass
class ShownCopy:
    """One copy on a slip's page: where it is, and every hand it went through."""

    copy: Copy
    title: Text
    holder: Text
    state: str
    way: list[TimelineEntry] = field(default_factory=list)


def titles(at: datetime) -> dict[str, Text]:
    """What the posts of the pack in force are called."""
    current = documents.current_pack(at)
    return {name: post.title for name, post in current[1].posts.items()} if current else {}


def places(codes: Iterable[str]) -> dict[str, Text]:
    """What the outlets are called, in one query."""
    return {one.code: Text(one.name, one.name_en) for one in OutletKey.objects.filter(code__in=set(codes))}


def hands(reader: Person, at: datetime, kind: str = "", holder: str = "") -> list[Hand]:
    """Everybody who has copies in hand within the reader's scope, most first."""
    counted = queries.in_hands(reader, at).order_by().values("holder_kind", "holder").annotate(copies=Count("pk"))
    posts = titles(at)
    found = [
        Hand(
            one["holder_kind"],
            one["holder"],
            shown_by(one["holder_kind"], one["holder"], posts),
            one["copies"],
            (one["holder_kind"], one["holder"]) == (kind, holder),
        )
        for one in counted
    ]
    return sorted(found, key=lambda one: (-one.copies, one.kind, one.holder))


def held(
    reader: Person, at: datetime, kind: str, holder: str, after: str = "", before: str = ""
) -> tuple[list[Copy], Pager]:
    """One page of the copies in that hand, the oldest first; ``after``/``before`` are ids of copies."""
    found = queries.in_hands(reader, at)
    if kind:
        found = found.filter(holder_kind=kind, holder=holder)
    backwards = _id(before)
    if backwards:
        page = list(found.filter(pk__lt=backwards).order_by("-pk")[: PAGE + 1])[:PAGE][::-1]
    else:
        start = _id(after)
        page = list((found.filter(pk__gt=start) if start else found).order_by("pk")[:PAGE])
    here = f"holder={kind}:{holder}&" if kind else ""
    first = page and found.filter(pk__lt=page[0].pk).exists()
    last = page and found.filter(pk__gt=page[-1].pk).exists()
    pager = Pager(
        previous=f"?{here}before={page[0].pk}" if first else "",
        next=f"?{here}after={page[-1].pk}" if last else "",
        count=found.order_by()[:1000].count(),
    )
    called = places(copy.slip.outlet for copy in page)
    for copy in page:
        copy.slip.place = called.get(copy.slip.outlet, Text(copy.slip.outlet, ""))
    return page, pager


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def found(reader: Person, number: str, at: datetime) -> list[Slip]:
    """The slips whose number begins like this, within the reader's scope."""
    if not number or "\x00" in number:
        return []
    slips = queries.visible_to(reader, at).filter(number__istartswith=number[:60])
    return list(slips.order_by("number", "issued_at")[:FOUND_AT_MOST])


def slip(one: Slip, at: datetime) -> dict[str, Any]:
    """One slip: its copies, and of each every hand it went through."""
    posts = titles(at)
    return {
        "slip": one,
        "place": places([one.outlet]).get(one.outlet, Text(one.outlet, "")),
        "issued_by": shown_by("person", one.issued_by, posts),
        "voided_by": shown_by("person", one.voided_by, posts) if one.voided_by else "",
        "title": Text(one.title, one.title_en),
        "copies": [_copy(each, posts) for each in one.copies.all()],
    }


def _copy(copy: Copy, posts: dict[str, Text]) -> ShownCopy:
    way = []
    for move in copy.movements.all():
        to, giver = shown_by(move.to_kind, move.to_holder, posts), shown_by(move.from_kind, move.from_holder, posts)
        title = Text(f"开出，交 {to.zh}", f"Issued to {to.en or to.zh}")
        if move.step > 1:
            title = Text(f"{giver.zh} → {to.zh}", f"{giver.en or giver.zh} → {to.en or to.zh}")
        by = shown_by("person", move.by, posts)
        way.append(TimelineEntry(move.at, title, by, lines=((Text("事项", "Case"), move.case_number),)))
    return ShownCopy(
        copy, Text(copy.title, copy.title_en), shown_by(copy.holder_kind, copy.holder, posts), copy.state, way
    )


def asked_hand(text: str) -> tuple[str, str]:
    """``post:repairer`` in the address → (kind, holder); ("", "") for anything else."""
    kind, _colon, holder = text.partition(":")
    known = {one for one, _label in HOLDERS}
    return (kind, holder[:120]) if kind in known and holder and "\x00" not in holder else ("", "")

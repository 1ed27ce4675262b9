"""Who leaves, and posts whose last day has passed: sessions and keys end, what is open is named for hand-over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from bihuan.ground.ids import new_id
from bihuan.journal.actions import NewEntry, NewLetter, lay_letters, write
from bihuan.procedure.definition import Text

from . import queries
from .actions import HOUSE, close_doors, entry, managing
from .errors import NotAllowed, WrongInput
from .models import Delegation, Holding, Invitation, Person

# open work of a person, told by the room that knows it: (username) → numbers
WorkOf = Callable[[str], Sequence[str]]
NUMBERS_AT_MOST = 200


def leave(
    person: Person, last_day: date, reason: str, *, by: Person | None, at: datetime, work: Sequence[str] = ()
) -> Person:
    """``person`` leaves with ``last_day``, counted: one act for posts, loans, keys and the account.

    A day that is today or past closes the account now; one to come closes it when that day has passed (``end_over``).
    ``work``: numbers of their open cases, written down for hand-over. Raises WrongInput, NotAllowed.
    """
    managing(by)
    if not reason.strip():
        raise WrongInput(Text("请写明理由", "Say why"), "reason")
    if by is not None and by.pk == person.pk:
        raise NotAllowed(Text("不能办理自己的离职", "One cannot see oneself off"), "last_day")
    with transaction.atomic():
        kept = Person.objects.select_for_update().get(pk=person.pk)
        if not kept.is_active:
            raise WrongInput(Text("账号已经停用", "It is closed already"), "last_day")
        content: dict[str, Any] = {"person": kept.username, "last-day": str(last_day), "reason": reason.strip()}
        content |= {"posts": _end_posts(kept, last_day), "loans": _end_loans(kept, last_day)}
        content |= {"keys": kept.tokens.filter(revoked=None, until__gt=at).count()}
        content |= {"work": list(work)[:NUMBERS_AT_MOST], "work-count": len(work)}
        now = last_day <= queries.day_of(at)
        kept.last_day, kept.is_active = last_day, not now
        kept.save(update_fields=["last_day", "is_active"])
        Invitation.objects.filter(person=kept, taken=None, revoked=None).update(revoked=at)
        close_doors(kept, at)
        entry(HOUSE, "person", str(kept.pk), "leave", by, at, content | {"closed": now})
    queries.forget_held(person)
    return kept


def _end_posts(person: Person, last_day: date) -> list[str]:
    """Every post ends with the day at the latest; one that would begin after it never begins."""
    running = Holding.objects.filter(person=person).filter(Q(end=None) | Q(end__gt=last_day))
    ended = [f"{one.post}@{one.place or '*'}" for one in running.order_by("post", "outlet")]
    running.filter(start__gt=last_day).delete()
    running.update(end=last_day)
    return ended


def _end_loans(person: Person, last_day: date) -> list[str]:
    """What was lent by them and to them goes back with the day."""
    running = Delegation.objects.filter(Q(giver=person) | Q(taker=person), until__gt=last_day)
    ordered = running.select_related("giver", "taker").order_by("start", "giver__username")
    ended = [f"{one.giver.username}→{one.taker.username}" for one in ordered]
    running.filter(start__gt=last_day).delete()
    running.update(until=last_day)
    return ended


def end_over(at: datetime, work_of: WorkOf, limit: int = 100) -> int:
    """Close sessions and keys of everybody whose post's last day has passed, and accounts of who has left.

    One transaction and one entry each; administrators get a letter that lists the open work. Done again, or by several
    workers at once, it does nothing twice. Returns how many people were looked after.
    """
    today = queries.day_of(at)
    over = Holding.objects.filter(end__lt=today, over_at=None).values("person")
    gone = Person.objects.filter(Q(pk__in=over) | Q(last_day__lt=today, is_active=True))
    people = list(gone.order_by("username").values_list("pk", flat=True)[:limit])
    return sum(_end_over(pk, at, work_of) for pk in people)


@transaction.atomic
def _end_over(pk: object, at: datetime, work_of: WorkOf) -> int:
    today = queries.day_of(at)
    person = Person.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if person is None:
        return 0  # another worker is at it
    over = list(Holding.objects.filter(person=person, end__lt=today, over_at=None).select_related("outlet"))
    leaves = person.is_active and person.last_day is not None and person.last_day < today
    if not over and not leaves:
        return 0
    Holding.objects.filter(pk__in=[one.pk for one in over]).update(over_at=at)
    if leaves:
        Person.objects.filter(pk=person.pk).update(is_active=False)
    was_open = person.is_active
    close_doors(person, at)
    work = list(work_of(person.username))
    posts = sorted(f"{one.post}@{one.place or '*'}" for one in over)
    identity = new_id(at)
    if was_open or work:
        lay_letters([_letter(identity, one.username, person, posts, work) for one in queries.administrators()])
    content = {"person": person.username, "posts": posts, "closed": leaves}
    content |= {"work": work[:NUMBERS_AT_MOST], "work-count": len(work)}
    write(
        NewEntry(
            id=identity, chain=HOUSE, about_kind="person", about_id=str(person.pk), verb="post-over",
            doer_kind="clock", doer="", done_at=at, recorded_at=at, content={"answers": content},
        )
    )  # fmt: skip
    return 1


def _letter(identity: Any, to: str, person: Person, posts: Sequence[str], work: Sequence[str]) -> NewLetter:
    shown = "、".join(work[:20]) + ("……" if len(work) > 20 else "")
    lines = [
        f"{person.name}（{person.username}）的岗位已到期：{'、'.join(posts) or '全部'}。登录与密钥已关闭。",
        f"The posts of {person.username} are over ({', '.join(posts) or 'all'}); sessions and keys are closed.",
        f"未办结 / open: {len(work)} {shown}",
        f"/people/{person.username}/",
    ]
    return NewLetter(
        entry_id=identity,
        key=f"post-over:{person.username}:{identity}:{to}",
        to_kind="person",
        to=to,
        subject=f"岗位到期：{person.name}，未办结 {len(work)} 件",
        body="\n".join(lines),
    )

"""Who came in when and from where: rows for the person to look at, and sessions that can be ended one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session

from bihuan.ground.ids import new_id

from .models import Person, SignIn

# network logs are kept six months at least (网络安全法 21)
KEPT = timedelta(days=200)
SHOWN = 20

BROWSERS = (
    ("MicroMessenger", "WeChat"), ("DingTalk", "DingTalk"), ("Lark", "Feishu"), ("Edg/", "Edge"), ("OPR/", "Opera"),
    ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class Sitting:
    """An open session: the row it began with, when it was last used, whether it is the one that asks."""

    row: SignIn
    seen: datetime
    own: bool


def device_words(agent: str) -> str:
    """A browser and a system somebody recognises: "Chrome · Windows"; "" for what says nothing of the kind."""
    found = [next((name for mark, name in marks if mark in agent), "") for marks in (BROWSERS, SYSTEMS)]
    return " · ".join(one for one in found if one)


def record(person: Person, at: datetime, *, address: str, agent: str, way: str, session: str) -> SignIn:
    """Somebody came in. No act: it stands beside the book."""
    return SignIn.objects.create(
        id=new_id(at),
        person=person,
        at=at,
        address=address[:64],
        device=device_words(agent)[:120],
        way=way,
        session=session,
    )


def newest(person: Person) -> list[SignIn]:
    """The last times this person came in, newest first."""
    return list(SignIn.objects.filter(person=person).order_by("-at", "-id")[:SHOWN])


def sittings(person: Person, at: datetime, own: str) -> list[Sitting]:
    """The sessions of this person that are still good at ``at``, newest first. ``own``: the asking session's key."""
    rows = SignIn.objects.filter(person=person, ended=None).exclude(session="").order_by("-at", "-id")
    rows = list(rows.filter(at__gte=at - timedelta(minutes=settings.SESSION_ABSOLUTE_MINUTES))[:100])
    stored = {one.session_key: one for one in Session.objects.filter(session_key__in=[row.session for row in rows])}
    found = []
    for row in rows:
        kept = stored.get(row.session)
        seen = _seen(kept, at) if kept else None
        if seen is not None:
            found.append(Sitting(row, seen, row.session == own))
    return found


def _seen(kept: Session, at: datetime) -> datetime | None:
    """When the session was last used; None once it has lain idle too long or is worth nothing."""
    told = kept.get_decoded().get("seen")
    if told is None:
        return None
    seen = datetime.fromtimestamp(float(told), at.tzinfo)
    return seen if at - seen <= timedelta(minutes=settings.SESSION_IDLE_MINUTES) else None


def end_all(person: Person, at: datetime) -> None:
    """Every session is over; in the caller's transaction."""
    open_ones = SignIn.objects.filter(person=person, ended=None)
    Session.objects.filter(session_key__in=open_ones.exclude(session="").values("session")).delete()
    open_ones.update(ended=at, session="")


def left(session: str, at: datetime) -> None:
    """Whoever sat here has gone."""
    if session:
        SignIn.objects.filter(session=session, ended=None).update(ended=at, session="")


def tidy(at: datetime) -> int:
    """Forget what is older than it must be kept; how many rows."""
    return SignIn.objects.filter(at__lt=at - KEPT).delete()[0]

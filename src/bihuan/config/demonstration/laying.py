"""What weeks of work are laid upon: who works where, who is booked when, what is done next and at what moment."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile

from bihuan.files import actions as files
from bihuan.people import queries as people
from bihuan.people.models import Holding, Person
from bihuan.procedure.definition import Pack

from .registers import Customer, Device, Stock
from .site import Made

OPENS, CLOSES = time(8, 30), time(17, 30)
A_DAY = timedelta(days=1)
Doing = Callable[[datetime], None]


@dataclass
class Weeks:
    """Everything the telling needs: the file, the pack, who works where, who is booked when."""

    written: dict[str, Any]
    pack: Pack
    zone: ZoneInfo
    now: datetime
    made: Made
    random: Random
    holders: dict[tuple[str, str], list[Person]] = field(default_factory=dict)
    skilled: dict[tuple[str, str], list[Person]] = field(default_factory=dict)
    booked: dict[str, set[datetime]] = field(default_factory=dict)
    queue: list[tuple[datetime, int, Doing]] = field(default_factory=list)
    order: Any = field(default_factory=count)
    # what else is done at the end of a day, after the clock's own work
    evenings: list[Doing] = field(default_factory=list)
    # who goes on with a case by its forms where its story ends before the case does
    goes_on: Callable[[str, dict[str, Any], datetime], None] | None = None

    def later(self, at: datetime, doing: Doing) -> None:
        """``doing`` is done at ``at``, before everything laid later."""
        heapq.heappush(self.queue, (at, next(self.order), doing))


def words_of(weeks: Weeks, stock: Stock, device: Device, at: datetime) -> dict[str, Any]:
    """What stands behind the placeholders of a story about ``device``."""
    customer: Customer = device.customer
    return {
        "customer": customer.name, "contact": customer.contact, "phone": customer.phone, "address": customer.address,
        "region": customer.region, "product": device.product.code, "serial": device.serial,
        "bought": device.bought.isoformat(), "fault": weeks.random.choice(device.product.faults),
        "skill": device.product.skill, "warranty": "in" if device.until >= at.date() else "out",
        "until": device.until.isoformat(), "leader": stock.leader,
    }  # fmt: skip


def about(weeks: Weeks, stock: Stock, at: datetime, outlet: str = "") -> tuple[str, dict[str, Any]]:
    """Where it happens and what it is about: somebody's device, or a customer alone where there are no devices.

    ``outlet``: only what is served there, where anything is.
    """
    more = priced(weeks)
    if stock.devices:
        here = [one for one in stock.devices if one.customer.outlet == outlet] if outlet else []
        device: Device = weeks.random.choice(here or stock.devices)
        words = words_of(weeks, stock, device, at)
        words |= {"device": words["serial"], **more}
        return device.customer.outlet, words
    if stock.customers:
        one = weeks.random.choice(stock.customers)
        return one.outlet, {"customer": one.name, "contact": one.contact, "phone": one.phone,
                            "address": one.address, "region": one.region, **more}  # fmt: skip
    return people.root_outlet(), {}


def priced(weeks: Weeks) -> dict[str, Any]:
    """A line of the price list and what it says."""
    prices = [(one[0], one[4]) for one in weeks.written.get("prices", {}).get("list", [])]
    return dict(zip(("rate", "price"), weeks.random.choice(prices), strict=True)) if prices else {}


def holders_of(weeks: Weeks, post: str, outlet: str) -> list[Person]:
    """Everybody who holds ``post`` at ``outlet`` or above it."""
    key = (post, outlet)
    if key not in weeks.holders:
        held = Holding.objects.filter(post=post, outlet__in=people.places_of(outlet)).select_related("person")
        weeks.holders[key] = [one.person for one in held.order_by("person__username")]
    return weeks.holders[key]


def working(at: datetime, zone: ZoneInfo) -> datetime:
    """``at``, or the next morning of a weekday when it lies outside the day's hours."""
    local = at.astimezone(zone)
    if local.time() >= CLOSES:
        local = datetime.combine(local.date() + A_DAY, OPENS, zone) + timedelta(minutes=local.minute)
    elif local.time() < OPENS:
        local = datetime.combine(local.date(), OPENS, zone) + timedelta(minutes=local.minute)
    while local.isoweekday() > 5:
        local = datetime.combine(local.date() + A_DAY, OPENS, zone) + timedelta(minutes=local.minute)
    return local.astimezone(UTC)


def lately(at: datetime, zone: ZoneInfo) -> datetime:
    """``at``, or the end of the last working day where it lies outside the hours of one."""
    local = at.astimezone(zone)
    if local.isoweekday() <= 5 and local.time() > OPENS:
        return min(at, datetime.combine(local.date(), CLOSES, zone).astimezone(UTC))
    day = local.date() - A_DAY
    while day.isoweekday() > 5:
        day -= A_DAY
    return datetime.combine(day, CLOSES, zone).astimezone(UTC)


def working_days_before(at: datetime, days: float) -> datetime:
    """So many days before ``at``, of which weekends are none."""
    while days >= 1:
        at -= A_DAY
        days -= at.isoweekday() <= 5
    return at - A_DAY * days


def handed_in(by: Person, at: datetime, title: str) -> dict[str, Any]:
    """A paper as somebody would hand it in with a form."""
    upload = SimpleUploadedFile(f"{title}.txt", f"{title}（示例附件）\n{at:%Y-%m-%d}\n".encode())
    found: dict[str, Any] = files.take(upload, by=by.username, at=at).answer
    return found

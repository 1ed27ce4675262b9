"""Ways to reach people, kept by themselves; robots of a team by an administrator. One entry each, no address in it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from apprise import Apprise
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from bihuan.people.actions import HOUSE, entry, managing
from bihuan.people.errors import NotAllowed, WrongInput
from bihuan.people.models import OutletKey, Person
from bihuan.procedure.definition import Text

from .models import CHANNELS, IN_APP, Address, Notice
from .sending import Sender, library_address, send_by_library


def add_address(
    channel: str,
    target: str,
    *,
    by: Person,
    at: datetime,
    post: str = "",
    outlet: str = "",
    quiet: tuple[time, time] | None = None,
    digest_minutes: int = 0,
    urgent_through: bool = True,
) -> Address:
    """A way to reach ``by``, or with ``post`` (and ``outlet``) the robot of a team. Raises WrongInput, NotAllowed."""
    if post:
        managing(by)
    target = target.strip()
    _readable(channel, target)
    if outlet and not OutletKey.objects.filter(pk=outlet).exists():
        raise WrongInput(Text(f"没有网点 {outlet}", f"There is no outlet {outlet}"), "outlet")
    if not 0 <= digest_minutes <= 24 * 60:
        raise WrongInput(Text("汇总间隔为 0 至 1440 分钟", "A digest every 0 to 1440 minutes"), "digest")
    with transaction.atomic():
        made = Address.objects.create(
            person=None if post else by, post=post, outlet_id=outlet or None, channel=channel, target=target,
            quiet_from=quiet[0] if quiet else None, quiet_until=quiet[1] if quiet else None,
            digest_minutes=digest_minutes, urgent_through=urgent_through, made_at=at,
        )  # fmt: skip
        entry(HOUSE, "address", str(made.pk), "add-address", by, at, _told(made))
    return made


def remove_address(address: Address, *, by: Person, at: datetime) -> None:
    """Nothing goes there any more; what went stays in the log. Raises NotAllowed."""
    if address.person_id is None:
        managing(by)
    elif address.person_id != by.pk:
        raise NotAllowed(Text("只能改自己的收信方式", "Only one's own"))
    with transaction.atomic():
        Address.objects.filter(pk=address.pk).update(active=False)
        entry(HOUSE, "address", str(address.pk), "remove-address", by, at, _told(address))


def try_address(address: Address, *, by: Person, send: Sender = send_by_library) -> None:
    """Send a test message now. Raises what the sender raises, NotAllowed."""
    if address.person_id not in {None, by.pk}:
        raise NotAllowed(Text("只能试自己的收信方式", "Only one's own"))
    if address.person_id is None:
        managing(by)
    send(address, "闭环：测试消息 / test message", "收到这条，说明地址对了。\nIf you can read this, the address works.")


def mark_read(person: Person, at: datetime, notice: Any = None) -> int:
    """One of the person's notices, or all of them, are read; returns how many were not before."""
    unread = Notice.objects.filter(person=person, channel=IN_APP, read_at=None)
    return (unread.filter(pk=notice) if notice else unread).update(read_at=at)


def _readable(channel: str, target: str) -> None:
    if channel not in dict(CHANNELS):
        raise WrongInput(Text("请选择渠道", "Choose a channel"), "channel")
    wrong = WrongInput(Text("地址不对", "This address is not understood"), "target")
    if not target or len(target) > 400:
        raise wrong
    if channel == "mail":
        try:
            validate_email(target)
        except ValidationError as error:
            raise wrong from error
    elif not Apprise.instantiate(library_address(channel, target)):
        raise wrong


def _told(address: Address) -> dict[str, Any]:
    return {"channel": address.channel, "shown": address.shown, "post": address.post, "outlet": address.outlet_id or ""}

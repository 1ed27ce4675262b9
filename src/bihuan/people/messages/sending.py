"""Out of the house: what waits for one address goes as one message, and what came of it is written down."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from urllib.parse import quote

from apprise import Apprise
from django.conf import settings
from django.db import transaction

from bihuan.journal.letters import wait_after

from .models import Address, Notice

log = logging.getLogger("bihuan.messages")

MOST_TRIES = 20
"""After so many tries (some four days) a notice is given up and says why."""
AT_ONCE = 20
"""Lines in one message; robots take twenty messages a minute, so what waits is put together."""

# how a robot's key becomes an address the library knows
ADDRESSES = {"wecom": "wecombot://{}", "dingtalk": "dingtalk://{}", "feishu": "feishu://{}"}


class NotSent(Exception):
    """Why it did not go, in words for the log."""


class Sender(Protocol):
    """Sends one message to one address. Raises NotSent."""

    def __call__(self, address: Address, title: str, body: str) -> None: ...


def library_address(channel: str, target: str) -> str:
    """What the library is told; "" when this site cannot send that way (no mail account set)."""
    if channel == "mail":
        account = settings.MAIL_ADDRESS
        joint = "&" if "?" in account else "?"
        return f"{account}{joint}to={quote(target)}" if account else ""
    if channel == "other":
        return target
    return ADDRESSES[channel].format(quote(target, safe="/"))


def send_by_library(address: Address, title: str, body: str) -> None:
    """The real way out. Raises NotSent."""
    where = library_address(address.channel, address.target)
    if not where:
        raise NotSent("没有设置发信账户（mail-address）/ no mail account is set")
    way = Apprise()
    if not way.add(where):
        raise NotSent("地址不对 / the address is not understood")
    if not way.notify(title=title, body=body):
        raise NotSent("对方没有收下 / the other side did not take it")


def send_due(now: datetime, limit: int, send: Sender = send_by_library) -> int:
    """Send up to ``limit`` notices due by ``now``; several workers share them. Returns how many were looked at."""
    with transaction.atomic():
        due = Notice.objects.select_for_update(skip_locked=True, of=("self",)).select_related("address", "letter")
        waiting = list(
            due.filter(state=Notice.State.WAITING, next_try__lte=now, address__isnull=False).order_by("next_try", "id")[
                :limit
            ]
        )
        by_address: dict[Address, list[Notice]] = defaultdict(list)
        for notice in waiting:
            assert notice.address is not None
            by_address[notice.address].append(notice)
        for address, notices in by_address.items():
            for start in range(0, len(notices), AT_ONCE):
                _send(address, notices[start : start + AT_ONCE], now, send)
        Notice.objects.bulk_update(waiting, ["state", "attempts", "next_try", "last_error", "sent_at"], batch_size=500)
    return len(waiting)


def _send(address: Address, notices: Sequence[Notice], now: datetime, send: Sender) -> None:
    title, body = together(notices)
    try:
        send(address, title, body)
    except Exception as error:  # whatever a channel's library raises must not hold up the others
        log.warning("not sent", extra={"channel": address.channel, "address": str(address.pk)})
        for one in notices:
            one.attempts += 1
            one.last_error = str(error)[:500]
            one.next_try = now + wait_after(one.attempts)
            one.state = Notice.State.FAILED if one.attempts >= MOST_TRIES else Notice.State.WAITING
        return
    for one in notices:
        one.attempts += 1
        one.state, one.sent_at, one.last_error = Notice.State.SENT, now, ""


def together(notices: Sequence[Notice]) -> tuple[str, str]:
    """One letter as it is; several as one message with a line each."""
    if len(notices) == 1:
        return notices[0].letter.subject, notices[0].letter.body
    lines = "\n".join(f"· {one.letter.subject}" for one in notices)
    return f"{len(notices)} 条消息 / messages", lines

"""The daily digests as their pages show them."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from bihuan.journal.models import Digest
from bihuan.layout.frames import Column, Crumb, Pager
from bihuan.layout.paper import code

from .. import digests
from ..errors import AuditRefusal
from .exceptions import day
from .log import HERE, Reader, rooms

LIST = f"{HERE}digests/"


def listed(reader: Reader, until: str) -> dict[str, Any]:
    """The days, newest first; days without a digest stand among them."""
    today = timezone.localdate(reader.at)
    last = min(day(until) or today, today)
    found = digests.days(last, today)
    older = found[-1].day - timedelta(days=1) if len(found) == digests.DAYS else None
    return {
        "title": _("每日摘要"),
        "rooms": rooms("digests"),
        "columns": [Column(_("日期")), Column(_("封存")), Column(_("链"), numeric=True),
                    Column(_("记录"), numeric=True), Column(_("散列")), Column(_("寄往"))],
        "rows": [_day(one) for one in found],
        "missing": digests.missing(today),
        "pager": Pager(next=f"{LIST}?until={older}" if older else "", previous=LIST if last < today else ""),
        "mail": bool(settings.DIGEST_MAIL),
        "account": bool(settings.MAIL_ADDRESS),
        "compare": f"{LIST}compare/",
    }  # fmt: skip


def _day(one: digests.Day) -> dict[str, Any]:
    chains = json.loads(one.digest.text)["chains"] if one.digest else {}
    return {
        "day": one.day,
        "digest": one.digest,
        "address": f"{LIST}{one.day}/",
        "chains": len(chains),
        "entries": sum(seq for seq, _newest in chains.values()),
        "hash": bytes(one.digest.hash).hex()[:16] if one.digest else "",
        "mails": one.mails,
    }


def one(reader: Reader, found: Digest) -> dict[str, Any]:
    """One digest: its chains as sealed and as they stand."""
    sheet = json.loads(found.text)
    heads = digests.standing(sheet)
    return {
        "title": _("%(day)s 的摘要") % {"day": found.day},
        "crumbs": [Crumb(_("审计日志"), HERE), Crumb(_("每日摘要"), LIST), Crumb(str(found.day))],
        "digest": found,
        "hash": bytes(found.hash).hex(),
        "previous": sheet["previous"],
        "square": _square(found),
        "columns": columns(),
        "heads": [(reader.place(head.chain), head) for head in heads],
        "stands": all(head.stands for head in heads),
        "pdf": f"{LIST}{found.day}/paper.pdf",
        "file": f"{LIST}{found.day}/file.json",
    }


def _square(found: Digest) -> str:
    """Day and hash as a QR code that takes the size of its place; the same words as on paper."""
    drawn = _SIZE.sub(r'viewBox="0 0 \1 \2"', code(sealed_words(found)), count=1)
    return mark_safe(drawn)  # noqa: S308 - drawn by ourselves from a day and a hash


_SIZE = re.compile(r'width="(\d+)" height="(\d+)"')


def sealed_words(found: Digest) -> str:
    """What the square of a digest holds, readable without this house."""
    return f"{digests.FORMAT} {found.day.isoformat()} {bytes(found.hash).hex()}"


def columns() -> list[Column]:
    return [Column(_("链")), Column(_("封存时条数"), numeric=True), Column(_("现在条数"), numeric=True),
            Column(_("封存的散列")), Column(_("现在"))]  # fmt: skip


def comparing(reader: Reader, refusal: AuditRefusal | None = None) -> dict[str, Any]:
    """The form that takes a digest."""
    return {
        "title": _("比较摘要"),
        "crumbs": [Crumb(_("审计日志"), HERE), Crumb(_("每日摘要"), LIST), Crumb(_("比较"))],
        "problem": refusal.words.say(reader.language) if refusal else "",
        "compared": None,
        "at_once": digests.AT_ONCE,
    }


def compared(reader: Reader, found: digests.Compared) -> dict[str, Any]:
    """What came of it."""
    return {
        **comparing(reader),
        "compared": found,
        "columns": columns(),
        "heads": [(reader.place(head.chain), head) for head in found.heads],
        "findings": [(one, one.words.say(reader.language)) for one in found.findings or ()],
        "recomputed": found.findings is not None,
    }

"""The administrator's home: what is still to be set up, and whether the system runs. Each step ticks itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateEvent

from bihuan.journal.models import Letter
from bihuan.layout.numbers import count_words
from bihuan.people import queries as people
from bihuan.people.models import Holding
from bihuan.people.scope import everything
from bihuan.registers.calendars import queries as calendars
from bihuan.registers.customers.models import Customer
from bihuan.registers.products.models import Unit

from ..models import Case

LATE = timedelta(minutes=2)
COUNTED = 1000


def blocks(at: datetime) -> list[Any]:
    """First the check-list of the first run, then the state."""
    from .home import Block  # noqa: PLC0415 - home draws these blocks; the other way round it knows only this module

    # whether there are customers at all is no secret of an outlet: an administrator without a post is told as well
    with everything():
        steps, facts = checklist(), state(at)
    title = _("开始使用") if not all(step["done"] for step in steps) else _("开始使用 · 都办好了")
    return [Block(title, "steps", steps), Block(_("系统状态"), "facts", facts)]


def checklist() -> list[dict[str, Any]]:
    """Four steps, each done when it has really happened."""
    return [
        {
            "title": _("单位和工作日历"),
            "words": _("网点、工作时间、节假日和调休"),
            "done": bool(people.root_outlet()) and bool(calendars.names()),
            "address": "/calendars/",
        },
        {
            "title": _("人员"),
            "words": _("谁在哪个网点任哪个岗位"),
            "done": Holding.objects.exists(),
            "address": "/people/",
        },
        {
            "title": _("客户和设备"),
            "words": _("从表格导入，或先用示例数据看看"),
            "done": Customer.objects.exists() and Unit.objects.exists(),
            "address": "/imports/",
        },
        {
            "title": _("走一个来回"),
            "words": _("报修、派工、完工"),
            "done": Case.objects.filter(done_at__isnull=False).exists(),
            "address": "/cases/new/",
        },
    ]


def state(at: datetime) -> list[dict[str, Any]]:
    """Worker, letters, backup – said as they are."""
    waiting = Letter.objects.filter(state=Letter.State.WAITING, next_try__lte=at)[:COUNTED].count()
    lost = Letter.objects.filter(state=Letter.State.UNDELIVERABLE)[:COUNTED].count()
    return [
        _worker(at),
        {"label": _("等着送出的通知"), "words": count_words(waiting), "tone": "plain", "address": "/messages/log/"},
        {"label": _("送不到的通知"), "words": count_words(lost), "tone": "bad" if lost else "good"},
        *_of_the_site(at),
    ]


def _of_the_site(at: datetime) -> list[dict[str, Any]]:
    """What only whoever sees everything can tell, such as the age of the last backup (``settings.SITE_FACTS``)."""
    path = getattr(settings, "SITE_FACTS", "")
    return import_string(path)(at) if path else []


def _worker(at: datetime) -> dict[str, Any]:
    """When a job of the worker last ended well."""
    last = ProcrastinateEvent.objects.filter(type="succeeded").order_by("-id").first()
    if last is None:
        return {"label": _("后台任务"), "words": _("一次也没有运行过"), "tone": "bad"}
    late = at - last.at > LATE
    return {"label": _("后台任务最近运行"), "at": last.at, "tone": "bad" if late else "good"}

"""What the administrator's home says of the site as a whole (``settings.SITE_FACTS``): backups, and sample data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.journal.models import Entry

from .keeping import home

SAMPLES, FURNISHED = "demonstration", "furnish-samples"


def facts(at: datetime) -> list[dict[str, Any]]:
    """The lines in their order; that of the samples only while there are any."""
    return [*home.facts(at), *_samples()]


def _samples() -> list[dict[str, Any]]:
    """That sample data stands here, and how it goes.

    No page takes it away: registers and books refuse to forget, and only the owner of the tables may put that aside.
    """
    newest = Entry.objects.filter(about_kind=SAMPLES).order_by("-position").first()
    if newest is None or newest.verb != FURNISHED:
        return []
    note = _(
        "要移除，请在服务器上运行 bihuan demo --remove：示例网点和它们的事项、人员、未送审的文件草稿一起删除，"
        "账册内容按清单处置。登记册和账册不让页面删除记录，只有表的属主能放行，所以不在这里做。"
    )
    return [{"label": _("示例数据"), "words": _("还在"), "tone": "plain", "note": note}]

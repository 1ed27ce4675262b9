"""What the administrator's home says of backups (``settings.SITE_FACTS``): how old, and the way out when too old."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from . import queries
from .models import Run


def facts(at: datetime) -> list[dict[str, Any]]:
    """Two lines: the last good backup and the last good drill."""
    return [
        _fact(_("最近一次备份"), Run.BACKUP, queries.OLD_BACKUP, at, _("还没有备份过"), _backup_way_out()),
        _fact(_("最近一次恢复演练"), Run.DRILL, queries.OLD_DRILL, at, _("还没有演练过"), _drill_way_out()),
    ]


def _fact(label: str, kind: str, old: timedelta, at: datetime, never: str, way_out: str) -> dict[str, Any]:
    good, last = queries.newest(kind), queries.newest(kind, good=None)
    failed = last is not None and not last.good
    why = _("最近一次没有成功：{why}").format(why=last.report.get("error", "")) if failed else ""
    note = " ".join(one for one in (why, way_out) if one)
    if good is None:
        return {"label": label, "words": never, "tone": "bad", "note": note}
    late = at - good.ended_at > old
    bad = late or failed
    status = _("太久了") if late else _("没有成功") if failed else _("按期")
    return {
        "label": label, "at": good.ended_at, "tone": "bad" if bad else "good", "status": status,
        "note": note if bad else "",
    }  # fmt: skip


def _backup_way_out() -> str:
    return _("请在服务器上运行 bihuan backup，并看后台任务是否在运行、备份目录是否有空间。")


def _drill_way_out() -> str:
    return _("请在服务器上运行 bihuan drill。")

"""What the administrator's home says of backups (see ``config.site_facts``): how old, whether anybody can read them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from . import queries
from .models import Run


def facts(at: datetime) -> list[dict[str, Any]]:
    """Three lines: the last good backup, the last good drill, and whether backups are encrypted."""
    return [
        _fact(_("最近一次备份"), Run.BACKUP, queries.OLD_BACKUP, at, _("还没有备份过"), _backup_way_out()),
        _fact(_("最近一次恢复演练"), Run.DRILL, queries.OLD_DRILL, at, _("还没有演练过"), _drill_way_out()),
        _encryption(len(settings.SITE.backup_recipients)),
    ]


def _fact(label: str, kind: str, old: timedelta, at: datetime, never: str, way_out: str) -> dict[str, Any]:
    good, last = queries.newest(kind), queries.newest(kind, good=None)
    failed = last is not None and not last.good
    why = _why(last) if last is not None and failed else ""
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


def _why(last: Run) -> str:
    if last.report.get("unopened"):
        return _("最近一次只核对了指纹，没有恢复：备份已加密，没有私钥。")
    return _("最近一次没有成功：{why}").format(why=last.report.get("error", ""))


def _encryption(recipients: int) -> dict[str, Any]:
    """Who can read a backup; what was taken before the keys were set is said as long as it is the newest."""
    label = _("备份加密")
    if not recipients:
        return {
            "label": label, "words": _("没有加密"), "tone": "bad",
            "note": _("谁拿到备份，谁就能读全部内容。请用 bihuan backup-key 生成密钥，把公钥写进 backup-recipients。"),
        }  # fmt: skip
    newest = queries.newest(Run.BACKUP)
    if newest is not None and not newest.report.get("recipients"):
        return {
            "label": label, "words": _("最近一次备份还没有加密"), "tone": "bad",
            "note": _("公钥是在那以后设的；以前的备份仍然谁都能读。"),
        }  # fmt: skip
    return {"label": label, "words": _("已加密，公钥 {count} 个").format(count=recipients), "tone": "good", "note": ""}


def _backup_way_out() -> str:
    return _("请在服务器上运行 bihuan backup，并看后台任务是否在运行、备份目录是否有空间。")


def _drill_way_out() -> str:
    return _("请在服务器上运行 bihuan drill；备份已加密的，加 --identity 或设 backup-identity。")

"""The few texts scripts say, in the reader's language: they come with the page as one JSON block."""

from __future__ import annotations

from django.utils.translation import gettext as _

SCRIPTS = (
    "composing.js",
    "keys.js",
    "forms.js",
    "drafts.js",
    "find.js",
    "dialogs.js",
    "live.js",
    "chips.js",
    "signature.js",
)
"""The scripts of every page; ``composing.js`` first, because it must hear keys before all others."""


def page_words() -> dict[str, str]:
    """Name → text; ``{time}``, ``{count}`` are filled in by the script."""
    return {
        "lost": _("没有保存：服务器没有回应。你填的内容还在本页。"),
        "number": _("编号"),
        "draft-stored": _("草稿 已存 {time}"),
        "draft-lost": _("草稿没有存上，稍后再试。你填的内容还在本页。"),
        "found": _("可选"),
        "found-count": _("找到 {count} 条"),
        "must": _("请填写"),
        "copied": _("已复制"),
        "not-copied": _("没有复制成功"),
        "next-row": _("下一行"),
        "previous-row": _("上一行"),
        "pick-row": _("勾选这一行"),
        "open-row": _("打开"),
        "search": _("搜索或输入命令"),
        "search-here": _("在本页搜索"),
        "this-sheet": _("快捷键一览"),
        "close": _("关闭、清除"),
    }

"""The rows of a long list as HTML. A page holds a hundred chips; drawn as components they cost more than all the rest.

What is written here is what ``c-row``, ``c-deadline`` and ``c-status`` write; a test compares them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.templatetags.static import static
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from bihuan.layout.frames import Chip
from bihuan.layout.templatetags.layout import chip_icon, chip_words, moment, near, say

MOMENTS = frozenset({"opened", "ended", "done"})
STANDING = frozenset({"step", "stage"})


def chip(one: Chip) -> str:
    """A promise with its name, as ``c-deadline`` draws it."""
    title = str(say(one.title))
    hint = [title]
    hint += [f"{_('截止')} {moment(one.due)}"] if one.due else []
    hint += [one.clause] if one.clause else []
    hint += [_("日历未定，暂按推算")] if one.provisional else []
    change = f' data-next-change="{one.next_change.isoformat()}"' if one.next_change else ""
    refresh = f' data-refresh="{escape(one.refresh)}"' if one.refresh else ""
    mark = '<span class="chip-mark">≈</span>' if one.provisional else ""
    return (
        f'<a class="chip chip-{one.state}" href="{escape(one.address)}" data-chip="{one.state}"'
        f' data-seconds="{one.seconds}" data-counting="{1 if one.counting else 0}"{change}{refresh}'
        f' title="{escape(" · ".join(hint))}">'
        f'<svg class="icon" width="16" height="16" aria-hidden="true">'
        f'<use href="{static("app/icons.svg")}#{chip_icon(one)}"></use></svg>'
        f'<span class="chip-title">{escape(title)}</span>'
        f'<span class="chip-words">{escape(chip_words(one))}</span>{mark}</a>'
    )


def row(line: dict[str, Any]) -> SafeString:
    """One row with its box and a cell per column."""
    number = escape(line["number"])
    box = (
        f'<td class="pick"><input type="checkbox" name="pick" value="{number}" data-pick="rows"'
        f' aria-label="{escape(_("勾选"))} {number}"></td>'
    )
    cells = "".join(_cell(line, cell["name"], cell["value"]) for cell in line["cells"])
    return mark_safe(f"<tr data-row>{box}{cells}</tr>")  # noqa: S308 - every part was escaped above


def _cell(line: dict[str, Any], name: str, value: Any) -> str:
    if name == "promise":
        return f'<td class="promises"><span class="chips">{_chips(line, value)}</span></td>'
    text = escape(value)
    if name == "number":
        return f'<td><a class="serial" data-row-door href="{escape(line["address"])}">{text}</a></td>'
    if name in STANDING:
        return f'<td title="{text}"><span class="status status-plain">{text}</span></td>'
    if name in MOMENTS:
        return f'<td class="nowrap">{_moment(value)}</td>'
    if name in {"revision", "device"}:
        return f'<td class="{"numeric" if name == "revision" else "serial"}">{text}</td>'
    return f'<td class="words" title="{text}">{text}</td>'


def _chips(line: dict[str, Any], chips: list[Chip]) -> str:
    none = _("已结束") if line["ended"] else "—"
    return "".join(chip(one) for one in chips) or f'<span class="muted">{escape(none)}</span>'


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    return f'<time datetime="{at.isoformat()}" title="{escape(moment(at))}">{escape(near(at))}</time>'

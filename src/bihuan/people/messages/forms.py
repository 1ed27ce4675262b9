"""What is asked about a way to be reached."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.layout.frames import Question
from bihuan.people.errors import WrongInput
from bihuan.procedure.definition import Text

from .models import CHANNELS


def questions(typed: dict[str, str], *, team: bool = False) -> list[Question]:
    """The questions, with what was ``typed``; of a ``team`` also whose robot it is."""
    channels = [(name, _(words)) for name, words in CHANNELS]
    found = [
        Question("channel", _("渠道"), "choice", required=True, value=typed.get("channel", ""), choices=channels),
        Question("target", _("地址"), required=True, value=typed.get("target", ""),
                 help=_("邮箱；机器人填密钥；其他填 apprise 地址")),
        Question("quiet-from", _("免打扰从"), value=typed.get("quiet-from", ""), help=_("如 22:00；不填照全公司的")),
        Question("quiet-until", _("免打扰到"), value=typed.get("quiet-until", ""),
                 help=_("如 07:00；这段时间里的等它过了再发")),
        Question("digest", _("汇总（分钟，0 为随到随发）"), "number", value=typed.get("digest", "0")),
        Question("urgent", _("超时的照发"), "yes-no", value=typed.get("urgent", "yes")),
    ]  # fmt: skip
    if team:
        found[:0] = [
            Question("post", _("岗位"), required=True, value=typed.get("post", "")),
            Question("outlet", _("网点"), value=typed.get("outlet", "")),
        ]
    return found


def read(sent: QueryDict) -> dict[str, Any]:
    """What was sent, as ``actions.add_address`` takes it. Raises WrongInput naming the question."""
    start, end = _clock(sent, "quiet-from"), _clock(sent, "quiet-until")
    if (start is None) != (end is None):
        raise WrongInput(Text("免打扰的两个时刻要一起填", "Give both ends of the quiet hours"), "quiet-until")
    digest = sent.get("digest", "").strip() or "0"
    if not digest.isdecimal() or len(digest) > 4:
        raise WrongInput(Text("汇总间隔为 0 至 1440 分钟", "A digest every 0 to 1440 minutes"), "digest")
    return {
        "channel": sent.get("channel", "")[:12],
        "target": sent.get("target", "").replace("\x00", "")[:500],
        "quiet": (start, end) if start is not None and end is not None else None,
        "digest_minutes": int(digest),
        "urgent_through": sent.get("urgent", "yes") != "no",
        "post": sent.get("post", "").replace("\x00", "")[:60].strip(),
        "outlet": sent.get("outlet", "").replace("\x00", "")[:40].strip(),
    }


def _clock(sent: QueryDict, name: str) -> time | None:
    text = sent.get(name, "").strip()
    if not text:
        return None
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise WrongInput(Text("时刻写作 22:00", "Write the time as 22:00"), name) from error

"""What each table of a report is called, its columns, and – in words under it – what exactly is counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bihuan.procedure.definition import Text

from .reading import FIELD_KINDS

COLUMNS = {
    "opened": Text("立案", "Opened"),
    "ended": Text("办结", "Closed"),
    "open": Text("期末在办", "Open at the end"),
    "overdue": Text("期末逾期", "Overdue at the end"),
    "kept": Text("按时", "On time"),
    "missed": Text("逾时", "Late"),
    "later": Text("其中后录", "Recorded later"),
}
FLOW = ("opened", "ended", "open", "overdue")
WHOLE_FLOW = (*FLOW, "kept", "missed")

_FLOW_RULE = Text(
    "按事项计。立案看立案时刻，办结看最后一次办结的时刻，都在本期之内；在办和逾期看期末那一刻。",
    "Cases are counted: opened and closed by the moment it was done, within the period; open and overdue at its end.",
)
_KEPT = Text(
    "本期内做到的承诺按做到的时刻，没做到的按到期的时刻，各按条款所用的钟；同一事项有一次没做到，即计逾时。",
    "A promise kept counts by the moment it was kept, one not kept by the moment it fell due, each by the clock its "
    "clause names; a case with one promise not kept in the period counts as late.",
)
_PROMISE_RULE = Text(f"按事项计。{_KEPT.zh}", f"Cases are counted. {_KEPT.en}")
_WHOLE_RULE = Text(f"{_FLOW_RULE.zh}{_KEPT.zh}", f"{_FLOW_RULE.en} {_KEPT.en}")


@dataclass(frozen=True)
class Section:
    """``heading``: what a row is. ``chart``: the column drawn as bars beside the figures. ``share``: one is told."""

    key: str
    title: Text
    heading: Text
    columns: tuple[str, ...]
    rule: Text
    chart: str = ""
    share: bool = False


_KIND = Text("程序", "Procedure")
WHOLE = Section("whole", Text("总数", "Totals"), Text("全部", "All"), (*WHOLE_FLOW, "later"), _WHOLE_RULE)
KIND = Section("kind", Text("分程序", "By procedure"), _KIND, WHOLE_FLOW, _WHOLE_RULE, "opened", share=True)
OUTLET = Section(
    "outlet", Text("分网点", "By outlet"), Text("网点", "Outlet"), WHOLE_FLOW, _WHOLE_RULE, "opened", share=True
)
STAGE = Section(
    "stage", Text("期末在办，分阶段", "Open at the end, by stage"), Text("阶段", "Stage"), ("open", "overdue"),
    Text(
        "按事项计：期末那一刻没有办结的，各按它那时所在步骤的阶段。",
        "Cases not closed at the end of the period, by the stage of the step they stood at.",
    ), "open",
)  # fmt: skip
PROMISE = Section(
    "promise", Text("承诺", "Promises"), Text("承诺", "Promise"), ("kept", "missed"), _PROMISE_RULE, share=True
)
CHILD = Section(
    "child", Text("由别的事项提起的事项（改正、整改、纠正等）", "Raised by other cases (corrections and the like)"),
    _KIND, FLOW, _FLOW_RULE,
)  # fmt: skip
DUTY = Section("duty", Text("定期事项", "Regular duties"), _KIND, WHOLE_FLOW, _WHOLE_RULE, share=True)
DAY = Section(
    "day", Text("逐日", "Day by day"), Text("日期", "Day"), ("opened", "ended"),
    Text("按事项计，日期按本地时区。", "Cases are counted, by the day of the site's zone."), "opened",
)  # fmt: skip
ANSWER = Section(
    "answer", Text("首次答复", "First reply"), Text("多久", "How long"), ("opened",),
    Text(
        "本期立案的事项：从立案到其后第一次有人办理，按自然时间；系统自己办的不算。",
        "Cases opened in the period: elapsed time from the opening to the next thing done by hand, not by the clock.",
    ), "opened",
)  # fmt: skip
_ABOUT_RULE = Text(
    "本期立案的事项，各按期末时表单上的答案；同一事项有几个答案的，各计一次。",
    "Cases opened in the period, by the answer on its forms as of the end; several answers of a case count once each.",
)
_ABOUT = {
    "fault": Text("分故障", "By fault"),
    "product": Text("分产品型号", "By product model"),
    "device": Text("分设备（序列号、批号）", "By device (serial or batch number)"),
    "place": Text("分单位", "By unit"),
    "region": Text("分地区", "By region"),
}
ABOUT = tuple(Section(kind, _ABOUT[kind], Text("答案", "Answer"), ("opened",), _ABOUT_RULE, "opened")
              for kind in FIELD_KINDS)  # fmt: skip

MONTH = (KIND, STAGE, OUTLET, PROMISE, CHILD, *ABOUT, DUTY)
WEEK = (DAY, KIND, PROMISE, ANSWER, OUTLET, DUTY)


def choice(key: str, form: Text, ask: Text) -> Section:
    """The table of one question with choices."""
    title = Text(f"{ask.zh}（{form.zh}）", f"{ask.en or ask.zh} ({form.en or form.zh})")
    return Section(key, title, Text("答案", "Answer"), ("opened",), _ABOUT_RULE, "opened")


def keys(sections: Iterable[Section]) -> set[str]:
    return {one.key for one in sections}

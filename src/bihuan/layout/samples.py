"""What ``/ui/`` shows the components with: made-up words in both languages, no organisation's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bihuan.procedure.definition import Text

from . import frames

PICTURE = "data:image/gif;base64,R0lGODlhAQABAIAAAMLCwgAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="


def samples(at: datetime) -> dict[str, Any]:
    """Plain data for every component, as rooms would fill it; moments lie around ``at``."""
    return {
        "crumbs": [frames.Crumb(Text("事项", "Cases"), "#crumbs"), frames.Crumb("SL-0007")],
        "menu": [
            frames.MenuEntry(Text("首页", "Home"), "#nav", "home", current=True),
            frames.MenuEntry(Text("受理", "Intake"), "#nav-2", "headset"),
            frames.MenuEntry(Text("事项", "Cases"), "#nav-3", "list", count=12),
        ],
        "role_choices": [
            frames.RoleChoice("a", Text("受理", "Intake"), True),
            frames.RoleChoice("b", Text("回访", "Follow-up")),
        ],
        "chips": chips(at),
        "stages": _stages(at),
        "timeline": timeline(at),
        "questions": questions(),
        "wrong": frames.Question(
            "wrong",
            Text("电话", "Telephone"),
            "phone",
            True,
            "138",
            errors=[Text("电话位数不对", "Not a whole number")],
        ),
        "table": _lines(),
        "columns": [
            frames.Column(Text("编号", "Number"), sort="?sort=number", sorted="ascending"),
            frames.Column(Text("事由", "Subject")),
            frames.Column(Text("时限", "Deadline")),
            frames.Column(Text("金额", "Amount"), numeric=True),
        ],
        "rows": _rows(at),
        "pager": frames.Pager(previous="?before=1", next="?after=1", count=1000),
        "tabs": [
            frames.Tab(Text("待我处理", "Mine to do"), "?tab=mine", True, 7),
            frames.Tab(Text("我发起的", "Raised by me"), "?tab=raised"),
            frames.Tab(Text("已办", "Done"), "?tab=done", False, 1000),
        ],
        "filter_chips": [
            frames.FilterChip(Text("状态：进行中", "State: open"), "?state="),
            frames.FilterChip(Text("网点：北区", "Outlet: north"), "?outlet="),
        ],
        "urgencies": [("ordinary", Text("一般", "Ordinary")), ("urgent", Text("紧急", "Urgent"))],
        "customer": customer(),
        "device": device(),
        "files": _files(),
        "photos": [frames.Photo("#photo", PICTURE, Text("铭牌", "Name plate"))],
        "kpis": kpis(),
        "approval": approval(at),
        "at": at,
    }


def chips(at: datetime) -> list[frames.Chip]:
    """One chip in every state."""
    title = Text("到场", "On site")
    seconds = {"on_time": 11_040, "at_risk": 1_080, "overdue": -2_100, "paused": 7_200, "missed": 2_100}
    states = ("on_time", "at_risk", "overdue", "paused", "met", "missed", "void", "none")
    return [
        frames.Chip(
            state,  # type: ignore[arg-type]  # the names above are the states
            title,
            seconds.get(state, 0),
            at + timedelta(hours=2),
            counting=state in {"on_time", "at_risk", "overdue"},
            address=f"#chip-{state}",
            clause="4.2",
            provisional=state == "on_time",
        )
        for state in states
    ]


def _stages(at: datetime) -> list[frames.StageMark]:
    return [
        frames.StageMark(Text("受理", "Received"), "done", at - timedelta(hours=3)),
        frames.StageMark(Text("派工", "Assigned"), "done", at - timedelta(hours=2)),
        frames.StageMark(Text("在场", "On site"), "current", at - timedelta(minutes=20)),
        frames.StageMark(Text("完工", "Done")),
    ]


def timeline(at: datetime) -> list[frames.TimelineEntry]:
    """Three entries: good, plain with lines, late."""
    return [
        frames.TimelineEntry(
            at, Text("到达", "Arrived"), Text("李师傅 · 维修", "Li · repair"), "4.3", "#clause", tone="good"
        ),
        frames.TimelineEntry(
            at - timedelta(hours=2),
            Text("派工", "Assigned"),
            Text("周调度", "Zhou"),
            "4.2",
            lines=((Text("维修人员", "Repairer"), Text("李师傅", "Li")), Text("进入「已派工」", "Entered “Assigned”")),
        ),
        frames.TimelineEntry(at - timedelta(days=1), Text("时限「到场」超时", "Deadline “on site” missed"), tone="bad"),
    ]


def questions() -> list[frames.Question]:
    """A question of every sort a form knows."""
    made = frames.Question
    return [
        made("contact", Text("联系人", "Contact"), "contact", True, help=Text("电话里的那一位", "Whoever is calling")),
        made("phone", Text("电话", "Telephone"), "phone", value="13800000000"),
        made("problem", Text("故障现象", "Problem"), "fault", True),
        made("service", Text("服务方式", "Way"), "choice", value="b", choices=[("a", "A"), ("b", "B"), ("c", "C")]),
        made(
            "several", Text("可多选", "Several"), "choice", values=["a"], several=True, choices=[("a", "A"), ("b", "B")]
        ),
        made("place", Text("地点", "Place"), "choice", choices=[(str(one), f"No. {one}") for one in range(9)]),
        made("agreed", Text("客户同意", "Customer agrees"), "yes-no", True),
        made("amount", Text("金额", "Amount"), "money", value="1200"),
        made("on", Text("日期", "Date"), "date", value="2026-03-02"),
        made("time", Text("约定时间", "Agreed time"), "moment", sometimes=True),
        made("photo", Text("照片", "Photograph"), "file"),
    ]


def _lines() -> frames.QuestionLines:
    made = frames.Question
    rows = [
        [made(f"parts-{row}-name", Text("名称", "Name")), made(f"parts-{row}-count", Text("数量", "Count"), "number")]
        for row in range(2)
    ]
    return frames.QuestionLines(
        "parts", Text("所用配件", "Parts used"), [Text("名称", "Name"), Text("数量", "Count")], rows, least=1
    )


def _rows(at: datetime) -> list[dict[str, Any]]:
    drawn = chips(at)
    words = (Text("开机后无信号", "No signal after switching on"), Text("漏水", "Leaks"), Text("异响", "Noise"))
    return [
        {"number": f"SL-000{number}", "words": word, "chip": drawn[number], "amount": 120 * number, "tone": tone}
        for number, (word, tone) in enumerate(zip(words, ("", "warn", "bad"), strict=True))
    ]


def customer() -> frames.CustomerCard:
    """A customer with two contacts, one masked."""
    return frames.CustomerCard(
        name="示例客户",
        number="KH-0001",
        address="#customer",
        grade=Text("A 级", "Grade A"),
        contacts=(
            frames.ContactLine(Text("张经理", "Ms Zhang").zh, "+8613800000000", Text("物业", "Property office")),
            frames.ContactLine("李主任", masked="139****9999", reveal="#reveal"),
        ),
        sites=(frames.SiteLine("示例路 1 号 3 楼", "凭工牌进门"),),
        note=Text("要先电话预约", "Call before coming"),
    )


def device() -> frames.DeviceCard:
    """A device in warranty."""
    return frames.DeviceCard(
        model=Text("示例投影机", "Sample projector"),
        serial="SN-0O1I-2233",
        address="#device",
        warranty=Text("保修期内", "In warranty"),
        warranty_tone="good",
        facts=((Text("保修到期", "Until"), "2028-03-02"), (Text("报修", "Reported"), Text("3 次", "3 times"))),
        note=Text("30 天内同一故障修过", "Same fault repaired within 30 days"),
    )


def _files() -> tuple[frames.FileLine, ...]:
    return (
        frames.FileLine(Text("检测单.pdf", "").zh, "#file", "120 kB"),
        frames.FileLine("IMG_0012.jpg", "#file-2", "1.2 MB", Text("已缩小", "reduced")),
    )


def kpis() -> list[frames.Kpi]:
    """A figure of every tone."""
    return [
        frames.Kpi(Text("进行中", "Open"), "38", "#open"),
        frames.Kpi(Text("超时", "Overdue"), "3", "#overdue", tone="bad"),
        frames.Kpi(Text("临期", "At risk"), "5", "#risk", tone="warn"),
        frames.Kpi(Text("准时到场", "On time"), "96", unit="%", target=Text("目标 95%", "target 95%"), tone="good"),
    ]


def approval(at: datetime) -> frames.ApprovalCard:
    """Somebody asks for a waiver."""
    return frames.ApprovalCard(
        title=Text("审批费用减免", "Approve the waiver"),
        number="SL-0007",
        address="#case",
        asked_by=Text("李师傅", "Li"),
        asked_at=at - timedelta(hours=1),
        subject=Text("保外 23 天，客户要求减免", "23 days out of warranty, customer asks for a waiver"),
        amount="860",
        chip=chips(at)[1],
        points=((Text("客户等级", "Grade"), "A"), (Text("理由", "Reason"), Text("质量问题", "Quality"))),
        clause="4.3",
        clause_address="#clause",
        clause_title=Text("费用减免", "Waivers"),
        rule=Text("保外三十天内的质量问题可以减免，由负责人批准。", "Within thirty days a waiver may be approved."),
        files=_files(),
        chain=tuple(timeline(at)),
    )

"""The due moments worked by hand: read from ``worked_by_hand.toml``, and written as a page of the documents."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bihuan.procedure.calendars import Calendar, DayEntry, build
from bihuan.procedure.definition import Text

TABLES: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("worked_by_hand.toml").read_text(encoding="utf-8")
)
PAGE = Path(__file__).parents[4] / "docs" / "deadlines-worked.md"
OFFICE = ((510, 720), (810, 1050))
HOME = "Asia/Shanghai"
NEW_YEAR, SPRING, QINGMING, LABOUR, DRAGON, MOON, NATIONAL = (
    Text(name) for name in ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
)
FREE = [
    (NEW_YEAR, (1, 1), 3),
    (SPRING, (2, 15), 9),
    (QINGMING, (4, 4), 3),
    (LABOUR, (5, 1), 5),
    (DRAGON, (6, 19), 3),
    (MOON, (9, 25), 3),
    (NATIONAL, (10, 1), 7),
]
WORKED = [(NEW_YEAR, 1, 4), (SPRING, 2, 14), (SPRING, 2, 28), (LABOUR, 5, 9), (NATIONAL, 9, 20), (NATIONAL, 10, 10)]
DAYS_2026 = {
    **{date(2026, *first) + timedelta(n): DayEntry("off", name) for name, first, count in FREE for n in range(count)},
    **{date(2026, month, day): DayEntry("make-up", name) for name, month, day in WORKED},
}
BY_LAW = {date(2027, 1, 1): DayEntry("off", NEW_YEAR)}
HEAD = build("head", HOME, dict.fromkeys(range(1, 6), OFFICE), DAYS_2026 | BY_LAW, (2026,))
OUTLET = build("outlet", HOME, dict.fromkeys(range(1, 7), ((540, 1080),)), DAYS_2026, (2026,))


def calendar_of(row: dict[str, Any]) -> Calendar:
    """The calendar a row is counted by."""
    if row.get("calendar") == "nights":
        return build("nights", row["zone"], {1: ((0, 360),), 7: ((0, 360),)}, {}, (2026,))
    return OUTLET if row.get("calendar") == "outlet" else HEAD


def local(text: str, zone: str = HOME) -> datetime:
    """``03-04 24:00`` of 2026, a year before it, ``b`` after it for the second passing of a repeated hour."""
    fold = text.endswith("b")
    text = text.removesuffix("b")
    day, _, clock = (text if text[:2] == "20" else f"2026-{text}").partition(" ")
    over = clock == "24:00"
    plain = datetime.fromisoformat(f"{day} {'00:00' if over else clock}") + timedelta(days=over)
    return plain.replace(tzinfo=ZoneInfo(zone), fold=int(fold)).astimezone(UTC)


def rows() -> list[tuple[str, dict[str, Any]]]:
    """Every row with the table it stands in."""
    return [(name, row) for name, table in TABLES.items() for row in table["rows"]]


def page() -> str:
    """The tables as a page, both languages beside each other."""
    lines = [
        "# 手算的到期时刻 · Due moments worked by hand",
        "",
        "每一行先用手算出，再由测试逐行核对程序；规则见[时限如何证明](deadlines.md)。",
        "Each line was worked out by hand and is checked against the program; the rules: [deadlines](deadlines.md).",
        "",
        "总部：周一至周五 08:30–12:00、13:30–17:30，2026 年公布的放假和调休。"
        "网点：周一至周六 09:00–18:00。夜班：周日、周一 00:00–06:00，另一时区。"
        "没有年份的是 2026 年；`b` 是重复的一小时里的第二遍。",
        "Head office: Monday to Friday, the announced days of 2026. Outlet: Monday to Saturday. Nights: another zone. "
        "`b`: the second passing of a repeated hour.",
    ]
    for table in TABLES.values():
        lines += ["", f"## {table['title']['zh']} · {table['title']['en']}", ""]
        lines += ["| 起算 Start | 时限 Limit | 到期 Due | 演算 | Working |", "|---|---|---|---|---|"]
        for row in table["rows"]:
            cells = (row["start"], _limit(row), f"**{row['due']}**{_after(row)}", row["zh"], row["en"])
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _limit(row: dict[str, Any]) -> str:
    said = [f"约 {row['at']}"] if "at" in row else []
    said += [row["time"]] if "time" in row else []
    said += [f"{row['changed']} → {row['to']}"] if "changed" in row else []
    said += [row["days"]] if "days" in row else []
    said += [f"停 {start} – {end}" for start, end in row.get("pauses", ())]
    said += [{"outlet": "网点", "nights": f"夜班 {row.get('zone', '')}"}[row["calendar"]]] if "calendar" in row else []
    return "；".join(said)


def _after(row: dict[str, Any]) -> str:
    said = [" 暂定 provisional"] if row.get("provisional") else []
    said += [f" 逾期自 late from {row['missed']}"] if "missed" in row else []
    return "".join(said)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

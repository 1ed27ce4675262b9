"""The trend of satisfaction as it is drawn: a row per customer, a column per month, a line beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from bihuan.casework import rights
from bihuan.casework.masks import hidden

from .behind import SATISFACTION, Name
from .counting import ALL, NONE, REST, SHOWN
from .reports import Asked
from .satisfaction import CONTENT, MONTHS, Marks, Voices, heard

WIDTH, HEIGHT, EDGE = 120, 32, 4
LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True)
class MonthCell:
    """One customer in one month: how many answered, the mean and the share ("" over nothing), where the cases are."""

    count: int
    content: int
    mean: str
    share: str
    address: str = ""
    content_address: str = ""


@dataclass(frozen=True)
class TrendRow:
    """``points``: (x, y) of the months somebody answered in; ``lines``: those of months that follow each other."""

    label: str
    cells: tuple[MonthCell, ...]
    points: tuple[tuple[float, float], ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Trend:
    months: tuple[str, ...]
    rows: tuple[TrendRow, ...]
    rule: str
    notes: tuple[str, ...] = ()


def trend(asked: Asked) -> Trend:
    """The report as the reader may see it."""
    voices = heard(asked.person, asked.period, asked.known, asked.at, asked.only.outlets)
    whole = rights.sees_numbers(asked.person, "", asked.at)
    keys = voices.rows()
    shown = [ALL, *keys[:SHOWN], *([REST] if len(keys) > SHOWN else [])] if keys else []
    rows = [_row(asked, voices, key, _label(voices, key, whole=whole)) for key in shown]
    return Trend(tuple(month.key for month in voices.months), tuple(rows), _rule())


def _rule() -> str:
    return _(
        "按事项计：一件事项一个月算一份，取当月最后一次答复；回访人记下的 1 到 5 分，%(content)s 分以上为满意。"
        "只算说了分数的，按答复的时刻归月；没有答复的月份不算平均。"
    ) % {"content": CONTENT}


def _label(voices: Voices, key: str, *, whole: bool) -> str:
    told = {ALL: _("全部客户"), REST: _("其他"), NONE: _("未写明客户")}
    name = voices.names.get(key, key)
    return told.get(key) or (name if whole else hidden(name))


def _row(asked: Asked, voices: Voices, key: str, label: str) -> TrendRow:
    marks = [voices.of(month.key, key) for month in voices.months]
    cells = [_cell(asked, month.key, key, one) for month, one in zip(voices.months, marks, strict=True)]
    points = [
        (round(EDGE + place * (WIDTH - 2 * EDGE) / (MONTHS - 1), 1), _height(float(one.mean)))
        for place, one in enumerate(marks)
        if one.mean is not None
    ]
    return TrendRow(label, tuple(cells), tuple(points), tuple(_lines(marks, points)))


def _height(mean: float) -> float:
    return round(HEIGHT - EDGE - (mean - LOWEST) / (HIGHEST - LOWEST) * (HEIGHT - 2 * EDGE), 1)


def _lines(marks: list[Marks], points: list[tuple[float, float]]) -> Iterator[str]:
    """The stretches of neighbouring months as an SVG ``points``; over a month without answers no line is drawn."""
    left, stretch = iter(points), []
    for one in [*marks, Marks()]:
        if one.mean is not None:
            stretch.append(next(left))
            continue
        if len(stretch) > 1:
            yield " ".join(f"{x},{y}" for x, y in stretch)
        stretch = []


def _cell(asked: Asked, month: str, key: str, marks: Marks) -> MonthCell:
    if not marks.count:
        return MonthCell(0, 0, "", "")
    content = len(marks.content)
    return MonthCell(
        marks.count, content, str(marks.mean), f"{marks.share}%",
        _address(asked, month, "count", key), _address(asked, month, "content", key) if content else "",
    )  # fmt: skip


def _address(asked: Asked, month: str, column: str, row: str) -> str:
    name = Name(SATISFACTION, asked.period, asked.known, month, column, row)
    more: list[tuple[str, Any]] = [("outlet", one) for one in asked.only.outlets]
    return f"/cases/?{urlencode([*more, ('figure', str(name)), ('sort', 'newest')])}"

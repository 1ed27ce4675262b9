"""How single cells are understood. What can be meant in two ways is refused with a question, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from bihuan.layout.tables import Cell
from bihuan.layout.tables.cells import writable
from bihuan.procedure.definition import Text

from .base import Options, Unreadable

SHOWN = 40
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(r"[T\s]*(\d{1,2})[:：时](\d{1,2})(?:[:：分](?:(\d{1,2})(?:\.\d+)?秒?)?)?\s*(AM|PM|am|pm)?\Z")
_MONEY = re.compile(r"[¥￥$,，\s]|元\Z")
YES = frozenset({"是", "有", "对", "√", "yes", "y", "true", "1"})
NO = frozenset({"否", "无", "没有", "×", "no", "n", "false", "0"})
EARLIEST, LATEST = 1970, 2200


def shown(value: Any) -> str:
    """A cell as it is quoted in words."""
    text = str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def text_of(longest: int = 200) -> Callable[[Cell, Options], str]:
    """Text of at most ``longest`` signs; a number is taken as it is written, without ``.0``."""

    def parse(cell: Cell, _options: Options) -> str:
        said = cell if isinstance(cell, str) else cell.isoformat() if isinstance(cell, date) else str(cell)
        said = " ".join(writable(said).split())
        if len(said) > longest:
            words = Text(f"超过 {longest} 字", f"Longer than {longest} signs")
            raise Unreadable("too-long", words)
        return said

    return parse


def email(cell: Cell, _options: Options) -> str:
    """An address that can be written to."""
    said = str(cell).strip()
    try:
        validate_email(said)
    except ValidationError as error:
        raise Unreadable("email", Text(f"不是邮箱地址：“{shown(said)}”", f"No address: “{shown(said)}”")) from error
    return said


def day(cell: Cell, options: Options) -> str:
    """A day as ISO date."""
    return _moment(cell, options).date().isoformat()


def moment(cell: Cell, options: Options) -> str:
    """A moment as ISO date and time with its zone; without one it is that of the import."""
    found = _moment(cell, options)
    return (found if found.tzinfo else found.replace(tzinfo=zone_of(options.zone))).isoformat()


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The zone of this name. Raises KeyError, ValueError or OSError where there is none."""
    return ZoneInfo(name)


def number(cell: Cell, _options: Options) -> str:
    """A number as decimal text."""
    return format(_decimal(cell, "number", Text("不是数字", "No number")), "f")


def money(cell: Cell, _options: Options) -> str:
    """An amount with at most two decimals, as decimal text; signs of currency and thousands are passed over."""
    said = _MONEY.sub("", cell) if isinstance(cell, str) else cell
    found = _decimal(said, "money", Text(f"不是金额：“{shown(cell)}”", f"No amount: “{shown(cell)}”"))
    if found != found.quantize(Decimal("0.01")):
        raise Unreadable("money", Text("金额至多两位小数", "An amount has two decimals at most"))
    return format(found.quantize(Decimal("0.01")), "f")


def yes_no(cell: Cell, _options: Options) -> bool:
    """Yes or no in either language."""
    said = str(cell).strip().casefold()
    if said in YES or said in NO:
        return said in YES
    raise Unreadable("yes-no", Text(f"请填“是”或“否”，不是“{shown(cell)}”", f"Say yes or no, not “{shown(cell)}”"))


def one_of(choices: dict[str, str]) -> Callable[[Cell, Options], str]:
    """One of ``choices``: what may be written (any case) → what is kept."""
    known = {written.casefold(): kept for written, kept in choices.items()}
    offered = "、".join(choices)

    def parse(cell: Cell, _options: Options) -> str:
        found = known.get(str(cell).strip().casefold())
        if found is None:
            words = Text(f"“{shown(cell)}”不在可选项中：{offered}", f"“{shown(cell)}” is none of: {offered}")
            raise Unreadable("choice", words)
        return found

    return parse


def _decimal(cell: Any, code: str, words: Text) -> Decimal:
    try:
        found = Decimal(str(cell).strip().replace(",", ""))
    except InvalidOperation as error:
        raise Unreadable(code, words) from error
    if not found.is_finite() or abs(found) >= Decimal(10) ** 12:
        raise Unreadable(code, words)
    return found


def _moment(cell: Cell, options: Options) -> datetime:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - the zone is that of the import, set later
    said = str(cell).strip()
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        found = _written(said, options)
    if not EARLIEST <= found.year < LATEST:
        raise _unreadable_day(said)
    return found


def _written(said: str, options: Options) -> datetime:
    match = _YEAR_FIRST.match(said) or _TOGETHER.match(said)
    if match:
        year, month, of_month = (int(part) for part in match.groups())
    else:
        match = _YEAR_LAST.match(said)
        if match is None:
            raise _unreadable_day(said)
        month, of_month, year = _year_last(said, [int(part) for part in match.groups()], options.order)
    rest = said[match.end() :].strip()
    try:
        found = datetime(year, month, of_month)  # noqa: DTZ001 - see above
    except ValueError as error:
        raise _unreadable_day(said) from error
    return found + _time(said, rest) if rest else found


def _year_last(said: str, parts: list[int], order: str) -> tuple[int, int, int]:
    first, second, year = parts
    if order == "mdy" or (order == "ymd" and second > 12):
        return first, second, year
    if order == "dmy" or first > 12:
        return second, first, year
    words = Text(
        f"日期“{shown(said)}”分不清月和日，请在“对应列”选择次序",
        f"“{shown(said)}”: day or month first? Choose the order",
    )
    raise Unreadable("date-unclear", words)


def _time(said: str, rest: str) -> timedelta:
    match = _TIME.match(rest)
    if match is None:
        raise _unreadable_day(said)
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    half = (match[4] or "").upper()
    if half:
        hour = hour % 12 + (12 if half == "PM" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise _unreadable_day(said)
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _unreadable_day(said: str) -> Unreadable:
    return Unreadable("date", Text(f"日期不识别“{shown(said)}”", f"No date: “{shown(said)}”"))

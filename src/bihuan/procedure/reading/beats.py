"""Waits, duties and their beat, targets."""

from __future__ import annotations

from bihuan.procedure.checking.names import near
from bihuan.procedure.definition import Duty, Every, Target, Text, Wait, Who

from .entries import read_effects, read_ladder, read_warnings, read_who, read_within
from .table import Table

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_wait(name: str, table: Table) -> Wait | None:
    """One ``[waits.NAME]``."""
    start, lasts = table.text("from", required=True), table.time("lasts", required=True)
    table.finish()
    return Wait(name, start, lasts, table.origin) if lasts else None


def _read_every(table: Table) -> Every:
    value = table.take("every")
    if isinstance(value, str):
        time = table.time("every")
        return Every(time=time)
    if isinstance(value, list):
        return Every(terms=read_within(table, "every"))
    if value is None:
        table.fault("missing-key", (), "定期事项缺少 every", "the duty lacks every", 'every = { weekday = "monday" }')
        return Every()
    below = table.below(value, "every")
    weekday, months = below.text("weekday"), below.data.get("months", [])
    below.known.append("months")
    if weekday and weekday not in _WEEKDAYS:
        hint = near(weekday, _WEEKDAYS)
        below.fault(
            "unknown-weekday",
            ("weekday",),
            f"星期“{weekday}”不认识",
            f"the weekday “{weekday}” is unknown",
            f'weekday = "{hint or "monday"}"',
        )
    if not isinstance(months, list) or not all(type(m) is int and 1 <= m <= 12 for m in months):
        below.wrong(("months",), "1 到 12 的列表", "a list of months 1 to 12", "months = [1, 4, 7, 10]")
        months = []
    month_day, quarter_day = below.whole("month-day", high=31), below.whole("quarter-day", high=31)
    year_day, time = below.text("year-day"), below.time("time")
    below.finish()
    month = 0
    if year_day:
        month, day = _year_day(year_day)
        if not month:
            below.wrong(("year-day",), "月-日", "month-day", 'year-day = "12-31"')
        month_day = day
    told = [bool(weekday), bool(month_day and not year_day), bool(quarter_day), bool(year_day), time is not None]
    if sum(told) != 1 and "time" not in below.data:
        table.fault(
            "every-unclear",
            ("every",),
            "every 要且只要写一种节拍",
            "every says exactly one beat",
            "every = { month-day = 5 }",
        )
    return Every(
        weekday=_WEEKDAYS.index(weekday) + 1 if weekday in _WEEKDAYS else 0,
        month_day=quarter_day or month_day,
        months=(1, 4, 7, 10) if quarter_day else (month,) if month else tuple(months),
        time=time,
    )


def _year_day(said: str) -> tuple[int, int]:
    """Month and day of ``"12-31"``; zeros where there is no such day."""
    month, _, day = said.partition("-")
    if not (month.isascii() and month.isdigit() and day.isascii() and day.isdigit()) or len(said) > 5:
        return 0, 0
    longest = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if not 1 <= int(month) <= 12 or not 1 <= int(day) <= longest[int(month)]:
        return 0, 0
    return int(month), int(day)


def read_duty(name: str, table: Table) -> Duty:
    """One ``[duties.NAME]``."""
    holiday = table.text("holiday", "shown")
    if holiday not in ("stay", "skip", "next", "shown"):
        hint = near(holiday, ("stay", "skip", "next", "shown"))
        table.fault(
            "unknown-holiday",
            ("holiday",),
            "holiday 可写 stay、skip、next、shown",
            "holiday is stay, skip, next or shown",
            f'holiday = "{hint or "shown"}"',
        )
        holiday = "shown"
    every = _read_every(table)
    duty = Duty(
        name=name,
        title=table.words("title") or Text(name),
        every=every,
        who=read_who(table),
        origin=table.origin,
        form=table.name("form"),
        about=table.text("about"),
        holiday=holiday,  # type: ignore[arg-type]  # one of the four just checked
        per=table.text("per"),
        until=table.condition("until"),
        received_by=table.names("received-by"),
        effects=read_effects(table),
        warn=read_warnings(table),
        late=read_ladder(table),
        while_steps=table.names("while"),
    )
    if duty.who == Who() and not duty.until:
        table.fault("missing-key", (), f"定期事项 {name} 缺少 by", f"duty {name} lacks by", 'by = "…"')
    table.finish()
    return duty


def read_target(name: str, table: Table) -> Target:
    """One ``[targets.NAME]``."""
    target = Target(
        name=name,
        title=table.words("title") or Text(name),
        measure=table.text("measure", required=True),
        origin=table.origin,
        at_least=table.figure("at-least"),
        at_most=table.figure("at-most"),
        unit=table.text("unit"),
    )
    table.finish()
    return target

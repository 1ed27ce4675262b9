"""Time left in words, as deadline chips print it."""

from __future__ import annotations

from .frames import Chip

MINUTE, HOUR, DAY = 60, 3600, 86400
TICKS_BELOW = 5 * MINUTE


def span_words(seconds: int, language: str) -> str:
    """A length of time: two units at most; minutes and seconds (4:32) below five minutes."""
    seconds = abs(int(seconds))
    if seconds < TICKS_BELOW:
        return f"{seconds // MINUTE}:{seconds % MINUTE:02d}"
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
    units = ("d", "h", "m") if language == "en" else ("天", "小时", "分")
    if days:
        parts = [(days, units[0]), (hours, units[1])]
    elif hours:
        parts = [(hours, units[1]), (minutes, units[2])]
    else:
        parts = [(minutes, units[2])]
    joined = [f"{amount}{unit}" for amount, unit in parts if amount]
    return (" " if language == "en" else "").join(joined)


def over_words(seconds: int, language: str) -> str:
    """Like ``span_words``, but never with seconds: what is over needs no stop-watch, and less than a minute is one."""
    return (
        span_words(max(abs(int(seconds)), MINUTE) // MINUTE * MINUTE, language)
        if abs(seconds) >= TICKS_BELOW
        else (f"{max(abs(int(seconds)) // MINUTE, 1)}{'m' if language == 'en' else '分'}")
    )


def chip_words(chip: Chip, language: str) -> str:
    """The words on a chip in ``language`` ("zh" or "en")."""
    english = language == "en"
    left = span_words(chip.seconds, language)
    over = over_words(chip.seconds, language)
    words = {
        "on_time": f"{left} left" if english else f"剩 {left}",
        "at_risk": f"{left} left" if english else f"剩 {left}",
        "overdue": f"{over} over" if english else f"超 {over}",
        "paused": f"Paused · {left} left" if english else f"暂停 · 剩 {left}",
        "met": "Met" if english else "按时完成",
        "missed": f"Missed by {over}" if english else f"超时完成 +{over}",
        "void": "Void" if english else "不再适用",
        "none": "Not started" if english else "未开始",
    }
    return words[chip.state]


ICONS = {
    "on_time": "clock",
    "at_risk": "triangle",
    "overdue": "exclamation",
    "paused": "pause",
    "met": "check",
    "missed": "check-late",
    "void": "dash",
    "none": "dash",
}

"""What a measurement says, and how it is printed: ratios beside the floor of the same run, then the absolute figure."""

from __future__ import annotations

import unicodedata

from msgspec import Struct


class Figure(Struct, frozen=True):
    """One measured figure. ``ratio`` is against ``floor`` of the same run; ``aim`` and ``met`` where an aim was set."""

    name: str
    value: float
    unit: str
    floor: str = ""
    ratio: float | None = None
    aim: str = ""
    met: bool | None = None
    more: str = ""


class Measured(Struct, frozen=True):
    """All figures of one measurement and the way they were taken."""

    name: str
    title: str
    how: str
    figures: tuple[Figure, ...]


class Report(Struct, frozen=True):
    """One run: the kind of machine, how busy others kept it just before (load average), everything measured."""

    machine: str
    day: str
    quick: bool
    measured: tuple[Measured, ...]
    load: float = 0.0

    @property
    def missed(self) -> list[Figure]:
        """The figures that fell short of their aim."""
        return [figure for one in self.measured for figure in one.figures if figure.met is False]


HEAD = ("what", "beside the floor", "this run", "aim", "")


def at_least(name: str, value: float, unit: str, aim: float, **more: object) -> Figure:
    """A figure that should reach ``aim``."""
    return Figure(name, value, unit, aim=f"≥ {said(aim)}", met=value >= aim, **more)  # type: ignore[arg-type] # passed on


def at_most(name: str, value: float, unit: str, aim: float, **more: object) -> Figure:
    """A figure that should stay below ``aim``."""
    return Figure(name, value, unit, aim=f"≤ {said(aim)}", met=value <= aim, **more)  # type: ignore[arg-type] # passed on


def said(value: float) -> str:
    """A figure with three significant digits, thousands apart."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def row(figure: Figure) -> tuple[str, ...]:
    """One line of the table."""
    beside = "" if figure.ratio is None else f"{figure.ratio:.2f} × {figure.floor}"
    absolute = f"{said(figure.value)} {figure.unit}" + (f" ({figure.more})" if figure.more else "")
    verdict = "" if figure.met is None else ("met" if figure.met else "**missed**")
    return figure.name, beside, absolute, figure.aim, verdict


def table(report: Report) -> list[str]:
    """The whole run for a terminal, columns aligned, wide signs counted as two."""
    rows = [HEAD]
    for one in report.measured:
        rows += [(f"— {one.title}", "", "", "", ""), *(row(figure) for figure in one.figures)]
    widths = [max(_width(line[column]) for line in rows) for column in range(len(HEAD))]
    lines = [f"{report.machine}, load average {report.load:.1f} before the run"]
    for line in rows:
        cells = [
            text.replace("**", "") + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


HEADER = (
    "# Benchmarks",
    "",
    "Written by `bihuan bench --write docs/benchmarks.md`; never edited by hand. A run replaces the sections it",
    "measured and leaves the others. Machines differ: read the second column first: what a figure is beside its",
    "*floor*, which the same run measured on the same machine a moment before. The absolute figures say what that",
    "run saw.",
    "",
)


def page(report: Report, before: str = "") -> str:
    """The run as the page ``docs/benchmarks.md``; sections of the page ``before`` it did not measure stay."""
    sections = {one.partition("\n")[0]: one.rstrip() for one in f"\n{before}".split("\n## ")[1:]}
    sections |= {one.title: "\n".join(_section(report, one)).rstrip() for one in report.measured}
    return "\n".join([*HEADER, *(f"## {one}\n" for one in sections.values())])


def _section(report: Report, one: Measured) -> list[str]:
    run = f"Run of {report.day}: {report.machine}." + (" Quick run, small numbers." if report.quick else "")
    load = f"Load average before it began: {report.load:.1f} (what others were doing on the machine at the same time)."
    table_head = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    rows = ["| " + " | ".join(row(figure)) + " |" for figure in one.figures]
    return [one.title, "", *_wrapped(f"{run} {load}"), "", *_wrapped(one.how), "", *table_head, *rows]


def _wrapped(text: str, most: int = 118) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > most:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text.replace("**", ""))

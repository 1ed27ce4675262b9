"""Sheets: papers put together from several forms."""

from __future__ import annotations

from bihuan.procedure.definition import Section, Sheet, Text

from .table import Table

# The eight disciplines of a team-oriented problem report; a sheet that uses the keys need not write the headings.
DISCIPLINES = {
    "d1": Text("D1 小组", "D1 Team"),
    "d2": Text("D2 问题描述", "D2 Problem"),
    "d3": Text("D3 临时措施", "D3 Interim containment"),
    "d4": Text("D4 根本原因", "D4 Root cause"),
    "d5": Text("D5 选定永久措施", "D5 Permanent action chosen"),
    "d6": Text("D6 实施与验证", "D6 Implemented and verified"),
    "d7": Text("D7 防止再发", "D7 Recurrence prevented"),
    "d8": Text("D8 总结与结案", "D8 Conclusion"),
}


def read_sheet(name: str, table: Table) -> Sheet:
    """One ``[sheets.NAME]``: a title, then the sections in the order they are written."""
    title = table.words("title") or Text(name)
    sections = [_section(key, table) for key in table.data if key not in ("title", "part")]
    if not sections:
        table.fault(
            "missing-key",
            (),
            f"单子 {name} 没有栏目",
            f"the sheet {name} has no sections",
            'd2 = ["…"]',
        )
    table.finish()
    return Sheet(name, title, table.origin, tuple(sections))


def _section(key: str, table: Table) -> Section:
    """``d2 = ["form.field", "form"]``, or ``cause = { title = …, from = […] }`` for a heading of one's own."""
    table.checked_name(key, (key,))
    if not isinstance(table.data[key], dict):
        if key not in DISCIPLINES:
            table.fault(
                "missing-key",
                (key,),
                f"栏目 {key} 要写标题；不写标题的只有 d1 到 d8",
                f"the section {key} needs a title; only d1 to d8 have one of their own",
                f'{key} = {{ title = "…", from = ["…"] }}',
            )
        parts = table.names(key)
        if not parts and isinstance(table.data[key], list):
            _nothing(table, key)
        return Section(key, DISCIPLINES.get(key, Text(key)), parts)
    below = table.below(table.take(key), key)
    title = below.words("title") or DISCIPLINES.get(key)
    if title is None:
        below.fault("missing-key", (), f"栏目 {key} 缺少 title", f"the section {key} lacks a title", 'title = "…"')
    parts = below.names("from")
    if not parts:
        _nothing(table, key)
    below.finish()
    return Section(key, title or Text(key), parts)


def _nothing(table: Table, key: str) -> None:
    table.fault(
        "missing-key",
        (key,),
        f"栏目 {key} 没有写印什么",
        f"the section {key} does not say what stands in it",
        f'{key} = ["…"]',
    )

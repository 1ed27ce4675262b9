"""Forms: their fields, lines, copies and how long they are kept."""

from __future__ import annotations

from typing import Any, get_args

from bihuan.procedure.checking.names import near
from bihuan.procedure.definition import Choice, Field, FieldKind, Form, Keep, KeepTerm, Lines, Origin, Text

from .table import Table, parse_time, show

FIELD_KINDS: tuple[str, ...] = get_args(FieldKind)


def read_form(name: str, table: Table) -> Form:
    """One ``[forms.NAME]``."""
    field_tables = table.entries("fields")
    line_tables = table.entries("lines")
    short = {field: f"{name}.{field}" for field, _ in field_tables}
    fields = {field: read_field(field, below, short) for field, below in field_tables}
    lines = {group: _read_lines(name, group, below, short) for group, below in line_tables}
    copies: dict[str, Text] = {}
    holders: dict[str, str] = {}
    for copy, below in table.entries("copies"):
        copies[copy] = below.words("title") or Text(copy)
        if holder := below.name("for"):
            holders[copy] = holder
        below.finish()
    seen_by, seen_until = _read_seen_by(table)
    form = Form(
        name=name,
        title=table.words("title") or Text(name),
        origin=table.origin,
        fields=fields,
        lines=lines,
        number=table.name("number"),
        copies=copies,
        copy_holders=holders,
        keep=read_keep(table),
        seen_by=seen_by,
        seen_until=seen_until,
    )
    table.finish()
    return form


def _read_seen_by(table: Table) -> tuple[tuple[str, ...], str]:
    if not isinstance(table.data.get("seen-by"), dict):
        return table.names("seen-by"), ""
    below = table.below(table.take("seen-by"), "seen-by")
    seen_by, until = below.names("posts"), below.name("until")
    below.finish()
    return seen_by, until


def _read_lines(form: str, name: str, table: Table, short: dict[str, str]) -> Lines:
    field_tables = table.entries("fields")
    inner = short | {field: f"{form}.{name}.{field}" for field, _ in field_tables}
    lines = Lines(
        name=name,
        ask=table.words("ask") or Text(name),
        fields={field: read_field(field, below, inner) for field, below in field_tables},
        origin=table.origin,
        least=table.whole("least"),
        per=table.text("per"),
    )
    if not lines.fields:
        table.fault(
            "missing-key",
            (),
            f"明细 {name} 没有字段",
            f"the lines {name} have no fields",
            'fields = { item = { ask = "…" } }',
        )
    table.finish()
    return lines


def read_field(name: str, table: Table, short: dict[str, str]) -> Field:
    """One question. ``short`` gives the full names of the fields that a ``must`` may name bare."""
    choices = _read_choices(table)
    kind = table.text("kind", "choice" if choices else "text")
    if kind not in FIELD_KINDS:
        hint = near(kind, FIELD_KINDS)
        table.fault(
            "unknown-field-kind",
            ("kind",),
            f"问题的类型“{kind}”不认识",
            f"the kind of question “{kind}” is unknown",
            f'kind = "{hint or "text"}"',
        )
        kind = "text"
    if kind == "choice" and not choices and "choose" not in table.data:
        table.fault(
            "missing-key", (), f"选择题 {name} 没有选项", f"the choice {name} offers nothing", 'choose = ["…", "…"]'
        )
    field = Field(
        name=name,
        ask=table.words("ask") or Text(name),
        kind=kind,  # type: ignore[arg-type]  # one of FIELD_KINDS
        origin=table.origin,
        choices=choices,
        must=table.when("must", short),
        several=table.flag("several"),
        least=table.whole("least"),
        again=table.text("again"),
        at_least=table.figure("at-least"),
        at_most=table.figure("at-most"),
        default=table.take("default"),
        help=table.words("help"),
    )
    table.finish()
    return field


def _read_choices(table: Table) -> tuple[Choice, ...]:
    value = table.take("choose")
    if value is None:
        return ()
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return tuple(Choice(table.checked_name(item, ("choose", at)), Text(item)) for at, item in enumerate(value))
    if isinstance(value, dict) and value:
        below = table.below(value, "choose")
        return tuple(Choice(below.checked_name(name, (name,)), below.words(name) or Text(name)) for name in value)
    table.wrong(("choose",), "选项列表", "a list of choices", 'choose = ["yes", "no"]')
    return ()


def read_keep(table: Table, key: str = "keep") -> Keep | None:
    """``keep``: a term, ``"not"`` or ``"longest"``."""
    value: Any = table.take(key)
    if value is None:
        return None
    origin = table.origin_of(key)
    if isinstance(value, str):
        return _keep_word(table, key, value, origin)
    below = table.below(value, key)
    terms: tuple[KeepTerm, ...] = ()
    if isinstance(below.data.get("for"), str):
        said = below.text("for")
        terms = (KeepTerm(said),) if below.time_of(said, ("for",)) else ()
    elif "for" in below.data:
        read = []
        for term in below.tables("for"):
            condition, said = term.condition("if"), term.text("time", required=True)
            term.finish()
            if said and term.time_of(said, ("time",)):
                read.append(KeepTerm(said, condition))
        terms = tuple(read)
    else:
        below.fault("missing-key", (), "保存要写明多久", "say how long it is kept", 'keep = { for = "2 years" }')
    keep = Keep(terms, origin, below.text("from", "closed"), below.name("by"))
    below.finish()
    return keep


def _keep_word(table: Table, key: str, value: str, origin: Origin) -> Keep | None:
    if value == "not":
        return Keep((), origin, never=True)
    if value == "longest":
        return Keep((), origin, longest=True)
    if parse_time(value, table.times):
        table.wrong((key,), "一张表", "a table", f"{key} = {{ for = {show(value)} }}")
        return Keep((KeepTerm(value),), origin)
    hint = near(value, ("not", "longest"))
    table.wrong(
        (key,), '{ for = … }、"not" 或 "longest"', '{ for = … }, "not" or "longest"', f'{key} = "{hint or "longest"}"'
    )
    return None

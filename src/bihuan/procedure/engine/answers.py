"""Whether answers fit their form. Every problem is reported, not only the first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ..conditions import MISSING, holds, unanswered
from ..definition import Definition, Field, FieldKind, Form, Lines, Text
from ..refusals import WrongAnswers
from ..state import Problem
from .plan import ActPlan
from .words import field_of
from .working import Working

Said = list[Problem]

_WORDS = {
    "unknown": Text("表上没有这一项", "The form does not ask this"),
    "missing": Text("必须填写", "This must be answered"),
    "text": Text("须为文字", "This must be text"),
    "number": Text("须为数字", "This must be a number"),
    "date": Text("须为日期，例如 2026-03-02", "This must be a date such as 2026-03-02"),
    "moment": Text(
        "须为带时区的时刻，例如 2026-03-02T09:00+08:00",
        "This must be a moment with its zone such as 2026-03-02T09:00+08:00",
    ),
    "yes-no": Text("须为是或否", "This must be yes or no"),
    "choice": Text("不在可选项之内", "This is not one of the choices"),
    "file": Text("须为附件：名称、大小、校验值", "This must be a file: name, size and hash"),
    "record": Text("须为文字或一组文字", "This must be text or a set of texts"),
    "step": Text("没有这个步骤", "There is no such step"),
    "list": Text("须为列表", "This must be a list"),
    "lines": Text("须为逐行填写的表", "This must be a list of lines"),
    "one": Text("只能填一个", "Only one answer is possible"),
    "not-asked": Text("表已由他人填写，此处只签署", "The form is filled already; only a signature is asked"),
}


def problem(field: str, code: str, words: Text | None = None) -> Problem:
    """One wrong answer. Codes: the keys of the table above, and ``least at-least at-most per``."""
    return Problem(field, code, words or _WORDS[code])


def wrong(work: Working, found: list[Problem], clause: str) -> WrongAnswers:
    """The refusal that lists every problem."""
    return WrongAnswers(tuple(found), clause=clause, document=work.definition.number, version=work.definition.version)


def filled(work: Working, planned: ActPlan, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The form as it is filled by ``answers`` (``form.field``, or the bare field). Unanswered questions are left out.

    Raises ``WrongAnswers`` with all problems.
    """
    form, found = planned.form, []
    fill: dict[str, Any] = {}
    if form is None:
        found = [problem(str(key), "unknown") for key in answers]
    else:
        _take(form, answers, fill, found)
        _check_form(work, form, fill, found)
    if found:
        raise wrong(work, found, form.origin.cite() if form else planned.act.origin.cite())
    return fill


def _take(form: Form, answers: Mapping[str, Any], fill: dict[str, Any], found: Said) -> None:
    if form.name in answers and isinstance(answers[form.name], Mapping) and form.name not in form.fields:
        answers = {**{key: value for key, value in answers.items() if key != form.name}, **answers[form.name]}
    prefix = f"{form.name}."
    for key, value in answers.items():
        name = key[len(prefix) :] if key.startswith(prefix) else key
        if name not in form.fields and name not in form.lines:
            found.append(problem(str(key), "unknown"))
        elif not unanswered(value):
            fill[name] = value


def _check_form(work: Working, form: Form, fill: dict[str, Any], found: Said) -> None:
    definition = work.definition
    for name, field in form.fields.items():
        value = fill.get(name, MISSING)
        if value is MISSING:
            if field.must is not None and _must(work, form, field, fill, None):
                found.append(problem(f"{form.name}.{name}", "missing"))
        else:
            check_field(definition, field, value, f"{form.name}.{name}", found)
    for lines in form.lines.values():
        _check_lines(work, form, lines, fill, found)


def _must(work: Working, form: Form, field: Field, fill: Mapping[str, Any], line: Mapping[str, Any] | None) -> bool:
    assert field.must is not None
    if field.must in {(), ((),)}:
        return True
    before, work.fresh = work.fresh, {**work.fresh, form.name: fill}

    def look(key: str) -> Any:
        if line is not None:
            last = key.rpartition(".")[2]
            if key == last or key.split(".")[:-1] in ([form.name, name] for name in form.lines):
                return line.get(last, MISSING)
        if "." not in key:
            return fill.get(key, MISSING)
        return work.look(key)

    try:
        return holds(field.must, look)
    finally:
        work.fresh = before


def _check_lines(work: Working, form: Form, lines: Lines, fill: dict[str, Any], found: Said) -> None:
    path = f"{form.name}.{lines.name}"
    rows = fill.get(lines.name, [])
    if not isinstance(rows, list | tuple) or not all(isinstance(row, Mapping) for row in rows):
        found.append(problem(path, "lines"))
        return
    if len(rows) < lines.least:
        words = Text(f"至少填 {lines.least} 行", f"At least {lines.least} lines are needed")
        found.append(problem(path, "least", words))
    _check_per(work, lines, rows, path, found)
    kept = []
    for number, row in enumerate(rows, start=1):
        line = {key: value for key, value in row.items() if not unanswered(value)}
        kept.append(line)
        found += [problem(f"{path}.{number}.{key}", "unknown") for key in row if key not in lines.fields]
        for name, field in lines.fields.items():
            if name in line:
                check_field(work.definition, field, line[name], f"{path}.{number}.{name}", found)
            elif field.must is not None and _must(work, form, field, fill, line):
                found.append(problem(f"{path}.{number}.{name}", "missing"))
    if kept:
        fill[lines.name] = kept


def _check_per(work: Working, lines: Lines, rows: list[Any] | tuple[Any, ...], path: str, found: Said) -> None:
    if not lines.per:
        return
    model = work.look(lines.per)
    if isinstance(model, list | tuple) and len(model) != len(rows):
        words = Text(f"须逐行对应，共 {len(model)} 行", f"There must be one line for each of {len(model)}")
        found.append(problem(path, "per", words))


# ------------------------------------------------------------------------------------------------- one answer


def check_field(definition: Definition, field: Field, value: Any, path: str, found: Said) -> None:
    """Add to ``found`` whatever is wrong with one answer."""
    if field.several:
        if not isinstance(value, list | tuple):
            found.append(problem(path, "list"))
            return
        if len(value) < field.least:
            words = Text(f"至少填 {field.least} 项", f"At least {field.least} answers are needed")
            found.append(problem(path, "least", words))
        for each in value:
            _check_one(definition, field, each, path, found)
        return
    if isinstance(value, list | tuple):
        found.append(problem(path, "one"))
        return
    _check_one(definition, field, value, path, found)


def _check_one(definition: Definition, field: Field, value: Any, path: str, found: Said) -> None:
    if field.choices:
        if not any(choice.name == value for choice in field.choices):
            found.append(problem(path, "choice"))
        return
    code = _KINDS.get(field.kind, _text)(value)
    if code:
        found.append(problem(path, code))
        return
    if field.kind == "step" and value not in definition.steps:
        found.append(problem(path, "step"))
    if field.kind == "choice" and field.again:
        earlier = field_of(definition, field.again)
        if earlier is not None and earlier.choices and not any(choice.name == value for choice in earlier.choices):
            found.append(problem(path, "choice"))
    if field.at_least is not None or field.at_most is not None:
        _check_bounds(field, value, path, found)


def _check_bounds(field: Field, value: Any, path: str, found: Said) -> None:
    if field.kind not in {"number", "money"}:
        return
    figure = Decimal(str(value))
    if field.at_least is not None and figure < Decimal(str(field.at_least)):
        words = Text(f"不得小于 {field.at_least:g}", f"This must be at least {field.at_least:g}")
        found.append(problem(path, "at-least", words))
    if field.at_most is not None and figure > Decimal(str(field.at_most)):
        words = Text(f"不得大于 {field.at_most:g}", f"This must be at most {field.at_most:g}")
        found.append(problem(path, "at-most", words))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or "\x00" in value:
        return "text"
    # A lone half of a surrogate pair is no character and could not be stored.
    return "" if value.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in value) else "text"


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "number"
    return "" if isinstance(value, int) or math.isfinite(value) else "number"


def _money(value: Any) -> str:
    if isinstance(value, str):
        try:
            return "" if Decimal(value).is_finite() else "number"
        except InvalidOperation:
            return "number"
    return _number(value)


def _date(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 10 or value[4] != "-" or value[7] != "-":
        return "date"
    try:
        date.fromisoformat(value)
    except ValueError:
        return "date"
    return ""


def _moment(value: Any) -> str:
    if not isinstance(value, str) or len(value) <= 10 or value[4] != "-" or value[7] != "-":
        return "moment"
    try:
        return "" if datetime.fromisoformat(value).tzinfo else "moment"
    except ValueError:
        return "moment"


def _yes_no(value: Any) -> str:
    return "" if isinstance(value, bool) else "yes-no"


def _file(value: Any) -> str:
    good = (
        isinstance(value, Mapping)
        and isinstance(value.get("name"), str)
        and isinstance(value.get("size"), int)
        and isinstance(value.get("hash"), str)
    )
    return "" if good else "file"


def _signature(value: Any) -> str:
    return "" if not _text(value) or not _file(value) else "text"


def _record(value: Any) -> str:
    if isinstance(value, Mapping):
        return "" if not any(_text(each) for pair in value.items() for each in pair) else "record"
    return "" if not _text(value) else "record"


_KINDS: dict[FieldKind, Callable[[Any], str]] = {
    "number": _number, "money": _money, "date": _date, "moment": _moment, "yes-no": _yes_no, "file": _file,
    "signature": _signature, "contact": _record, "device": _record, "address": _record,
}  # fmt: skip

"""``import FILE --as KIND`` and ``export --view …``: tables in and out, by the same actions as the pages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from .django import ready
from .saying import put, put_json, tell, verb

PIECE = 1024 * 1024
BAR = 24
# the views every post meets, as the list's address says them
VIEWS = {
    **{state: {"state": state} for state in ("open", "unassigned", "at-risk", "overdue", "pressing", "ended")},
    "waiting": {"stage": "waiting", "state": "open"},
    "done-today": {"done": "today"},
    "to-follow-up": {"stage": "done", "state": "open"},
}


def add_to(verbs: Any) -> None:
    taking = verb(
        verbs, "import", import_file, "take over a table", "bihuan import devices.xlsx --as devices --dry-run"
    )
    taking.add_argument("file", type=Path)
    taking.add_argument("--as", dest="kind", required=True, help="customers, devices, price-list, people, past-cases …")
    taking.add_argument("--dry-run", action="store_true", help="only check: every error with row and column")
    taking.add_argument("--map", action="append", default=[], metavar="CODE=COLUMN", help="a column by its header")
    taking.add_argument("--sheet", default="", help="of a workbook; the first one by default")
    taking.add_argument("--outlet", default="", help="where rows belong that name no outlet")
    taking.add_argument("--zone", default="", help="of moments without one; the site's by default")
    taking.add_argument("--order", choices=["ymd", "mdy", "dmy"], default="ymd", help="of 3/2/2024")
    taking.add_argument("--only-correct", action="store_true", help="import the correct rows although others are not")
    taking.add_argument("--by", default="", help="whose import it is; the only administrator by default")
    giving = verb(verbs, "export", export_list, "a list as a file", "bihuan export --view overdue --format xlsx")
    giving.add_argument("--list", dest="source", default="cases", help="which list")
    giving.add_argument("--view", default="", help="a view or state of it, such as overdue")
    giving.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help="as in the list's address")
    giving.add_argument("--format", dest="form", choices=["xlsx", "csv"], default="xlsx")
    giving.add_argument(
        "--out", type=Path, help="the file; named after list and moment by default; - = standard output"
    )
    giving.add_argument("--by", default="", help="whose eyes it is seen with; the only administrator by default")


def _person(username: str, kind: str) -> Any:
    from bihuan.people.models import Person

    people = Person.objects.filter(is_active=True)
    found = list(people.filter(username=username) if username else people.filter(is_administrator=True)[:2])
    if len(found) == 1:
        return found[0]
    tell(f"请用 --by 指明{kind} / say with --by whose {kind} it is")
    return None


def import_file(chosen: Any) -> int:
    """0 done · 1 failed · 2 wrong use · 3 partly done, or nothing to do · 4 refused (rows with errors)."""
    ready()
    from django.utils import timezone

    from bihuan.casework.importing import queries, receiving, running
    from bihuan.casework.importing.errors import ImportRefusal

    if not chosen.file.is_file():
        tell(f"没有文件 {chosen.file} / no such file")
        return 2
    by = _person(chosen.by, "import")
    if by is None:
        return 2
    try:
        with chosen.file.open("rb") as file:
            one = receiving.receive(
                chosen.kind,
                chosen.file.name,
                iter(lambda: file.read(PIECE), b""),
                by=by,
                at=timezone.now(),
                outlet=chosen.outlet,
                zone=chosen.zone,
            )
        _map(one, chosen, by)
        running.carry_on(one.pk, timezone.now(), lambda: True)
        one.refresh_from_db()
        if not chosen.dry_run:
            running.confirm(one, only_correct=chosen.only_correct, by=by, at=timezone.now())
            while running.carry_on(one.pk, timezone.now(), _Bar(one)):
                one.refresh_from_db()
            one.refresh_from_db()
    except ImportRefusal as refusal:
        tell(refusal.words.say(chosen.language))
        if "one" in locals():
            one.refresh_from_db()
            _say(queries.report(one), chosen)
        return {"errors": 4, "not-allowed": 4, "foreign-outlet": 4, "nothing": 3, "refused": 4}.get(refusal.code, 2)
    _say(queries.report(one), chosen)
    if one.state == one.FAILED:
        return 1
    if chosen.dry_run:
        return 4 if one.errors else 0
    return 3 if one.errors else 0


def _map(one: Any, chosen: Any, by: Any) -> None:
    from django.utils import timezone

    from bihuan.casework.importing import receiving
    from bihuan.casework.importing.errors import ImportRefusal
    from bihuan.casework.importing.kinds import KINDS
    from bihuan.layout.tables import open_table
    from bihuan.procedure.definition import Text

    table, sheet = open_table(one.file, receiving.LIMITS), chosen.sheet or one.sheet
    if sheet not in table.sheets:
        raise ImportRefusal("sheet", Text(f"没有工作表 {sheet}", f"No sheet {sheet}"), "sheet")
    labels = receiving.labels_of(receiving.header(table, sheet))
    mapping = dict(receiving.proposed(KINDS[one.kind], table, sheet))
    for said in chosen.map:
        code, _is, label = said.partition("=")
        if label not in labels or code not in {column.code for column in KINDS[one.kind].columns}:
            raise ImportRefusal("columns", Text(f"对应不上：{said}", f"Cannot be matched: {said}"), "columns")
        place = str(labels.index(label))
        mapping = {key: value for key, value in mapping.items() if value != code and key != place} | {place: code}
    receiving.take_mapping(one, mapping, by=by, at=timezone.now(), sheet=sheet, order=chosen.order)


class _Bar:
    """Says go on, and on a terminal how far it is."""

    def __init__(self, one: Any) -> None:
        self.one, self.shown = one, sys.stderr.isatty()

    def __call__(self) -> bool:
        if self.shown:
            self.one.refresh_from_db()
            whole = max(self.one.rows - self.one.errors, 1)
            part = min(self.one.progress / whole, 1)
            filled = int(part * BAR)
            bar = "#" * filled + "-" * (BAR - filled)
            sys.stderr.write(f"\r[{bar}] {part:4.0%}  {self.one.progress:,}/{whole:,}" + ("\n" if part >= 1 else ""))
            sys.stderr.flush()
        return True


def _say(report: dict[str, Any], chosen: argparse.Namespace) -> None:
    if chosen.json:
        put_json(report)
        return
    zh = chosen.language == "zh"
    words = (
        ("行", "新增", "更新", "跳过", "错误", "警告")
        if zh
        else ("rows", "new", "updated", "skipped", "errors", "warnings")
    )
    names = ("rows", "new", "updated", "skipped", "errors", "warnings")
    put(report["state"] + ": " + "  ".join(f"{word} {report[name]}" for word, name in zip(words, names, strict=True)))
    if report["words"]:
        put(report["words"][chosen.language])
    for cause in report["problems"]:
        more = " …" if cause["count"] > len(cause["rows"]) else ""
        rows = ", ".join(str(row) for row in cause["rows"])
        put(f"  {cause['severity']:8}{cause['count']:7}  {cause[chosen.language]} ({cause['column']}: {rows}{more})")


def export_list(chosen: Any) -> int:
    """0 with the file's name; 2 for a list there is not or filters that say nothing."""
    ready()
    from urllib.parse import urlencode

    from django.utils import timezone

    from bihuan.casework import exporting

    by = _person(chosen.by, "export")
    if by is None or chosen.source not in exporting.SOURCES or any("=" not in one for one in chosen.filter):
        return 2
    if chosen.view and chosen.view not in VIEWS:
        tell(f"没有视图 {chosen.view} / no such view; there are: {', '.join(VIEWS)}")
        return 2
    filters = VIEWS.get(chosen.view, {}) | dict(one.split("=", 1) for one in chosen.filter)
    one, _at_once = exporting.begin(
        chosen.source, chosen.form, urlencode(filters), by=by, at=timezone.now(), language=chosen.language
    )
    exporting.carry_out(one.pk, timezone.now())
    one.refresh_from_db()
    if str(chosen.out) == "-":
        sys.stdout.buffer.write(one.file.read_bytes())
        one.file.unlink()
        return 0
    target = chosen.out or Path(one.file_name)
    target.write_bytes(one.file.read_bytes())
    one.file.unlink()
    if chosen.json:
        put_json({"file": str(target), "rows": one.rows})
    else:
        tell(f"{one.rows} 行 / rows")
        put(str(target))
    return 0 if one.rows else 3

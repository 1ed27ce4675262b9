"""Lists as files: the rows a person sees, masked as they see them, each export recorded in the book.

A *source* is a list that can be written in the background: it is asked again by its query, with the same person's eyes.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import content_disposition_header
from django.utils import timezone

from bihuan.ground.ids import new_id
from bihuan.ground.system_user import give, house_folder
from bihuan.layout.tables import FORMATS, Cell, Column, write_table
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from . import listing, rights
from .definitions import definition_for, running
from .errors import CaseworkError
from .importing.models import Export
from .marks import marks_of
from .masks import hidden, masked
from .models import Case
from .replies import spoken
from .seeing import as_read

AT_ONCE = 2000
PIECE = 500
KEPT = timedelta(hours=24)
_NO_NAME = re.compile(r'[\\/:*?"<>|\s]+')


class NoSuchExport(CaseworkError):
    code = "no-such-export"
    words = Text("没有这种列表或格式", "There is no such list or format")


@dataclass(frozen=True)
class Listing:
    """A list ready to be written: its name for the file, columns, how many rows, and the rows as they come.

    ``count`` is asked once, before anything is written; None = nobody can say without reading everything.
    """

    name: Text
    columns: Sequence[Column]
    count: Callable[[], int | None]
    rows: Iterable[Sequence[Cell]]


Source = Callable[[Person, QueryDict, datetime, str], Listing]


def file_name(name: str, form: str, at: datetime) -> str:
    """``工单_临期_20261123-1032.xlsx``: what it is and when, in the site's zone."""
    local = timezone.localtime(at)
    return f"{_NO_NAME.sub('_', name).strip('_')[:80]}_{local:%Y%m%d-%H%M}.{form}"


def export_response(
    rows: Iterable[Sequence[Cell]], columns: Sequence[Column], name: Text | str, kind: str, request: HttpRequest
) -> HttpResponse:
    """A list of any room as a file, at once: ``kind`` "xlsx" or "csv"; recorded with count and filters.

    The caller hands over rows the person may see, masked as that person sees them. Raises NoSuchExport.
    """
    if kind not in FORMATS:
        raise NoSuchExport
    now, language = timezone.now(), spoken()
    title = name.say(language) if isinstance(name, Text) else name
    with tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024) as file:
        count = write_table(file, kind, title, columns, rows, zone=_zone(), language=language)
        _record(request.user, title, kind, count, request.GET.urlencode(), now)
        file.seek(0)
        return attached(file.read(), file_name(title, kind, now), kind)


def attached(content: Any, name: str, form: str) -> HttpResponse:
    """A file to be saved under ``name``, kept by no cache."""
    response = HttpResponse(content, content_type=FORMATS[form])
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


def _record(by: Any, name: str, form: str, count: int, query: str, at: datetime, identity: UUID | None = None) -> None:
    content = {"list": name, "format": form, "count": count, "filters": query}
    with transaction.atomic():
        entry(HOUSE, "export", str(identity or new_id(at)), "export", by, at, content)


def _zone() -> ZoneInfo:
    return timezone.get_current_timezone()  # type: ignore[return-value]  # the site's zone is a ZoneInfo


# ------------------------------------------------------------------------------------------------------- background


class Begun(NamedTuple):
    """An export to be written, and whether the reader can wait for it: it is known to be short."""

    one: Export
    at_once: bool


def begin(source: str, form: str, query: str, *, by: Person, at: datetime, language: str) -> Begun:
    """An export to be written; 0 rows are noted where their number is not known. Raises NoSuchExport."""
    if source not in SOURCES or form not in FORMATS:
        raise NoSuchExport
    found = SOURCES[source](by, QueryDict(query), at, language)
    count = found.count()
    one = Export.objects.create(
        id=new_id(at), source=source, form=form, query=query[:2000], language=language, rows=count or 0, by=by, at=at,
        file_name=file_name(found.name.say(language), form, at),
    )  # fmt: skip
    return Begun(one, count is not None and count <= AT_ONCE)


def carry_out(identity: UUID, at: datetime) -> None:
    """Write the file and the entry; a second time it is written anew, and told once more."""
    one = Export.objects.select_related("by").get(pk=identity)
    if one.state == Export.DONE:
        return
    found = SOURCES[one.source](one.by, QueryDict(one.query), at, one.language)
    house_folder(one.file.parent, 0o700)
    part = one.file.with_suffix(".part")
    rows = _counted(one, found.rows)
    count = write_table(
        part, one.form, found.name.say(one.language), found.columns, rows, zone=_zone(), language=one.language
    )
    give(part)
    part.replace(one.file)
    _record(one.by, found.name.say(one.language), one.form, count, one.query, at, one.pk)
    Export.objects.filter(pk=one.pk).update(state=Export.DONE, rows=count, progress=count, finished=at)


def _counted(one: Export, rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    for count, row in enumerate(rows, 1):
        if count % PIECE == 0:
            Export.objects.filter(pk=one.pk).update(progress=count)
        yield row


def handed_out(one: Export) -> HttpResponse:
    """The file of a finished export."""
    return attached(one.file.read_bytes(), one.file_name, one.form)


def tidy(at: datetime) -> int:
    """Remove the files of exports older than a day; returns how many."""
    old = [one for one in Export.objects.filter(at__lte=at - KEPT, state=Export.DONE) if one.file.is_file()]
    for one in old:
        one.file.unlink(missing_ok=True)
    return len(old)


# ------------------------------------------------------------------------------------------------------------- cases

CASES = Text("事项", "Cases")
COLUMNS = (
    Column("number", Text("编号", "Number"), width=20),
    Column("title", Text("事由", "Subject"), width=36),
    Column("kind", Text("程序", "Procedure")),
    Column("step", Text("步骤", "Step")),
    Column("stage", Text("阶段", "Stage"), width=12),
    Column("outlet", Text("网点代码", "Outlet code"), width=12),
    Column("person", Text("负责人", "Person"), width=14),
    Column("opened", Text("开立时刻", "Opened"), "moment"),
    Column("due", Text("承诺期限", "Promised"), "moment"),
    Column("on-time", Text("按期", "On time"), width=10),
    Column("done", Text("完工时刻", "Done"), "moment"),
    Column("closed", Text("办结时刻", "Closed"), "moment"),
    Column("customer", Text("客户", "Customer"), width=24),
    Column("phone", Text("电话", "Phone"), width=18),
    Column("address", Text("地址", "Address"), width=36),
    Column("device", Text("设备", "Device")),
)
IN_TIME, LATE, RUNNING = Text("按期", "on time"), Text("超时", "overdue"), Text("未到期", "running")


def cases(person: Person, given: QueryDict, at: datetime, language: str) -> Listing:
    """The list of cases as its address filters and sorts it, within the person's scope."""
    asked = listing.wanted(given, [*(one.kind for one in running(at)), "past"])
    found = listing.narrowed(person, asked, at, _zone())
    view = asked.state or (asked.stage[0] if len(asked.stage) == 1 else "")
    name = Text(*(f"{words}_{view}" if view else words for words in (CASES.zh, CASES.en)))
    return Listing(name, COLUMNS, found.order_by().count, _case_rows(person, found, asked.order, at, language))


_ORDERS = {
    "promised": ("promised_at", "id"), "-promised": ("-promised_at", "-id"), "opened": ("opened_at", "id"),
    "-opened": ("-opened_at", "-id"), "number": ("number",), "-number": ("-number",), "newest": ("-id",),
}  # fmt: skip


def _case_rows(person: Person, found: Any, order: str, at: datetime, language: str) -> Iterator[Sequence[Cell]]:
    whole = rights.sees_numbers(person, "", at)
    for case in found.order_by(*_ORDERS[order]).iterator(chunk_size=PIECE):
        yield _case_row(as_read(case, person, at), at, language, whole)


def _case_row(case: Case, at: datetime, language: str, whole: bool) -> Sequence[Cell]:
    definition = definition_for(case)
    # of a case kept only because a retention runs nothing personal leaves the house
    marks = {} if case.restricted else dict(marks_of(definition, case.state.answers))
    runs = [run for run in case.state.clocks if run.due and run.state != "void"]
    due = case.promised_at or max((run.due for run in runs if run.due), default=None)
    late = any(run.state == "missed" or (run.stopped is None and run.due and run.due < at) for run in runs)
    standing = (LATE if late else IN_TIME if case.ended_at else RUNNING).say(language) if runs else ""
    said = {name: marks.get(name, "") for name in ("contact", "address", "device", "phone")}
    if not whole:
        said = {name: hidden(value) for name, value in said.items() if name != "phone"} | {
            "phone": masked(said["phone"])
        }
    return (
        case.number,
        case.title if whole else hidden(case.title),
        definition.title.say(language),
        definition.steps[case.step].title.say(language),
        case.stage,
        case.outlet,
        case.person,
        case.opened_at,
        due,
        standing,
        case.done_at,
        case.ended_at,
        said["contact"],
        said["phone"],
        said["address"],
        said["device"],
    )


SOURCES: dict[str, Source] = {"cases": cases}

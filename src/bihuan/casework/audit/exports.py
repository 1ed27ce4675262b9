"""The log as a table: what its page shows, without an end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.http import QueryDict

from bihuan.journal.models import Entry
from bihuan.layout.tables import Cell, Column
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from ..exporting import Listing, NoSuchExport
from . import log, rights
from .pages.log import Reader, row

SOURCE = "audit"
NAME = Text("审计日志", "Audit trail")
PIECE = 500
AT_MOST = 200_000
"""Rows of one file; beyond it the period is to be taken in parts."""
COLUMNS = (
    Column("recorded", Text("记录时刻", "Recorded"), "moment"),
    Column("done", Text("办理时刻", "Done"), "moment"),
    Column("who", Text("谁", "Who"), width=20),
    Column("account", Text("账号", "Account"), width=16),
    Column("instead-of", Text("代谁", "In whose stead"), width=16),
    Column("post", Text("岗位", "Post"), width=16),
    Column("verb", Text("动作代码", "Verb"), width=18),
    Column("what", Text("做了什么", "What"), width=24),
    Column("about", Text("关于", "About"), width=14),
    Column("number", Text("编号", "Number"), width=20),
    Column("document", Text("文件", "Document"), width=16),
    Column("version", Text("版本", "Version"), width=10),
    Column("clause", Text("条款", "Clause"), width=12),
    Column("door", Text("入口", "Door"), width=10),
    Column("address", Text("地址", "Address"), width=18),
    Column("chain", Text("链", "Chain"), width=14),
    Column("seq", Text("序号", "Place"), width=10),
    Column("hash", Text("散列", "Hash"), width=66),
)


def entries(person: Person, given: QueryDict, at: datetime, language: str) -> Listing:
    """The source of the export: asked again with the same eyes when it is written. Raises NoSuchExport."""
    if not rights.may_read(person, at):
        raise NoSuchExport
    reader = Reader(person, at, language)
    wanted = log.asked({name: given.get(name, "") for name in given if name not in ("after", "before")}, reader.zone)
    return Listing(NAME, COLUMNS, lambda: log.counted(reader.chains, wanted, AT_MOST), _rows(reader, wanted))


def _rows(reader: Reader, wanted: log.Wanted) -> Iterator[Sequence[Cell]]:
    written = 0
    for piece in log.pieces(reader.chains, wanted, PIECE):
        reader.learn(piece)
        for entry in piece[: AT_MOST - written]:
            yield _row(reader, entry)
        written += len(piece)
        if written >= AT_MOST:
            return


def _row(reader: Reader, entry: Entry) -> Sequence[Cell]:
    line = row(reader, entry)
    return (
        entry.recorded_at, entry.done_at, line["who"], entry.doer, entry.instead_of, line["post"], entry.verb,
        line["what"], line["thing"], entry.about_number, entry.document, entry.version, entry.clause, line["door"],
        line["from"], entry.chain, entry.seq, bytes(entry.hash).hex(),
    )  # fmt: skip

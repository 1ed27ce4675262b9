"""The copy a person may have of everything held about them: one JSON, one workbook and one page, in a zip."""

from __future__ import annotations

import html
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from django.db import connection
from django.utils import timezone

from bihuan.files import store
from bihuan.ground.system_user import give, house_folder
from bihuan.journal.models import Entry, Letter
from bihuan.layout.tables import Column, write_table
from bihuan.procedure.definition import Text
from bihuan.registers.customers.models import Consent, Contact, Customer, Site

from ..definitions import definition_for
from ..models import Case, Draft
from .finding import BY_NUMBER, Found, matching
from .models import Request

FORMAT = "bihuan-personal-data-1"
_COLUMNS = (
    Column("part", Text("部分", "Part"), width=18),
    Column("of", Text("属于", "Belongs to"), width=24),
    Column("name", Text("项目", "Item"), width=28),
    Column("value", Text("内容", "Content"), width=60),
)
_STYLE = "body{font:15px/1.6 sans-serif;margin:2em}td,th{border:1px solid #999;padding:4px 8px;vertical-align:top}"


def write(request: Request, found: Found, at: datetime) -> Path:
    """Write the zip; it is there whole or not at all."""
    told = collected(found, at)
    lines = list(flat(told))
    house_folder(request.file.parent, 0o700)
    with TemporaryDirectory(dir=request.file.parent) as place:
        table = Path(place) / "table.xlsx"
        write_table(table, "xlsx", "个人信息副本", _COLUMNS, lines, zone=timezone.get_current_timezone(), language="zh")
        making = Path(place) / "making.zip"
        with zipfile.ZipFile(making, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("personal-data.json", msgspec.json.format(msgspec.json.encode(told, enc_hook=str)))
            packed.write(table, "personal-data.xlsx")
            packed.writestr("personal-data.html", page(lines, at))
            for one in found.files:
                source = store.path_of(one.sha256)
                if source.is_file():
                    packed.write(source, f"files/{one.pk}-{one.name}")
        making.chmod(0o600)
        making.replace(request.file)
    give(request.file)
    return request.file


def collected(found: Found, at: datetime) -> dict[str, Any]:
    """Everything held, as plain data; what only bears the same name is left out, because it may be somebody else's."""
    terms = found.terms
    return {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "customers": list(Customer.objects.filter(pk__in=terms.customers).values("number", "name", "grade", "outlet")),
        "contacts": list(Contact.objects.filter(pk__in=terms.contacts).values("name", "post", "phone", "extension")),
        "sites": list(Site.objects.filter(pk__in=terms.sites).values("address", "region", "access")),
        "consents": list(
            Consent.objects.filter(contact__in=terms.contacts)
            .order_by("id")
            .values("text__purpose", "text__version", "state", "way", "at")
        ),
        "cases": [_case(one) for one in found.cases],
        "registers": _rows(found),
        "journal": [_entry(one) for one in _entries(found)],
        "letters": _matching(Letter, "subject || ' ' || body", found, ("to_kind", "to", "subject", "body")),
        "drafts": _matching(Draft, "answers::text", found, ("place", "answers", "saved_at")),
        "files": [{"id": str(one.pk), "name": one.name, "kind": one.kind, "size": one.size} for one in found.files],
    }


def _case(case: Case) -> dict[str, Any]:
    definition = definition_for(case)
    answers = {
        form: {
            (definition.forms[form].fields[name].ask.zh if name in definition.forms[form].fields else name): value
            for name, value in filled.items()
        }
        for form, filled in case.state.answers.items()
        if form in definition.forms
    }
    return {
        "number": case.number,
        "title": case.title,
        "opened": case.opened_at,
        "ended": case.ended_at,
        "answers": answers,
    }


def _rows(found: Found) -> dict[str, list[dict[str, Any]]]:
    """The rows of registers about these cases, as they stand."""
    told: dict[str, list[dict[str, Any]]] = {}
    with connection.cursor() as cursor:
        for table, column in BY_NUMBER:
            sql = f"SELECT to_jsonb(t) FROM {table} t WHERE {column} = ANY (%s) ORDER BY 1"  # noqa: S608 - our own names
            cursor.execute(sql, [found.numbers])
            rows = [msgspec.json.decode(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()]
            if rows:
                told[table] = rows
    return told


def _entries(found: Found) -> Iterable[Entry]:
    ids = [one for one, _chain in found.entries]
    return Entry.objects.select_related("kept").filter(pk__in=ids).order_by("pk")


def _entry(one: Entry) -> dict[str, Any]:
    content = dict(one.content or {})
    content.pop("from", None)  # through which door one of our own people came is not the person's
    return {"at": one.done_at, "about": one.about_number, "verb": one.verb, "post": one.post, "content": content}


def _matching(model: Any, text: str, found: Found, names: Sequence[str]) -> list[dict[str, Any]]:
    pattern = found.terms.of_all
    if not pattern:
        return []
    return list(matching(model, text, pattern).values(*names))


def flat(told: dict[str, Any]) -> Iterable[tuple[str, str, str, str]]:
    """(part, belongs to, item, content) of everything, for the table and the page."""
    for part, listed in told.items():
        rows = listed if isinstance(listed, list) else [listed]
        for place, row in enumerate(rows, 1):
            of = str(row.get("number", place)) if isinstance(row, dict) else ""
            for name, value in _leaves(row):
                yield part, of, name, value


def _leaves(value: Any, name: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{name} · {key}" if name else str(key))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one, name)
    elif value not in (None, ""):
        yield name, str(value)


def page(lines: Iterable[tuple[str, str, str, str]], at: datetime) -> str:
    """The same as a page that opens anywhere; everything in it is escaped."""
    rows = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in line) + "</tr>" for line in lines)
    head = "".join(f"<th>{html.escape(one.label.zh)} {html.escape(one.label.en)}</th>" for one in _COLUMNS)
    moment = timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
    return (
        f"<!doctype html><html lang=zh><meta charset=utf-8><title>个人信息副本</title><style>{_STYLE}</style>"
        f"<h1>个人信息副本 / Copy of personal data</h1><p>{moment}</p><table><tr>{head}</tr>{rows}</table></html>"
    )

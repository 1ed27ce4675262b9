"""A file comes in and its columns are matched: by code, label in either language, alias, or as they were last time."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.ground.system_user import give, house_folder
from bihuan.layout.tables import Limits, Row, Table, TableRefusal, open_table
from bihuan.people import access
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from ..roles import roles_of
from .errors import ImportRefusal
from .kinds import KINDS
from .kinds.base import Kind, Options
from .kinds.parsing import zone_of
from .models import Import, ImportMapping

LIMITS = Limits()
PREVIEW = 5
ORDERS = ("ymd", "mdy", "dmy")
_NO_LETTER = re.compile(r"[\s_\-*＊()（）:：/]+")


def may_import(person: Person, kind: Kind, at: datetime) -> bool:
    """Administrators, and the interface roles the kind names."""
    return access.may_manage_people(person) or bool(kind.roles & set(roles_of(person, at)))


def kinds_of(person: Person, at: datetime) -> list[Kind]:
    """What this person may import."""
    return [kind for kind in KINDS.values() if may_import(person, kind, at)]


def receive(
    kind: str, file_name: str, pieces: Iterable[bytes], *, by: Person, at: datetime, outlet: str = "", zone: str = ""
) -> Import:
    """Take a file in: stored, recognised, its columns matched as far as they can be.

    Raises ImportRefusal for a kind or outlet that is not this person's, and for a file that is no table.
    """
    chosen = KINDS.get(kind)
    if chosen is None:
        raise ImportRefusal("no-such-kind", Text("没有这种导入", "There is no such import"), "kind")
    if not may_import(by, chosen, at):
        raise ImportRefusal("not-allowed", Text("您的岗位不能导入这类资料", "Your posts may not import this"), "kind")
    _outlet_in_sight(by, outlet, at)
    _zone(zone or settings.TIME_ZONE)
    made = Import(id=new_id(at), kind=kind, file_name=Path(file_name).name[:200] or "file", by=by, at=at)
    made.options = {"outlet": outlet, "zone": zone or settings.TIME_ZONE, "order": "ymd"}
    made.stored = f"{made.pk}/source"
    made.sha256 = _store(made.file, pieces)
    try:
        table = open_table(made.file, LIMITS)
        made.sheet = table.sheets[0]
        made.mapping = proposed(chosen, table, made.sheet)
    except TableRefusal as error:
        discard(made)
        raise ImportRefusal("file", error.words, "file") from error
    made.save(force_insert=True)
    return made


def _outlet_in_sight(by: Person, outlet: str, at: datetime) -> None:
    if outlet and not access.may_manage_people(by) and not access.may_see(by, outlet, at):
        raise ImportRefusal(
            "foreign-outlet", Text("该网点不在您的范围内", "This outlet is not within your scope"), "outlet"
        )


def _zone(name: str) -> None:
    try:
        zone_of(name)
    except (KeyError, ValueError, OSError) as error:
        raise ImportRefusal("zone", Text(f"没有时区 {name}", f"There is no zone {name}"), "zone") from error


def _store(place: Path, pieces: Iterable[bytes]) -> str:
    """Write the file where nobody else reads it; returns its digest. Stops at the largest size that is taken."""
    house_folder(place.parent, 0o700)
    digest, size = hashlib.sha256(), 0
    with place.open("wb") as file:
        for piece in pieces:
            size += len(piece)
            file.write(piece)
            digest.update(piece)
            if size > LIMITS.file_bytes:
                break  # opening it will say so
        file.flush()
        os.fsync(file.fileno())
    give(place)
    return digest.hexdigest()


def discard(one: Import) -> None:
    """Remove the files of an import; what it did stays on record."""
    for file in (one.file, one.checked_rows):
        file.unlink(missing_ok=True)
    if one.folder.is_dir():
        one.folder.rmdir()


# ------------------------------------------------------------------------------------------------------------ columns


def header(table: Table, sheet: str) -> Row | None:
    """The first row that holds something: the labels."""
    return next(iter(table.rows(sheet)), None)


def preview(table: Table, sheet: str) -> list[Row]:
    """The labels and the first rows under them."""
    return list(islice(table.rows(sheet), PREVIEW + 1))


def proposed(kind: Kind, table: Table, sheet: str) -> dict[str, str]:
    """Column number → code: as it was done last time for the same labels, else by codes, labels and aliases."""
    labels = labels_of(header(table, sheet))
    known = ImportMapping.objects.filter(kind=kind.name, fingerprint=fingerprint(labels)).first()
    if known is not None:
        codes = {column.code for column in kind.columns}
        return {place: code for place, code in known.mapping.items() if code in codes}
    return matched(kind, labels, table.codes())


def labels_of(row: Row | None) -> list[str]:
    return ["" if cell is None else str(cell).strip() for cell in row.cells] if row else []


def matched(kind: Kind, labels: Sequence[str], codes: Sequence[str] = ()) -> dict[str, str]:
    """Each column's code where its stable code, label or an alias says so; a code is given to one column only."""
    known: dict[str, str] = {}
    for column in kind.columns:
        for words in (column.code, column.label.zh, column.label.en, *column.aliases):
            known.setdefault(_plain(words), column.code)
    own = {column.code for column in kind.columns}
    found: dict[str, str] = {}
    for place, label in enumerate(labels):
        code = codes[place] if place < len(codes) and codes[place] in own else known.get(_plain(label))
        if code and code not in found.values():
            found[str(place)] = code
    return found


def _plain(words: str) -> str:
    return _NO_LETTER.sub("", words).casefold()


def fingerprint(labels: Sequence[str]) -> str:
    """By what a source is known again: its labels in their order."""
    return hashlib.sha256("\x1f".join(_plain(label) for label in labels).encode()).hexdigest()


def take_mapping(
    one: Import, mapping: dict[str, str], *, by: Person, at: datetime, sheet: str = "", order: str = "ymd"
) -> None:
    """Set which column is what, remember it for the next file of this kind, and let the check begin.

    Raises ImportRefusal naming the columns that must be there and are not.
    """
    kind = KINDS[one.kind]
    if one.state not in {Import.UPLOADED, Import.CHECKED, Import.FAILED} or one.batches.exists():
        raise ImportRefusal("wrong-state", Text("现在不能再改对应列", "The columns cannot be changed any more"))
    codes = {column.code for column in kind.columns}
    chosen = {str(int(place)): code for place, code in mapping.items() if code in codes}
    twice = {code for code in chosen.values() if list(chosen.values()).count(code) > 1}
    missing = [column for column in kind.columns if column.must and column.code not in chosen.values()]
    if missing or twice:
        raise _wrong_columns(kind, [column.label for column in missing], twice)
    table = open_table(one.file, LIMITS)
    sheet = sheet or one.sheet
    if sheet not in table.sheets:
        raise ImportRefusal("sheet", Text(f"没有工作表“{sheet}”", f"There is no sheet “{sheet}”"), "sheet")
    with transaction.atomic():
        one.sheet, one.mapping = sheet, chosen
        one.options = {**one.options, "order": order if order in ORDERS else "ymd"}
        one.state, one.phase_at, one.progress, one.rows = Import.MAPPED, at, 0, 0
        one.save()
        ImportMapping.objects.update_or_create(
            kind=one.kind,
            fingerprint=fingerprint(labels_of(header(table, sheet))),
            defaults={"mapping": chosen, "at": at},
        )


def take_sheet(one: Import, sheet: str) -> None:
    """Look at another sheet: its columns are matched anew. Raises ImportRefusal."""
    table = open_table(one.file, LIMITS)
    if one.state != Import.UPLOADED or sheet not in table.sheets:
        raise ImportRefusal("sheet", Text(f"没有工作表“{sheet}”", f"There is no sheet “{sheet}”"), "sheet")
    one.sheet, one.mapping = sheet, proposed(KINDS[one.kind], table, sheet)
    one.save(update_fields=["sheet", "mapping"])


def begin_again(one: Import, *, by: Person, at: datetime) -> None:
    """Back from the check to the columns. Raises ImportRefusal once anything was carried out."""
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=one.pk)
        if locked.state not in {Import.CHECKED, Import.FAILED} or locked.batches.exists():
            raise ImportRefusal("wrong-state", Text("现在不能再改对应列", "The columns cannot be changed any more"))
        locked.state, locked.phase_at = Import.UPLOADED, at
        locked.save()
    one.refresh_from_db()


def _wrong_columns(kind: Kind, missing: list[Text], twice: set[str]) -> ImportRefusal:
    if missing:
        zh, en = "、".join(one.zh for one in missing), ", ".join(one.en for one in missing)
        return ImportRefusal("columns", Text(f"还没有对应的必填列：{zh}", f"Columns still missing: {en}"), "columns")
    labels = [column.label for column in kind.columns if column.code in twice]
    zh, en = "、".join(one.zh for one in labels), ", ".join(one.en for one in labels)
    return ImportRefusal("columns", Text(f"对应了两列：{zh}", f"Two columns are the same: {en}"), "columns")


def options_of(one: Import) -> Options:
    """How the cells of this import are understood."""
    said: dict[str, Any] = one.options
    return Options(zone=said.get("zone", ""), order=said.get("order", "ymd"), outlet=said.get("outlet", ""))

"""The import carried out: batches of 500 rows, a transaction each. Killed anywhere it goes on where the last ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import DatabaseError, transaction

from bihuan.people.actions import HOUSE, entry
from bihuan.people.errors import PeopleRefusal
from bihuan.people.models import Person
from bihuan.procedure.definition import Text
from bihuan.registers.deeds import RegisterRefusal

from ..errors import CaseworkError
from .checking import check, context_of
from .errors import ImportRefusal
from .kinds import KINDS
from .kinds.base import Parsed
from .models import Import, ImportBatch

BATCH = 500
AT_ONCE = 2000


def confirm(one: Import, *, only_correct: bool, by: Person, at: datetime) -> None:
    """Let a checked import run. With errors nothing runs unless ``only_correct`` was chosen. Raises ImportRefusal."""
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=one.pk)
        if locked.state != Import.CHECKED:
            raise ImportRefusal(
                "wrong-state", Text("还没有校验完，或已经在导入", "Not checked yet, or running already")
            )
        if locked.errors and not only_correct:
            words = Text(
                f"有 {locked.errors} 行错误，没有导入任何内容", f"{locked.errors} rows are wrong: nothing was imported"
            )
            raise ImportRefusal("errors", words)
        if not locked.new + locked.updated:
            raise ImportRefusal("nothing", Text("没有可以导入的行", "There is no row to import"))
        locked.state, locked.only_correct, locked.phase_at = Import.RUNNING, only_correct, at
        locked.new = locked.updated = locked.progress = locked.position = 0
        locked.save()
        content = {"kind": one.kind, "file": one.file_name, "sha256": one.sha256, "only-correct": only_correct}
        entry(HOUSE, "import", str(one.pk), "begin-import", by, at, content)
    one.refresh_from_db()


def cancel(one: Import, *, by: Person, at: datetime) -> None:
    """Stop at the next batch. What batches have done stays and can be reversed. Raises ImportRefusal."""
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=one.pk)
        if locked.state not in {Import.UPLOADED, Import.MAPPED, Import.CHECKED, Import.RUNNING, Import.FAILED}:
            raise ImportRefusal("wrong-state", Text("这次导入已经结束", "This import has ended"))
        begun = locked.batches.exists()
        locked.state, locked.finished = Import.CANCELLED, at
        locked.save()
        if begun:
            content = {"kind": one.kind, "rows": locked.progress}
            entry(HOUSE, "import", str(one.pk), "cancel-import", by, at, content)
    one.refresh_from_db()


def carry_on(import_id: UUID, at: datetime, go_on: Callable[[], bool]) -> bool:
    """Whatever the import is owed now, for as long as ``go_on`` says; True while there is more to do.

    A batch that is refused stops the import with its words; the batches before it stay.
    """
    one = Import.objects.select_related("by").get(pk=import_id)
    if one.state == Import.MAPPED:
        check(one, at)
        return False
    if one.state == Import.RUNNING and not one.batches.exists():
        KINDS[one.kind].prepare(context_of(one, at))
    while one.state == Import.RUNNING:
        if not go_on():
            return True
        try:
            one = _batch(one, at)
        except (CaseworkError, RegisterRefusal, PeopleRefusal) as refusal:
            _fail(one, refusal.words, at)
            return False
        except DatabaseError as error:
            words = Text("数据库拒绝了这一批", "The database refused this batch")
            _fail(one, Text(f"{words.zh}：{error}"[:400], f"{words.en}: {error}"[:400]), at)
            raise
    return False


def _batch(seen: Import, at: datetime) -> Import:
    """One batch, or the end. The import's row is held, so that two workers never carry out the same rows."""
    with transaction.atomic():
        one = Import.objects.select_for_update(of=("self",)).select_related("by").get(pk=seen.pk)
        if one.state != Import.RUNNING:
            return one
        rows, position = _next_rows(one)
        if not rows:
            one.state, one.finished = Import.DONE, at
            one.save()
            content = {"kind": one.kind, "new": one.new, "updated": one.updated, "skipped": one.skipped}
            entry(HOUSE, "import", str(one.pk), "end-import", one.by, at, content)
            return one
        number = one.batches.count() + 1
        one.position, one.progress = position, one.progress + len(rows)
        made = KINDS[one.kind].commit(rows, context_of(one, at))
        one.new, one.updated, one.skipped = one.new + made.new, one.updated + made.updated, one.skipped + made.skipped
        ImportBatch.objects.create(
            of=one, number=number, first_row=rows[0].number, last_row=rows[-1].number, made=made.made, at=at
        )
        one.save()
        return one


def _next_rows(one: Import) -> tuple[list[Parsed], int]:
    rows = []
    with one.checked_rows.open("rb") as kept:
        kept.seek(one.position)
        while len(rows) < BATCH and (line := kept.readline()):
            number, values = msgspec.json.decode(line)
            rows.append(Parsed(number, values))
        return rows, kept.tell()


def _fail(one: Import, words: Text, at: datetime) -> None:
    Import.objects.filter(pk=one.pk, state=Import.RUNNING).update(
        state=Import.FAILED, words_zh=words.zh[:400], words_en=words.say("en")[:400], finished=at
    )

"""A whole import taken back, within 24 hours and only while nothing was built on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Text

from .checking import context_of
from .errors import ImportRefusal
from .kinds import KINDS
from .models import Import
from .receiving import discard

WITHIN = timedelta(hours=24)


def may_reverse(one: Import, at: datetime) -> bool:
    """Whether there is still something to take back and time for it."""
    return (
        one.state in {Import.DONE, Import.CANCELLED, Import.FAILED}
        and one.finished is not None
        and at <= one.finished + WITHIN
        and one.batches.exists()
    )


def reverse(one: Import, *, by: Person, at: datetime) -> None:
    """Take everything back, the newest batch first, in one transaction: all of it or nothing. Raises ImportRefusal."""
    with transaction.atomic():
        locked = Import.objects.select_for_update(of=("self",)).select_related("by").get(pk=one.pk)
        if not may_reverse(locked, at):
            raise ImportRefusal(
                "too-late", Text("已超过 24 小时或没有可撤回的内容", "More than 24 hours, or nothing there")
            )
        kind, context = KINDS[one.kind], context_of(locked, at)
        for batch in locked.batches.order_by("-number"):
            kind.undo(batch.made, context)
        locked.state = Import.REVERSED
        locked.save()
        entry(HOUSE, "import", str(one.pk), "reverse-import", by, at, {"kind": one.kind, "rows": locked.progress})
    one.refresh_from_db()


def tidy(at: datetime) -> int:
    """Remove the files of imports that ended, or were left lying, more than a day ago; returns how many."""
    old = Import.objects.filter(at__lte=at - WITHIN).exclude(state=Import.RUNNING)
    gone = [one for one in old.exclude(finished__gt=at - WITHIN) if one.folder.is_dir()]
    for one in gone:
        discard(one)
    return len(gone)

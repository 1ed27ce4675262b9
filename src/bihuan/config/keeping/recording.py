"""What was done is remembered: a row that the pages read, and an entry in the book."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.journal.actions import NewEntry, write
from bihuan.people.actions import HOUSE

from .models import Run


def record(
    kind: str,
    *,
    begun: datetime,
    seconds: float,
    good: bool,
    report: dict[str, Any],
    name: str = "",
    folder: str = "",
    size: int = 0,
    by_clock: bool = False,
) -> Run:
    """Remember a backup, drill or restore that lasted ``seconds`` from ``begun``: one row, one entry."""
    ended = begun + timedelta(seconds=seconds)
    with transaction.atomic():
        run = Run.objects.create(
            id=new_id(ended), kind=kind, name=name, folder=folder, begun_at=begun, ended_at=ended,
            good=good, bytes=size, report=report,
        )  # fmt: skip
        write(
            NewEntry(
                chain=HOUSE, about_kind=kind, about_id=str(run.pk), about_number=name, verb=kind,
                doer_kind="clock" if by_clock else "command", doer="", done_at=ended, recorded_at=ended,
                content={"answers": {"good": good, "name": name, "folder": folder, "bytes": size, "report": report}},
            )
        )  # fmt: skip
    return run

"""Work that does not fit into a request: a job is a hint, the rows of import and export say what is owed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ..deferring import defer
from .models import Import

IMPORT, EXPORT = "import", "export"
SLICE_SECONDS = 4
# a request carries out as much itself; more is left to the worker
AT_ONCE = 2000
LOST_AFTER = timedelta(minutes=30)


def import_soon(import_id: Any) -> None:
    """Let the worker go on with this import; asked for twice it happens once."""
    defer(IMPORT, f"import-{import_id}", import_id=str(import_id))


def export_soon(export_id: Any) -> None:
    """Let the worker write this export."""
    defer(EXPORT, f"export-{export_id}", export_id=str(export_id))


def left_lying(at: datetime) -> list[str]:
    """Imports under way that began long ago: taking them up again does no harm."""
    found = Import.objects.filter(state__in=[Import.MAPPED, Import.RUNNING], phase_at__lte=at - LOST_AFTER)
    return [str(one) for one in found.values_list("pk", flat=True)]

"""``python -m bihuan.config.keeping.afterwards``: inside a restored or upgraded database, signed in as its owner.

With ``--renew`` what this version's lists read of older cases is computed first. Carries out disposal lists the
database does not know, verifies book and cases, and with ``--record`` writes into the book that it was restored, and
ends every session: whoever was signed out since the backup must not be signed in again.
Prints JSON: ``findings`` of the verification, what was ``said``, how many ``entries`` and ``cases`` were looked at.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from bihuan.config.commands.django import ready

SHOWN = 20


def main(arguments: list[str] | None = None) -> int:
    """0, whatever was found: what is wrong stands in the answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replay", choices=["all", "none"], default="all")
    parser.add_argument("--disposals", type=Path)
    parser.add_argument("--record", default="")
    parser.add_argument("--renew", action="store_true")
    asked = parser.parse_args(arguments)
    ready()
    from django.utils import timezone  # noqa: PLC0415 - Django stands only now

    said = renewed() if asked.renew else []
    said += dispose_again(asked.disposals, timezone.now()) if asked.disposals else []
    told = verified(asked.replay)
    if asked.record:
        said += restored(asked.record, timezone.now(), told["findings"])
    json.dump({**told, "said": said}, sys.stdout, ensure_ascii=False)
    return 0


def renewed() -> list[str]:
    """What later versions read of older cases is computed for them."""
    from bihuan.casework.models import Case  # noqa: PLC0415 - Django stands only now
    from bihuan.config.keeping.renewing import renew  # noqa: PLC0415

    count = renew(Case.objects.order_by("id").iterator(chunk_size=200))
    return [f"{count} 个旧事项补算了列表栏目 / older cases got what lists read of them"]


def dispose_again(folder: Path, at: datetime) -> list[str]:
    """Carry out the lists in ``folder`` that this database does not know; says what was done."""
    lists = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not lists:
        return ["没有销毁清单 / no disposal lists"]
    again = _apply_again()
    if again is None:
        return [f"{len(lists)} 份销毁清单未执行：本版没有此功能 / disposal lists not carried out: not in this version"]
    carried = again(folder, at)
    return [f"{len(lists)} 份销毁清单，补做 {carried} 份 / {len(lists)} disposal lists, {carried} carried out again"]


def _apply_again() -> Callable[[Path, datetime], Any] | None:
    """Privacy's own function, where this version has it."""
    from django.apps import apps  # noqa: PLC0415 - Django stands only now
    from django.utils.module_loading import import_string  # noqa: PLC0415

    if not apps.is_installed("bihuan.casework.privacy"):
        return None
    try:
        return import_string("bihuan.casework.privacy.actions.apply_again")
    except ImportError:
        return None


def verified(replay: str) -> dict[str, Any]:
    """The chains recomputed and, unless ``replay`` is none, every case replayed, all at one moment."""
    from django.db import connection, transaction  # noqa: PLC0415 - Django stands only now

    from bihuan.casework.models import Case  # noqa: PLC0415
    from bihuan.casework.replay import differences  # noqa: PLC0415
    from bihuan.journal.models import Entry  # noqa: PLC0415
    from bihuan.journal.verify import verify  # noqa: PLC0415

    with transaction.atomic():
        connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        findings = [finding.words.zh + " / " + finding.words.en for finding in verify(connection) if finding.damage]
        cases = Case.objects.order_by("id") if replay == "all" else Case.objects.none()
        findings += [f"{one.number} #{one.entry}: {one.words.zh} / {one.words.en}" for one in differences(cases)]
        return {"findings": findings[:SHOWN], "entries": Entry.objects.count(), "cases": cases.count()}


def restored(name: str, at: datetime, findings: list[str]) -> list[str]:
    """Remember the restore; every session ends."""
    from django.contrib.sessions.models import Session  # noqa: PLC0415 - Django stands only now

    from bihuan.config.keeping.models import Run  # noqa: PLC0415
    from bihuan.config.keeping.recording import record  # noqa: PLC0415

    ended, _tables = Session.objects.all().delete()
    record(Run.RESTORE, begun=at, seconds=0, good=not findings, name=name, report={"findings": findings})
    return [f"已结束 {ended} 个登录会话，请各人重新登录 / {ended} sessions ended, everybody signs in anew"]


if __name__ == "__main__":
    sys.exit(main())

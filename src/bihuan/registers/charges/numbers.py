"""Receipt numbers from a template, without a gap: taken under the series' row lock, given back by whatever refuses."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils import timezone

from bihuan.ground.ids import new_id
from bihuan.people import queries as people
from bihuan.registers.documents import queries as documents

from .models import Receipt, ReceiptSeries

TEMPLATE = "SJ-{outlet}-{year}-{sequence:5}"
KEY = "receipt"
"""The name a pack gives its receipts under ``[numbers]``; without it the template above."""

_SEQUENCE = re.compile(r"\{sequence(?::(\d))?\}")


def take(outlet: str, at: datetime) -> tuple[ReceiptSeries, int, str]:
    """The series of ``outlet`` at ``at``, the next number in it and how it is written.

    The series stays locked until the transaction ends, so the next one waits; refused, the number is given back.
    """
    before, after, width = _of_template(_template(at), outlet, at)
    key = {"before": before, "after": after}
    ReceiptSeries.objects.bulk_create([ReceiptSeries(id=new_id(at), width=width, **key)], ignore_conflicts=True)
    series = ReceiptSeries.objects.select_for_update().get(**key)
    last = Receipt.objects.filter(series=series).aggregate(last=Max("counter"))["last"] or 0
    return series, last + 1, f"{series.before}{str(last + 1).zfill(series.width)}{series.after}"


def _template(at: datetime) -> str:
    current = documents.current_pack(at)
    return (current[1].numbers.get(KEY) if current else "") or TEMPLATE


def _of_template(template: str, outlet: str, at: datetime) -> tuple[str, str, int]:
    """What stands before and behind the sequence at that place and local day, and how wide the sequence is."""
    local = at.astimezone(_zone(outlet))
    parts = {"outlet": outlet.upper(), "date": f"{local:%Y%m%d}", "year": f"{local:%Y}"}
    for name, value in (*parts.items(), ("month", f"{local:%m}"), ("day", f"{local:%d}"), ("kind", KEY.upper())):
        template = template.replace(f"{{{name}}}", value)
    found = _SEQUENCE.search(template)
    if found is None:
        return template, "", 1
    return template[: found.start()], template[found.end() :], int(found.group(1) or 1)


def _zone(outlet: str) -> tzinfo:
    try:
        return ZoneInfo(people.zone_of(outlet))
    except KeyError:
        return timezone.get_default_timezone()

"""Numbers without a gap, per outlet and form, from a template of the pack such as ``ST{date}-{sequence:4}``."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Max

from bihuan.ground.ids import new_id
from bihuan.people import queries as people

from ..documents import queries as documents
from .models import Series, Slip

DEFAULT_TEMPLATE = "{kind}-{year}-{sequence:5}"
_SEQUENCE = re.compile(r"\{sequence(?::(\d))?\}")

# the upsert locks the row, new or old, until the act ends
_LOCKED = """
INSERT INTO slips_series (id, outlet, form, period) VALUES (%s, %s, %s, %s)
ON CONFLICT (outlet, form, period) DO NOTHING
"""


def take(name: str, form: str, outlet: str, at: datetime) -> tuple[Series, int, str]:
    """The series, the next number in it and how it reads, for slips of ``form`` at ``outlet`` on that local day.

    ``name`` names the template in the pack in force. Runs in the caller's transaction: the series stays locked until it
    ends, and a refused act gives the number back.
    """
    current = documents.current_pack(at)
    template = (current[1].numbers.get(name) if current else None) or DEFAULT_TEMPLATE
    period = _filled(template, name, outlet, at)
    with connection.cursor() as cursor:
        cursor.execute(_LOCKED, [new_id(at), outlet, form, period])
    series = Series.objects.select_for_update().get(outlet=outlet, form=form, period=period)
    last = Slip.objects.filter(series=series).aggregate(last=Max("sequence"))["last"] or 0
    count = str(last + 1)
    return series, last + 1, _SEQUENCE.sub(lambda found: count.zfill(int(found.group(1) or 1)), period)


def _filled(template: str, name: str, outlet: str, at: datetime) -> str:
    """Everything but the sequence, which is what makes a series: with ``{year}`` in it, it begins at 1 each year."""
    local = at.astimezone(ZoneInfo(people.zone_of(outlet)))
    parts = {"outlet": outlet.upper(), "kind": name.upper(), "date": f"{local:%Y%m%d}", "year": f"{local:%Y}"}
    for part, value in (*parts.items(), ("month", f"{local:%m}"), ("day", f"{local:%d}")):
        template = template.replace(f"{{{part}}}", value)
    return template if _SEQUENCE.search(template) else template + "{sequence}"


def of_case(number: str, form: str, outlet: str) -> str:
    """A slip without a series of its own carries the number of its case; the second of a form in it ``…-2``."""
    made = Slip.objects.filter(outlet=outlet, form=form, case_number=number).count()
    return number if not made else f"{number}-{made + 1}"

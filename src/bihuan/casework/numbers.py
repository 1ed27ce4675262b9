"""Numbers from a template of the pack, such as ``BX{date}-{sequence:4}``."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import connection

from bihuan.procedure.definition import Definition
from bihuan.procedure.engine import NUMBER, names_number

DEFAULT_TEMPLATE = "{kind}-{year}-{sequence:5}"
# as long as the column; a long kind is cut before a number is refused
LONGEST = 40
DIGITS = 6
_SEQUENCE = re.compile(r"\{sequence(?::(\d))?\}")

_NEXT = """
INSERT INTO casework_series (name, last) VALUES (%s, 1)
ON CONFLICT (name) DO UPDATE SET last = casework_series.last + 1
RETURNING last
"""


def take_number(template: str, kind: str, outlet: str, at: datetime) -> str:
    """The next number of the series ``template`` names at the local moment ``at``.

    Everything but the sequence makes the series, so a template with ``{year}`` begins at 1 each year and two kinds
    with the same template share one count. The row stays locked until the act commits; a refused act leaves no trace.
    """
    series = template or DEFAULT_TEMPLATE
    parts = {"outlet": outlet.upper(), "date": f"{at:%Y%m%d}", "year": f"{at:%Y}"}
    for name, value in (*parts.items(), ("month", f"{at:%m}"), ("day", f"{at:%d}")):
        series = series.replace(f"{{{name}}}", value)
    rest = len(_SEQUENCE.sub("0" * DIGITS, series.replace("{kind}", "")))
    series = series.replace("{kind}", kind.upper()[: max(LONGEST - rest, 0)])
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [series])
        count = str(cursor.fetchone()[0])
    return _SEQUENCE.sub(lambda found: count.zfill(int(found.group(1) or 1)), series)


def told_number(definition: Definition, template: str, outlet: str, at: datetime) -> dict[str, str]:
    """The next number as a fact for the opening of a case whose text reads its own number; else nothing, and the
    number is taken after everything that may be refused."""
    if not names_number(definition):
        return {}
    return {NUMBER: take_number(template, definition.kind, outlet, at)}

"""Numbers from a template of the pack, such as ``BX{year}{month}-{count:4}``."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import connection

DEFAULT_TEMPLATE = "{kind}-{year}-{count:5}"
_COUNT = re.compile(r"\{count(?::(\d+))?\}")

_NEXT = """
INSERT INTO casework_series (name, last) VALUES (%s, 1)
ON CONFLICT (name) DO UPDATE SET last = casework_series.last + 1
RETURNING last
"""


def take_number(template: str, kind: str, outlet: str, at: datetime) -> str:
    """The next number of the series ``template`` names at the local moment ``at``.

    Everything but the count makes the series, so a template with ``{year}`` begins at 1 each year and two kinds
    with the same template share one count.
    The row stays locked until the act commits; a refused act leaves no trace.
    """
    series = (template or DEFAULT_TEMPLATE).replace("{kind}", kind.upper()).replace("{outlet}", outlet.upper())
    for part, value in (("{year}", f"{at.year:04}"), ("{month}", f"{at.month:02}"), ("{day}", f"{at.day:02}")):
        series = series.replace(part, value)
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [series])
        count = int(cursor.fetchone()[0])
    return _COUNT.sub(lambda found: str(count).zfill(int(found.group(1) or 1)), series)

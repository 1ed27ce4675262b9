"""The reports: open to whoever is signed in, each counts only what the reader may see."""

from __future__ import annotations

from datetime import datetime

from .table import page

ONE = "/reports/<slug:report>/<str:period>/"
ROWS = {
    ("GET", "/reports/"): page(200),
    # leads on to the newest period that is over
    ("GET", "/reports/<slug:report>/"): page(302),
    ("GET", ONE): page(200),
    ("GET", f"{ONE}report.<slug:ending>"): page(200),
}


def this_month(at: datetime) -> dict[str, str]:
    """The month at hand, in which the north's case was opened."""
    return {"<slug:report>": "month", "<str:period>": f"{at:%Y-%m}"}

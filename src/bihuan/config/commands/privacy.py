"""``retention``: what is over, as a list; nothing is disposed of before two people have seen it on the page.

``trace``: what a look for one person is made quick by, carried on to the end of the book at once.
"""

from __future__ import annotations

from typing import Any

from .django import ready
from .saying import put, put_json, tell, verb


def add_to(verbs: Any) -> None:
    about = "draw up the list of records whose time is over"
    retaining = verb(verbs, "retention", retention, about, "bihuan retention --dry-run")
    retaining.add_argument("--dry-run", action="store_true", help="only print it: no list is drawn up")
    about = "note of every content who may be named in it, so that one person is found quickly"
    tracing = verb(verbs, "trace", trace, about, "bihuan trace --anew")
    tracing.add_argument("--anew", action="store_true", help="throw away what there is and begin again")


def retention(chosen: Any) -> int:
    """0 with a list, 3 where nothing is over."""
    ready()
    from django.utils import timezone

    from bihuan.casework.privacy import retention as over
    from bihuan.casework.privacy.actions import retaining

    now = timezone.now()
    found = [
        {"case": one.case.number, "form": one.form, "kept_until": one.kept_until.isoformat()}
        for one in over.over(timezone.localdate(now))
    ]
    order = None if chosen.dry_run or not found else retaining.propose(by=None, at=now)
    if chosen.json:
        put_json({"list": order.list_name if order else None, "forms": found})
    else:
        for one in found:
            put(f"{one['case']}  {one['form']}  {one['kept_until']}")
        where = f" /privacy/retention/{order.pk}/" if order else ""
        tell(f"{len(found)} 份到期 / over{where}")
    return 0 if found else 3


def trace(chosen: Any) -> int:
    """0, everything settled being traced. The worker does the same, a few seconds a minute."""
    ready()
    from bihuan.casework.privacy import traces

    if chosen.anew:
        traces.forget()
    told = 0
    while done := traces.carry_on():
        told += done
    if chosen.json:
        put_json({"traced": told})
    else:
        tell(f"{told:,} 条记录 / entries traced")
    return 0

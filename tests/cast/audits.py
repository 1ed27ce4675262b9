"""The audit room: who may read it at all, and a sample of the north for whoever tries who may see what."""

from __future__ import annotations

from datetime import datetime, timedelta

from bihuan.casework.audit import actions
from bihuan.casework.audit.exceptions import Period
from bihuan.casework.audit.models import Sample
from bihuan.casework.audit.policy import documented
from bihuan.journal.actions import seal
from bihuan.journal.models import Entry
from bihuan.people.models import Person

from .table import page

# the leader (general-manager) and the office (auditor) read it; nobody else of the cast has such a post
CLOSED = dict.fromkeys(("chen", "zhou", "li", "sun", "wang", "outsider"), 403)


def north_audit(number: str, at: datetime) -> dict[str, str]:
    """A sample of the north's cases, an entry about its case, yesterday's digest."""
    outlets = frozenset({"head", "north"})
    period = Period(at - timedelta(days=60), at + timedelta(days=1), outlets, outlets, documented().numbers)
    asked = actions.Asked("北区抽查", Sample.RANDOM, 1, (at - timedelta(days=60)).date(), at.date(), outlet="north")
    sample = actions.draw(asked, period, by=Person.objects.get(username="qian"), at=at)
    digest = seal(at.date() - timedelta(days=1), at)
    entry = Entry.objects.filter(about_number=number).order_by("position").first()
    return {
        "<uuid:sample>": str(sample.pk), "<int:place>": "1", "<uuid:entry>": str(entry.pk) if entry else "",
        "<str:day>": digest.day.isoformat(),
    }  # fmt: skip


def room(status: int, **others: int) -> dict[str, int]:
    """A page of the audit room."""
    return page(status, **{**CLOSED, **others})


SAMPLE = "/audit/samples/<uuid:sample>/"
ROWS = {
    ("GET", "/audit/"): room(200),
    ("GET", "/audit/export.<slug:ending>"): room(200),
    ("GET", "/audit/entries/<uuid:entry>/"): room(200),
    ("GET", "/audit/exceptions/"): room(200),
    ("GET", "/audit/exceptions/<slug:name>/"): room(404),
    ("GET", "/audit/policy/"): room(200),
    # no threshold is named
    ("POST", "/audit/policy/"): room(422),
    ("GET", "/audit/samples/"): room(200),
    ("GET", "/audit/samples/new/"): room(200),
    # neither size nor days are named
    ("POST", "/audit/samples/new/"): room(422),
    ("GET", SAMPLE): room(200),
    ("GET", f"{SAMPLE}close/"): room(405),
    # its sheet is not filled in yet
    ("POST", f"{SAMPLE}close/"): room(409),
    ("GET", f"{SAMPLE}result.pdf"): room(200),
    ("GET", f"{SAMPLE}<int:place>/"): room(200),
    ("POST", f"{SAMPLE}<int:place>/"): room(422),
    ("GET", f"{SAMPLE}<int:place>/hand-over/"): room(405),
    ("POST", f"{SAMPLE}<int:place>/hand-over/"): room(422),
    ("GET", "/audit/digests/"): room(200),
    ("GET", "/audit/digests/compare/"): room(200),
    # no file came along
    ("POST", "/audit/digests/compare/"): room(422),
    ("GET", "/audit/digests/<str:day>/"): room(200),
    ("GET", "/audit/digests/<str:day>/paper.pdf"): room(200),
    ("GET", "/audit/digests/<str:day>/file.json"): room(200),
    ("GET", "/cases/<str:number>/as-of/"): page(200, wang=404, outsider=404),
}

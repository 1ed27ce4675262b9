"""The cast on its small pack; a month of work with everything a report can count in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.cast import MONDAY, Site, make_site
from tests.cast.saying import INTAKE, acting, registered

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.measures import periods

ZONE = ZoneInfo("Asia/Shanghai")
APRIL = datetime(2026, 4, 10, 1, tzinfo=ZONE)
MARCH = periods.read("month", "2026-03", ZONE)
FAULTS = ("漏水", "不亮", "异响")


@pytest.fixture
def site(db: None) -> Site:
    return make_site(MONDAY)


@pytest.fixture
def march(site: Site) -> list[Case]:
    """Sixteen jobs of March and April, of two outlets: assigned in time and late, done, dropped, left lying."""
    made = []
    for place in range(16):
        at = MONDAY + timedelta(days=2 * place, minutes=7 * place)
        answers = {
            **INTAKE, "intake.urgency": "urgent" if place % 3 else "normal",
            "intake.problem": FAULTS[place % 3], "intake.device": f"SN-{place % 4}",
        }  # fmt: skip
        if place % 5 == 4:
            del answers["intake.device"]
        made.append(registered(site, "wang" if place in {4, 9} else "chen", at, answers=answers))
    for place in (1, 2, 5, 7, 8, 12):
        job = made[place]
        later = job.opened_at + timedelta(minutes=20 if place % 2 else 95)
        actions.act(site.zhou, acting(job.number, "assign", later, {"order.repairer": "li"}))
        if place in {2, 7, 8, 12}:
            actions.act(site.li, acting(job.number, "work", later + timedelta(hours=30), {"work.sure": place != 8}))
    for place in (3, 6):
        actions.act(site.zhou, acting(made[place].number, "drop", made[place].opened_at + timedelta(days=1)))
    actions.sweep(APRIL)
    return made


@pytest.fixture
def recorded_late(site: Site, march: list[Case]) -> Case:
    """A job of March that was dropped in March and entered in the book on the twelfth of April."""
    job = Case.objects.get(pk=march[0].pk)
    done, received = job.opened_at + timedelta(days=20), APRIL + timedelta(days=2)
    actions.act(site.zhou, acting(job.number, "drop", done, received=received))
    return job

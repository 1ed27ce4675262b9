"""A house on a pack of its own, in which every exception can be done by a real act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.cast import MONDAY, Site, acting, make_site, registered

from bihuan.casework import actions
from bihuan.casework.audit.exceptions import BY_NAME, Found, Period
from bihuan.casework.audit.policy import documented
from bihuan.casework.models import Case
from bihuan.people import actions as people

PACK = Path(__file__).parent / "pack"
HOUR = timedelta(hours=1)


@pytest.fixture
def site(db: None) -> Site:
    """The cast, and beside it an auditor of the north, one of the south, and the north's cashier."""
    made = make_site(pack=PACK)
    more = (("north-audit", "office", "north"), ("south-audit", "office", "south"), ("feng", "cashier", "north"))
    for username, post, outlet in more:
        person = people.add_person(username, username, None, by=None, at=MONDAY)
        people.give_post(person, post, outlet, start=MONDAY.date() - timedelta(days=365), by=None, at=MONDAY)
        made.people[username] = person
    return made


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path


class Walk:
    """One case walked act by act, an hour apart, so that every entry has a moment of its own."""

    def __init__(self, site: Site, at: datetime = MONDAY, by: str = "chen", **answers: Any) -> None:
        self.site, self.at = site, at
        intake = {"intake.contact": "王老师", "intake.problem": "不亮", "intake.urgency": "normal", **answers}
        self.case = registered(site, by, at, answers=intake)

    def do(self, who: str, action: str, answers: dict[str, Any] | None = None, **more: Any) -> Walk:
        """The next act, an hour later unless ``at`` says otherwise."""
        self.at = more.pop("at", self.at + HOUR)
        actions.act(self.site.again(who), acting(self.case.number, action, self.at, answers, **more))
        return self

    @property
    def now(self) -> Case:
        return Case.objects.get(pk=self.case.pk)


@pytest.fixture
def walk(site: Site) -> Callable[..., Walk]:
    return lambda *given, **answers: Walk(site, *given, **answers)


def span(outlets: frozenset[str] | None = None, chains: frozenset[str] | None = None, **numbers: int) -> Period:
    """Six weeks round the Monday of the tests, in everybody's sight unless said otherwise."""
    start, until = MONDAY - timedelta(days=14), MONDAY + timedelta(days=28)
    return Period(start, until, chains if chains is not None else outlets, outlets, documented().numbers | numbers)


def found(name: str, period: Period | None = None) -> list[Found]:
    """What one exception of the catalogue finds."""
    return BY_NAME[name].found(period or span())


def browser(site: Site, username: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(site.people[username])
    return client

"""The house of the tests: three outlets and the cast that works in them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bihuan.people import actions
from bihuan.people.models import Person

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
PASSWORD = "riverbank-1874-lamp"


@pytest.fixture
def monday() -> datetime:
    return MONDAY


@pytest.fixture
def house(db: None) -> None:
    for code, name, parent in (("head", "总部", ""), ("north", "北区", "head"), ("south", "南区", "head")):
        actions.add_outlet(code, name, by=None, at=MONDAY, parent=parent)


def employ(username: str, name: str, post: str = "", outlet: str = "", **more: object) -> Person:
    person = actions.add_person(username, name, PASSWORD, by=None, at=MONDAY, **more)
    if post:
        actions.give_post(person, post, outlet, by=None, at=MONDAY, start=date(2026, 1, 1))
    return person


@pytest.fixture
def chen(house: None) -> Person:
    return employ("chen", "陈坐席", "clerk", "head")


@pytest.fixture
def wang(house: None) -> Person:
    return employ("wang", "外点王", "repairer", "north")


@pytest.fixture
def qian(house: None) -> Person:
    return employ("qian", "钱副总", "leader", "")


@pytest.fixture
def outsider(house: None) -> Person:
    return employ("outsider", "路人")


@pytest.fixture
def administrator(house: None) -> Person:
    return employ("root", "管理员", is_administrator=True)

"""The fixed cast, with a cashier of the house and a manager of the south; one price list of the house."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.cast import MONDAY, OWN_PACK, Site, make_site

from bihuan.ground.ids import new_id
from bihuan.people import actions as people
from bihuan.registers.charges import prices
from bihuan.registers.charges.models import PriceList
from bihuan.registers.charges.prices import Price
from bihuan.registers.deeds import Deed, Question

POSTS = """
[posts.cashier]
title = { zh = "出纳", en = "Cashier" }
role = "finance"
[posts.manager]
title = { zh = "服务经理", en = "Service manager" }
role = "service-manager"

[hours]"""
LABOUR = Price("GF-01", "上门工费", Decimal("80.00"), "Labour on site", "次")
CLEANING = Price("GF-02", "除尘", Decimal("30.50"), "Cleaning", "台")


def with_keepers(site: Site) -> Site:
    """qian is the cashier of the house, wang the manager of the south, wu administers."""
    start = site.at.date() - timedelta(days=365)
    people.give_post(site.qian, "cashier", "", start=start, by=None, at=site.at)
    people.give_post(site.wang, "manager", "south", start=start, by=None, at=site.at)
    site.wu.is_administrator = True
    site.wu.save(update_fields=["is_administrator"])
    for person in site.people.values():
        person.__dict__.pop("_held", None)
    return site


def pack_with_keepers(folder: Path) -> Path:
    shutil.copytree(OWN_PACK, folder)
    text = (folder / "pack.toml").read_text(encoding="utf-8").replace("\n[hours]", POSTS, 1)
    (folder / "pack.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return pack_with_keepers(tmp_path / "pack")


@pytest.fixture
def site(db: None, pack: Path) -> Site:
    return with_keepers(make_site(MONDAY, pack))


@pytest.fixture
def real_site(transactional_db: None, pack: Path) -> Site:
    return with_keepers(make_site(MONDAY, pack))


def tariff(site: Site, **more: Any) -> PriceList:
    given = {"name": "收费标准", "start": date(2026, 1, 1), "lines": [LABOUR, CLEANING]} | more
    return prices.open_list(given.pop("name"), given.pop("start"), by=site.qian, at=max(site.at, MONDAY), **given)


@pytest.fixture
def listed(site: Site) -> PriceList:
    return tariff(site)


def deed(number: str = "J1", outlet: str = "north", at: Any = MONDAY, **arguments: Any) -> Deed:
    """A deed as casework hands it over; ``from_`` stands for the argument ``from``."""
    given = {name.rstrip("_"): value for name, value in arguments.items()}
    return Deed(
        definition=None,
        answers={},
        at=at,
        received=at,
        outlet=outlet,
        number=number,
        case=new_id(at),
        doer="li",
        post="repairer",
        clause="4.2(7)",
        arguments=given,
    )


def question(number: str = "J1", form: str = "", answers: Any = None, outlet: str = "north") -> Question:
    return Question(definition=None, answers=answers or {}, at=MONDAY, outlet=outlet, number=number, form=form)

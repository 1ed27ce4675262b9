"""A repair on the integrator's own pack, and its papers."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from tests.cast import MONDAY, PACKS, make_site, opening

from bihuan.casework import actions
from bihuan.casework.definitions import definition_for
from bihuan.casework.models import Case
from bihuan.casework.paper.actions import Printer, Wanted, preview
from bihuan.casework.paper.documents import Document, documents_of
from bihuan.registers.charges import actions as charges
from bihuan.registers.charges.actions import Told
from bihuan.registers.charges.models import Receipt

INTAKE = {
    "channel": "hotline",
    "service": "on-site",
    "belongs": "product",
    "customer": "城东小学",
    "contact": "王老师",
    "phone": "13800000001",
    "address": "城东路 8 号 3 号教学楼 204 室",
    "region": "city",
    "product": "投影机",
    "serial": "0A93-17",
    "problem": "开机两分钟后自动关机，指示灯闪红，风扇不转；昨天下午开始。",
    "urgency": "ordinary",
}
EQUIPMENT = {
    "customer-copy": True,
    "customer-signature": "王老师",
    "items": [
        {"item": "投影机", "serial": "0A93-17", "condition": "左下角有烧痕", "accessories": "电源线、遥控器"},
        {"item": "吊架", "condition": "完好"},
    ],
}
MONEY = {
    "amount": 1230,
    "payer": "城东小学",
    "items": [{"item": "上门费", "amount": 50}, {"item": "更换主板", "amount": 1180}],
}


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def site(db: None):
    return make_site(pack=PACKS / "integrator")


@pytest.fixture
def case(site) -> Case:
    answers = {"intake": INTAKE}
    number = actions.open_case(site.chen, opening(kind="repair", answers=answers)).number
    return Case.objects.get(number=number)


def fill(case: Case, **forms: dict) -> Case:
    """The case as it would stand with these forms filled in by the acts that fill them: papers read nothing else."""
    state, definition = case.state, definition_for(case)
    moments, doers = dict(state.moments), dict(state.doers)
    for name in forms:
        act = next(one for one in definition.acts.values() if one.form == name)
        moments[act.name] = MONDAY + timedelta(hours=len(moments))
        doers[act.name] = ("li", "repairer")
    case.state = replace(state, answers={**state.answers, **forms}, moments=moments, doers=doers)
    case.save(update_fields=["state"])
    return case


def printer(site, paper: str, username: str = "zhou", at: datetime = MONDAY, language: str = "zh") -> Printer:
    return Printer(site.people[username], at, language, "http://127.0.0.1:8100", paper)


def found(site, case: Case, key: str, username: str = "zhou") -> Document:
    return next(one for one in documents_of(case, site.people[username], MONDAY, "zh") if one.key == key)


def wanted(site, case: Case, key: str) -> Wanted:
    """All copies of one document."""
    document = found(site, case, key)
    return Wanted(case, document, tuple(name for name, _title in document.copies))


def pages(site, case: Case, key: str, paper: str, **more) -> bytes:
    return preview([wanted(site, case, key)], printer(site, paper, **more))


def receive(case: Case, amount: str = "1230.00") -> Receipt:
    """A receipt in the register, as the effect of the act would have written it."""
    told = Told(number=case.number, outlet=case.outlet, by="li", at=MONDAY)
    return charges.receipt(told, Decimal(amount), "城东小学", MONEY["items"])

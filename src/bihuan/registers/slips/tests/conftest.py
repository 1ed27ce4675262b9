"""The house of the slips: two outlets, the posts of a small pack, and acts said in their name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest

from bihuan.people import actions as people
from bihuan.procedure.definition import Text
from bihuan.registers.deeds import Deed, Question
from bihuan.registers.slips.effects import EFFECTS
from bihuan.registers.slips.facts import FACTS

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
POSTS = {
    name: Text(zh, name)
    for name, zh in (
        ("repairer", "修理工"),
        ("dispatcher", "调度"),
        ("follow-up", "回访"),
        ("office", "办公室"),
        ("customer", "客户"),
    )
}
CAST = (("zhou", "dispatcher"), ("li", "repairer"), ("zhao", "repairer"), ("sun", "follow-up"), ("wu", "office"))


def form(name, copies=None, number="", keep_by=""):
    """A form as the register looks at it; ``copies``: name → for whom ("" = nobody in particular)."""
    copies = copies or {}
    return SimpleNamespace(
        name=name,
        title=Text(f"{name}单", f"{name} slip"),
        number=number,
        copies={one: Text(f"{one}联", f"{one} copy") for one in copies},
        copy_holders={one: holder for one, holder in copies.items() if holder},
        keep=SimpleNamespace(by=keep_by) if keep_by else None,
        fields={},
    )


FORMS = {
    "job": form("job", {"main": "repairer", "stub": "dispatcher"}, keep_by="office"),
    "receipt": form("receipt", {"customer": "customer", "own": "dispatcher"}, number="receipt", keep_by="office"),
    "back": form("back", {"finance": "", "store": "office"}),
    "plain": form("plain"),
}


def make_house() -> None:
    for code, parent in (("head", ""), ("north", "head"), ("south", "head")):
        people.add_outlet(code, code, by=None, at=MONDAY, parent=parent)
    for username, post in CAST:
        person = people.add_person(username, f"{username}师傅", None, by=None, at=MONDAY)
        people.give_post(person, post, "north", by=None, at=MONDAY, start=date(2026, 1, 1))


def deed(name, doer="zhou", post="dispatcher", number="A-1", outlet="north", at=MONDAY, **arguments) -> Deed:
    """One effect of an act. ``give`` stands for the argument ``from``, ``mark_as`` for ``as``."""
    for plain, word in (("give", "from"), ("mark_as", "as")):
        if plain in arguments:
            arguments[word] = arguments.pop(plain)
    return Deed(
        definition=SimpleNamespace(forms=FORMS, posts=POSTS),
        answers={},
        at=at,
        received=at,
        outlet=outlet,
        number=number,
        case=uuid4(),
        doer=doer,
        post=post,
        act_id=uuid4(),
        arguments=arguments,
    )


def do(name, *args, **more):
    return EFFECTS[name](deed(name, *args, **more))


def ask(name, argument="", number="A-1"):
    asked = Question(SimpleNamespace(forms=FORMS, posts=POSTS), {}, MONDAY, outlet="north", number=number)
    return FACTS[name](Question(**{**asked.__dict__, "argument": argument}))


@pytest.fixture
def house(db) -> None:
    make_house()


@pytest.fixture
def real_house(transactional_db) -> None:
    make_house()

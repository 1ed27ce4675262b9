"""What an act tells this room and asks of it: the argument names of the text, who goes when nobody is named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from bihuan.people import actions as people
from bihuan.registers.deeds import Deed, Question
from bihuan.registers.visits.effects import EFFECTS
from bihuan.registers.visits.errors import NotQualified, WrongVisit
from bihuan.registers.visits.facts import FACTS
from bihuan.registers.visits.models import Visit

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def field(name, kind):
    return SimpleNamespace(name=name, kind=kind)


FORMS = {
    "slip": SimpleNamespace(fields={"worker": field("worker", "person")}),
    "intake": SimpleNamespace(fields={"where": field("where", "address")}),
}
ANSWERS = {"intake": {"where": "前街 1 号"}, "slip": {"worker": "li"}}


@pytest.fixture(autouse=True)
def house(db):
    people.add_outlet("north", "北区", by=None, at=MONDAY)
    for username in ("li", "zhao"):
        person = people.add_person(username, username, None, by=None, at=MONDAY)
        people.give_post(person, "repairer", "north", by=None, at=MONDAY, start=date(2026, 1, 1))


def do(name, arguments=None, *, form="", doer="zhao", at=MONDAY):
    deed = Deed(
        definition=SimpleNamespace(forms=FORMS),
        answers=ANSWERS,
        at=at,
        received=at,
        outlet="north",
        number="A-1",
        case=uuid4(),
        doer=doer,
        form=form,
        arguments=arguments or {},
    )
    return EFFECTS[name](deed)


def book(form="", doer="zhao", **more):
    return do("visits.book", {"at": "2026-03-02T14:00+08:00", **more}, form=form, doer=doer)


def ask(name):
    return FACTS[name](Question(SimpleNamespace(forms=FORMS), ANSWERS, MONDAY, outlet="north", number="A-1"))


def test_who_goes_is_named_by_the_text_else_on_the_form_being_filled_else_whoever_acts():
    assert [book(who="li")["who"], book(form="slip")["who"], book(form="intake")["who"]] == ["li", "li", "zhao"]


def test_what_was_booked_is_told_with_the_act():
    told = book(who="li", minutes=90)
    assert {name: told[name] for name in ("who", "from", "to", "place")} == {
        "who": "li",
        "from": "2026-03-02T06:00:00+00:00",
        "to": "2026-03-02T07:30:00+00:00",
        "place": "前街 1 号",
    }
    later = {"at": "2026-03-02T16:00+08:00", "who": "li", "place": "后街"}
    moved = do("visits.book", later, at=MONDAY + timedelta(minutes=1))
    assert (moved["moved-from"], moved["place"]) == ("2026-03-02T06:00:00+00:00", "后街")


@pytest.mark.parametrize(
    ("arguments", "error", "field"),
    [
        ({"at": None}, WrongVisit, "at"),
        ({"at": "soon"}, WrongVisit, "at"),
        ({"minutes": "long"}, WrongVisit, "minutes"),
        ({"who": "nobody"}, WrongVisit, "who"),
        ({"skill": "投影机"}, NotQualified, "skill"),
    ],
)
def test_what_the_room_refuses_is_named_and_nothing_is_booked(arguments, error, field):
    with pytest.raises(error) as refused:
        do("visits.book", {"at": "2026-03-02T14:00+08:00", "who": "li", **arguments})
    assert (refused.value.field, Visit.objects.count()) == (field, 0)


def test_the_facts_follow_the_visit_from_booking_to_cancelling():
    facts = ("visits.appointment", "visits.arrived", "visits.count")
    assert [ask(name) for name in facts] == [None, None, 0]
    book(who="li")
    assert [ask(name) for name in facts] == ["2026-03-02T06:00:00+00:00", None, 0]
    do("visits.arrive", doer="li", at=MONDAY + timedelta(hours=5))
    assert [ask(name) for name in facts] == ["2026-03-02T06:00:00+00:00", "2026-03-02T06:00:00+00:00", 1]
    assert do("visits.leave", doer="li", at=MONDAY + timedelta(hours=6))["left"] == "2026-03-02T07:00:00+00:00"
    assert do("visits.leave", doer="li") is None
    # a second appointment is what counts now; given back, the kept one speaks again
    do("visits.book", {"at": "2026-03-03T09:00+08:00", "who": "li"}, at=MONDAY + timedelta(hours=6))
    assert ask("visits.appointment") == "2026-03-03T01:00:00+00:00"
    assert do("visits.cancel", {"because": "改期"}) == {"cancelled": 1, "because": "改期"}
    assert [ask(name) for name in facts] == ["2026-03-02T06:00:00+00:00", "2026-03-02T06:00:00+00:00", 1]
    assert do("visits.cancel") is None

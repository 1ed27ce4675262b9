"""Booking, moving, arriving: one person is in one place at a time, and able to do the work on that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.cast import at_once, kinds

from bihuan.journal.models import Entry
from bihuan.people import actions as people
from bihuan.people.models import Person
from bihuan.registers.visits import actions, queries
from bihuan.registers.visits.errors import DoubleBooked, NotQualified, WrongVisit
from bihuan.registers.visits.models import Visit

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
HOUR = timedelta(hours=1)


def make_house() -> None:
    for code, parent in (("head", ""), ("north", "head"), ("south", "head")):
        people.add_outlet(code, code, by=None, at=MONDAY, parent=parent)
    for username, outlet in (("li", "north"), ("zhao", "north"), ("wang", "south")):
        person = people.add_person(username, f"{username}师傅", None, by=None, at=MONDAY)
        people.give_post(person, "repairer", outlet, by=None, at=MONDAY, start=date(2026, 1, 1))
    li = Person.objects.get(username="li")
    people.add_skill(li, "投影机", by=None, at=MONDAY, start=date(2026, 1, 1), until=date(2026, 3, 3))


@pytest.fixture
def house(db) -> None:
    make_house()


@pytest.fixture
def real_house(transactional_db) -> None:
    make_house()


def book(number="A-1", who="li", start=MONDAY, **more) -> Visit:
    return actions.book(number, "north", who, start, **{"by": "zhou", "at": MONDAY, **more})


def standing() -> list[tuple[str, str, str]]:
    return list(Visit.objects.order_by("booked_at", "id").values_list("case_number", "person", "state"))


def test_a_visit_takes_an_hour_unless_the_text_says_otherwise(house):
    entries = Entry.objects.count()
    assert book().ends - MONDAY == HOUR
    assert book("A-2", start=MONDAY + HOUR, minutes=90).ends == MONDAY + timedelta(minutes=150)
    assert Entry.objects.count() == entries


def test_a_person_booked_elsewhere_is_refused_and_nothing_is_written(house):
    book()
    for start in (MONDAY - timedelta(minutes=59), MONDAY, MONDAY + timedelta(minutes=59)):
        with pytest.raises(DoubleBooked) as refused:
            book("A-2", start=start)
        assert (refused.value.field, "A-1" in refused.value.words.zh) == ("at", False)
    assert standing() == [("A-1", "li", "booked")]
    book("A-2", start=MONDAY + HOUR)
    book("A-3", who="zhao")
    assert len(standing()) == 3


def test_the_database_itself_refuses_two_places_at_once(house):
    book()
    by_hand = """INSERT INTO visits_visit (id, case_number, outlet, person, during, place, skill, state, booked_by,
        booked_at, because) VALUES (gen_random_uuid(), 'X', 'north', 'li', tstzrange(%s, %s), '', '', %s, '', %s, '')"""
    for state, refused in (("booked", True), ("cancelled", False)):
        hand = [MONDAY + HOUR / 2, MONDAY + HOUR, state, MONDAY]
        if refused:
            with pytest.raises(IntegrityError, match="visit_one_place_at_a_time"), transaction.atomic():
                connection.cursor().execute(by_hand, hand)
        else:
            connection.cursor().execute(by_hand, hand)
    with pytest.raises(IntegrityError, match="visit_one_place_at_a_time"), transaction.atomic():
        connection.cursor().execute("UPDATE visits_visit SET state = 'booked' WHERE case_number = 'X'")
    assert sorted(standing()) == [("A-1", "li", "booked"), ("X", "li", "cancelled")]


@pytest.mark.parametrize(
    ("broken", "column"),
    [
        ("visit_time", "during = tstzrange('2026-03-02', null)"),
        ("visit_time", "during = 'empty'"),
        ("visit_arrived", "state = 'done'"),
        ("visit_moved_to", "state = 'moved'"),
        ("visit_state", "state = 'perhaps'"),
        ("visit_left_after", "arrived_at = '2026-03-02T09:00Z', left_at = '2026-03-02T08:00Z'"),
    ],
)
def test_the_database_keeps_a_visit_whole(house, broken, column):
    book()
    with pytest.raises(IntegrityError, match=broken), transaction.atomic():
        connection.cursor().execute(f"UPDATE visits_visit SET {column}")


def test_of_two_who_book_the_same_person_at_the_same_instant_one_is_refused(real_house):
    found = at_once(lambda: book("A-1"), lambda: book("A-2"), lambda: book("A-3", start=MONDAY + HOUR / 2))
    assert kinds(found) == ["DoubleBooked", "DoubleBooked", "Visit"]
    assert len(standing()) == 1


def test_of_two_who_write_past_the_room_at_the_same_instant_the_database_lets_one_through(real_house):
    def past(number):
        visit = Visit(case_number=number, outlet="north", person_id="li", booked_by="", booked_at=MONDAY)
        visit.during = (MONDAY, MONDAY + HOUR)
        visit.save()
        return visit

    assert kinds(at_once(lambda: past("A-1"), lambda: past("A-2"))) == ["IntegrityError", "Visit"]


def test_a_certificate_counts_on_the_day_of_the_visit(house):
    book(skill="投影机", start=MONDAY + timedelta(days=1))
    with pytest.raises(NotQualified) as refused:
        book("A-2", skill="投影机", start=MONDAY + timedelta(days=2))
    assert refused.value.field == "skill"
    with pytest.raises(NotQualified):
        book("A-2", who="zhao", skill="投影机")
    assert standing() == [("A-1", "li", "booked")]


def test_a_certificate_that_ended_yesterday_is_refused_today(house):
    wednesday = MONDAY + timedelta(days=2)
    with pytest.raises(NotQualified):
        book(start=wednesday, at=wednesday, skill="投影机")
    assert standing() == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"who": "nobody"}, "who"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 14 * 24 * 60 + 1}, "minutes"),
        ({"start": datetime(2026, 3, 2, 9, 0)}, "at"),  # noqa: DTZ001 - a moment without a zone is the point
    ],
)
def test_what_cannot_be_a_visit_is_refused(house, more, field):
    with pytest.raises(WrongVisit) as refused:
        book(**more)
    assert (refused.value.field, standing()) == (field, [])


def test_booking_again_moves_the_visit_and_keeps_the_old_one(house):
    first = book(place="前街 1 号", skill="投影机")
    second = book(start=MONDAY + HOUR / 2, at=MONDAY + HOUR / 60)
    first.refresh_from_db()
    assert (first.state, first.replaced_by, second.state, second.place) == ("moved", second, "booked", "前街 1 号")
    assert [one.state for one in queries.of_case("A-1")] == ["moved", "booked"]
    # the time given back can be had by another case
    book("A-2", start=MONDAY - HOUR / 2)


def test_a_move_onto_another_visit_is_refused_and_the_old_booking_stands(house):
    book()
    book("A-2", start=MONDAY + 2 * HOUR)
    with pytest.raises(DoubleBooked):
        book(start=MONDAY + 2 * HOUR)
    assert sorted(standing()) == [("A-1", "li", "booked"), ("A-2", "li", "booked")]


def test_who_arrives_has_left_where_they_were_before(house):
    book()
    book("A-2", start=MONDAY + HOUR)
    first = actions.arrive("A-1", "north", "li", by="li", at=MONDAY + HOUR / 4)
    assert (first.state, first.arrived_at) == ("under-way", MONDAY + HOUR / 4)
    second = actions.arrive("A-2", "north", "li", by="li", at=MONDAY + HOUR)
    first.refresh_from_db()
    assert (first.state, first.left_at, second.state) == ("done", MONDAY + HOUR, "under-way")
    assert actions.arrive("A-2", "north", "li", by="li", at=MONDAY + 2 * HOUR) == second
    left = actions.leave("A-2", "li", at=MONDAY + 2 * HOUR)
    assert (left.state, left.left_at) == ("done", MONDAY + 2 * HOUR)
    assert actions.leave("A-2", "li", at=MONDAY + 2 * HOUR) is None


def test_an_arrival_nobody_had_booked_lasts_until_the_next_booking(house):
    book("A-2", start=MONDAY + HOUR / 2)
    visit = actions.arrive("A-1", "north", "li", by="li", at=MONDAY)
    assert (visit.starts, visit.ends, visit.state) == (MONDAY, MONDAY + HOUR / 2, "under-way")
    with pytest.raises(DoubleBooked):
        actions.arrive("A-3", "north", "li", by="li", at=MONDAY + HOUR / 2)
    visit.refresh_from_db()
    assert (visit.state, visit.left_at) == ("under-way", None)


def test_cancelling_gives_the_time_back_and_leaves_who_is_there(house):
    book()
    book("A-1", who="zhao")
    actions.arrive("A-1", "north", "zhao", by="zhao", at=MONDAY)
    assert actions.cancel("A-1", at=MONDAY, because="客户没空") == 1
    assert actions.cancel("A-1", at=MONDAY) == 0
    assert sorted(standing()) == [("A-1", "li", "cancelled"), ("A-1", "zhao", "under-way")]
    assert Visit.objects.get(person="li").because == "客户没空"
    book("A-2")


def test_free_people_are_able_here_and_nowhere_else(house):
    def free(skill="", outlet="north", start=MONDAY, at=MONDAY):
        return [one.username for one in queries.free_people(outlet, skill, start, start + HOUR, at)]

    book()
    assert (free(), free(start=MONDAY + HOUR), free(outlet="head")) == (["zhao"], ["li", "zhao"], ["wang", "zhao"])
    assert (free("投影机"), free("投影机", start=MONDAY + HOUR)) == ([], ["li"])
    assert free("投影机", start=MONDAY + timedelta(days=2)) == []
    assert free(start=MONDAY - HOUR, at=MONDAY) == []


def test_the_day_of_a_person_holds_what_fills_it(house):
    book()
    book(start=MONDAY + HOUR)
    midnight = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai, over midnight
    book("A-2", start=midnight)
    days = {day: [one.case_number for one in queries.of_person("li", date(2026, 3, day))] for day in (1, 2, 3, 4)}
    assert days == {1: [], 2: ["A-1", "A-2"], 3: ["A-2"], 4: []}
    assert [one.case_number for one in queries.busy("li", MONDAY, MONDAY + HOUR)] == []
    assert [one.case_number for one in queries.busy("li", MONDAY, MONDAY + HOUR + HOUR / 60)] == ["A-1"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["book", "arrive", "cancel"]),
        st.sampled_from(["A-1", "A-2", "A-3", "A-4"]),
        st.sampled_from(["li", "zhao"]),
        st.integers(0, 40),
        st.integers(1, 180),
    ),
    max_size=25,
)


class NeverTwoPlaces(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(STEPS)
    def test_random_bookings_never_overlap(self, steps):
        make_house()
        for verb, number, who, quarter, minutes in steps:
            when = MONDAY + timedelta(minutes=15 * quarter)
            try:
                if verb == "book":
                    book(number, who, when, minutes=minutes)
                elif verb == "arrive":
                    actions.arrive(number, "north", who, by=who, at=when, minutes=minutes)
                else:
                    actions.cancel(number, at=when)
            except DoubleBooked:
                pass
        # asked of the rows themselves, in plain arithmetic
        filling = list(Visit.objects.filter(state__in=["booked", "under-way"]))
        for one in filling:
            for other in filling:
                apart = one.ends <= other.starts or other.ends <= one.starts
                assert one.pk == other.pk or one.person_id != other.person_id or apart
        for one in Visit.objects.filter(state="moved"):
            assert one.replaced_by.case_number == one.case_number
        assert all(Visit.objects.filter(person=who, state="under-way").count() <= 1 for who in ("li", "zhao"))

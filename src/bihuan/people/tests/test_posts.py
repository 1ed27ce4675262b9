"""Posts are held by the day, at a place, and lent with care."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bihuan.journal.models import Entry
from bihuan.people import access, actions, queries
from bihuan.people.errors import AlreadyThere, NotAllowed, WrongInput
from bihuan.people.models import Delegation, Holding, OutletKey, Person
from bihuan.procedure.state import Doer

from .conftest import employ


def again(person: Person) -> Person:
    """The same person read afresh, as the next request does."""
    return Person.objects.get(pk=person.pk)


def test_a_doer_carries_every_post_held_that_day(chen, monday):
    actions.give_post(chen, "dispatcher", "north", by=None, at=monday)
    assert queries.doer_of(again(chen), monday) == Doer("chen", (("clerk", "head"), ("dispatcher", "north")))


def test_a_post_counts_from_its_first_to_its_last_day_in_the_sites_zone(chen, monday):
    actions.give_post(chen, "office", "head", by=None, at=monday, start=date(2026, 3, 3), end=date(2026, 3, 4))
    held = {
        moment: ("office", "head") in queries.doer_of(again(chen), moment).holds
        for moment in (
            datetime(2026, 3, 2, 15, 59, tzinfo=UTC),
            datetime(2026, 3, 2, 16, 0, tzinfo=UTC),
            datetime(2026, 3, 4, 15, 59, tzinfo=UTC),
            datetime(2026, 3, 4, 16, 0, tzinfo=UTC),
        )
    }
    assert list(held.values()) == [False, True, True, False]


def test_asking_for_the_doer_twice_costs_one_query(chen, monday, django_assert_num_queries):
    person = again(chen)
    queries.places_of("head")
    with django_assert_num_queries(1):
        queries.doer_of(person, monday)
        queries.doer_of(person, monday, "clerk")


def test_a_lent_post_says_for_whom_it_is_acted(chen, outsider, monday):
    days = {"start": date(2026, 3, 2), "until": date(2026, 3, 3)}
    actions.delegate(chen, outsider, ["clerk"], reason="出差", by=chen, at=monday, **days)
    person = again(outsider)
    assert queries.doer_of(person, monday, "clerk") == Doer(
        "outsider", (("clerk", "head"),), "clerk", instead_of="chen"
    )
    assert queries.doer_of(again(outsider), monday + timedelta(days=2)).holds == ()
    assert queries.instead_of(person, monday, "clerk") == "chen"


def test_ones_own_post_is_never_acted_for_somebody_else(chen, monday):
    other = employ("liu", "刘坐席", "clerk", "head")
    days = {"start": date(2026, 3, 2), "until": date(2026, 3, 3)}
    actions.delegate(chen, other, ["clerk"], reason="出差", by=chen, at=monday, **days)
    assert queries.doer_of(again(other), monday, "clerk").instead_of == ""


def test_what_was_lent_is_not_passed_on(chen, outsider, wang, monday):
    days = {"start": date(2026, 3, 2), "until": date(2026, 3, 3)}
    actions.delegate(chen, outsider, ["clerk"], reason="出差", by=chen, at=monday, **days)
    with pytest.raises(WrongInput) as refused:
        actions.delegate(outsider, wang, ["clerk"], reason="也出差", by=outsider, at=monday, **days)
    assert refused.value.field == "posts"
    assert Delegation.objects.count() == 1


def test_nobody_lends_the_post_of_another(chen, outsider, monday):
    entries = Entry.objects.count()
    with pytest.raises(NotAllowed):
        actions.delegate(chen, outsider, ["clerk"], date(2026, 3, 2), date(2026, 3, 3), "代办", by=outsider, at=monday)
    assert (Delegation.objects.count(), Entry.objects.count()) == (0, entries)


def test_holders_are_those_at_the_place_or_everywhere_and_those_who_stand_in(chen, wang, qian, outsider, monday):
    actions.give_post(qian, "clerk", "", by=None, at=monday)
    days = {"start": date(2026, 3, 2), "until": date(2026, 3, 2)}
    actions.delegate(chen, outsider, ["clerk"], reason="出差", by=chen, at=monday, **days)
    names = [person.username for person in queries.holders("clerk", queries.places_of("north"), monday)]
    assert names == ["chen", "outsider", "qian"]
    assert [person.username for person in queries.holders("clerk", ("south",), monday)] == ["qian"]
    assert [one.username for one in queries.holders(["repairer"], ("north",), monday)] == ["wang"]


def test_the_same_post_is_not_held_twice_at_a_time(chen, monday):
    entries = Entry.objects.count()
    with pytest.raises(AlreadyThere):
        actions.give_post(chen, "clerk", "head", by=None, at=monday)
    assert (Holding.objects.filter(person=chen).count(), Entry.objects.count()) == (1, entries)


@pytest.mark.parametrize(
    ("post", "outlet", "start", "end", "field"),
    [
        ("clerk", "nowhere", date(2026, 3, 2), None, "outlet"),
        (" ", "head", date(2026, 3, 2), None, "post"),
        ("clerk", "north", date(2026, 3, 2), date(2026, 3, 1), "end"),
    ],
)
def test_a_post_that_cannot_be_given_is_refused_and_nothing_is_written(chen, monday, post, outlet, start, end, field):
    entries = Entry.objects.count()
    with pytest.raises(WrongInput) as refused:
        actions.give_post(chen, post, outlet, by=None, at=monday, start=start, end=end)
    assert refused.value.field == field
    assert (Holding.objects.filter(person=chen).count(), Entry.objects.count()) == (1, entries)


def test_a_locked_account_holds_nothing(chen, monday):
    Person.objects.filter(pk=chen.pk).update(is_active=False)
    assert queries.doer_of(again(chen), monday).holds == ()
    assert queries.holders("clerk", ("head",), monday) == []


def test_places_go_from_the_outlet_up_and_an_unknown_code_has_none(house, monday):
    actions.add_outlet("north-1", "北区一店", by=None, at=monday, parent="north")
    assert queries.places_of("north-1") == ("north-1", "north", "head")
    assert queries.places_of("nowhere") == ()
    assert (queries.root_outlet(), queries.outlet_codes()) == ("head", ["head", "north", "north-1", "south"])


def test_a_tree_changed_by_another_process_is_noticed_with_the_next_doer(chen, monday):
    assert queries.places_of("south") == ("south", "head")
    OutletKey.objects.filter(pk="south").update(parent="north")
    from bihuan.people.models import OutletTree, new_id  # noqa: PLC0415 - as another process would

    OutletTree.objects.update(token=new_id())
    assert queries.places_of("south") == ("south", "head")
    queries.doer_of(again(chen), monday)
    assert queries.places_of("south") == ("south", "north", "head")


def test_an_outlet_sees_itself_and_what_stands_under_it_only(chen, wang, qian, outsider, administrator, monday):
    actions.add_outlet("north-1", "北区一店", by=None, at=monday, parent="north")
    seen = {one.username: access.visible_outlets(again(one), monday) for one in (chen, wang, qian, outsider)}
    assert seen == {
        "chen": {"head", "north", "north-1", "south"},
        "wang": {"north", "north-1"},
        "qian": None,
        "outsider": frozenset(),
    }
    assert access.visible_outlets(again(administrator), monday) == frozenset()
    assert [access.may_see(again(wang), code, monday) for code in ("north", "head", "south")] == [True, False, False]


def test_only_an_administrator_changes_people(chen, administrator, monday):
    entries = Entry.objects.count()
    for change in (
        lambda by: actions.add_person("new", "新人", None, by=by, at=monday),
        lambda by: actions.give_post(chen, "office", "head", by=by, at=monday),
        lambda by: actions.add_outlet("west", "西区", by=by, at=monday),
        lambda by: actions.add_skill(chen, "repair", by=by, at=monday),
    ):
        with pytest.raises(NotAllowed):
            change(chen)
    assert Entry.objects.count() == entries
    actions.give_post(chen, "office", "head", by=administrator, at=monday)
    written = Entry.objects.get(doer="root")
    assert (written.verb, written.chain, written.about_kind) == ("give-post", "head", "person")


def test_a_skill_counts_on_its_days_only(chen, monday):
    actions.add_skill(chen, "repair", by=None, at=monday, start=date(2026, 3, 1), until=date(2026, 3, 2))
    on_day = [queries.qualified("chen", "repair", monday + timedelta(days=days)) for days in (-2, -1, 0, 1)]
    assert on_day == [False, True, True, False]
    assert queries.qualified("chen", "weld", monday) is False


def test_a_username_is_taken_once_and_the_second_leaves_no_trace(chen, monday):
    entries, people = Entry.objects.count(), Person.objects.count()
    with pytest.raises(AlreadyThere):
        actions.add_person("CHEN ", "另一个陈", None, by=None, at=monday)
    assert (Entry.objects.count(), Person.objects.count()) == (entries, people)


@pytest.mark.parametrize("weak", ["short-1", "password123", "1234567890"])
def test_a_weak_password_is_refused_and_no_account_is_made(house, monday, weak):
    with pytest.raises(WrongInput) as refused:
        actions.add_person("newcomer", "新人", weak, by=None, at=monday)
    assert refused.value.field == "password"
    assert not Person.objects.filter(username="newcomer").exists()


def test_a_token_stands_for_its_person_until_it_ends(chen, monday):
    token = actions.make_token(chen, by=chen, at=monday, label="脚本", days=2)
    assert queries.person_of_token(token, monday + timedelta(days=1)) == chen
    assert queries.person_of_token(token, monday + timedelta(days=2)) is None
    assert queries.person_of_token(token + "x", monday) is None
    assert not chen.tokens.filter(digest=token).exists()


def test_the_end_of_a_post_closes_sessions_and_tokens(chen, monday):
    token = actions.make_token(chen, by=chen, at=monday)
    actions.end_post(chen.holdings.get(), date(2026, 3, 2), by=None, at=monday)
    assert queries.person_of_token(token, monday) is None
    assert again(chen).sessions_from == monday
    assert queries.doer_of(again(chen), monday + timedelta(days=1)).holds == ()

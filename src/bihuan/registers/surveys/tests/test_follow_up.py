"""Tries, answers, the queue of calls that are due; the same at once and by hand-written SQL."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import MONDAY, at_once, kinds, make_site

from bihuan.ground.ids import new_id
from bihuan.journal.models import Entry
from bihuan.registers.deeds import Deed, Question
from bihuan.registers.surveys import actions, queries
from bihuan.registers.surveys.actions import Called
from bihuan.registers.surveys.effects import EFFECTS
from bihuan.registers.surveys.errors import AnsweredAlready, NotYours, WrongAnswer
from bihuan.registers.surveys.facts import FACTS
from bihuan.registers.surveys.models import Answer, Attempt, Survey
from bihuan.registers.surveys.quiet import is_quiet, out_of_quiet

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WANG, LI = "+8613800138000", "+8613900139000"
LUNCH, NIGHT = (time(12), time(14)), (time(21), time(8))
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def site(db):
    return make_site()


def deed(number: str = "J1", at: datetime = MONDAY, form: str = "", filled=None, **arguments) -> Deed:
    answers = {form: filled or {}} if form else {}
    return Deed(None, answers, at, at, "north", number, new_id(at), "sun", form=form, arguments=arguments)


def fact(name: str, number: str = "J1"):
    return FACTS[name](Question(None, {}, MONDAY, number=number))


def tried(number: str, at: datetime, next_in: timedelta | None, contact: str = "", outlet: str = "north", **more):
    following = None if next_in is None else at + next_in
    return actions.attempt(
        Called(number, outlet, "sun", at, contact), more.pop("result", "no-answer"), following, **more
    )


def test_a_try_is_counted_and_says_when_to_call_again(db):
    assert (fact("surveys.attempts"), fact("surveys.next-call")) == (0, None)
    told = EFFECTS["surveys.attempt"](deed(next="2026-03-02T15:30"))
    assert told == {"result": "no-answer", "next": "2026-03-02T15:30:00+08:00"}
    assert (fact("surveys.attempts"), fact("surveys.attempts", "J2")) == (1, 0)
    assert datetime.fromisoformat(fact("surveys.next-call")) == datetime(2026, 3, 2, 7, 30, tzinfo=UTC)


def test_answers_end_the_calling(db):
    EFFECTS["surveys.attempt"](deed(next="2026-03-02T15:30"))
    EFFECTS["surveys.record"](deed(at=MONDAY + HOUR, result=5))
    assert fact("surveys.next-call") is None
    assert queries.due(None, MONDAY + DAY) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": "busy"},
        {"result": "call-back"},
        {"next": "2026-03-02T08:00"},
        {"next": "2026-03-02T09:00+08:00"},
        {"next": "tomorrow"},
    ],
)
def test_a_try_that_does_not_fit_is_refused_and_leaves_nothing(db, wrong):
    with pytest.raises(WrongAnswer):
        EFFECTS["surveys.attempt"](deed(**wrong))
    assert Attempt.objects.count() == 0


def test_answers_are_those_of_the_form_and_a_figure_is_the_satisfaction(db):
    filled = {"satisfaction": 2, "complaint": True}
    told = EFFECTS["surveys.record"](deed(form="call", filled=filled, result=2))
    assert told == {"visit": "1", "satisfaction": 2, "survey": "", "result": "2"}
    one = Answer.objects.get()
    assert (one.answers, one.satisfaction, one.by) == (filled, 2, "sun")


@pytest.mark.parametrize("mark", [0, 6, 2.5, "-1", "1e9", "nan"])
def test_a_mark_outside_one_to_five_is_refused(db, mark):
    with pytest.raises(WrongAnswer):
        EFFECTS["surveys.record"](deed(result=mark))
    assert Answer.objects.count() == 0


def test_a_visit_is_answered_once_and_the_next_one_for_itself(db):
    EFFECTS["surveys.record"](deed(result=5, visit="1"))
    with pytest.raises(AnsweredAlready):
        EFFECTS["surveys.record"](deed(result=1, visit="1"))
    assert EFFECTS["surveys.record"](deed(result="satisfied"))["visit"] == "2"
    assert list(Answer.objects.order_by("visit").values_list("satisfaction", "result")) == [
        (5, "5"),
        (None, "satisfied"),
    ]


def test_of_two_who_answer_for_the_same_visit_at_once_one_is_told(transactional_db):
    def answer():
        with transaction.atomic():
            return EFFECTS["surveys.record"](deed(result=5, visit="1"))

    assert kinds(at_once(answer, answer)) == ["AnsweredAlready", "dict"]
    assert Answer.objects.count() == 1


def test_a_questionnaire_goes_by_version_and_by_kind_of_service(site):
    site.wu.is_administrator = True
    asked = [{"name": "done", "ask": "是否已修好？", "kind": "yes-no"}]
    first = actions.publish("after-visit", "上门回访", asked, by=site.wu, at=MONDAY, kind="job")
    before = Entry.objects.count()
    second = actions.publish("after-visit", "上门回访", asked, by=site.wu, at=MONDAY, kind="job")
    assert (first.version, second.version, Entry.objects.count()) == (1, 2, before + 1)
    assert queries.survey_for("job") == second
    assert queries.survey_for("other") is None
    told = EFFECTS["surveys.record"](deed(result=4, survey="after-visit"))
    assert (told["survey"], Answer.objects.get().survey) == ("after-visit 2", second)
    with pytest.raises(WrongAnswer):
        EFFECTS["surveys.record"](deed(result=4, survey="nobody-knows"))
    with pytest.raises(NotYours):
        actions.publish("x", "x", asked, by=site.sun, at=MONDAY)
    for wrong in ([], [{"ask": "?"}], asked * 2):
        with pytest.raises(WrongAnswer):
            actions.publish("x", "x", wrong, by=site.wu, at=MONDAY)
    assert Survey.objects.count() == 2


def test_a_try_by_hand_writes_one_entry_and_only_within_ones_scope(site):
    before = Entry.objects.count()
    with pytest.raises(NotYours):
        actions.try_by_hand("J1", "south", "no-answer", by=site.sun, at=MONDAY)
    assert (Entry.objects.count(), Attempt.objects.count()) == (before, 0)
    made = actions.try_by_hand("J1", "north", "later", MONDAY + HOUR, "会议中", by=site.sun, at=MONDAY)
    entry = Entry.objects.order_by("-position").first()
    assert (made.result, entry.chain, entry.verb, entry.doer) == ("call-back", "north", "try-to-reach", "sun")
    assert entry.content["answers"] == {
        "case": "J1",
        "result": "call-back",
        "next": "2026-03-02T02:00:00+00:00",
        "note": "会议中",
    }
    assert made.words == "03-02 09:00 改约 · sun · 03-02 10:00 再打 · 会议中"


def test_calls_that_are_due_come_in_their_order_and_only_of_these_outlets(db):
    tried("J1", MONDAY, 3 * HOUR, WANG)
    tried("J2", MONDAY, HOUR, LI)
    tried("J3", MONDAY, 2 * HOUR, outlet="south")
    tried("J4", MONDAY, DAY)
    tried("J5", MONDAY, None)
    at = MONDAY + 4 * HOUR
    assert [(one.number, one.tries) for one in queries.due(None, at)] == [("J2", 1), ("J3", 1), ("J1", 1)]
    assert [one.number for one in queries.due(["north"], at)] == ["J2", "J1"]
    assert queries.due([], at) == []
    tried("J2", MONDAY + 2 * HOUR, DAY, LI)
    assert [one.number for one in queries.due(["north"], at)] == ["J1"]
    assert [(one.number, one.tries) for one in queries.due(["north"], at + 2 * DAY)][:2] == [("J1", 1), ("J4", 1)]
    assert ("J2", 2) in [(one.number, one.tries) for one in queries.due(["north"], at + 2 * DAY)]


def test_nobody_is_called_for_two_cases_within_seven_days(db):
    tried("J1", MONDAY, HOUR, WANG)
    tried("J2", MONDAY, 2 * HOUR, WANG)
    at = MONDAY + 3 * HOUR
    assert [one.number for one in queries.due(None, at, within=7 * DAY)] == ["J1"]
    actions.record(Called("J9", "north", "sun", at, WANG), {}, 5)
    assert queries.due(None, at + timedelta(days=6, hours=23), within=7 * DAY) == []
    assert [one.number for one in queries.due(None, at + timedelta(days=7), within=7 * DAY)] == ["J1"]
    assert [one.number for one in queries.due(None, at + DAY, contacts={"J2": LI}, within=7 * DAY)] == ["J2"]


def test_a_call_nobody_answered_does_not_keep_us_from_calling_again(db):
    tried("J1", MONDAY, HOUR, WANG)
    assert queries.spoken_to_lately([WANG], MONDAY + HOUR, 7 * DAY) == {}
    tried("J1", MONDAY + HOUR, HOUR, WANG, result="reached")
    assert queries.spoken_to_lately([WANG, LI], MONDAY + DAY, 7 * DAY) == {WANG: MONDAY + HOUR}


def test_nobody_is_called_in_quiet_hours_and_the_next_call_moves_out_of_them(db):
    noon = datetime(2026, 3, 2, 12, 30, tzinfo=SHANGHAI)
    made = tried("J1", MONDAY, noon - MONDAY, quiet=[LUNCH, NIGHT])
    assert made.next == datetime(2026, 3, 2, 14, 0, tzinfo=SHANGHAI)
    at = datetime(2026, 3, 2, 21, 30, tzinfo=SHANGHAI)
    assert queries.due(None, at, quiet=[LUNCH, NIGHT]) == []
    assert [one.number for one in queries.due(None, at, quiet=[LUNCH])] == ["J1"]


def test_a_quiet_night_ends_in_the_morning_whichever_side_of_midnight_it_is():
    spans = [LUNCH, NIGHT]
    for local, free in (
        ("02T23:10", "03T08:00"),
        ("03T00:00", "03T08:00"),
        ("03T08:00", "03T08:00"),
        ("02T12:00", "02T14:00"),
    ):
        at = datetime.fromisoformat(f"2026-03-{local}").replace(tzinfo=SHANGHAI)
        assert out_of_quiet(at, spans, SHANGHAI) == datetime.fromisoformat(f"2026-03-{free}").replace(tzinfo=SHANGHAI)
    assert out_of_quiet(MONDAY, [(time(8), time(8))], SHANGHAI) == MONDAY


@given(st.integers(0, 365 * 24 * 3600).map(lambda seconds: MONDAY + timedelta(seconds=seconds)))
def test_out_of_quiet_is_the_first_moment_nobody_minds(at):
    moved = out_of_quiet(at, [LUNCH, NIGHT], SHANGHAI)
    assert not is_quiet(moved, [LUNCH, NIGHT], SHANGHAI)
    assert moved >= at
    assert moved == at or is_quiet(moved - timedelta(microseconds=1), [LUNCH, NIGHT], SHANGHAI)
    assert (moved == at) == (not is_quiet(at, [LUNCH, NIGHT], SHANGHAI))


ANSWER = "INSERT INTO surveys_answer (id, number, outlet, visit, answers, satisfaction, result, contact, by, at) VALUES"
ATTEMPT = "INSERT INTO surveys_attempt (id, number, outlet, result, next, contact, note, by, at) VALUES"
BY_HAND = {
    "a second set for the visit": f"{ANSWER} (gen_random_uuid(), 'J1', 'north', '1', '{{}}', 5, '', '', '', now())",
    "a mark of six": f"{ANSWER} (gen_random_uuid(), 'J1', 'north', '2', '{{}}', 6, '', '', '', now())",
    "answers about no visit": f"{ANSWER} (gen_random_uuid(), 'J1', 'north', '', '{{}}', 5, '', '', '', now())",
    "another mark": "UPDATE surveys_answer SET satisfaction = 5",
    "answers removed": "DELETE FROM surveys_answer",
    "tries removed": "DELETE FROM surveys_attempt",
    "tries emptied": "TRUNCATE surveys_attempt",
    "a try changed": "UPDATE surveys_attempt SET result = 'reached'",
    "an unknown result": f"{ATTEMPT} (gen_random_uuid(), 'J1', 'north', 'busy', NULL, '', '', '', now())",
    "a next call before the try": f"{ATTEMPT} (gen_random_uuid(), 'J1', 'n', 'reached', '2020-01-01', '', '', '',"
    " now())",
    "called back never": f"{ATTEMPT} (gen_random_uuid(), 'J1', 'north', 'call-back', NULL, '', '', '', now())",
}


@pytest.mark.parametrize("what", BY_HAND)
def test_the_database_refuses_by_hand(db, what):
    tried("J1", MONDAY, HOUR)
    actions.record(Called("J1", "north", "sun", MONDAY), {}, 1, visit="1")
    before = [list(table.objects.values_list()) for table in (Answer, Attempt)]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BY_HAND[what])
    assert [list(table.objects.values_list()) for table in (Answer, Attempt)] == before


def test_right_rows_are_taken_by_hand(db):
    with connection.cursor() as cursor:
        cursor.execute(f"{ANSWER} (gen_random_uuid(), 'J1', 'north', '2', '{{}}', 5, '', '', '', now())")
        cursor.execute(f"{ATTEMPT} (gen_random_uuid(), 'J1', 'north', 'reached', NULL, '', '', '', now())")
    assert (Answer.objects.count(), Attempt.objects.count()) == (1, 1)

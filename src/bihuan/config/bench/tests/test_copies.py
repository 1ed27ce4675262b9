"""A house grown by COPY holds like one that was lived in: its chains, its words, its lists, what may be acted on."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from tests.cast import MONDAY
from tests.cast.saying import INTAKE, acting, registered

from bihuan.casework import actions, search
from bihuan.casework.indexing import vector_of
from bihuan.casework.models import Case, CaseText, Mark
from bihuan.config.bench import copies
from bihuan.journal.models import ChainHead, Entry
from bihuan.journal.verify import verify

NOW = MONDAY + timedelta(days=2)
HANDS = {"north": ("li", "zhou"), "south": ("wang",)}
CASES = 420


@pytest.fixture
def grown(real_site):
    """Six cases done by hand, four of them ended, and the house grown from them to 420; what was written."""
    for place in range(6):
        at = MONDAY + timedelta(minutes=7 * place)
        case = registered(real_site, "chen", at, answers={**INTAKE, "intake.problem": f"漏水{place}"})
        if place == 1:
            actions.act(real_site.zhou, acting(case.number, "assign", at, {"order.repairer": "li"}))
        if place > 1:
            actions.act(real_site.zhou, acting(case.number, "cancel", at, {"reason": "不修了"}))
    owner = make_conninfo(os.environ["BIHUAN_OWNER_URL"], dbname=connection.settings_dict["NAME"])
    growth = copies.Growth(owner, HANDS, NOW)
    yield growth, growth.grow(CASES)
    growth.close()


def found(word: str) -> int:
    return len(search.newest(search.asked(word, parts_of_phones=True), None, 1000))


def test_the_chains_hold_and_every_copy_has_its_entry_at_the_end_of_its_outlets_chain(grown):
    growth, _written = grown
    assert list(verify(connection)) == []
    assert list(verify(growth.connection)) == []
    assert Case.objects.count() == CASES
    copied = Case.objects.filter(number__startswith="C")
    assert Entry.objects.filter(about_id__in=[str(one) for one in copied.values_list("pk", flat=True)]).count() == 414
    assert {one.chain: one.seq for one in ChainHead.objects.filter(chain__in=HANDS)} == {
        chain: Entry.objects.filter(chain=chain).count() for chain in HANDS
    }


def test_an_act_goes_on_behind_the_copies(grown, real_site):
    case = Case.objects.filter(number__startswith="C", step="received", outlet="north").first()
    actions.act(real_site.zhou, acting(case.number, "assign", NOW + timedelta(hours=1), {"order.repairer": "li"}))
    assert (Case.objects.get(pk=case.pk).step, list(verify(connection))) == ("assigned", [])


def test_words_stand_in_the_titles_they_were_counted_in_and_are_found_by_search(grown):
    _growth, written = grown
    assert written.cases == sum(written.words.values()) == CASES - 6
    for word in (copies.FREQUENT, copies.MIDDLING, copies.PAIR, copies.RARE):
        assert found(word) == written.words.get(word, 0) == Case.objects.filter(title__contains=word).count()
    assert 90 < written.words[copies.FREQUENT] < 160
    assert written.words[copies.RARE] == copies.RARELY


def test_a_copy_is_found_by_exactly_what_it_would_be_found_by_if_it_had_been_done(grown):
    for case in Case.objects.filter(number__startswith="C")[:40]:
        marks = list(Mark.objects.filter(case=case).order_by("id").values_list("kind", "value"))
        with connection.cursor() as cursor:
            words = vector_of(case.number, case.title, case.outlet, marks)
            cursor.execute("SELECT %s::tsvector = vector FROM casework_casetext WHERE case_id = %s", [words, case.pk])
            assert cursor.fetchone() == (True,)
    assert CaseText.objects.count() == CASES


def test_moments_lie_over_three_years_and_most_are_ended(grown):
    copied = Case.objects.filter(number__startswith="C")
    ended = copied.filter(ended_at__isnull=False)
    assert 0.9 < ended.count() / copied.count() < 1
    days = [(NOW - case.opened_at).days for case in ended]
    assert (min(days) < 60, max(days) > 1000) == (True, True)
    assert all(case.ended_at >= case.opened_at for case in ended)
    assert set(copied.values_list("person", flat=True)) <= {"", "li", "zhou", "wang"}


def test_a_house_grows_again_and_no_index_is_missing_behind_it(grown):
    growth, _written = grown
    before = _indexes()
    assert growth.grow(CASES + 60).cases == 60
    assert (Case.objects.count(), list(verify(connection)), _indexes()) == (CASES + 60, [], before)


def _indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = ANY (%s)", [list(copies.TABLES)])
        return {row[0] for row in cursor.fetchall()}

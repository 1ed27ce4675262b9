"""Ids sort by their moment; Chinese is found by its pairs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.ground.bigrams import query, vector, words
from bihuan.ground.ids import moment_of, new_id

MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@given(MOMENTS)
def test_an_id_is_version_7_and_tells_its_moment_to_the_millisecond(at: datetime) -> None:
    made = new_id(at)
    assert (type(made), made.version, made.variant) == (UUID, 7, "specified in RFC 4122")
    assert moment_of(made) == at.replace(microsecond=at.microsecond // 1000 * 1000)


@given(MOMENTS, st.timedeltas(timedelta(milliseconds=1), timedelta(days=400)))
def test_ids_of_later_moments_sort_later(at: datetime, later: timedelta) -> None:
    assert new_id(at) < new_id(at + later)


def test_ids_of_one_moment_differ() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert len({new_id(at) for _ in range(2000)}) == 2000


def test_a_moment_in_any_zone_gives_the_same_time() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=8)))
    assert moment_of(new_id(at)) == datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_a_moment_without_zone_or_before_1970_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        new_id(datetime(2026, 3, 2))  # noqa: DTZ001 - the fault under test
    with pytest.raises(ValueError, match="1970"):
        new_id(datetime(1969, 12, 31, tzinfo=UTC))
    with pytest.raises(ValueError, match="version 7"):
        moment_of(uuid4())


def test_a_run_of_characters_becomes_its_pairs_and_its_end() -> None:
    assert words("换货单") == ["换货", "货单", "单"]


def test_latin_words_and_figures_stay_whole_and_folded() -> None:
    assert words("ＡＢ－１２３ Größe 换货ok") == ["ab", "123", "grösse", "换货", "货", "ok"]


def test_signs_alone_have_no_words() -> None:
    assert (words("，。 !? 🙂"), vector("，。"), query("，。 ")) == ([], "", "")


def test_a_vector_names_every_place_of_a_word() -> None:
    assert vector("好好好") == "'好好':1,2 '好':3"


def test_characters_typed_together_must_stand_together_and_runs_all_occur() -> None:
    assert query("退换货 A7") == "('退换' <-> '换货') & 'a7':*"
    assert query("单") == "'单':*"


TEXTS = st.text(alphabet="退换货单维修客户ab7 ，", max_size=30)


@given(TEXTS, st.data())
def test_every_part_of_a_text_of_two_characters_or_more_is_among_its_words(text: str, data: st.DataObject) -> None:
    for start in range(len(text) - 1):
        pair = text[start : start + 2]
        if all("\u4e00" <= character <= "\u9fff" for character in pair):
            assert pair in words(text)


@given(st.text(max_size=200))
def test_no_text_can_break_out_of_the_quotes(text: str) -> None:
    assert set("'\\: &|!<>()").isdisjoint("".join(words(text)))
    assert vector(text).count("'") == 2 * len(set(words(text)))

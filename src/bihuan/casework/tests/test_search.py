"""Cases found by what somebody typed: as a plain scan would, never outside the scope, never by half a number."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MONDAY
from tests.cast.saying import INTAKE, acting, registered

from bihuan.casework import actions, indexing, listing, search
from bihuan.casework.models import CaseText
from bihuan.people import access

# what people say: every two characters of it must be findable
SAID = (
    "空调不制冷，外机有异响", "投影机不亮", "电梯门关不上又打开", "KF-72L 室内机漏水", "门禁刷卡没反应", "水泵漏水漏电",
    "监控画面闪烁、黑屏", "漏 水", "水漏", "制冷正常但噪音大，请尽快",
)  # fmt: skip


def opened(site, problem: str, by: str = "chen", minutes: int = 0, **more: str):
    answers = {**INTAKE, "intake.problem": problem, **{f"intake.{name}": value for name, value in more.items()}}
    return registered(site, by, MONDAY + timedelta(minutes=minutes), answers=answers)


def hits(site, text: str, by: str = "zhou", limit: int = 50, **rights: bool) -> list[str]:
    query = search.asked(text, **{"parts_of_phones": True, **rights})
    found = search.newest(query, access.visible_outlets(site.people[by], MONDAY), limit)
    numbers = dict(CaseText.objects.values_list("case", "case__number"))
    return [numbers[one] for one in found]


def test_every_two_characters_are_found_where_a_plain_scan_finds_them(site):
    cases = [opened(site, words, minutes=place) for place, words in enumerate(SAID)]
    pairs = {one[place : place + 2] for words in SAID for one in words.split() for place in range(len(one) - 1)}
    chinese = sorted(pair for pair in pairs if all("\u4e00" <= sign <= "\u9fff" for sign in pair))
    assert len(chinese) > 40
    for pair in chinese:
        scanned = [case.number for case in reversed(cases) if pair in case.title]
        assert hits(site, pair) == scanned, pair


def test_the_newest_come_first_whichever_of_the_two_steps_finds_them(site, monkeypatch):
    cases = [opened(site, "漏水" if place % 3 == 0 else "异响", minutes=place) for place in range(9)]
    leaking = [case.number for place, case in enumerate(cases) if place % 3 == 0][::-1]
    for walk in (1, 2, 5, 100):
        monkeypatch.setattr(search, "WALK", walk)
        assert hits(site, "漏水") == leaking
        assert hits(site, "漏水", limit=2) == leaking[:2]
        assert hits(site, "漏水", by="qian", limit=2) == leaking[:2]


def test_a_second_longer_walk_finds_the_same_newest_first(site, monkeypatch):
    cases = [opened(site, "漏水" if place % 3 == 0 else "异响", minutes=place) for place in range(9)]
    leaking = [case.number for place, case in enumerate(cases) if place % 3 == 0][::-1]
    monkeypatch.setattr(search, "WALK", 3)
    monkeypatch.setattr(search, "_ROWS", "SELECT 1000")
    assert search._worth_walking(1, 2) == 9
    assert search._worth_walking(0, 2) == 0
    for longest in (30, 0):
        monkeypatch.setattr(search, "LONGEST_WALK", longest)
        assert hits(site, "漏水", limit=2) == leaking[:2]
        assert hits(site, "漏水", by="qian", limit=3) == leaking
    assert search._worth_walking(1, 2) == 0


def test_with_several_outlets_the_newest_of_all_come_first_though_one_has_many_more(site, monkeypatch):
    monkeypatch.setattr(search, "WALK", 4)
    north = [opened(site, "漏水", minutes=place).number for place in range(8)]
    south = [opened(site, "漏水", "wang", minutes=10 + place).number for place in range(3)]
    assert hits(site, "漏水", by="qian", limit=5) == [*south[::-1], *north[:5:-1]]


def test_a_number_is_found_by_its_end_and_whole_whatever_the_letters(site):
    case = opened(site, "漏水")
    assert hits(site, case.number[-4:]) == [case.number]
    assert hits(site, case.number.lower()) == [case.number]
    assert hits(site, case.number[-3:]) == []


def test_first_letters_find_the_run_they_stand_for_from_any_character_on(site):
    case = opened(site, "投影机不亮", contact="宁波奥克特")
    assert hits(site, "nbakt") == hits(site, "NBAKT") == hits(site, "akt") == [case.number]
    assert hits(site, "tyj") == [case.number]
    assert hits(site, "yjt") == []


def test_several_words_must_all_occur(site):
    both = opened(site, "空调漏水", contact="张工")
    opened(site, "空调异响", contact="李工", minutes=1)
    assert hits(site, "空调 张工") == [both.number]


def test_a_telephone_number_is_found_in_any_writing(site):
    case = opened(site, "来电说漏水，回电 138 1234-8888 找张工")
    for written in ("13812348888", "138 1234 8888", "+86 138-1234-8888", "86 13812348888"):
        assert hits(site, written) == [case.number], written
        assert hits(site, written, parts_of_phones=False) == [case.number], written


@pytest.mark.parametrize("part", ["8888", "1381234", "1234", "138123488", "3812348888", "88880", "13812348889"])
def test_who_sees_numbers_masked_never_finds_one_by_a_part_of_it(site, part):
    case = opened(site, "回电 13812348888")
    assert hits(site, part, parts_of_phones=False) == []
    whole = part in "13812348888" and ("13812348888".startswith(part) or "13812348888".endswith(part))
    assert hits(site, part) == ([case.number] if whole else [])


def test_nothing_of_another_outlet_is_found(site):
    own = opened(site, "漏水", "wang")
    other = opened(site, "漏水", minutes=1)
    assert hits(site, "漏水", by="wang") == [own.number]
    assert hits(site, "漏水", by="qian") == [other.number, own.number]
    assert hits(site, "漏水", by="outsider") == []


@pytest.mark.parametrize(
    "typed", ["", " ", "'", "\\", "%", "@north", "#", "~8", "!", "a'b & c | (d", "x" * 3000, "\x00"]
)
def test_signs_with_a_meaning_to_the_database_have_none(site, typed):
    opened(site, "漏水")
    assert hits(site, typed) == []


def test_what_is_corrected_is_found_by_its_new_words(site):
    case = opened(site, "漏水")
    correction = {"form": "intake", "field": "problem", "value": "异响", "reason": "听错"}
    actions.act(site.zhou, acting(case.number, "correct", MONDAY + timedelta(minutes=5), correction))
    assert hits(site, "异响") == [case.number]


def test_the_word_of_a_list_and_of_the_search_mean_the_same(site):
    case = opened(site, "回电 13812348888")
    query = listing.typed(site.people["wang"], "8888", MONDAY)
    assert "~" not in query
    assert "~" in listing.typed(site.people["zhou"], "8888", MONDAY)
    assert indexing.backwards(case.number) in CaseText.objects.get(case=case).vector

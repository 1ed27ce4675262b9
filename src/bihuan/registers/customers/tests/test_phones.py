"""A number is the same number however it was written, and shows only what may be shown."""

from __future__ import annotations

import pytest

from bihuan.registers.customers import phones


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("138-0013-8000", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("0086-13800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("013800138000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        (" 138/0013/8000 ", "+8613800138000"),
        ("(0574)87654321", "+8657487654321"),
        ("0574—8765 4321", "+8657487654321"),
        ("400-820-8820", "+864008208820"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_every_way_of_writing_is_one_number(written, number):
    assert phones.e164(written) == number


@pytest.mark.parametrize(
    "written", ["", "12345", "87654321", "138****8000", "陈师傅", "1" * 41, "138001380001380013800"]
)
def test_what_is_no_complete_number_is_none(written):
    assert phones.e164(written) is None


@pytest.mark.parametrize(
    "written", ["0574-87654321转123", "0574 8765 4321 分机：123", "057487654321#123", "057487654321 ext.123"]
)
def test_an_extension_stands_apart(written):
    assert phones.read(written) == ("+8657487654321", "123")


@pytest.mark.parametrize(
    ("number", "masked", "grouped"),
    [
        ("+8613800138888", "138****8888", "138 0013 8888"),
        ("+8657487654321", "0574****4321", "0574 8765 4321"),
        ("+861087654321", "010****4321", "010 8765 4321"),
        ("+442079460958", "+44 20****0958", "+44 20 7946 0958"),
        ("", "", ""),
    ],
)
def test_how_a_number_is_shown(number, masked, grouped):
    assert (phones.masked(number), phones.grouped(number)) == (masked, grouped)


def test_a_line_shows_the_extension_only_with_the_whole_number():
    assert phones.shown("+8657487654321", "123", True) == "0574 8765 4321 转 123"
    assert phones.shown("+8657487654321", "123", False) == "0574****4321"

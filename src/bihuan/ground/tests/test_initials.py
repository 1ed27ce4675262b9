"""How words are spoken, and that the dictionary behind it stays shut until somebody asks."""

import subprocess
import sys

from bihuan.ground.initials import initials, spoken


def test_first_letters_are_those_of_the_spoken_word_and_latin_letters_stand_for_themselves():
    assert [initials(name) for name in ("外点王", "Li 师傅", "重庆", "长沙", "")] == ["wdw", "lisf", "cq", "cs", ""]


def test_the_whole_sound_has_no_tones_and_no_blanks():
    assert [spoken(name) for name in ("陈坐席", "Li 师傅", "")] == ["chenzuoxi", "lishifu", ""]


def test_the_dictionary_is_not_opened_by_loading_the_house():
    asked = "import sys; from bihuan.ground.initials import initials; was = 'pypinyin' in sys.modules; initials('陈'); "
    told = "print(was, 'pypinyin' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked + told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]

"""Every word of the pages has its English, and the compiled catalogue is the written one."""

from __future__ import annotations

from bihuan.layout import words


def test_no_word_lacks_its_english():
    assert words.missing() == {}


def test_the_compiled_catalogue_belongs_to_the_written_one():
    assert words.CATALOGUE.with_suffix(".mo").read_bytes() == words.compiled()


def test_words_are_found_in_tags_blocks_and_calls(tmp_path):
    (tmp_path / "a.html").write_text(
        """{% translate "甲" %}{% translate '乙' %}{% blocktranslate with n=x %}丙 {{ n }}{% endblocktranslate %}"""
    )
    (tmp_path / "b.py").write_text("""x = _("丁"); y = gettext("戊")""")
    assert set(words.asked_for(tmp_path)) == {"甲", "乙", "丙 %(n)s", "丁", "戊"}

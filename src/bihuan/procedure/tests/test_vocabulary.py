"""The words of the registers."""

from __future__ import annotations

from bihuan.procedure import vocabulary


def test_each_word_is_listed_under_its_own_name_in_both_languages() -> None:
    for words in (vocabulary.FACTS, vocabulary.EFFECTS):
        for name, word in words.items():
            assert word.name == name
            assert word.title.zh and word.title.en and word.register


def test_a_tail_belongs_only_to_words_that_take_one() -> None:
    standing = vocabulary.fact("cases.standing-at.followed-up")
    assert standing is vocabulary.FACTS["cases.standing-at"]
    assert vocabulary.tail("cases.standing-at.followed-up") == "followed-up"
    assert vocabulary.fact("outlets.all.north") is None
    assert vocabulary.fact("nothing.there") is None


def test_what_this_edition_carries_out_is_marked_as_built() -> None:
    built = {word.register for word in vocabulary.EFFECTS.values() if word.built}
    assert built == {"cases", "slips", "charges", "products", "warranty", "visits", "surveys"}
    assert not vocabulary.EFFECTS["parts.issue"].built
    assert {word.register for word in vocabulary.FACTS.values() if word.built} == built | {
        "people", "outlets", "customers"
    }  # fmt: skip

"""How Chinese words are spoken: their first letters, which people type to find somebody, and the whole sound.

The dictionary behind it takes some fifty megabytes and a fifth of a second, so it is opened when somebody first asks,
and by no other room than this one.
"""

from __future__ import annotations

from functools import cache
from typing import Any


def initials(text: str) -> str:
    """The first letters of ``text`` as it is spoken, small, without blanks: 陈坐席 → ``czx``.

    What is not Chinese stands for itself: ``Li 师傅`` → ``lisf``.
    """
    book = _dictionary()
    return _joined(book.lazy_pinyin(text, style=book.Style.FIRST_LETTER, errors=list))


def spoken(text: str) -> str:
    """``text`` as it is spoken, without tones and blanks, small: 陈坐席 → ``chenzuoxi``."""
    return _joined(_dictionary().lazy_pinyin(text, errors=list))


def _joined(sounds: list[str]) -> str:
    return "".join(sounds).replace(" ", "").lower()


@cache
def _dictionary() -> Any:
    import pypinyin  # noqa: PLC0415 - opened when it is asked for, see above

    return pypinyin

"""Search in Chinese without a dictionary: a run of characters is found by its pairs.

Word cutters lose words they do not know and three-letter indexes cannot find two-character words; pairs find every
word of two characters or more. Latin letters and figures stay whole words. The last character of a run is kept alone
too, so that one single character is found wherever it stands (``字:*`` meets the pairs it begins and the end it is).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_HAN = (
    (0x3005, 0x3007),  # 々〆〇
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
# A tsvector cannot hold positions beyond this; later words are still found, only no longer as neighbours.
_LAST_POSITION = 16383


def _is_han(character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in _HAN)


def runs(text: str) -> Iterator[tuple[bool, str]]:
    """The text cut into (is Chinese, run), folded: full width, case and compatibility forms are one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    run, kind = "", False
    for character in folded:
        han = _is_han(character)
        word = han or character.isalnum()
        if run and (not word or han != kind):
            yield kind, run
            run = ""
        if word:
            run, kind = run + character, han
    if run:
        yield kind, run


def words(text: str) -> list[str]:
    """The words under which ``text`` is found, in order: pairs and end of each Chinese run, other words whole."""
    found: list[str] = []
    for han, run in runs(text):
        if han:
            found += [run[place : place + 2] for place in range(len(run))]
        else:
            found.append(run)
    return found


def vector(text: str) -> str:
    """``text`` as PostgreSQL ``tsvector`` input (cast ``%s::tsvector``)."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words(text), start=1):
        places.setdefault(word, []).append(min(place, _LAST_POSITION))
    # PostgreSQL keeps at most 255 places of one word.
    return " ".join(f"'{word}':{','.join(map(str, at[:255]))}" for word, at in places.items())


def query(text: str) -> str:
    """What somebody typed as ``tsquery`` input (cast ``%s::tsquery``); empty when there is nothing to look for.

    Characters typed together must stand together; runs typed apart must all occur. A lone character and the last
    Latin word are also found as beginnings.
    """
    parts: list[str] = []
    for han, run in runs(text):
        if not han or len(run) == 1:
            parts.append(f"'{run}':*")
        else:
            parts.append("(" + " <-> ".join(f"'{run[place : place + 2]}'" for place in range(len(run) - 1)) + ")")
    return " & ".join(parts)

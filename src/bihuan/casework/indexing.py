"""The words a case is found by, as the ``tsvector`` of its ``CaseText``. Plain text in, plain text out.

Beside the words of number, title and marks it holds five kinds of signs nobody can type:

``@outlet``     the outlet, so that a reader's scope is part of the question to the index
``^7000-``      the case's number written backwards, so that it is found by its end
``#138…``       a telephone number as a whole, in digits
``~…31``        the same number written backwards, so that it is found by its end – asked only for those who see it
``%nbakt``      the first letters of a run of Chinese, from every character on

What was said on a form for some posts only stands there once for each of them, with ``!post!`` before every word and
sign: only a question asked for that post meets it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import phonenumbers

from bihuan.ground import bigrams
from bihuan.ground.initials import initials

REGION = "CN"
SHORTEST_PHONE = 7
LONGEST_INITIALS = 12
# figures as people write a telephone number: apart, with brackets, hyphens, dots, blanks or a plus before them
_FIGURES = re.compile(r"(?<![0-9A-Za-z])\+?\(?[0-9][0-9\s().-]{5,22}[0-9](?![0-9A-Za-z])")
# one quoted word of ``tsvector`` and ``tsquery`` input
_LEXEME = re.compile(r"'((?:[^'\\]|''|\\.)*)'")
# whose first letters are typed: what the case is about and whom it is for
INITIALS_OF = frozenset({"contact", "fault", "product", "address"})


def vector_of(number: str, title: str, outlet: str, marks: Iterable[tuple[str, str]]) -> str:
    """Everything a case of ``outlet`` is found by, as ``tsvector`` input; ``marks`` are (kind, value)."""
    return _vector([number], [f"@{outlet}", f"^{backwards(number)}"], [("title", title), *marks])


def closed_vector(marks: Iterable[tuple[str, str]], post: str) -> str:
    """What those who hold ``post`` find a case by beside, as ``tsvector`` input."""
    return closed(_vector([], [], list(marks)), post)


def closed(words: str, post: str) -> str:
    """``tsvector`` or ``tsquery`` input with every word in it one of ``post``'s own."""
    sign = f"!{post}!".replace("\\", "").replace("'", "")
    return _LEXEME.sub(lambda found: f"'{sign}{found.group(1)}'", words)


def _vector(plain: list[str], signs: list[str], found: list[tuple[str, str]]) -> str:
    """These words and signs, and what ``found`` says: (kind, value), a title among them."""
    for kind, value in found:
        if kind == "phone":
            signs += phone_signs(value)
            continue
        rest, phones = without_phones(value) if kind not in {"device", "product"} else (value, [])
        plain.append(rest)
        for phone in phones:
            signs += phone_signs(phone)
    for value in dict.fromkeys(value for kind, value in found if kind in INITIALS_OF or kind == "title"):
        signs += [f"%{letters}" for letters in _beginnings(value)]
    written = [bigrams.vector("\n".join(plain)), *(quoted(sign) for sign in dict.fromkeys(signs))]
    return " ".join(one for one in written if one)


def backwards(number: str) -> str:
    """A case's number as it is looked for by its end: folded, written from behind."""
    return number.casefold()[::-1]


def without_phones(text: str) -> tuple[str, list[str]]:
    """``text`` without the telephone numbers in it, and these: a number is never found by a part of it."""
    phones: list[str] = []

    def taken(match: re.Match[str]) -> str:
        if national(match.group()) is None:
            return match.group()
        phones.append(match.group())
        return " "

    return _FIGURES.sub(taken, text), phones


@lru_cache(maxsize=4096)
def national(text: str) -> str | None:
    """The number's digits without the country's code where it is our own, whatever way it is written; None if none."""
    try:
        parsed = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed) or len(str(parsed.national_number)) < SHORTEST_PHONE:
        return None
    home = parsed.country_code == phonenumbers.country_code_for_region(REGION)
    return str(parsed.national_number) if home else f"{parsed.country_code}{parsed.national_number}"


def phone_signs(text: str) -> list[str]:
    """The signs a telephone number is found by; what cannot be read as one is found by its figures as a whole."""
    digits = national(text) or "".join(figure for figure in text if figure.isdecimal())
    return [f"#{digits}", f"~{digits[::-1]}"] if digits else []


def _beginnings(text: str) -> list[str]:
    """First letters of each run of Chinese, beginning at each of its characters: 宁波 → nb, b."""
    found: list[str] = []
    for han, run in bigrams.runs(text):
        if han and len(run) > 1:
            letters = initials(run[:60])
            found += [letters[place : place + LONGEST_INITIALS] for place in range(len(letters) - 1)]
    return list(dict.fromkeys(found))


def quoted(lexeme: str) -> str:
    """A lexeme as ``tsvector`` and ``tsquery`` input."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def any_of(lexemes: Sequence[str]) -> str:
    """One of these, as ``tsquery`` input."""
    return "(" + " | ".join(lexemes) + ")"

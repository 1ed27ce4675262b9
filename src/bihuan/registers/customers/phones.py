"""Telephone numbers: read however they are written, kept as ITU-T E.164, shown masked unless one may see more."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from bihuan.people.models import Person

from . import rights
from .models import Customer

_EXTENSION = re.compile(r"\s*(?:转|分机|内线|ext\.?|#)\s*[:：]?\s*(\d{1,12})\s*$", re.IGNORECASE)
_ALLOWED = re.compile(r"[0-9+()\-–—./\s]+\Z")
_STARS = "****"


def read(text: str, region: str = "CN") -> tuple[str, str] | None:
    """(E.164, extension) of what was written: spaces, hyphens, +86, a leading 0, 转 and 分机; None if it is no number.

    ``region`` (ISO 3166) is where a number without a country code belongs.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    found = _EXTENSION.search(folded)
    extension = found.group(1) if found else ""
    number = folded[: found.start()] if found else folded
    if len(number) > 40 or not _ALLOWED.match(number):
        return None
    try:
        parsed = phonenumbers.parse(number.replace("/", "-"), region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164), extension


def e164(text: str, region: str = "CN") -> str | None:
    """The number alone as E.164, None if ``text`` is no complete number."""
    found = read(text, region)
    return found[0] if found else None


def _parts(number: str) -> tuple[str, str, str]:
    """(code before it, area or first figures, the rest) of an E.164 number, as a reader at home writes it."""
    parsed = phonenumbers.parse(number)
    national = phonenumbers.national_significant_number(parsed)
    abroad = "" if parsed.country_code == 86 else f"+{parsed.country_code} "
    area = phonenumbers.length_of_geographical_area_code(parsed)
    if abroad:
        return abroad, national[:area], national[area:]
    if area:
        return "", f"0{national[:area]}", national[area:]
    return "", national[:3], national[3:]


def masked(number: str) -> str:
    """``138****8888``, ``0574****4321``, ``+44 20****1234``; "" for none. The last four figures and the area stay."""
    if not number:
        return ""
    try:
        abroad, first, rest = _parts(number)
    except NumberParseException:
        return _STARS + number[-2:]
    return f"{abroad}{first}{_STARS}{rest[-4:] if len(rest) > 5 else rest[-2:]}"


def grouped(number: str) -> str:
    """The whole number as one reads it aloud: ``138 0013 8000``, ``0574 8765 4321``; as it is when it is no E.164."""
    if not number:
        return ""
    try:
        abroad, first, rest = _parts(number)
    except NumberParseException:
        return number
    head = rest[: len(rest) % 4] if len(rest) % 4 else ""
    groups = [rest[place : place + 4] for place in range(len(head), len(rest), 4)]
    return abroad + " ".join(part for part in (first, head, *groups) if part)


def may_see(person: Person | None, customer: Customer, at: datetime) -> bool:
    """Whether ``person`` is shown the whole numbers of ``customer``; the one place where that is decided.

    Which posts do is a matter of the rooms above (``settings.REGISTER_RIGHTS``).
    """
    return rights.sees_numbers(person, customer.outlet, at)


def shown(number: str, extension: str, whole: bool) -> str:
    """What stands on the page: grouped or masked, with the extension."""
    words = grouped(number) if whole else masked(number)
    return f"{words} 转 {extension}" if words and extension and whole else words

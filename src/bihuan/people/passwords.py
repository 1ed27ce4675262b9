"""What a password may not be, beside Django's own length and list: what is common here, and one's own name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bihuan.ground.initials import initials, spoken

COMMON = Path(__file__).parent / "words" / "common-passwords.txt"
# rows of a keyboard and of a telephone, as fingers run over them
RUNS = ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "147258369",
        "abcdefghijklmnopqrstuvwxyz")  # fmt: skip
RUN_AT_LEAST = 4
OWN_AT_LEAST = 5


@cache
def common() -> frozenset[str]:
    """The words of the list, small; ``#`` begins a remark."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip().lower() for line in lines if line.strip() and not line.startswith("#"))


class NotCommonHere:
    """Refuses pinyin everybody uses, runs over the keyboard and the same few signs over and over."""

    def validate(self, password: str, user: Any = None) -> None:
        plain = password.lower()
        left = re.sub(r"[^a-z]+", "", plain)
        if plain in common() or (len(left) >= OWN_AT_LEAST and left in common()):
            raise ValidationError(_("这个密码太常见。"), code="password_common_here")
        if len(set(plain)) <= 3 or _rest(plain) < 4:
            raise ValidationError(_("这个密码是键盘顺序或重复的字符。"), code="password_run")

    def get_help_text(self) -> str:
        return _("不用常见的拼音、键盘顺序或重复的字符。")


class NotTheName:
    """Refuses the name in pinyin, whole, however many figures and signs stand around it."""

    def validate(self, password: str, user: Any = None) -> None:
        name = getattr(user, "name", "")
        if not name:
            return
        whole, first = spoken(name), initials(name)
        left = re.sub(r"[^a-z]+", "", password.lower())
        if (len(whole) >= OWN_AT_LEAST and whole in password.lower()) or left in {whole, first, first * 2}:
            raise ValidationError(_("密码和姓名太相似。"), code="password_like_name")

    def get_help_text(self) -> str:
        return _("不用自己的姓名。")


def _rest(plain: str) -> int:
    """How many different signs are left when every run of four or more over the keyboard is taken out."""
    rows = [*RUNS, *(row[::-1] for row in RUNS)]
    place, left = 0, []
    while place < len(plain):
        run = max((_run(plain, place, row) for row in rows), default=0)
        if run >= RUN_AT_LEAST:
            place += run
        else:
            left.append(plain[place])
            place += 1
    return len(set(left))


def _run(plain: str, start: int, row: str) -> int:
    length = 0
    while start + length < len(plain) and plain[start : start + length + 1] in row:
        length += 1
    return length

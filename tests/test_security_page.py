"""docs/security.md names tests that exist, for every requirement of the level."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "security.md"
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.M)
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")
REASONS = ("does not apply", "by reading", "left to the administrator", "open")
# how many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has
CHAPTERS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16,
    17: 7,
}  # fmt: skip


def rows() -> list[tuple[str, ...]]:
    return [found.groups() for found in ROW.finditer(PAGE.read_text(encoding="utf-8"))]


def test_every_test_the_page_names_exists():
    missing = []
    for file, name in NAMED.findall(PAGE.read_text(encoding="utf-8")):
        path = ROOT / file
        if not path.is_file() or not re.search(rf"^\s*def {name}\(", path.read_text(encoding="utf-8"), re.M):
            missing.append(f"{file}::{name}")
    assert missing == []


def test_every_requirement_names_a_test_or_its_reason():
    bare = [row[0] for row in rows() if not NAMED.search(row[3]) and not row[3].strip().startswith(REASONS)]
    assert bare == []


def test_every_requirement_of_the_level_stands_there_once():
    numbers = [row[0] for row in rows()]
    assert len(numbers) == len(set(numbers))
    chapters = dict.fromkeys(CHAPTERS, 0)
    for number in numbers:
        chapters[int(number.split(".")[0])] += 1
    assert chapters == CHAPTERS

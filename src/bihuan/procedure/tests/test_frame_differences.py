"""What differs between two of a pack's own pages, in words and with the line where it stands."""

from __future__ import annotations

import pytest

from bihuan.procedure.differences.frames import frame_differences

from .sample import PACK, frame

MORE = """[hours]
weekdays = ["monday", "tuesday"]
windows = ["08:30-12:00"]

[numbers]
repair = "BX{date}"

[cover]
edition = "1"
"""
OLD = PACK + MORE


def told(old: str, new: str) -> list[tuple[str, int, str, str]]:
    found = frame_differences(frame(old), frame(new), new)
    return [(one.what, one.line, one.subject.zh, one.words.zh) for one in found]


@pytest.mark.parametrize(
    ("old", "new", "what", "subject", "words"),
    [
        ('time = "1 working day"', 'time = "2 days"', "changed", "时间词“及时”", "1 个工作日 → 2 天"),
        ('zh = "及时"', 'zh = "尽快"', "changed", "时间词“尽快”", "名称：及时 → 尽快"),
        ('zh = "主任"', 'zh = "经理"', "changed", "岗位“经理”", "名称：主任 → 经理"),
        ('["monday", "tuesday"]', '["monday", "friday"]', "changed", "工作日", "一二 → 一五"),
        ("08:30-12:00", "09:00-12:00", "changed", "工作时段", "08:30-12:00 → 09:00-12:00"),
        ('repair = "BX{date}"', 'repair = "WX{date}"', "changed", "编号“repair”", "BX{date} → WX{date}"),
        ('edition = "1"', 'edition = "2"', "changed", "封面“edition”", "1 → 2"),
        ('repair = "BX{date}"', 'slips = "BX{date}"', "added", "编号“slips”", "新增：BX{date}"),
    ],
)
def test_each_kind_of_entry_is_told_with_its_line(old, new, what, subject, words):
    assert old in OLD
    text = OLD.replace(old, new)
    line = 1 + next(at for at, one in enumerate(text.split("\n")) if one not in OLD.split("\n"))
    found = told(OLD, text)[0]
    assert (found[0], found[2], found[3]) == (what, subject, words)
    assert found[1] in {line, line - 1}


def test_what_is_gone_stands_last_and_equal_pages_differ_in_nothing():
    gone = OLD.replace('[posts.head]\ntitle = { zh = "主任", en = "Head" }\n', "").replace(
        'edition = "1"', 'edition = "2"'
    )
    assert gone != OLD
    assert told(OLD, gone)[-1] == ("removed", 0, "岗位“主任”", "删去：主任")
    assert told(OLD, OLD) == []

"""What differs between two texts of a pack's own page, in words: posts, words of time, hours, numbers, the cover."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..definition import Hours, Pack, Text, Time
from ..sentences.phrases import UNITS
from . import Change
from .saying import NOTHING

_WEEKDAYS = ("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
# table of the text → what an entry of it is called, and the attribute of the pack that holds it
_PLAIN = (
    ("numbers", Text("编号", "Number series")),
    ("settings", Text("设置", "Setting")),
    ("documents", Text("引用文件", "Cited document")),
    ("contents", Text("目录", "Contents")),
    ("cover", Text("封面", "Cover")),
)
_HOURS = (
    ("weekdays", Text("工作日", "Working days")),
    ("windows", Text("工作时段", "Working hours")),
    ("country", Text("日历", "Calendar")),
    ("ladders", Text("逾期通知的时刻", "When late notices go")),
)


def frame_differences(old: Pack, new: Pack, text: str) -> tuple[Change, ...]:
    """Every difference of the two pages in the order of the new ``text``; what is gone stands last."""
    lines = _Lines(text)
    found = [*_head(old, new, lines), *_posts(old, new, lines), *_times(old, new, lines), *_hours(old, new, lines)]
    for table, kind in _PLAIN:
        found += _entries(table, kind, _said(getattr(old, table)), _said(getattr(new, table)), lines)
    kept = [name for name in new.posts if name in old.posts]
    if kept != [name for name in old.posts if name in new.posts]:
        words = Text("次序改了：" + "、".join(kept), "The order changed: " + ", ".join(kept))
        found.append(Change("changed", "", lines.of("posts", kept[0]), Text("岗位", "Posts"), words))
    return tuple(sorted(found, key=lambda one: one.line or 10**9))


def _head(old: Pack, new: Pack, lines: _Lines) -> Iterator[Change]:
    for key, kind in (("title", Text("包的名称", "Title of the pack")), ("languages", Text("语言", "Languages"))):
        yield from _apart(lines.of("pack", key), kind, kind, getattr(old, key), getattr(new, key))
    zone = Text("时区", "Time zone")
    yield from _apart(lines.of("pack", "zone"), zone, zone, old.hours.zone, new.hours.zone)
    complaints = Text("投诉事项", "Complaints")
    yield from _apart(
        lines.of("pack", "complaints"), complaints, complaints, list(old.complaints), list(new.complaints)
    )


def _posts(old: Pack, new: Pack, lines: _Lines) -> Iterator[Change]:
    labels = {
        "title": Text("名称", "Title"),
        "role": Text("界面角色", "Role"),
        "deputies": Text("代理岗位", "Deputies"),
    }
    kind = Text("岗位", "Post")
    for name, post in new.posts.items():
        line, subject = lines.of("posts", name), _subject(kind, post.title)
        if name not in old.posts:
            words = Text(f"新增：{post.title.zh}", f"Added: {post.title.say('en')}")
            yield Change("added", "", line, subject, words)
            continue
        for key, label in labels.items():
            yield from _apart(line, subject, label, getattr(old.posts[name], key), getattr(post, key))
    for name, post in old.posts.items():
        if name not in new.posts:
            words = Text(f"删去：{post.title.zh}", f"Removed: {post.title.say('en')}")
            yield Change("removed", "", 0, _subject(kind, post.title), words)


def _times(old: Pack, new: Pack, lines: _Lines) -> Iterator[Change]:
    kind, title = Text("时间词", "Word of time"), Text("名称", "Title")
    for name, time in new.times.items():
        line, subject, span = lines.of("times", name), _subject(kind, _named(time)), _span(time)
        before = old.times.get(name)
        if before is None:
            yield Change("added", "", line, subject, Text(f"新增：{span.zh}", f"Added: {span.say('en')}"))
            continue
        yield from _apart(line, subject, Text(""), _span(before), span)
        yield from _apart(line, subject, title, _named(before), _named(time))
    for name, time in old.times.items():
        if name not in new.times:
            words = Text(f"删去：{_span(time).zh}", f"Removed: {_span(time).say('en')}")
            yield Change("removed", "", 0, _subject(kind, _named(time)), words)


def _hours(old: Pack, new: Pack, lines: _Lines) -> Iterator[Change]:
    for key, kind in _HOURS:
        before, after = _hours_said(old.hours, key), _hours_said(new.hours, key)
        yield from _apart(lines.of("hours", key), kind, kind, before, after)


def _hours_said(hours: Hours, key: str) -> Text:
    if key == "weekdays":
        zh, en = _WEEKDAYS
        return Text("".join(zh[day - 1] for day in hours.weekdays), ", ".join(en[day - 1] for day in hours.weekdays))
    if key == "windows":
        return Text(", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in hours.windows))
    return Text(str(getattr(hours, key)))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _entries(
    table: str, kind: Text, old: Mapping[str, Text], new: Mapping[str, Text], lines: _Lines
) -> Iterator[Change]:
    for name, said in new.items():
        subject, line = _subject(kind, Text(name)), lines.of(table, name)
        if name not in old:
            yield Change("added", "", line, subject, Text(f"新增：{said.zh}", f"Added: {said.say('en')}"))
        else:
            yield from _apart(line, subject, Text(""), old[name], said)
    for name, said in old.items():
        if name not in new:
            words = Text(f"删去：{said.zh}", f"Removed: {said.say('en')}")
            yield Change("removed", "", 0, _subject(kind, Text(name)), words)


def _apart(line: int, subject: Text, label: Text, old: Any, new: Any) -> Iterator[Change]:
    was, now = _worded(old), _worded(new)
    if was == now:
        return
    zh, en = (f"{label.zh}：", f"{label.say('en')}: ") if label.zh and label != subject else ("", "")
    words = Text(f"{zh}{was.zh or NOTHING} → {now.zh or NOTHING}", f"{en}{_en(was)} → {_en(now)}")
    if was.zh == now.zh:
        # another language's words alone
        words = Text(f"{zh}{was.en or NOTHING} → {now.en or NOTHING}", words.en)
    yield Change("changed", "", line, subject, words)


def _en(words: Text) -> str:
    return words.say("en") or NOTHING


def _worded(value: Any) -> Text:
    if isinstance(value, Text):
        return value
    return Text("、".join(value), ", ".join(value)) if isinstance(value, tuple | list) else Text(str(value))


def _subject(kind: Text, title: Text) -> Text:
    return Text(f"{kind.zh}“{title.zh}”", f"{kind.en} “{title.say('en')}”")


def _said(table: Mapping[str, Any]) -> dict[str, Text]:
    return {name: _worded(value) for name, value in table.items()}


def _span(time: Time) -> Text:
    zh, en = UNITS[time.unit]
    return Text(f"{time.amount} {zh}", f"{time.amount} {en}{'' if time.amount == 1 else 's'}")


def _named(time: Time) -> Text:
    """What people read for a word of time: its title, or the name itself."""
    return time.title if time.title.zh else Text(time.word)


class _Lines:
    """Where an entry of the page stands: in the table of its name, or under a heading of its own. 1 where unknown."""

    def __init__(self, text: str) -> None:
        self.found: dict[tuple[str, str], int] = {}
        table = ""
        for number, line in enumerate(text.split("\n"), 1):
            heading = re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line)
            key = re.match(r"\s*\"?([\w.\-]+)\"?\s*=", line)
            if heading:
                table = heading[1].replace('"', "")
                first, _, rest = table.partition(".")
                self.found.setdefault((first, rest), number)
            elif key:
                self.found.setdefault((table, key[1]), number)

    def of(self, table: str, name: str) -> int:
        """The line, from 1."""
        return self.found.get((table, name)) or self.found.get((table, "")) or 1

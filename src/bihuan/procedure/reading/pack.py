"""A folder of ``pack.toml`` and ``NN-name.md`` into a pack, with all its faults and findings at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast, get_args
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from bihuan.procedure.checking import faults as check_faults
from bihuan.procedure.checking import findings as check_findings
from bihuan.procedure.checking.fault import Fault, Faults
from bihuan.procedure.checking.names import Places, near
from bihuan.procedure.checking.together import pack_faults
from bihuan.procedure.definition import Definition, Hours, Ladders, Pack, Post, Text, Time

from .document import full_date, read_document
from .merge import Tree
from .source import normalise
from .table import Table, parse_time

COVER = (
    "file-number",
    "company",
    "title",
    "edition",
    "status",
    "holder",
    "distribution-number",
    "effective",
    "prepared-by",
    "reviewed-by",
    "approved-by",
)
_COVER_ALSO = {"number": "file-number", "controlled-status": "status", "effective-date": "effective"}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PROCEDURE = re.compile(r"\d{2,}-[^/]+\.md$")


class ReadResult(Struct, frozen=True):
    """What was read. With faults the pack may be there for showing, but must not be run."""

    pack: Pack | None
    faults: tuple[Fault, ...]
    findings: tuple[Fault, ...]
    definition: Definition | None = None

    @property
    def sound(self) -> bool:
        """Whether the pack may run."""
        return self.pack is not None and not self.faults


def read_pack(folder: Path | str) -> ReadResult:
    """Reads and checks a whole pack. Never raises on what is written in it.

    ``pack`` is None only where ``pack.toml`` cannot be read at all.
    """
    folder = Path(folder)
    faults = Faults()
    text = _read_file(folder / "pack.toml", "pack.toml", faults)
    if text is None:
        return ReadResult(None, faults.sorted(), ())
    findings = Faults()
    frame = _read_frame(text, folder, faults, findings)
    procedures: dict[str, Definition] = {}
    places: dict[str, Places] = {}
    for path in sorted(folder.glob("*.md")):
        if not _PROCEDURE.match(path.name):
            continue
        words = _read_file(path, path.name, faults)
        document = read_document(words, path.name, frame, faults) if words is not None else None
        definition = document.definition if document is not None else None
        if document is None or definition is None:
            continue
        places[definition.kind] = document.tree.places
        if same := procedures.get(definition.kind):
            origin = definition.opening.origin
            faults.add(
                Fault(
                    "kind-twice",
                    origin.file,
                    origin.line,
                    origin.clause,
                    Text(
                        f"事项种类 {definition.kind} 已由 {same.file} 规定",
                        f"cases of the kind {definition.kind} are already governed by {same.file}",
                    ),
                )
            )
            continue
        procedures[definition.kind] = definition
    pack = msgspec.structs.replace(frame, procedures=procedures)
    for definition in procedures.values():
        faults.extend(check_faults(definition, pack, places[definition.kind]))
        findings.extend(check_findings(definition, pack))
    faults.extend(pack_faults(pack))
    return ReadResult(pack, faults.sorted(), findings.sorted())


def read_procedure(text: str, file: str, frame: Pack) -> ReadResult:
    """Reads and checks one document beside the others of ``frame``, which it replaces if of the same kind."""
    faults, findings = Faults(), Faults()
    document = read_document(text, file, frame, faults)
    definition = document.definition
    if definition is None:
        return ReadResult(frame, faults.sorted(), ())
    pack = msgspec.structs.replace(frame, procedures=dict(frame.procedures) | {definition.kind: definition})
    faults.extend(check_faults(definition, pack, document.tree.places))
    findings.extend(check_findings(definition, pack))
    return ReadResult(pack, faults.sorted(), findings.sorted(), definition)


def _read_file(path: Path, name: str, faults: Faults) -> str | None:
    try:
        content = path.read_bytes()
    except OSError:
        faults.add(
            Fault("file-unreadable", name, 1, "", Text("文件不存在或读不了", "the file is missing or cannot be read"))
        )
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        words = Text("不是 UTF-8 文字；请另存为 UTF-8", "this is not UTF-8 text; save it as UTF-8")
        faults.add(Fault("not-utf-8", name, line, "", words))
        return content.decode("utf-8", "replace")


def read_frame(text: str, name: str = "pack.toml") -> ReadResult:
    """Reads ``pack.toml`` alone: posts, hours, words of time, cover. For authors' pages and tests."""
    faults, findings = Faults(), Faults()
    frame = _read_frame(text, Path(name).parent, faults, findings)
    return ReadResult(frame, faults.sorted(), findings.sorted())


def _read_frame(text: str, folder: Path, faults: Faults, findings: Faults) -> Pack:
    tree = Tree("pack.toml", faults)
    tree.add_block(normalise(text), 0, "")
    top = Table(tree, (), tree.data, {})
    head = top.below(top.take("pack") or {}, "pack")
    name = head.name("name", required=True)
    title = head.words("title") or Text(name)
    zone = _zone(head)
    languages = head.names("languages") or ("zh", "en")
    complaints = {kind: head.origin_of("complaints") for kind in head.names("complaints")}
    head.finish()
    pack = Pack(
        name=name,
        title=title,
        folder=str(folder),
        posts=_posts(top),
        procedures={},
        times=_times(top, findings),
        numbers=_plain(top, "numbers"),
        hours=_hours(top, zone),
        settings=_plain(top, "settings"),
        languages=languages,
        cover=_cover(top, findings),
        documents={key: Text(value) for key, value in _plain(top, "documents").items()},
        contents=_plain(top, "contents"),
        complaints=complaints,
    )
    top.finish()
    return pack


def _zone(head: Table) -> str:
    zone = head.text("zone", "Asia/Shanghai")
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        head.fault(
            "unknown-zone",
            ("zone",),
            f"时区“{zone}”不认识",
            f"the time zone “{zone}” is unknown",
            'zone = "Asia/Shanghai"',
        )
        return "Asia/Shanghai"
    return zone


def _posts(top: Table) -> dict[str, Post]:
    posts = {}
    for name, table in top.entries("posts"):
        posts[name] = Post(name, table.words("title") or Text(name), table.name("role"), table.names("deputies"))
        table.finish()
    for name, post in posts.items():
        for deputy in post.deputies:
            if deputy not in posts:
                hint = near(deputy, posts)
                top.fault(
                    "unknown-post",
                    ("posts", name, "deputies"),
                    f"没有岗位 {deputy}",
                    f"there is no post {deputy}",
                    hint,
                )
    return posts


def _times(top: Table, findings: Faults) -> dict[str, Time]:
    """The words of time: a figure alone, or ``{ time, title }`` with what people read for the name."""
    times: dict[str, Time] = {}
    table = top.table("times")
    for word, value in table.data.items() if table is not None else ():
        if table is None:
            continue
        below = table.below(table.take(word), word) if isinstance(value, dict) else None
        said, place = (below.text("time", required=True), "time") if below is not None else (table.text(word), word)
        title = (below.words("title") if below is not None else None) or Text("")
        if below is not None:
            below.finish()
        time = (parse_time(said, {}) or (below or table).time_of(said, (place,))) if said else None
        if time is None:
            continue
        times[word] = Time(time.amount, time.unit, word, title)
        if not title.zh:
            _untitled(table, word, said, findings)
    return times


def _untitled(table: Table, word: str, said: str, findings: Faults) -> None:
    origin = table.origin_of(word)
    words = Text(
        f"时间词 {word} 没有名称，读的人只看到代码", f"the word of time {word} has no title: people read its code name"
    )
    shape = f'{word} = {{ time = "{said}", title = {{ zh = "…", en = "…" }} }}'
    findings.add(Fault("time-without-title", origin.file, origin.line, "", words, shape))


def _plain(top: Table, key: str) -> dict[str, str]:
    """A table of names and texts; figures and truth are written out as text."""
    table = top.table(key)
    if table is None:
        return {}
    found = {}
    for name, value in table.data.items():
        if isinstance(value, bool):
            found[name] = "true" if value else "false"
        elif isinstance(value, (int, float)):
            found[name] = str(value)
        elif isinstance(value, str):
            found[name] = value
        else:
            table.wrong((name,), "文字", "text")
    return found


def _hours(top: Table, zone: str) -> Hours:
    table = top.table("hours")
    if table is None:
        return Hours(zone=zone)
    default = Hours(zone=zone)
    weekdays = []
    value = table.take("weekdays")
    for at, day in enumerate(value if isinstance(value, list) else [value] if value else []):
        if type(day) is int and 1 <= day <= 7:
            weekdays.append(day)
        elif day in _WEEKDAYS:
            weekdays.append(_WEEKDAYS.index(day) + 1)
        else:
            hint = near(str(day), _WEEKDAYS)
            table.fault(
                "unknown-weekday", ("weekdays", at), f"星期“{day}”不认识", f"the weekday “{day}” is unknown", hint
            )
    windows: list[tuple[int, int]] = []
    for at, said in enumerate(table.texts("windows")):
        window = _window(said)
        if window is None or (windows and window[0] < windows[-1][1]):
            table.wrong(("windows", at), "先后有序的时段", "windows in order", '"08:30-12:00"')
        else:
            windows.append(window)
    hours = Hours(
        tuple(sorted(set(weekdays))) or default.weekdays,
        tuple(windows) or default.windows,
        table.text("zone", zone),
        table.text("country", default.country),
        _ladders(table),
    )
    table.finish()
    return hours


def _ladders(table: Table) -> Ladders:
    """When late promises are told of: at any hour, or within working time unless their clock is elapsed time."""
    said = table.text("ladders", "any-hour")
    for known in get_args(Ladders):
        if said == known:
            return cast("Ladders", known)
    table.wrong(("ladders",), "in-hours 或 any-hour", "in-hours or any-hour", '"in-hours"')
    return "any-hour"


def _window(said: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})", said)
    if found is None:
        return None
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    return (start, end) if start < end <= 1440 and start_minute < 60 and end_minute < 60 else None


def _cover(top: Table, findings: Faults) -> dict[str, str]:
    """The eleven fields of a controlled document (INT-00-02); what is missing is a finding: it must not be issued."""
    table = top.table("cover")
    if table is None:
        return {}
    cover = {}
    for key in table.data:
        name = _COVER_ALSO.get(key, key)
        if name not in COVER:
            continue
        table.known.append(key)
        cover[name] = table.text(key)
        if name == "effective" and cover[name] and not full_date(cover[name]):
            table.fault(
                "effective-not-a-date",
                (key,),
                f"实施日期“{cover[name]}”不是完整有效的日期",
                f"the effective date “{cover[name]}” is not a full valid date",
                f'{key} = "2026-08-01"',
            )
    table.known += COVER
    table.finish()
    origin = table.origin
    for name in COVER:
        if not cover.get(name):
            words = Text(f"封面缺 {name}：缺了不能发放", f"the cover lacks {name}: it cannot be issued")
            written = next((key for key, same in _COVER_ALSO.items() if same == name and key in table.data), name)
            line = table.origin_of(written).line
            findings.add(Fault("cover-incomplete", origin.file, line, "", words, f'{name} = "…"'))
    return cover

"""Golden histories: cases as they once ran, kept with everything they ran by, replayed for ever after.

A file holds one document version: the pack's frame and the document's text as they were, the calendars, and for each
history its entries and the state at its end. What is replayed is read from the file alone, so that a grammar of
today must stay readable and an engine of tomorrow must make the same of it, happening by happening.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from . import calendars, walks
from .calendars import Calendar
from .definition import Definition, Pack, Text
from .engine.counting import calendar_label
from .reading import duty_definition, read_frame, read_procedure
from .rehearsal import Definitions, Example, calendar_for, read_examples
from .rehearsal.example import ExampleStep
from .rehearsal.moments import with_zone
from .rehearsal.running import _Play as Play
from .replay import EntryKind, Recorded, replay_state
from .state import Happening, Outcome, State


class Unreadable(ValueError):
    """A kept file, or the document in it, cannot be read any more. ``words`` says why, in both languages."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.zh)
        self.words = words


class History(Struct, frozen=True, forbid_unknown_fields=True):
    """One case from its opening to where it was left. ``kind`` is the procedure's, or ``kind.duty``."""

    name: str
    kind: str
    entries: tuple[Recorded, ...]
    end: State


class Golden(Struct, frozen=True, forbid_unknown_fields=True):
    """Histories under one version of one document. ``digest`` is the SHA-256 over frame and text."""

    frame: str
    file: str
    text: str
    digest: str
    calendars: tuple[msgspec.Raw, ...]
    histories: tuple[History, ...]
    format: int = 1


class Parted(Struct, frozen=True):
    """Where a replay went another way than a kept history: entry and happening counted from 0; -1 is the end state."""

    file: str
    history: str
    entry: int
    happening: int
    recorded: str
    replayed: str
    words: Text

    def say(self, language: str) -> str:
        """One line that names the history, the entry, the happening and both sides."""
        if self.entry < 0:
            place = "终态" if language == "zh" else "end state"
        else:
            place = f"第 {self.entry} 条第 {self.happening} 件" if language == "zh" else ""
            place = place or f"entry {self.entry}, happening {self.happening}"
        return f"{self.file} · {self.history} · {place}: {self.words.say(language)}: {self.recorded} ≠ {self.replayed}"


# --------------------------------------------------------------------------------------------------- the file


def digest_of(frame: str, text: str) -> str:
    """What a kept document is known by."""
    return hashlib.sha256(f"{frame}\0{text}".encode()).hexdigest()


def written(golden: Golden) -> bytes:
    """The file: JSON, one history to a line so that a change shows as the line it is in."""
    whole = msgspec.structs.replace(golden, histories=())
    head = json.loads(msgspec.json.encode(whole))
    del head["histories"]
    lines = [msgspec.json.encode(history).decode() for history in golden.histories]
    start = msgspec.json.encode(head).decode()[:-1]
    body = ",\n".join(lines)
    return f'{start},"histories":[\n{body}\n]}}\n'.encode()


def read(content: bytes) -> Golden:
    """Reads what ``written`` wrote. Raises ``Unreadable`` for anything else, or a text that is not the one named."""
    try:
        golden = msgspec.json.decode(content, type=Golden)
    except (msgspec.DecodeError, ValueError) as fault:
        raise Unreadable(Text(f"历史文件不可读：{fault}", f"The file cannot be read: {fault}")) from fault
    if golden.format != 1:
        raise Unreadable(Text(f"不认识的格式 {golden.format}", f"Unknown format {golden.format}"))
    if golden.digest != digest_of(golden.frame, golden.text):
        raise Unreadable(Text("文本与其摘要不符", "The text is not the one its digest names"))
    return golden


def definition_of(golden: Golden) -> Definition:
    """The procedure the histories ran under, read afresh from the text in the file.

    Other documents of its pack are not kept, so a child's kind may be unknown; any other fault means that the text
    is no longer read as it was. Raises ``Unreadable`` with the first.
    """
    frame = read_frame(golden.frame)
    result = read_procedure(golden.text, golden.file, frame.pack) if frame.pack is not None else frame
    faults = [*frame.faults, *(fault for fault in result.faults if fault.code != "unknown-kind")]
    if faults or result.definition is None:
        words = faults[0].words if faults else Text("文件读不了", "The document cannot be read")
        raise Unreadable(words)
    return result.definition


# --------------------------------------------------------------------------------------------------- replaying


def replayed(golden: Golden, name: str, definition: Definition | None = None) -> list[Parted]:
    """Every history of ``golden`` replayed; what went another way, at most one line for each history.

    ``name`` is how the file is called in the answer. ``definition`` stands in for the one in the file (to try a
    change). Raises ``Unreadable``.
    """
    whole = definition or definition_of(golden)
    kept = {calendar_label(one): one for one in (calendars.read(bytes(each)) for each in golden.calendars)}
    found = []
    for history in golden.histories:
        own = (
            whole if history.kind == whole.kind else duty_definition(whole, history.kind.removeprefix(whole.kind + "."))
        )
        difference, state = replay_state(own, kept.__getitem__, history.entries)
        if difference is not None:
            found.append(
                Parted(
                    name, history.name, difference.entry, difference.happening, difference.recorded,
                    difference.replayed, difference.words,
                )
            )  # fmt: skip
        elif state != history.end:
            before, after = _parts(history.end, state)
            found.append(Parted(name, history.name, -1, -1, before, after, Text("终态不同", "The end differs")))
    return found


def _parts(one: State, other: State | None) -> tuple[str, str]:
    """The fields in which two states differ, as JSON."""
    if other is None:
        return "…", ""
    names = [name for name in State.__struct_fields__ if getattr(one, name) != getattr(other, name)]
    return _some(one, names), _some(other, names)


def _some(state: State, names: list[str]) -> str:
    return msgspec.json.encode({name: getattr(state, name) for name in names}).decode()


def replay_folder(folder: Path) -> tuple[int, list[Parted]]:
    """How many histories ``folder`` holds, and what went another way. Raises ``Unreadable`` naming the file."""
    count, found = 0, []
    for path in sorted(folder.glob("*.json")):
        try:
            golden = read(path.read_bytes())
            found += replayed(golden, path.name)
        except Unreadable as fault:
            words = Text(f"{path.name}：{fault.words.zh}", f"{path.name}: {fault.words.say('en')}")
            raise Unreadable(words) from fault
        count += len(golden.histories)
    return count, found


# --------------------------------------------------------------------------------------------------- recording


class Taken(Struct, frozen=True):
    """A history that could be kept: the procedure it ran under and what it shows."""

    whole: str
    history: History
    calendar: Calendar

    @property
    def shows(self) -> frozenset[str]:
        """What happens in it, each sort of thing once; a kind of happening as such weighs as much as several."""
        happened = [each for entry in self.history.entries for each in entry.happenings]
        kinds = {f"{each.kind} {number}" for each in happened for number in range(_WEIGHT)}
        return frozenset(map(_shown, happened)) | kinds


_WEIGHT = 10
_TO_OPEN_A_FILE = 20_000  # bytes a further document costs, about: its frame and its calendar


def _shown(happening: Happening) -> str:
    if happening.kind in {"cancelled", "departed", "merged", "reassigned", "corrected"}:
        return happening.kind
    more = "/".join(str(happening.data.get(key, "")) for key in ("way", "rung", "warn", "reason", "was", "for"))
    return f"{happening.kind}:{happening.name}:{more}"


def record(pack: Pack, most: int = 12) -> list[Golden]:
    """Histories of ``pack`` worth keeping: each next one shows, for its length, the most that none before it showed.

    They come from the pack's examples and, for what no example does, from walks that take every way.
    """
    definitions = Definitions(pack.procedures)
    examples = [each for each in read_examples(Path(pack.folder), pack, definitions).examples if each.duty is None]
    calendar = calendar_for(pack, examples)
    played = [_play(example, definitions, pack, calendar) for example in examples]
    chosen = _choose([*filter(None, played), *_walked(definitions, calendar)], most)
    frame = (Path(pack.folder) / "pack.toml").read_text(encoding="utf-8")
    found = []
    for kind, definition in pack.procedures.items():
        mine = [each for each in chosen if each.whole == kind]
        if mine:
            text = (Path(pack.folder) / definition.file).read_text(encoding="utf-8")
            kept = {calendar_label(each.calendar): msgspec.Raw(calendars.write(each.calendar)) for each in mine}
            histories = tuple(each.history for each in mine)
            found.append(Golden(frame, definition.file, text, digest_of(frame, text), tuple(kept.values()), histories))
    return found


def name_of(golden: Golden, pack: str) -> str:
    """The name of the file: pack, document, first digits of the digest."""
    return f"{pack}-{golden.file.removesuffix('.md')}-{golden.digest[:8]}.json"


def _choose(candidates: list[Taken], most: int) -> list[Taken]:
    """The most shown for the bytes it takes, time after time."""
    left = {index: each.shows for index, each in enumerate(candidates)}
    size = {index: len(msgspec.json.encode(each.history)) for index, each in enumerate(candidates)}
    seen: set[str] = set()
    chosen: list[Taken] = []
    while len(chosen) < most and left:
        opened = {each.whole for each in chosen}
        best = max(
            left,
            key=lambda index: (
                len(left[index] - seen) / (size[index] + (0 if candidates[index].whole in opened else _TO_OPEN_A_FILE)),
                -index,
            ),
        )
        if not left[best] - seen:
            break
        seen |= left.pop(best)
        chosen.append(candidates[best])
    return chosen


def _walked(definitions: Definitions, calendar: Calendar) -> Iterable[Taken]:
    for kind in definitions:
        definition = definitions[kind]
        for walk in walks.paths(definition, calendar, most=200, steps=25).walks:
            if walk.state is not None:
                history = History(f"walk {walk.seed}", kind, walk.entries, walk.state)
                yield Taken(definition.duty_of or kind, history, calendar)


def _play(example: Example, definitions: Mapping[str, Definition], pack: Pack, calendar: Calendar) -> Taken | None:
    """The history an example makes, or None where it falls short."""
    definition = definitions[example.procedure]
    play = _Recording(example, definition, frozenset(pack.posts), calendar)
    if not play.run().passed or play.state is None:
        return None
    history = History(example.title.zh, example.procedure, tuple(play.entries), play.state)
    return Taken(definition.duty_of or definition.kind, history, calendar)


class _Recording(Play):
    """An example played and written down."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.entries: list[Recorded] = []

    def _tick(self, at: datetime) -> tuple[Happening, ...]:
        happened = super()._tick(at)
        if happened or at.microsecond == 0:
            self._keep(Recorded("tick", at, happenings=happened))
        return happened

    def _act(self, step: ExampleStep, at: datetime) -> Outcome:
        outcome = super()._act(step, at)
        happened = outcome.happenings
        if step.child:
            told = {"number": "", "step": "", "ended": False} | step.child
            self._keep(Recorded("child", at, answers=told, happenings=happened))
            return outcome
        answers = with_zone(step.answers, self.definition, self.zone)
        name = self.definition.opening.act if step.opening else step.act
        doer, facts = self._doer(step), outcome.facts
        kind: EntryKind = "start" if step.opening else "act"
        self._keep(Recorded(kind, at, name, doer, outcome.post, answers, facts, happened))
        return outcome

    def _keep(self, entry: Recorded) -> None:
        label, places = calendar_label(self.calendar), self.surroundings.places
        self.entries.append(msgspec.structs.replace(entry, calendar=label, places=places))

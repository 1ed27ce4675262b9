"""One document into one definition: the head, then the entries of all clauses, whatever order they stand in."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any, TypeVar, get_args

from msgspec import Struct

from bihuan.procedure.checking.fault import Fault, Faults
from bihuan.procedure.checking.names import near
from bihuan.procedure.definition import Act, Addition, Clause, Definition, Opening, Pack, Stage, Step, Text

from . import beats, entries
from .forms import read_form, read_keep
from .merge import Tree
from .sheets import read_sheet
from .source import Heading, Source, take_apart
from .table import HEAD_KEYS, Table, show

ENTRIES = ("acts", "also", "forms", "deadlines", "waits", "duties", "targets", "sheets", "standing")
STAGES: tuple[str, ...] = get_args(Stage)
DAYS = ("calendar, end of day", "calendar, to the minute", "working, end of day")
Entry = TypeVar("Entry")


class Document(Struct, frozen=True):
    """A read document: ``definition`` is None where the head could not carry one."""

    definition: Definition | None
    source: Source
    tree: Tree


def full_date(said: str) -> bool:
    """Whether ``said`` is a full valid date, year-month-day."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", said, re.ASCII):
        return False
    try:
        datetime.date.fromisoformat(said)
    except ValueError:
        return False
    return True


def read_document(text: str, file: str, frame: Pack, faults: Faults) -> Document:
    """Reads one document; every fault of reading lands in ``faults``, nothing is raised."""
    source = take_apart(text, file, faults)
    return _Reading(source, file, frame, faults).run()


class _Reading:
    def __init__(self, source: Source, file: str, frame: Pack, faults: Faults) -> None:
        self.source = source
        self.file = file
        self.frame = frame
        self.faults = faults
        self.tree = Tree(file, faults)
        self.clause_tables: dict[int, dict[str, Any]] = {}
        self.entry_in_head = False

    def run(self) -> Document:
        self._blocks()
        top = Table(self.tree, (), self.tree.data, self.frame.times)
        clauses = self._clauses()
        definition = self._definition(top, clauses)
        return Document(definition, self.source, self.tree)

    def _blocks(self) -> None:
        for block in self.source.blocks:
            heading = self.source.headings[block.heading]
            in_head = block.heading == 0
            if not in_head and not heading.number:
                self.faults.add(
                    Fault(
                        "heading-without-number",
                        self.file,
                        heading.line,
                        "",
                        Text(
                            f"“{heading.title}”下有代码块，但标题没有条款号",
                            f"“{heading.title}” has a block but no clause number",
                        ),
                        f"{'#' * heading.level} {heading.title} {{#name}}",
                    )
                )
            before = set(self.tree.data)
            table = self.tree.add_block(block.text, block.line, heading.number)
            if table:
                self._clause_table(block.heading, heading.number, table)
            self._placed(set(self.tree.data) - before, in_head)

    def _clause_table(self, position: int, number: str, table: dict[str, Any]) -> None:
        """A heading may have several ``[clause]`` tables; what they accept adds up, nothing may be said twice."""
        known = self.clause_tables.setdefault(position, {})
        for key, value in table.items():
            if key == "accept" and isinstance(value, dict) and isinstance(known.get(key), dict):
                known[key] = known[key] | value
            elif key in known:
                path = ("clause", number, key)
                self.tree.fault(
                    "given-twice", path, f"clause.{key} 在本条写了两次", f"clause.{key} is written twice here"
                )
            else:
                known[key] = value

    def _placed(self, new: set[str], in_head: bool) -> None:
        """Head keys stand in the head, entries under a clause."""
        for key in sorted(new):
            if in_head and key in ENTRIES:
                self.tree.fault(
                    "entry-in-head",
                    (key,),
                    f"{key} 要写在某一条款下，不能写在文首",
                    f"{key} belongs under a clause, not in the head",
                )
            elif not in_head and key in HEAD_KEYS:
                self.tree.fault(
                    "head-key-in-clause",
                    (key,),
                    f"{key} 属于整个程序：请移到文首的块",
                    f"{key} belongs to the head of the procedure",
                    f"{key} = {show(self.tree.data[key])}",
                )

    def _clauses(self) -> tuple[Clause, ...]:
        clauses = []
        for position, heading in enumerate(self.source.headings):
            blocks = tuple((block.line, block.text) for block in self.source.blocks if block.heading == position)
            clauses.append(self._clause(position, heading, blocks))
        return tuple(clauses)

    def _clause(self, position: int, heading: Heading, blocks: tuple[tuple[int, str], ...]) -> Clause:
        table = Table(self.tree, ("clause", heading.number), self.clause_tables.get(position, {}), self.frame.times)
        accept_table = table.table("accept")
        accept = {}
        if accept_table is not None:
            accept = {code: accept_table.text(code) for code in accept_table.data}
            for code, reason in accept.items():
                if not reason.strip():
                    accept_table.fault(
                        "missing-key",
                        (code,),
                        "接受一项提示要写明理由",
                        "accepting a finding needs a reason",
                        f'{code} = "…"',
                    )
        clause = Clause(
            number=heading.number,
            anchor=heading.anchor,
            title=heading.title,
            level=heading.level,
            line=heading.line,
            prose=heading.prose,
            explains=table.flag("explains"),
            carried=table.names("carried"),
            read_as=table.text("read-as"),
            accept=accept,
            blocks=blocks,
            binding=table.flag("binding", True),
            references=heading.references,
        )
        table.finish()
        return clause

    # the head

    def _definition(self, top: Table, clauses: tuple[Clause, ...]) -> Definition | None:
        if not self.tree.data:
            self.faults.add(
                Fault(
                    "no-head",
                    self.file,
                    1,
                    "",
                    Text("文首没有 ```toml 块", "the document has no ```toml block in its head"),
                    '```toml\ngrammar = 1\nnumber = "…"\n…\n```',
                )
            )
            return None
        self._grammar(top)
        opening = self._opening(top)
        steps = self._steps(top)
        read = self._entries(top)
        title = top.words("title")
        if title is None:
            title = Text(self.source.headings[0].title or self.file)
        definition = Definition(
            pack=self.frame.name,
            kind=opening.kind,
            number=top.text("number", required=True),
            version=top.text("version", required=True),
            title=title,
            owner=top.name("owner", required=True),
            opening=opening,
            steps=steps,
            file=self.file,
            digest=self.source.digest,
            clauses=clauses,
            days=self._days(top),
            work_order=top.flag("work_order"),
            keep=read_keep(top),
            effective=self._effective(top),
            posts={name: post.title for name, post in self.frame.posts.items()},
            ladders=self.frame.hours.ladders,
            **read,
        )
        self._unknown(top)
        return definition if opening.kind and steps else None

    def _unknown(self, top: Table) -> None:
        top.known += ["grammar", *ENTRIES]
        for key in top.data:
            if key in top.known:
                continue
            hint = near(key, [*top.known, "clause"])
            stands = self.tree.origin((key,))
            loose = stands.clause and not isinstance(top.data[key], dict)
            words = Text(f"不认识 {key}", f"{key} is unknown")
            if hint:
                words = Text(f"{words.zh}；是不是 {hint}？", f"{words.en}; did you mean {hint}?")
            elif loose:
                words = Text(f"{key} 前面缺表头", f"{key} has no header above it")
            corrected = hint if not loose or hint else "[acts.…]"
            self.faults.add(Fault("unknown-key", self.file, stands.line, stands.clause, words, corrected))

    def _grammar(self, top: Table) -> None:
        value = top.take("grammar")
        if type(value) is not int or value != 1:
            said = "缺少 grammar" if value is None else f"grammar = {show(value)} 不认识"
            said_en = "grammar is missing" if value is None else f"grammar = {show(value)} is unknown"
            top.fault("grammar", ("grammar",), f"{said}；本版只读 1", f"{said_en}; this edition reads 1", "grammar = 1")

    def _days(self, top: Table) -> str:
        days = top.text("days", DAYS[0])
        if days not in DAYS:
            hint = near(days, DAYS) or DAYS[0]
            top.fault(
                "unknown-days",
                ("days",),
                f"days 可写：{'；'.join(DAYS)}",
                f"days is one of: {'; '.join(DAYS)}",
                f'days = "{hint}"',
            )
            return DAYS[0]
        return days

    def _effective(self, top: Table) -> str:
        effective = top.text("effective")
        if effective and not full_date(effective):
            top.fault(
                "effective-not-a-date",
                ("effective",),
                f"实施日期“{effective}”不是完整有效的日期",
                f"the effective date “{effective}” is not a full valid date",
                'effective = "2026-08-01"',
            )
        return effective

    def _opening(self, top: Table) -> Opening:
        if "opens" not in top.data:
            top.fault("missing-key", (), "文首缺少 opens", "the head lacks opens", 'opens = { kind = "…", act = "…" }')
            top.known.append("opens")
            return Opening("", "", entries.nowhere(self.file))
        table = top.below(top.take("opens"), "opens")
        opening = Opening(
            table.name("kind", required=True),
            table.name("act", required=True),
            table.origin,
            table.flag("by_hand", True),
        )
        table.finish()
        return opening

    def _steps(self, top: Table) -> dict[str, Step]:
        said = top.take("steps")
        stages = top.table("stages")
        titles = top.table("step-titles")
        if not isinstance(said, list) or not said or not all(isinstance(item, str) for item in said):
            top.fault(
                "wrong-type" if said is not None else "missing-key",
                ("steps",) if said is not None else (),
                "steps 应为步骤列表",
                "steps has to be a list of steps",
                'steps = ["received", "closed*"]',
            )
            return {}
        steps: dict[str, Step] = {}
        for position, item in enumerate(said):
            name = top.checked_name(item.rstrip("*").strip(), ("steps", position))
            end = item.rstrip().endswith("*")
            if name in steps:
                top.fault("step-twice", ("steps", position), f"步骤 {name} 写了两次", f"step {name} is written twice")
            stage = self._stage(stages, name) or ("closed" if end else "under-way" if position else "received")
            title = titles.words(name) if titles is not None and name in titles.data else None
            steps[name] = Step(name, title or Text(name), end, stage, top.origin_of("steps", position))
        for table in (stages, titles):
            for name in table.data if table is not None else ():
                if name not in steps and table is not None:
                    hint = near(name, steps)
                    table.fault("unknown-step", (name,), f"没有步骤 {name}", f"there is no step {name}", hint)
        return steps

    @staticmethod
    def _stage(stages: Table | None, name: str) -> Stage | None:
        if stages is None or name not in stages.data:
            return None
        said = stages.text(name)
        if said not in STAGES:
            hint = near(said, STAGES)
            stages.fault(
                "unknown-stage",
                (name,),
                f"阶段“{said}”不认识；可写 {'、'.join(STAGES)}",
                f"the stage “{said}” is unknown; write one of {', '.join(STAGES)}",
                f'{name} = "{hint or "under-way"}"',
            )
            return None
        return said  # type: ignore[return-value]  # one of STAGES

    # the entries

    def _entries(self, top: Table) -> dict[str, Any]:
        acts: dict[str, Act] = self._all(top, "acts", entries.read_act)
        for name in acts:
            if name in entries.STANDING:
                self.tree.fault(
                    "standing-name",
                    ("acts", name),
                    f"{name} 是常设行为：写在 [standing] 里",
                    f"{name} is a standing act: write it in [standing]",
                    f'[standing]\n{name} = {{ by = "…" }}',
                )
        acts |= self._standing(top)
        additions: dict[str, Addition] = self._all(top, "also", entries.read_addition)
        return {
            "acts": acts,
            "forms": self._all(top, "forms", read_form),
            "additions": tuple(additions.values()),
            "deadlines": self._all(top, "deadlines", entries.read_deadline),
            "waits": self._all(top, "waits", beats.read_wait),
            "duties": self._all(top, "duties", beats.read_duty),
            "targets": self._all(top, "targets", beats.read_target),
            "sheets": self._all(top, "sheets", read_sheet),
        }

    @staticmethod
    def _all(top: Table, key: str, read: Callable[[str, Table], Entry | None]) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for name, table in top.entries(key):
            if "." in name:
                table.fault("name-not-plain", (), f"名称 {name} 不得带点", f"the name {name} must not have a dot")
            if (entry := read(name, table)) is not None:
                found[name] = entry
        return found

    @staticmethod
    def _standing(top: Table) -> dict[str, Act]:
        found = {}
        for name, table in top.entries("standing"):
            if name not in entries.STANDING:
                hint = near(name, entries.STANDING)
                table.fault(
                    "unknown-key",
                    (),
                    f"standing 里没有 {name}；可写 {'、'.join(entries.STANDING)}",
                    f"standing knows no {name}; write one of {', '.join(entries.STANDING)}",
                    hint,
                )
            elif (act := entries.read_standing(name, table)) is not None:
                found[name] = act
        return found

"""Blocks are parsed one by one, then their tables merge. Leaves may not meet: both places are named."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from bihuan.procedure.checking.fault import Fault, Faults
from bihuan.procedure.definition import Origin, Text

from .traps import scan
from .walk import Path

# Tables that may be continued under another clause, by the pattern of their path. Everything else is one whole:
# a condition merged from two clauses could no longer say which of them refuses.
_OPEN = (
    ("*",),
    ("*", "*"),
    ("forms", "*", "fields"),
    ("forms", "*", "fields", "*"),
    ("forms", "*", "lines"),
    ("forms", "*", "lines", "*"),
    ("forms", "*", "lines", "*", "fields"),
    ("forms", "*", "lines", "*", "fields", "*"),
    ("forms", "*", "copies"),
    ("forms", "*", "copies", "*"),
    ("forms", "*", "keep"),
    ("forms", "*", "title"),
    ("*", "*", "title"),
    ("forms", "*", "fields", "*", "ask"),
    ("forms", "*", "lines", "*", "ask"),
)


def _open(path: Path) -> bool:
    return any(
        len(pattern) == len(path) and all(part in ("*", key) for part, key in zip(pattern, path, strict=True))
        for pattern in _OPEN
    )


class Tree:
    """The merged tables of one document and where each of them stands."""

    def __init__(self, file: str, faults: Faults) -> None:
        self.file = file
        self.faults = faults
        self.data: dict[str, Any] = {}
        self.places: dict[Path, Origin] = {}

    def origin(self, path: Path) -> Origin:
        """The place of the nearest part of ``path`` that was written."""
        for length in range(len(path), 0, -1):
            if place := self.places.get(path[:length]):
                return place
        return Origin(self.file, 1, "")

    def fault(self, code: str, path: Path, zh: str, en: str, corrected: str = "") -> None:
        place = self.origin(path)
        self.faults.add(Fault(code, self.file, place.line, place.clause, Text(zh, en), corrected))

    def add_block(self, text: str, fence: int, clause: str) -> dict[str, Any]:
        """Reads one block and merges it; returns its ``[clause]`` table, which belongs to the heading alone."""
        scanned = scan(text)
        for trap in scanned.traps:
            words = Text(_file_lines(trap.words.zh, fence), _file_lines(trap.words.en, fence))
            if trap.column > 1:
                words = Text(f"第 {trap.column} 列：{words.zh}", f"column {trap.column}: {words.en}")
            self.faults.add(Fault(trap.code, self.file, fence + trap.line, clause, words, trap.corrected))
        clause_table: dict[str, Any] = {}
        for chunk in scanned.chunks:
            parsed = self._parse(chunk, fence, clause)
            found = parsed.pop("clause", {})
            places = {path: Origin(self.file, fence + line, clause) for path, line in scanned.lines.items()}
            if isinstance(found, dict):
                clause_table |= found
            else:
                self.places.setdefault(
                    ("clause",), Origin(self.file, fence + scanned.lines.get(("clause",), 1), clause)
                )
                self.fault(
                    "wrong-type",
                    ("clause",),
                    "clause 应写作 [clause] 表",
                    "write clause as a table: [clause]",
                    "[clause]",
                )
            for path, place in places.items():
                if path[0] == "clause":
                    self.places[("clause", clause, *path[1:])] = place
            self._merge(self.data, parsed, (), places)
        return clause_table

    def _parse(self, text: str, fence: int, clause: str) -> dict[str, Any]:
        try:
            return tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            said = str(error)
            found = re.search(r"line (\d+)", said)
            line = int(found.group(1)) if found else max(text.count("\n"), 1)
            words = Text(f"这一行读不懂（{said}）", f"this line cannot be read ({said})")
            self.faults.add(Fault("toml", self.file, fence + line, clause, words))
            return self._shorter(text, line)

    @staticmethod
    def _shorter(text: str, line: int) -> dict[str, Any]:
        """What stands before the unreadable line, so that the rest of the report is not about names it hides."""
        for end in range(line - 1, 0, -1):
            try:
                return tomllib.loads("\n".join(text.split("\n")[:end]))
            except (tomllib.TOMLDecodeError, RecursionError, ValueError):
                continue
        return {}

    def _merge(self, into: dict[str, Any], new: dict[str, Any], path: Path, places: dict[Path, Origin]) -> None:
        for key, value in new.items():
            here = (*path, key)
            place = places.get(here) or Origin(self.file, 1, "")
            if key not in into:
                into[key] = {} if isinstance(value, dict) and _open(here) else value
                self._placed(here, places)
                if isinstance(value, dict) and _open(here):
                    self._merge(into[key], value, here, places)
            elif isinstance(value, dict) and isinstance(into[key], dict) and _open(here):
                self._merge(into[key], value, here, places)
            else:
                self._met(here, place)

    def _placed(self, path: Path, places: dict[Path, Origin]) -> None:
        if place := places.get(path):
            self.places.setdefault(path, place)
        for below, place in places.items():
            if below[: len(path)] == path and not _open(path):
                self.places.setdefault(below, place)

    def _met(self, path: Path, second: Origin) -> None:
        first = self.origin(path)
        name = ".".join(map(str, path))
        here = Origin(self.file, second.line, second.clause)
        hint = ""
        if len(path) > 2 and path[0] == "acts" and path[2] in ("needs", "know", "do", "tell", "open"):
            hint = f'[also.{path[1]}-2]\non = "{path[1]}"'
        where = f"（条款 {first.clause}）" if first.clause else ""
        by = f" (clause {first.clause})" if first.clause else ""
        self.faults.add(
            Fault(
                "given-twice",
                self.file,
                here.line,
                here.clause,
                Text(
                    f"{name} 已在 {first.file} 第 {first.line} 行{where}给过",
                    f"{name} was already given in {first.file} line {first.line}{by}",
                ),
                hint,
            )
        )


def _file_lines(words: str, fence: int) -> str:
    return re.sub(r"\{line:(\d+)\}", lambda found: str(fence + int(found.group(1))), words)

"""What a rehearsal found, in both languages."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ..definition import Text
from .example import Example, ExampleFault


class Difference(Struct, frozen=True):
    """One thing that fell short: at which line, what was looked at, what was expected and what came."""

    line: int
    what: str
    expected: Any
    got: Any
    words: Text


class Result(Struct, frozen=True):
    """One example played: it passed when nothing differs. ``visits`` are the acts and ways it went through."""

    example: Example
    differences: tuple[Difference, ...] = ()
    visits: frozenset[str] = frozenset()

    @property
    def passed(self) -> bool:
        return not self.differences


class Coverage(Struct, frozen=True):
    """What of a pack no example visits: acts, ways out of acts, duties; by procedure, with the line they stand on."""

    visited: frozenset[str]
    unvisited: tuple[Place, ...]


class Place(Struct, frozen=True):
    """An act, way or duty nobody visited."""

    name: str
    file: str
    line: int
    clause: str


class Report(Struct, frozen=True):
    """A pack rehearsed. ``waiting`` are the examples whose rule waits for a register that is to come."""

    pack: str
    results: tuple[Result, ...]
    faults: tuple[ExampleFault, ...]
    coverage: Coverage

    @property
    def passed(self) -> bool:
        """Whether every example was read and holds."""
        return not self.faults and all(result.passed for result in self.results)

    @property
    def waiting(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.example.waits_for)

    def say(self, language: str) -> list[str]:
        """The report line by line: faults, what fell short, what waits, what nobody visits, the totals."""
        zh = language == "zh"
        found = [f"{fault.file}:{fault.line}: {fault.words.say(language)}" for fault in self.faults]
        for result in self.results:
            title = result.example.title.say(language)
            if not result.passed:
                found.append(f"{result.example.file}:{result.example.line}: {'未通过' if zh else 'failed'} {title}")
            found += [f"  {result.example.file}:{each.line}: {each.words.say(language)}" for each in result.differences]
        for result in self.waiting:
            title, register = result.example.title.say(language), result.example.waits_for
            found.append(f"待 {register} 台账：{title}" if zh else f"waits for register {register}: {title}")
        for place in self.coverage.unvisited:
            words = f"没有例子走到 {place.name}" if zh else f"no example visits {place.name}"
            found.append(f"{place.file}:{place.line}: {place.clause} {words}")
        good = sum(result.passed for result in self.results)
        visited = len(self.coverage.visited)
        total = visited + len(self.coverage.unvisited)
        found.append(
            f"{self.pack}：例子 {good}/{len(self.results)} 通过，走到 {visited}/{total} 处"
            if zh
            else f"{self.pack}: {good} of {len(self.results)} examples hold, {visited} of {total} places visited"
        )
        return found

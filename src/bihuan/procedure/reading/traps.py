"""One tolerant walk over a block before the strict parser sees it.

It finds where each key stands (the parser gives no lines), catches what authors with a Chinese keyboard and a word
processor write by mistake, and makes the text to write instead, so that one report can show the faults behind too.
"""

from __future__ import annotations

import re

from msgspec import Struct

from bihuan.procedure.definition import Text

from .walk import Path, Statement, Walker


class Trap(Struct, frozen=True):
    """A mistake of writing: line and column inside the block, and the text to write instead."""

    code: str
    line: int
    column: int
    words: Text
    corrected: str = ""


class Scan(Struct, frozen=True):
    """``chunks`` are the corrected pieces to parse one by one, each padded so that its lines keep their numbers."""

    lines: dict[Path, int]
    traps: tuple[Trap, ...]
    chunks: tuple[str, ...]


def scan(text: str) -> Scan:
    """Walks one block; never raises, whatever the text is."""
    return _Scanner(text).run()


class _Scanner(Walker):
    def run(self) -> Scan:
        while self.at < len(self.text):
            before = self.at
            self.blanks(lines=True)
            if self.at >= len(self.text):
                break
            self.statement()
            if self.at == before:
                self.take()
        self.twice()
        return Scan(self.lines, tuple(self.traps()), tuple(self.chunks()))

    def statement(self) -> None:
        header = self.peek() == "["
        statement = Statement((), header, self.line, len(self.out))
        self.statements.append(statement)
        if header:
            self.header(statement)
        else:
            statement.path = self.pair(self.prefix)
        statement.section = next((i for i in range(len(self.statements) - 1, -1, -1) if self.statements[i].header), -1)
        statement.end = len(self.out)
        while (char := self.raw()) and char != "\n":
            if char in "#＃":
                self.comment()
            else:
                self.take()

    def header(self, statement: Statement) -> None:
        marks = 0
        while self.peek() == "[":
            self.take_mark()
            marks += 1
        self.prefix = statement.path = tuple(self.keys())
        while self.peek() == "]" and marks:
            self.take_mark()
            marks -= 1
        for length in range(1, len(self.prefix) + 1):
            self.lines.setdefault(self.prefix[:length], statement.line)

    def body(self, section: int) -> list[str]:
        return [self.written(s) for s in self.statements if s.section == section and not s.header]

    def written(self, statement: Statement) -> str:
        return re.sub(
            r"(?<=\S) {2,}", " ", re.sub(r"\n\s*\n", "\n", "".join(self.out[statement.start : statement.end]))
        ).strip()

    def twice(self) -> None:
        """A table opened twice in one block; each such header begins a new chunk."""
        seen: dict[Path, int] = {}
        for position, statement in enumerate(self.statements):
            if not statement.path:
                continue
            first = seen.setdefault(statement.path, position)
            if first == position:
                for length in range(1, len(statement.path)):
                    if not statement.header and length > len(self._prefix_of(statement)):
                        seen.setdefault(statement.path[:length], position)
                continue
            if not statement.header:
                continue  # a key twice: the merge names both places
            self.splits.append(position)
            self._table_twice(statement, self.statements[first], position, first)
        for position, statement in enumerate(self.statements):
            same = seen.get(statement.path)
            if statement.path and not statement.header and same is not None and same < position:
                first_statement = self.statements[same]
                if first_statement.path == statement.path and first_statement.section == statement.section:
                    self._key_twice(statement, first_statement, position)

    def _prefix_of(self, statement: Statement) -> Path:
        return self.statements[statement.section].path if statement.section >= 0 else ()

    def _table_twice(self, statement: Statement, first: Statement, position: int, at: int) -> None:
        name = ".".join(map(str, statement.path))
        if first.header:
            corrected = "\n".join([f"[{name}]", *self.body(at), *self.body(position)])
        elif first.path != statement.path:
            below = ".".join(map(str, statement.path[len(self._prefix_of(first)) :]))
            corrected = "\n".join(f"{below}.{line}" for line in self.body(position))
        else:
            begin = self.written(first).rstrip("} ")
            corrected = ", ".join([begin, *self.body(position)]) + " }"
        words = Text(
            f"同一块里表 {name} 写了两次，先前在第 {{}} 行；请合并",
            f"table {name} is written twice in one block, first in line {{}}; join them",
        )
        column = 1
        self.found.append(("table-twice", statement.line, column, _with_line(words, first.line), position, corrected))

    def _key_twice(self, statement: Statement, first: Statement, position: int) -> None:
        self.splits.append(position)
        name = ".".join(map(str, statement.path))
        words = Text(f"{name} 写了两次，先前在第 {{}} 行", f"{name} is written twice, first in line {{}}")
        self.found.append(
            ("key-twice", statement.line, 1, _with_line(words, first.line), position, self.written(first))
        )

    def traps(self) -> list[Trap]:
        corrected_lines = "".join(self.out).split("\n")
        broken: set[int] = set()
        wide: set[int] = set()
        traps = []
        for code, line, column, words, position, shown in self.found:
            corrected = shown
            if code == "inline-table-broken":
                if position in broken:
                    continue  # one report per statement, not one per line
                broken.add(position)
            if code in ("full-width", "colon"):
                if line in wide:
                    continue  # the corrected line already shows the other marks
                wide.add(line)
            if not corrected and position >= 0 and code.startswith("inline-table"):
                corrected = self.written(self.statements[position])
            if not corrected and line <= len(corrected_lines):
                corrected = corrected_lines[line - 1].strip()
            traps.append(Trap(code, line, column, words, corrected))
        return traps

    def chunks(self) -> list[str]:
        """The corrected text, cut before each header or key that comes a second time."""
        whole = "".join(self.out)
        chunks = []
        start = 0
        for position in sorted(set(self.splits)):
            statement = self.statements[position]
            cut = len("".join(self.out[: statement.start]))
            chunks.append(_padded(whole, start, cut, self._open_header(start)))
            start = cut
        chunks.append(_padded(whole, start, len(whole), self._open_header(start)))
        return chunks

    def _open_header(self, start: int) -> str:
        """The header a chunk that begins with a plain key belongs to."""
        length = 0
        for statement in self.statements:
            length = len("".join(self.out[: statement.start]))
            if length == start and start and not statement.header and statement.section >= 0:
                return self.written(self.statements[statement.section])
        return ""


def _padded(whole: str, start: int, end: int, header: str) -> str:
    lines = whole.count("\n", 0, start)
    piece = whole[start:end]
    return f"{chr(10) * max(lines - 1, 0)}{header}\n{piece}" if header else "\n" * lines + piece


def _with_line(words: Text, line: int) -> Text:
    """The line inside the block; the reader adds the fence's line when it knows it."""
    return Text(words.zh.replace("{}", f"{{line:{line}}}"), words.en.replace("{}", f"{{line:{line}}}"))

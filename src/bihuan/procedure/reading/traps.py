"""One tolerant walk over a block before the strict parser sees it.

It finds where each key stands (the parser gives no lines), catches what authors with a Chinese keyboard and a word
processor write by mistake, and makes the text to write instead, so that one report can show the faults behind too.
"""

from __future__ import annotations

import re

from msgspec import Struct

from bihuan.procedure.definition import Text

Path = tuple[str | int, ...]

_MARKS = {
    "“": '"', "”": '"', "‘": '"', "’": '"', "＂": '"', "，": ",", "、": ",", "：": "=", "＝": "=", ":": "=",
    "［": "[", "］": "]", "【": "[", "】": "]", "｛": "{", "｝": "}", "　": " ", "\u00a0": " ", "．": ".", "＃": "#",
}  # fmt: skip
_QUOTES = "“”‘’＂"
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?([T ]\d{2}:\d{2}.*)?$|\d{2}:\d{2}(:\d{2})?$")
_UNDERSCORED = re.compile(r"[+-]?\d[\d_]*_[\d_.]*$")


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


class _Statement(Struct):
    """A header or a key with its value, as corrected."""

    path: Path
    header: bool
    line: int
    start: int
    end: int = 0
    section: int = 0


def scan(text: str) -> Scan:
    """Walks one block; never raises, whatever the text is."""
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.out: list[str] = []
        self.lines: dict[Path, int] = {}
        self.found: list[tuple[str, int, int, Text, int, str]] = []
        self.statements: list[_Statement] = []
        self.prefix: Path = ()
        self.braces = 0
        self.postponed = 0
        self.splits: list[int] = []

    # the way of the characters

    def peek(self) -> str:
        """The next character as it should have been written."""
        char = self.raw()
        return _MARKS.get(char, char)

    def raw(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self) -> None:
        """Copies one character as it stands."""
        char = self.raw()
        self.out.append(char)
        self.at += 1
        if char == "\n":
            self.newline()

    def newline(self) -> None:
        self.line += 1
        self.out.extend("\n" * self.postponed)
        self.postponed = 0

    def take_mark(self) -> None:
        """Copies one mark, corrected where it was typed full-width."""
        char = self.raw()
        plain = _MARKS.get(char, char)
        if char != plain:
            code = "full-width" if char != ":" else "colon"
            self.trap(code, Text(f"“{char}” 请写作半角 {plain!r:.3}", f"write {plain!r:.3} instead of “{char}”"))
        if plain == "=" and char != plain and self.out and self.out[-1] != " ":
            self.out.append(" ")
        self.out.append(plain)
        self.at += 1

    def column(self) -> int:
        return self.at - self.text.rfind("\n", 0, self.at)

    def trap(self, code: str, words: Text, line: int = 0, corrected: str = "") -> None:
        self.found.append((code, line or self.line, self.column(), words, len(self.statements) - 1, corrected))

    def blanks(self, lines: bool = False) -> None:
        """Skips spaces and, with ``lines``, comments and line ends."""
        while char := self.raw():
            if char in " \t\r":
                self.take()
            elif char in "　\u00a0":
                self.take_mark()
            elif lines and char in "#＃":
                self.comment()
            elif lines and char == "\n":
                self.line_end()
            else:
                return

    def line_end(self) -> None:
        if not self.braces:
            self.take()
            return
        self.trap(
            "inline-table-broken",
            Text("行内表 { } 必须写在一行内", "an inline table { } must stay on one line"),
            self.line,
        )
        self.at += 1
        self.line += 1
        self.postponed += 1
        if self.out and self.out[-1] != " ":
            self.out.append(" ")

    def comment(self) -> None:
        if self.raw() == "＃":
            self.take_mark()
        while (char := self.raw()) and char != "\n":
            if self.braces:
                self.at += 1
            else:
                self.out.append(char)
                self.at += 1
        if self.braces and self.out and self.out[-1] == "#":
            self.out.pop()

    # the way of the statements

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
        statement = _Statement((), header, self.line, len(self.out))
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

    def header(self, statement: _Statement) -> None:
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

    def keys(self) -> list[str]:
        """A dotted key."""
        keys: list[str] = []
        while True:
            self.blanks()
            char = self.raw()
            if found := _BARE_KEY.match(self.text, self.at):
                keys.append(found.group())
                self.out.append(found.group())
                self.at = found.end()
            elif char in ('"', "'") or (char and char in _QUOTES):
                start = len(self.out)
                self.string()
                keys.append("".join(self.out[start:])[1:-1])
            else:
                return keys
            self.blanks()
            if self.peek() != ".":
                return keys
            self.take_mark()

    def pair(self, parent: Path) -> Path:
        """``key = value``; records where each part of the key stands."""
        line = self.line
        keys = self.keys()
        path = parent + tuple(keys)
        for length in range(len(parent) + 1, len(path) + 1):
            self.lines.setdefault(path[:length], line)
        self.blanks()
        if keys and self.peek() == "=":
            self.take_mark()
            self.blanks()
            self.value(path)
        return path if keys else ()

    def value(self, path: Path) -> None:
        char = self.peek()
        self.lines.setdefault(path, self.line)
        if char in ('"', "'"):
            self.string()
        elif char == "[":
            self.array(path)
        elif char == "{":
            self.table(path)
        else:
            self.bare()

    def string(self) -> None:
        for mark in ('"""', "'''"):
            if self.text.startswith(mark, self.at):
                end = self.text.find(mark, self.at + 3)
                end = len(self.text) if end < 0 else end + 3
                while self.at < end:
                    self.take()
                return
        opening = self.raw()
        end = self._string_end(opening)
        self.take_mark()
        while self.at < end:
            self.out.append(self.raw())
            self.at += 1
        if self.raw() and self.raw() != "\n":
            self.take_mark()

    def _string_end(self, opening: str) -> int:
        """Where the closing quote of the string that begins here stands."""
        stop = self.text.find("\n", self.at)
        stop = len(self.text) if stop < 0 else stop
        wanted = opening if opening in "\"'" else '”’＂"“'
        at = self.at + 1
        while at < stop:
            if self.text[at] == "\\" and opening == '"':
                at += 1
            elif self.text[at] in wanted:
                return at
            at += 1
        # "text” – opened plainly, closed by the input method
        last = max(self.text.rfind(mark, self.at + 1, stop) for mark in _QUOTES)
        return last if last > 0 else stop

    def array(self, path: Path) -> None:
        # Inside a list lines may break, even within an inline table.
        braces, self.braces = self.braces, 0
        self.take_mark()
        index = 0
        while self.raw():
            before = self.at
            self.blanks(lines=True)
            char = self.peek()
            if char == "]":
                self.take_mark()
                break
            if char == ",":
                self.take_mark()
                index += 1
            elif char in ("}", "=", ""):
                break
            else:
                self.value((*path, index))
            if self.at == before:
                self.take()
        self.braces = braces

    def table(self, path: Path) -> None:
        self.take_mark()
        self.braces += 1
        comma = -1
        while self.raw():
            before = self.at
            self.blanks(lines=True)
            char = self.peek()
            if char == "}":
                if comma >= 0:
                    self.trap(
                        "inline-table-comma",
                        Text("行内表 { } 末尾不得有逗号", "an inline table { } must not end in a comma"),
                    )
                    del self.out[comma]
                self.take_mark()
                break
            if char == ",":
                comma = len(self.out)
                self.take_mark()
            elif char in ("]", ""):
                break
            else:
                comma = -1
                self.pair(path)
            if self.at == before:
                self.take()
        self.braces -= 1

    def bare(self) -> None:
        start = self.at
        while (char := self.raw()) and char not in ",，、]}］｝#\n":
            self.at += 1
        word = self.text[start : self.at].rstrip()
        self.at = start + len(word)
        if _DATE.match(word):
            self.trap("bare-date", Text(f'日期请加引号："{word}"', f'quote the date: "{word}"'))
            word = f'"{word}"'
        elif _UNDERSCORED.match(word):
            plain = word.replace("_", "")
            self.trap(
                "underscored-number", Text(f"数字不加下划线：{plain}", f"write the number without underscores: {plain}")
            )
            word = plain
        self.out.append(word)

    # afterwards

    def body(self, section: int) -> list[str]:
        return [self.written(s) for s in self.statements if s.section == section and not s.header]

    def written(self, statement: _Statement) -> str:
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

    def _prefix_of(self, statement: _Statement) -> Path:
        return self.statements[statement.section].path if statement.section >= 0 else ()

    def _table_twice(self, statement: _Statement, first: _Statement, position: int, at: int) -> None:
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

    def _key_twice(self, statement: _Statement, first: _Statement, position: int) -> None:
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
        for code, line, column, words, position, corrected in self.found:
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

"""The tolerant walk over the characters of one block."""

from __future__ import annotations

import re

from msgspec import Struct

from bihuan.procedure.definition import Text

Path = tuple[str | int, ...]

_MARKS = {
    "“": '"',
    "”": '"',
    "‘": '"',
    "’": '"',
    "＂": '"',
    "，": ",",
    "、": ",",
    "：": "=",
    "＝": "=",
    ":": "=",
    "［": "[",
    "］": "]",
    "【": "[",
    "】": "]",
    "｛": "{",
    "｝": "}",
    "　": " ",
    "\u00a0": " ",
    "．": ".",
    "＃": "#",
}
_QUOTES = "“”‘’＂"
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?([T ]\d{2}:\d{2}.*)?$|\d{2}:\d{2}(:\d{2})?$")
_UNDERSCORED = re.compile(r"[+-]?\d[\d_]*_[\d_.]*$")


class Statement(Struct):
    """A header or a key with its value, as corrected."""

    path: Path
    header: bool
    line: int
    start: int
    end: int = 0
    section: int = 0


class Walker:
    """The way over the characters: copies them, corrected, and notes keys and mistakes on the way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.out: list[str] = []
        self.lines: dict[Path, int] = {}
        self.found: list[tuple[str, int, int, Text, int, str]] = []
        self.statements: list[Statement] = []
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

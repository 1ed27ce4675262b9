"""The Markdown by hand, line-exact: headings, prose and fenced blocks. Nothing here knows what the blocks mean."""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct

from bihuan.procedure.checking.fault import Fault, Faults
from bihuan.procedure.definition import Text

_WIDE = {ord("（"): "(", ord("）"): ")", ord("．"): ".", ord("　"): " ", ord("＃"): "#"}
_WIDE |= {ord("０") + digit: str(digit) for digit in range(10)}

_NUMERALS = "一二三四五六七八九十百零〇"
_PART = "|".join([
    rf"第[{_NUMERALS}\d]+[条章节款]", r"附录[A-Z]", r"[A-Z]?\d+(?:\.\d+)*\.?", r"[A-Z](?:\.\d+)+",
    rf"[{_NUMERALS}]+、", rf"\([{_NUMERALS}\da-z]+\)",
])  # fmt: skip
_TOKEN = re.compile(rf"§?\s*((?:{_PART})(?:\s*(?:{_PART}))*)")
_ANCHOR = re.compile(r"\s*\{#([^{}\s]+)\}\s*$")
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*([^`]*)$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_REFERENCE = re.compile(r"《([^《》]+)》")
_LANGUAGES = ("toml", "text", "mermaid")


class Block(Struct, frozen=True):
    """A fenced ``toml`` block: ``line`` is the line of its fence, so file line = line + line in the text."""

    line: int
    text: str
    heading: int


class Heading(Struct, frozen=True):
    """A heading with the prose under it. ``number`` is as written, without spaces and the section sign."""

    number: str
    anchor: str
    title: str
    level: int
    line: int
    prose: str = ""
    explicit: bool = False
    references: tuple[tuple[int, str], ...] = ()


class Source(Struct, frozen=True):
    """One document taken apart. ``headings[0]`` is the head: everything before the first ``##``."""

    text: str
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    digest: str


def normalise(text: str) -> str:
    """Without byte order mark, with plain line ends: what is digested and read."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def fold(number: str) -> str:
    """A clause number as it is compared: full-width digits and brackets made plain, spaces and § dropped."""
    return re.sub(r"[\s§]", "", number.translate(_WIDE)).rstrip("、.")


def split_heading(words: str) -> tuple[str, str, str]:
    """Number as written, explicit anchor, and the rest of a heading's words."""
    anchor = ""
    if found := _ANCHOR.search(words):
        anchor, words = found.group(1), words[: found.start()]
    plain = words.translate(_WIDE)
    token = _TOKEN.match(plain)
    if token is None:
        return "", anchor, words.strip()
    rest = plain[token.end() :]
    said = token.group(1)
    # "24小时响应" is a title, "5.2.1登记" a number with the space forgotten.
    if rest and not rest[0].isspace() and not re.search(r"[.、)条章节款]", said):
        return "", anchor, words.strip()
    number = re.sub(r"[\s§]", "", words[: token.end()]).rstrip("、.．")
    return number, anchor, words[token.end() :].strip()


def anchor_of(number: str) -> str:
    """The address of a clause on a page: ``4.2(3)`` becomes ``4.2-3``."""
    return re.sub(r"[^\w.]+", "-", fold(number)).strip("-")


def take_apart(text: str, file: str, faults: Faults) -> Source:
    """Headings, prose and blocks of one document; mistyped, indented and unclosed fences are faults, never skipped."""
    text = normalise(text)
    return _Reader(text, file, faults).run()


class _Reader:
    def __init__(self, text: str, file: str, faults: Faults) -> None:
        self.text = text
        self.file = file
        self.faults = faults
        self.headings: list[Heading] = [Heading("", "", "", 1, 1)]
        self.prose: list[list[str]] = [[]]
        self.references: list[list[tuple[int, str]]] = [[]]
        self.blocks: list[Block] = []

    def fault(self, code: str, line: int, zh: str, en: str, corrected: str = "") -> None:
        clause = self.headings[-1].number
        self.faults.add(Fault(code, self.file, line, clause, Text(zh, en), corrected))

    def run(self) -> Source:
        lines = self.text.split("\n")
        position = 0
        while position < len(lines):
            line = lines[position]
            if fence := _FENCE.match(line):
                position = self._fence(lines, position, fence)
                continue
            if heading := _HEADING.match(line):
                self._heading(heading, position + 1)
            elif re.match(r"#{1,6}[^#\s]", line):
                marks = line[: len(line) - len(line.lstrip("#"))]
                self.fault(
                    "heading-without-space",
                    position + 1,
                    "标题的 # 后缺空格",
                    "a space is missing after the # of a heading",
                    f"{marks} {line.lstrip('#')}",
                )
            else:
                self.prose[-1].append(line)
                self.references[-1] += [(position + 1, title) for title in _REFERENCE.findall(line)]
            position += 1
        headings = tuple(
            Heading(
                h.number,
                h.anchor,
                h.title,
                h.level,
                h.line,
                _COMMENT.sub("", "\n".join(prose)).strip(),
                h.explicit,
                tuple(named),
            )
            for h, prose, named in zip(self.headings, self.prose, self.references, strict=True)
        )
        self._doubles(headings)
        digest = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
        return Source(self.text, headings, tuple(self.blocks), digest)

    def _heading(self, found: re.Match[str], line: int) -> None:
        level = len(found.group(1))
        if level == 1 and len(self.headings) == 1:
            self.headings[0] = Heading("", "", found.group(2).strip(), 1, line)
            return
        number, anchor, title = split_heading(found.group(2))
        self.headings.append(
            Heading(number or anchor, anchor or anchor_of(number), title, level, line, explicit=bool(anchor))
        )
        self.prose.append([])
        self.references.append([])

    def _fence(self, lines: list[str], position: int, fence: re.Match[str]) -> int:
        """Takes one fenced block; returns the position after it."""
        indent, mark, language = fence.group(1), fence.group(2), fence.group(3).strip()
        end = self._closing(lines, position, mark)
        said = language.split()[0] if language else ""
        if indent:
            self.fault(
                "fence-indented", position + 1, "代码块的围栏不得缩进", "a fence must not be indented", f"```{language}"
            )
        if mark.startswith("~"):
            self.fault(
                "fence-tildes",
                position + 1,
                "围栏写作 ```，不用 ~~~",
                "write the fence as ```, not ~~~",
                f"```{language}",
            )
        if said not in _LANGUAGES:
            self.fault(
                "fence-language",
                position + 1,
                f"围栏的标记“{said}”不认识；可写 toml、text、mermaid",
                f"the fence is marked “{said}”; write toml, text or mermaid",
                "```toml",
            )
        if end is None:
            self.fault("fence-unclosed", position + 1, "代码块没有收尾的 ```", "the block is never closed", "```")
            end = next(
                (
                    at
                    for at in range(position + 1, len(lines))
                    if _HEADING.match(lines[at]) and lines[at].startswith("##")
                ),
                len(lines),
            )
            following = end
        else:
            following = end + 1
        # A mistyped mark is read as toml so that the faults inside it show in the same report.
        if said not in ("text", "mermaid"):
            body = "\n".join(line.removeprefix(indent) for line in lines[position + 1 : end])
            self.blocks.append(Block(position + 1, body, len(self.headings) - 1))
        return following

    @staticmethod
    def _closing(lines: list[str], position: int, mark: str) -> int | None:
        for at in range(position + 1, len(lines)):
            bare = lines[at].strip()
            if len(bare) >= 3 and set(bare) in ({"`"}, {"~"}) and len(bare) >= len(mark):
                return at
            # An opening fence inside a block means that the closing one was forgotten.
            if bare.startswith(mark[0] * 3):
                return None
        return None

    def _doubles(self, headings: tuple[Heading, ...]) -> None:
        seen: dict[str, Heading] = {}
        anchors: dict[str, Heading] = {}
        for heading in headings[1:]:
            if not heading.number:
                continue
            folded = fold(heading.number)
            first = seen.setdefault(folded, heading)
            if first is not heading and not heading.explicit:
                self.faults.add(
                    Fault(
                        "clause-twice",
                        self.file,
                        heading.line,
                        heading.number,
                        Text(
                            f"条款号 {heading.number} 在第 {first.line} 行已用过；请加锚点",
                            f"clause {heading.number} was already used in line {first.line}; give it an anchor",
                        ),
                        f"{'#' * heading.level} {heading.number} {heading.title} {{#{heading.anchor}-2}}",
                    )
                )
            elif anchors.setdefault(heading.anchor, heading) is not heading:
                other = anchors[heading.anchor]
                self.faults.add(
                    Fault(
                        "anchor-twice",
                        self.file,
                        heading.line,
                        heading.number,
                        Text(
                            f"锚点 {heading.anchor} 在第 {other.line} 行已用过",
                            f"anchor {heading.anchor} was already used in line {other.line}",
                        ),
                    )
                )

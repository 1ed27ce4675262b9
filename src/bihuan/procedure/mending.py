"""Putting into a text what the check says to write instead, the reason for which a finding is accepted, and into an
example the moment that came.

Only what fits its line without guessing: a mistyped line, a mistyped name, a value of another kind. Where the check
shows a shape to fill in ("…"), or an entry that has to be thought about first, nothing is offered.
"""

from __future__ import annotations

import json
import re
from difflib import SequenceMatcher

from .checking.fault import Fault
from .rehearsal.report import Difference

# what these show is one way out of several, or stands on another line: the author has to think first
_TO_THINK_ABOUT = frozenset(
    {
        "deadline-never-starts", "deadline-never-stops", "fact-not-known", "fence-unclosed", "head-key-in-clause",
        "inline-table-broken", "key-twice", "missing-key", "missing-title", "promise-unheard", "step-unreachable",
        "table-twice",
    }
)  # fmt: skip
_LIKE = 0.8
_NAME = re.compile(r"[\w\-]+(?:[. ][\w\-]+)*\Z")
_PAIR = re.compile(r"(?P<key>\"[^\"]+\"|[\w.\-]+) = (?P<value>.+)\Z")
_TOKEN = re.compile(r"\"([^\"\\]*)\"|([A-Za-z][\w.\-]*)")
_SIMPLE = r"(?:\"[^\"\\]*\"|'[^']*'|[\w.\-+]+)"
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?\Z")
_HEADING = re.compile(r"#{1,6} ")


def mended(text: str, fault: Fault) -> str | None:
    """``text`` with the corrected line of ``fault`` in its place; None where it cannot be put there by itself.

    ``fault`` comes from a check of this very text.
    """
    lines = text.split("\n")
    corrected = fault.corrected
    if not corrected or "…" in corrected or "\n" in corrected or fault.code in _TO_THINK_ABOUT:
        return None
    if not 0 < fault.line <= len(lines):
        return None
    line = _line(lines[fault.line - 1], fault)
    if line is None or line == lines[fault.line - 1]:
        return None
    return "\n".join([*lines[: fault.line - 1], line, *lines[fault.line :]])


def _line(line: str, fault: Fault) -> str | None:
    corrected = fault.corrected
    if fault.code.startswith("fence-"):
        return corrected
    pair = _PAIR.match(corrected)
    if fault.code.startswith("unknown-") and (pair is None or fault.code == "unknown-key"):
        name = (pair["key"].strip('"') if pair else corrected).strip()
        renamed = _renamed(line, name, fault) if _NAME.match(name) else None
        if renamed is not None or pair is None:
            return renamed
    if pair is not None and (valued := _valued(line, pair["key"], corrected)) is not None:
        return valued
    if SequenceMatcher(None, line.strip(), corrected, autojunk=False).ratio() >= _LIKE:
        return line[: len(line) - len(line.lstrip())] + corrected
    return None


def _renamed(line: str, name: str, fault: Fault) -> str | None:
    """The line with the one name that the fault speaks of replaced; None where it is not there exactly once."""
    told = [found for found in _TOKEN.finditer(line) if _spoken_of(found[1] or found[2] or "", fault.words.zh)]
    told = [found for found in told if (found[1] or found[2]) != name]
    wanted = {found[1] or found[2] for found in told}
    if not wanted:
        return _renamed_part(line, name, fault)
    nearest = max(wanted, key=lambda one: (SequenceMatcher(None, one, name, autojunk=False).ratio(), one))
    places = [found for found in told if (found[1] or found[2]) == nearest]
    if len(places) != 1:
        return None
    found = places[0]
    start, end = found.span(1) if found[1] is not None else found.span(2)
    return line[:start] + name + line[end:]


def _renamed_part(line: str, name: str, fault: Fault) -> str | None:
    """The same where the name is one part of a dotted key (``feilds.problem``, ``[atcs.close]``)."""
    parts = [found for found in re.finditer(r"[\w\-]+", line) if _spoken_of(found[0], fault.words.zh)]
    parts = [found for found in parts if found[0] != name and _like(found[0], name)]
    if len(parts) != 1:
        return None
    return line[: parts[0].start()] + name + line[parts[0].end() :]


def _like(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.6


def _spoken_of(token: str, words: str) -> bool:
    """Whether the fault's words name this token, whole or in its parts, as what is wrong and not as what to write."""
    said = words.partition("；")[0]
    parts = [token] if "." not in token else [token, *token.split(".")]
    whole, rest = parts[0], parts[1:]
    return bool(token) and (_within(whole, said) or (bool(rest) and all(_within(one, said) for one in rest)))


def _within(word: str, said: str) -> bool:
    return bool(word) and re.search(rf"(?<![\w\-.]){re.escape(word)}(?![\w\-])", said, re.ASCII) is not None


def _valued(line: str, key: str, corrected: str) -> str | None:
    """The line with the value of ``key`` written as corrected, where it is a plain one and there once."""
    bare = key.strip('"')
    wanted = rf"(?<![\w.\-\"])\"?{re.escape(bare)}\"?\s*=\s*{_SIMPLE}(?=\s*(?:[,}}\]#]|$))"
    found = list(re.finditer(wanted, line))
    if len(found) != 1:
        return None
    return line[: found[0].start()] + corrected + line[found[0].end() :]


def with_reason(text: str, fault: Fault, reason: str) -> str | None:
    """``text`` in which the clause of ``fault`` accepts findings of its code for ``reason``; None without a heading.

    The reason goes into the clause's ``[clause]`` table; where it has none, into its last block, else a block of its
    own.
    """
    lines = text.split("\n")
    blocks = _blocks(lines)
    headings = [at for at, line in enumerate(lines) if _HEADING.match(line) and not _inside(at, blocks)]
    begin = max((at for at in headings if at < fault.line), default=None)
    if begin is None:
        return None
    end = min((at for at in headings if at > begin), default=len(lines))
    said = f"{fault.code} = {_quoted(reason)}"
    blocks = [(start, stop) for start, stop in blocks if begin < start and stop < end]
    for start, stop in blocks:
        table = next((at for at in range(start + 1, stop) if lines[at].strip() == "[clause]"), None)
        if table is not None:
            return "\n".join(_in_table(lines, table, stop, said))
    added = ["[clause]", f"accept = {{ {said} }}"]
    if blocks:
        stop = blocks[-1][1]
        return "\n".join([*lines[:stop], "", *added, *lines[stop:]])
    while end > begin + 1 and not lines[end - 1].strip():
        end -= 1
    return "\n".join([*lines[:end], "```toml", *added, "```", *lines[end:]])


def as_it_came(text: str, fell_short: Difference) -> str | None:
    """An example file in which the day or moment expected at ``fell_short`` is the one that came; None for the rest.

    A limit that was changed moves moments, and these are put in. Where a state or a letter is another one, the
    example's own clock has to be set, or the example would go on holding and prove nothing: that is its author's.
    """
    wanted, came = fell_short.expected, fell_short.got
    if not all(isinstance(one, str) and _MOMENT.match(one) for one in (wanted, came)):
        return None
    key = re.escape(fell_short.what.rpartition(".")[2])
    shape = re.compile(rf"(?<![\w\-])\"?{key}\"?\s*=\s*\"(?P<value>{re.escape(wanted)})\"")
    lines = text.split("\n")
    for at in range(max(fell_short.line - 1, 0), len(lines)):
        if at >= fell_short.line and lines[at].startswith(("[[example]]", "[given")):
            return None
        if found := shape.search(lines[at]):
            lines[at] = lines[at][: found.start("value")] + came + lines[at][found.end("value") :]
            return "\n".join(lines)
    return None


def _in_table(lines: list[str], table: int, stop: int, said: str) -> list[str]:
    """A ``[clause]`` table that accepts one more code; ``stop`` is its block's end."""
    end = next((at for at in range(table + 1, stop) if lines[at].lstrip().startswith("[")), stop)
    for at in range(table + 1, end):
        line = lines[at].rstrip()
        if re.match(r"\s*accept\s*=\s*\{", line) and line.endswith("}"):
            inner = line[:-1].rstrip()
            comma = "" if inner.endswith("{") else ","
            return [*lines[:at], f"{inner}{comma} {said} }}", *lines[at + 1 :]]
        if re.match(r"\s*accept\.", line):
            return [*lines[:at], f"accept.{said}", *lines[at:]]
    return [*lines[: table + 1], f"accept = {{ {said} }}", *lines[table + 1 :]]


def _inside(at: int, blocks: list[tuple[int, int]]) -> bool:
    return any(start < at < stop for start, stop in blocks)


def _blocks(lines: list[str]) -> list[tuple[int, int]]:
    """Each fenced block as the places of its two fences; one never closed runs to the end."""
    found, start = [], -1
    for at, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if start < 0:
            start = at
        else:
            found.append((start, at))
            start = -1
    return [*found, (start, len(lines))] if start >= 0 else found


def _quoted(words: str) -> str:
    """A reason as a TOML string on one line."""
    plain = " ".join("".join(one if one.isprintable() else " " for one in words).split())
    return json.dumps(plain, ensure_ascii=False)

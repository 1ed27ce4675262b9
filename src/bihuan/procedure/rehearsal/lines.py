"""Where in a TOML file a table or a key stands; the parser itself does not say."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")


class FileLines:
    """Lines of the tables of one example file, found by their headers.

    A place is a tuple: ``("example", 1)`` the second example, ``("example", 1, "then", 0)`` its first step,
    ``("given", "dispatched")`` a shared beginning.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._at: dict[tuple[str | int, ...], int] = {}
        self._starts: list[int] = []
        self._scan()

    def _scan(self) -> None:
        example = -1
        steps: dict[tuple[str | int, ...], int] = {}
        owner: tuple[str | int, ...] = ()
        for number, line in enumerate(self._lines, 1):
            found = _HEADER.match(line)
            if found is None:
                continue
            self._starts.append(number)
            names = [part.strip().strip("\"'") for part in found[1].split(".")]
            if names[0] == "example":
                if len(names) == 1:
                    example += 1
                owner, rest = ("example", example), names[1:]
            elif names[0] == "given" and len(names) > 1:
                owner, rest = ("given", names[1]), names[2:]
            else:
                continue
            if rest[:1] == ["then"]:
                if len(rest) == 1:
                    steps[owner] = steps.get(owner, -1) + 1
                place: tuple[str | int, ...] = (*owner, "then", steps.get(owner, 0), *rest[1:])
            else:
                place = (*owner, *rest)
            self._at.setdefault(place, number)

    def line(self, place: tuple[str | int, ...], key: str = "") -> int:
        """The line of ``key`` in the table at ``place``, or of the table, or of what holds it."""
        start = 1
        for length in range(len(place), 0, -1):
            if place[:length] in self._at:
                start = self._at[place[:length]]
                start = self._inside(start, place[length:])
                break
        if not key:
            return start
        pattern = re.compile(rf"(?:^|[\s{{,\"'.]){re.escape(key)}[\"']?\s*[=.]")
        sub = len(place) > 2 and place in self._at
        end = self._end(start, whole=not sub)
        for number in range(start, end):
            if pattern.search(self._lines[number - 1]):
                return number
        return start

    def _inside(self, start: int, rest: tuple[str | int, ...]) -> int:
        """The line of a table written inline: ``start = {`` or an element of ``then = [``, each on its own line."""
        if not rest:
            return start
        opening = re.compile(rf"^\s*{re.escape(str(rest[0]))}\s*=")
        end = self._end(start, whole=True)
        first = next((number for number in range(start, end) if opening.search(self._lines[number - 1])), 0)
        if not first:
            return start
        if len(rest) < 2 or not isinstance(rest[1], int) or self._lines[first - 1].rstrip().endswith("}]"):
            return first
        elements = [number for number in range(first, end) if re.match(r"^\s*\{", self._lines[number - 1])]
        return elements[rest[1]] if rest[1] < len(elements) else first

    def _end(self, start: int, *, whole: bool) -> int:
        """One past the last line of the table that begins at ``start`` (with its sub-tables if ``whole``)."""
        following = [number for number in self._starts if number > start]
        if whole:
            here = _HEADER.match(self._lines[start - 1])
            depth = here[1].count(".") if here else 0
            following = [
                number
                for number in following
                if (found := _HEADER.match(self._lines[number - 1])) and found[1].count(".") <= depth
            ]
        return following[0] if following else len(self._lines) + 1

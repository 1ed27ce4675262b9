"""What is wrong or weak in a text, said so that its author can mend it."""

from __future__ import annotations

from msgspec import Struct

from bihuan.procedure.definition import Text


class Fault(Struct, frozen=True):
    """One fault or finding: a stable code, where it stands, words in both languages, the text to write instead.

    ``accepted`` is the author's reason where a finding was accepted with ``[clause] accept``; faults cannot be.
    """

    code: str
    file: str
    line: int
    clause: str
    words: Text
    corrected: str = ""
    accepted: str = ""


class Faults:
    """Collects faults of one reading; the same fault at the same place is kept once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, int, str], Fault] = {}

    def add(self, fault: Fault) -> None:
        self._found.setdefault((fault.code, fault.file, fault.line, fault.words.zh), fault)

    def extend(self, faults: tuple[Fault, ...]) -> None:
        for fault in faults:
            self.add(fault)

    def sorted(self) -> tuple[Fault, ...]:
        """All of them in reading order."""
        return tuple(sorted(self._found.values(), key=lambda fault: (fault.file, fault.line, fault.code)))

    def __bool__(self) -> bool:
        return bool(self._found)

"""The rule registers of ``docs/rules`` and which pack carries which rules."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

from msgspec import Struct

from ..definition import Text

COLUMNS = ["id", "clause", "kind", "rule", "software"]


class RegisterError(ValueError):
    """A register cannot be read: the message names the file and the line."""


class Rule(Struct, frozen=True):
    """One rule: ``clause`` as its source prints it, ``text`` what it says, ``software`` the least that keeps it."""

    id: str
    clause: str
    kind: str
    text: str
    software: str
    register: str

    @property
    def section(self) -> str:
        """The part of the ID before its number: ``PCB-2`` of ``PCB-2-01``."""
        return self.id.rpartition("-")[0]

    @property
    def inferred(self) -> bool:
        """Whether the source does not print it."""
        return self.clause == "inferred"


class PackRules(Struct, frozen=True):
    """One organisation's share: sections (``PCB-2``), or whole registers by their first letters (``INT``)."""

    pack: str
    title: Text
    sections: tuple[str, ...]

    def carries(self, rule: Rule) -> bool:
        return rule.section in self.sections or rule.id.partition("-")[0] in self.sections


class Registers(Struct, frozen=True):
    """All rules by ID in the order of their files, and the packs that carry them."""

    rules: dict[str, Rule]
    packs: tuple[PackRules, ...]

    def pack_of(self, rule: Rule) -> str:
        """The pack that carries ``rule``; nothing where none does."""
        return next((each.pack for each in self.packs if each.carries(rule)), "")


def read_registers(folder: Path) -> Registers:
    """Every ``*.csv`` of ``folder`` and its ``packs.toml``.

    Raises RegisterError for another head line, a row of another length, an ID given twice, an empty cell, and a rule
    that no pack or more than one carries.
    """
    rules: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            if next(rows, []) != COLUMNS:
                raise RegisterError(f"{path}:1: the head line must be {','.join(COLUMNS)}")
            for row in rows:
                where = f"{path}:{rows.line_num}"
                if len(row) != len(COLUMNS) or not all(cell.strip() for cell in row):
                    raise RegisterError(f"{where}: a rule has five cells, none of them empty")
                if row[0] in rules:
                    raise RegisterError(f"{where}: {row[0]} stands twice")
                name, clause, kind, text, software = row
                rules[name] = Rule(name, clause, kind, text, software, path.stem)
    packs = _read_packs(folder / "packs.toml")
    for rule in rules.values():
        carriers = [each.pack for each in packs if each.carries(rule)]
        if len(carriers) != 1:
            raise RegisterError(f"{folder / 'packs.toml'}: {rule.id} is carried by {carriers or 'no pack'}")
    return Registers(rules, packs)


def _read_packs(path: Path) -> tuple[PackRules, ...]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        PackRules(name, Text(table["title"]["zh"], table["title"]["en"]), tuple(table["sections"]))
        for name, table in data.items()
    )

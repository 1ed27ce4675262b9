"""The table of rules: for every rule who proves it and whether that holds, and the totals by organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from ..definition import Text
from .claims import Claim, ClaimFault, unknown
from .registers import Registers, Rule

Standing = Literal["proved", "refusal", "failing", "not-run", "unclaimed"]

STANDINGS: dict[Standing, Text] = {
    "proved": Text("已证明", "proved"),
    "refusal": Text("以拒绝证明（全部或部分），待台账", "proved by refusal in whole or part, waits for its register"),
    "failing": Text("有主张但未通过", "claimed but failing"),
    "not-run": Text("有主张但未运行", "claimed but not run"),
    "unclaimed": Text("无人主张", "not claimed"),
}


class Row(Struct, frozen=True):
    """One rule, its organisation's pack, how it stands and by whom. ``waits_for`` names registers to come."""

    rule: Rule
    pack: str
    standing: Standing
    claims: tuple[Claim, ...]
    waits_for: tuple[str, ...] = ()

    def say(self, language: str) -> str:
        """The row as one line."""
        words = STANDINGS[self.standing].say(language)
        waits = f" {'、'.join(self.waits_for)}" if self.waits_for else ""
        names = "；".join(f"{claim.name} ({claim.file}:{claim.line})" for claim in self.claims)
        return f"{self.rule.id}  {words}{waits}" + (f"  {names}" if names else "")


class RuleTable(Struct, frozen=True):
    """All rows in the order of the registers, the totals by pack, and claims of rules nobody knows."""

    rows: tuple[Row, ...]
    totals: dict[str, dict[str, int]]
    faults: tuple[ClaimFault, ...]

    @property
    def sound(self) -> bool:
        """Whether no claim fails, went unrun or speaks of an unknown rule."""
        return not self.faults and all(row.standing not in ("failing", "not-run") for row in self.rows)


def rule_table(registers: Registers, claims: Iterable[Claim]) -> RuleTable:
    """Every rule of the registers with those who claim it.

    A rule is *proved* when all its claims hold and none waits for a register; *refusal* when they hold and one or more
    wait: what the register will hold is not proved yet; *failing* when one fails, *not-run* when one has not run.
    """
    claims = list(claims)
    by_rule: dict[str, list[Claim]] = {}
    for claim in claims:
        by_rule.setdefault(claim.rule, []).append(claim)
    rows = tuple(_row(registers, rule, by_rule.get(rule.id, [])) for rule in registers.rules.values())
    totals: dict[str, dict[str, int]] = {}
    for pack in registers.packs:
        count = Counter(row.standing for row in rows if row.pack == pack.pack)
        totals[pack.pack] = {standing: count[standing] for standing in STANDINGS}
    return RuleTable(rows, totals, tuple(unknown(claims, registers.rules)))


def _row(registers: Registers, rule: Rule, claims: list[Claim]) -> Row:
    waits = tuple(dict.fromkeys(claim.waits_for for claim in claims if claim.waits_for))
    outcomes = {claim.outcome for claim in claims}
    standing: Standing
    if not claims:
        standing = "unclaimed"
    elif "failed" in outcomes:
        standing = "failing"
    elif "not-run" in outcomes:
        standing = "not-run"
    else:
        standing = "refusal" if waits else "proved"
    return Row(rule, registers.pack_of(rule), standing, tuple(claims), waits)

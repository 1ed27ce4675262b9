"""Proofs: which rule of the registers is proved by whom, and whether the proof is worth anything."""

from __future__ import annotations

from .breaking import Broken, Hollow, breaking, hollow_words
from .claims import Claim, ClaimFault, example_claims, read_outcomes, test_claims
from .planting import Plant, planted
from .registers import PackRules, RegisterError, Registers, Rule, read_registers
from .table import STANDINGS, Row, RuleTable, rule_table

__all__ = [
    "STANDINGS", "Broken", "Claim", "ClaimFault", "Hollow", "PackRules", "Plant", "RegisterError", "Registers", "Row",
    "Rule", "RuleTable", "breaking", "example_claims", "hollow_words", "planted", "read_outcomes", "read_registers",
    "rule_table", "test_claims",
]  # fmt: skip

"""Who claims to prove a rule: examples of the packs, and tests marked with the rule's ID."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from ..definition import Text
from ..rehearsal import Report, Result

Outcome = Literal["passed", "failed", "not-run"]


class Claim(Struct, frozen=True):
    """One claim: the rule, who makes it, where, and how it went.

    ``waits_for`` names the register that is to come, where only the refusal to go on without it is shown.
    """

    rule: str
    kind: Literal["example", "test"]
    name: str
    file: str
    line: int
    outcome: Outcome
    pack: str = ""
    waits_for: str = ""


def example_claims(reports: Iterable[Report]) -> list[Claim]:
    """What the examples of rehearsed packs claim."""
    return [
        _of_example(report, result, rule)
        for report in reports
        for result in report.results
        for rule in dict.fromkeys(result.example.rules)
    ]


def _of_example(report: Report, result: Result, rule: str) -> Claim:
    example = result.example
    return Claim(
        rule=rule,
        kind="example",
        name=example.title.zh,
        file=example.file,
        line=example.line,
        outcome="passed" if result.passed else "failed",
        pack=report.pack,
        waits_for=example.waits_for,
    )


def test_claims(root: Path, folders: Iterable[str], outcomes: Mapping[str, str]) -> list[Claim]:
    """What tests claim by ``@pytest.mark.rule("ID", …)`` on a function, a class or (``pytestmark``) a whole file.

    The files are read, not run. ``outcomes`` are those a test run wrote down: address of the test → passed, failed
    (see ``read_outcomes``); a test it does not name has not run, which proves nothing.
    """
    found: list[Claim] = []
    for folder in folders:
        for path in sorted((root / folder).rglob("test_*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
            file = path.relative_to(root).as_posix()
            for address, line, rules in _marked(tree, file):
                outcome = _outcome(outcomes.get(address, ""))
                found += [Claim(rule, "test", address, file, line, outcome) for rule in dict.fromkeys(rules)]
    return found


def read_outcomes(path: Path) -> dict[str, str]:
    """The outcomes a test run wrote; none where it wrote no file."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if path.exists() else {}


def _outcome(word: str) -> Outcome:
    return "passed" if word == "passed" else "failed" if word == "failed" else "not-run"


def _marked(tree: ast.Module, file: str) -> Iterable[tuple[str, int, list[str]]]:
    whole = [rule for node in tree.body for rule in _module_rules(node)]
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            of_class = whole + _rules(node.decorator_list)
            for each in node.body:
                if _is_test(each):
                    yield from _one(each, f"{file}::{node.name}", of_class)
        elif _is_test(node):
            yield from _one(node, file, whole)


def _one(node: ast.stmt, where: str, outer: list[str]) -> Iterable[tuple[str, int, list[str]]]:
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    rules = outer + _rules(node.decorator_list)
    if rules:
        yield f"{where}::{node.name}", node.lineno, rules


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")


def _module_rules(node: ast.stmt) -> list[str]:
    if not isinstance(node, ast.Assign) or not any(
        isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
    ):
        return []
    return _rules(list(node.value.elts) if isinstance(node.value, ast.List | ast.Tuple) else [node.value])


def _rules(marks: list[ast.expr]) -> list[str]:
    return [
        argument.value
        for mark in marks
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "rule"
        for argument in mark.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


class ClaimFault(Struct, frozen=True):
    """A claim of a rule that no register knows."""

    claim: Claim
    words: Text

    def say(self, language: str) -> str:
        """The fault as one line."""
        return f"{self.claim.file}:{self.claim.line}: {self.words.say(language)}"


def unknown(claims: Iterable[Claim], known: Mapping[str, object]) -> list[ClaimFault]:
    """The claims of rules that stand in no register."""
    return [
        ClaimFault(claim, Text(f"没有规则 {claim.rule}", f"there is no rule {claim.rule}"))
        for claim in claims
        if claim.rule not in known
    ]

"""Writes down how each test went that claims a rule, for ``bihuan rules``: ``pytest --rule-results FILE``.

The file maps a test's address without its parameters to ``passed`` or ``failed``; with parameters it passed when all
of them did. A test that did not run to its end is not in it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

_outcomes: dict[str, str] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rule-results", metavar="FILE", help="where to write how the tests went that claim a rule")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Remember which tests claim a rule."""
    for item in items:
        if item.get_closest_marker("rule") is not None:
            item.user_properties.append(("claims-a-rule", True))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test failed when any of its parts did; it passed when its call did."""
    if ("claims-a-rule", True) in report.user_properties:
        take(_outcomes, report.nodeid, report.when or "", report.outcome)


def take(outcomes: dict[str, str], address: str, when: str, outcome: str) -> None:
    """Add one part of one test to ``outcomes``."""
    name = address.partition("[")[0]
    if outcome == "failed":
        outcomes[name] = "failed"
    elif when == "call" and outcome == "passed":
        outcomes.setdefault(name, "passed")
    elif outcome == "skipped":
        outcomes[name] = "failed"


def pytest_sessionfinish(session: pytest.Session) -> None:
    target = session.config.getoption("--rule-results")
    if target and not hasattr(session.config, "workerinput"):
        path = Path(target)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(_outcomes, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")

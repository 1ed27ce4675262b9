"""What a test run writes down for the table of rules."""

import importlib.util
from pathlib import Path

PLUGIN = Path(__file__).parents[4] / "tests" / "plugins" / "rule_results.py"
_spec = importlib.util.spec_from_file_location("rule_results", PLUGIN)
rule_results = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(rule_results)


def after(*parts):
    outcomes = {}
    for address, when, outcome in parts:
        rule_results.take(outcomes, address, when, outcome)
    return outcomes


def test_a_test_with_parameters_passes_only_when_all_of_them_do():
    assert after(("t.py::a[1]", "call", "passed"), ("t.py::a[2]", "call", "passed")) == {"t.py::a": "passed"}
    assert after(("t.py::a[1]", "call", "failed"), ("t.py::a[2]", "call", "passed")) == {"t.py::a": "failed"}
    assert after(("t.py::a[1]", "call", "passed"), ("t.py::a[2]", "call", "failed")) == {"t.py::a": "failed"}


def test_a_test_that_fails_in_tear_down_fails_and_one_that_is_skipped_proves_nothing():
    assert after(("t.py::a", "call", "passed"), ("t.py::a", "teardown", "failed")) == {"t.py::a": "failed"}
    assert after(("t.py::a", "setup", "skipped")) == {"t.py::a": "failed"}


def test_only_the_call_counts_as_passing():
    assert after(("t.py::a", "setup", "passed"), ("t.py::a", "teardown", "passed")) == {}

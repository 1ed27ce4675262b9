"""The house keeps its own rules: imports go down, every room has its page, nothing grows too long."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("config", "measures", "casework", "registers", "people", "journal", "files", "layout", "procedure", "ground")
REGISTERS = [
    f"registers/{one}"
    for one in (
        "outlets", "documents", "products", "customers", "calendars", "deeds",
        "warranty", "visits", "slips", "charges", "surveys",
    )
]  # fmt: skip

_spec = importlib.util.spec_from_file_location("lengths", ROOT / "scripts" / "lengths.py")
lengths = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(lengths)


def lint(folder):
    program = "from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_imports_go_down_the_staircase_and_never_up_or_sideways():
    ran = lint(ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"Contracts: \d+ kept, 0 broken", ran.stdout)


def test_a_step_up_the_staircase_is_named(tmp_path):
    """The contracts of this house, held over a house in which one room reaches up."""
    house = tmp_path / "src" / "bihuan"
    for room in (*ROOMS, *REGISTERS):
        (house / room).mkdir(parents=True, exist_ok=True)
        (house / room / "__init__.py").touch()
    (house / "__init__.py").touch()
    (house / "procedure" / "clock.py").write_text("from bihuan.casework import nothing\n", encoding="utf-8")
    (house / "casework" / "nothing.py").touch()
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(text[text.index("[tool.importlinter]") :], encoding="utf-8")
    program = f"import sys; sys.path.insert(0, {str(tmp_path / 'src')!r}); "
    program += "from importlinter.cli import lint_imports_command as run; run()"
    ran = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert ran.returncode == 1
    assert "the staircase BROKEN" in ran.stdout


def test_the_contracts_name_every_room_there_is_and_none_that_is_not():
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = whole["tool"]["importlinter"]["contracts"]
    stairs = next(each for each in contracts if each["name"] == "the staircase")
    assert tuple(stairs["layers"]) == ROOMS
    assert stairs["exhaustive"] is True
    assert not [each["name"] for each in contracts if each.get("ignore_imports")]


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "registers"])
def test_every_room_has_its_page(room):
    page = ROOT / "docs" / "rooms" / f"{room}.md"
    assert page.is_file()
    assert page.read_text(encoding="utf-8").startswith("# ")


def test_every_register_has_its_page():
    registers = [path.parent.name for path in (ROOT / "src" / "bihuan" / "registers").glob("*/models.py")]
    assert registers
    assert [name for name in registers if not (ROOT / "docs" / "rooms" / f"{name}.md").is_file()] == []


def test_no_file_is_over_400_lines_and_no_function_over_60():
    files = [
        path
        for folder in ("src", "tests", "scripts")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]
    assert len(files) > 100
    assert [line for path in files for line in lengths.too_long(path)] == []


def test_what_is_too_long_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(lengths, "ROOT", tmp_path)
    path = tmp_path / "long.py"
    path.write_text("def walk():\n" + "    step = 1\n" * 60 + "\n" * 341, encoding="utf-8")
    assert list(lengths.too_long(path)) == [
        "long.py: 402 lines, at most 400", "long.py:1: walk has 61 lines, at most 60",
    ]  # fmt: skip


def test_no_room_keeps_a_drawer_for_odds_and_ends():
    odd = {"utils", "helpers", "services", "signals", "misc", "common"}
    assert [str(path) for path in (ROOT / "src").rglob("*.py") if path.stem in odd or path.parent.name in odd] == []

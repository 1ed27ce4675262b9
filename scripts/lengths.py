"""House rule 9 in figures: no file over 400 lines, no function over 60, no function of a view over 25."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES, FUNCTION_LINES, VIEW_LINES = 400, 60, 25


def is_view(file: Path) -> bool:
    """Whether the file is a room's ``views.py`` or lies in its ``views`` package."""
    return file.name == "views.py" or "views" in file.parts


def too_long(file: Path) -> Iterator[str]:
    """One line for each thing in ``file`` that is longer than it may be."""
    text = file.read_text(encoding="utf-8")
    name = file.relative_to(ROOT)
    lines = text.count("\n") + 1
    if lines > FILE_LINES + 1:
        yield f"{name}: {lines - 1} lines, at most {FILE_LINES}"
    limit = VIEW_LINES if is_view(file) else FUNCTION_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > limit:
                yield f"{name}:{node.lineno}: {node.name} has {length} lines, at most {limit}"


def main() -> int:
    """Print everything that is too long; 1 if anything is."""
    files = [
        file
        for folder in ("src", "tests", "scripts")
        for file in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in file.parts
    ]
    found = [line for file in files for line in too_long(file)]
    print("\n".join(found) or f"{len(files)} files, none too long")  # noqa: T201 - an entrance
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""Every address that is read, walked for words somebody must not get to read: bodies, headers, packed files, papers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection
from html import unescape
from urllib.parse import unquote

import pytest

from bihuan.layout.paper import rendering

from .north import filled
from .table import Readers


def read_addresses(table: dict[tuple[str, str], dict[str, int]], number: str) -> dict[str, str]:
    """Pattern → address of everything in ``table`` that is read, with the case of this number in it."""
    asked = [pattern for (method, pattern), row in table.items() if method == "GET" and row["zhou"] != 405]
    return {pattern: filled(pattern, number) for pattern in asked}


def nothing_typeset(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What papers are made of, from now on: that is all a walk asks, and nothing is set."""
    told: list[str] = []

    def taken(source, root, **options):
        told.append(str(options.get("sys_inputs")))
        return b"PNG" if options.get("format") == "png" else b"%PDF-1.7 /MediaBox[0 0 595 842]"

    monkeypatch.setattr(rendering, "_set", taken)
    return told


def found_in(
    readers: Readers, who: str, paths: Collection[str], papers: list[str], words: Collection[str]
) -> dict[str, list[str]]:
    """Which of ``words`` each address shows ``who``; none may break. ``papers``: see ``nothing_typeset``."""
    found = {}
    for path in paths:
        papers.clear()
        answer = readers.ask(who, "GET", path)
        assert answer.status_code < 500, (who, path)
        text = _said(answer) + "".join(papers)
        there = [word for word in words if word in text]
        if there:
            found[path] = there
    return found


def _said(answer) -> str:
    """Body, headers and what a packed file holds, as text."""
    whole = answer.getvalue()
    parts = [str(answer.headers), whole.decode("utf-8", "replace")]
    if whole[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(whole)) as packed:
            parts += [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
    return unescape(unquote("\n".join(parts)))

"""Nobody reads the names the book is kept by: every verb the source writes is said in words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import bihuan
from bihuan.casework.audit.words import THINGS, VERBS

# where a call that writes an entry names its verb; ``entry`` has two ways, told by what stands second
PLACES = {"told": 1, "_stand": 2, "enter": 1, "note": 1}
NAMED = {"VERB", "FURNISHED"}


def read() -> Iterator[ast.AST]:
    for path in Path(bihuan.__file__).parent.rglob("*.py"):
        if not {"tests", "migrations"} & set(path.parts):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def literals(found: ast.AST | None) -> set[str]:
    """Every text in an expression: one, or either of a choice."""
    parts = ast.walk(found) if found is not None else ()
    return {one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value}


def called(call: ast.Call) -> tuple[set[str], set[str]]:
    """(verbs, things) a call names, as far as they stand there in so many words."""
    name, given = getattr(call.func, "id", getattr(call.func, "attr", "")), call.args
    if name == "entry" and len(given) > 3:
        plain = isinstance(given[1], ast.Constant)
        pair = given[1].elts[0] if isinstance(given[1], ast.Tuple) else None
        return literals(given[3 if plain else 2]), literals(given[1] if plain else pair)
    if name in PLACES and len(given) > PLACES[name]:
        return literals(given[PLACES[name]]), set()
    keywords = {one.arg: one.value for one in call.keywords}
    return literals(keywords.get("verb")), literals(keywords.get("about_kind"))


def test_every_verb_and_every_thing_of_the_book_has_words():
    verbs: set[str] = set()
    things: set[str] = set()
    for one in read():
        if isinstance(one, ast.Call):
            more = called(one)
            verbs, things = verbs | more[0], things | more[1]
        elif isinstance(one, ast.Assign) and getattr(one.targets[0], "id", "") in NAMED:
            verbs |= literals(one.value)
    # what is found at all: the places above still name verbs
    assert {"set-up-app", "register-warranty", "take-force", "close-outlet", "calendar-missing"} <= verbs
    assert verbs - set(VERBS) - {"act"} == set()
    assert things - set(THINGS) == set()

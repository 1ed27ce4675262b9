"""Whose is whose, where every one of several signers fills a form of their own.

The answers of such a form stand in the case in the order they were signed; who signed them stands in the book.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bihuan.procedure.definition import Definition
from bihuan.procedure.engine.working import SIGNERS


@dataclass(frozen=True)
class Signature:
    """Who signed (a username, or an outside party's post), in which post, for whom ("" = for themselves), and when."""

    doer: str
    post: str
    instead_of: str
    at: datetime

    def to_content(self) -> dict[str, Any]:
        """As the API tells it."""
        return {"doer": self.doer, "post": self.post, "instead_of": self.instead_of, "at": self.at}


def signatures_of(
    definition: Definition, answers: Mapping[str, Any], history: Iterable[Mapping[str, Any]]
) -> dict[str, tuple[Signature, ...]]:
    """The signers of each form that each filled for themselves, in the order of its answers.

    ``history``: the entries of the book, oldest first. A form is left out where the book no longer tells who signed,
    so that nobody is named in another's place.
    """
    wanted = {form: len(filled[SIGNERS]) for form, filled in answers.items() if SIGNERS in filled}
    forms = {act.name: act.form for act in definition.acts.values() if act.who.own and act.form in wanted}
    if not forms:
        return {}
    under_way: dict[str, list[Signature]] = {}
    found: dict[str, tuple[Signature, ...]] = {}
    for entry in history:
        for one in entry["happenings"] or ():
            if one["kind"] == "signed" and one["name"] in forms:
                under_way.setdefault(one["name"], []).append(_signature(one["data"], entry))
            elif one["kind"] == "done" and one["name"] in forms:
                found[forms[one["name"]]] = tuple(under_way.pop(one["name"], ()))
            elif one["kind"] == "left":
                under_way.clear()  # signatures fall when the step is left
    return {form: signed for form, signed in found.items() if len(signed) == wanted[form]}


def _signature(data: Mapping[str, Any], entry: Mapping[str, Any]) -> Signature:
    return Signature(data["doer"], data["post"], data.get("instead-of", ""), entry["done_at"])

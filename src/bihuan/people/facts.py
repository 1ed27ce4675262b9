"""Facts people can answer. A provider takes the question and returns a value, or None for "unknown".

A question carries: ``definition``, ``answers`` (form → field → value), ``at``, ``doer`` (username), ``outlet``,
``number`` of the case and ``argument`` (what stood behind the fact's name).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import queries

Provider = Callable[[Any], Any]


def qualified_for(question: Any) -> bool:
    """``people.qualified-for`` or ``people.qualified-for.<skill>``: may the one who acts do this work on that very day?

    Without a skill named, the skill is the one called like the kind of case.
    """
    skill = question.argument or question.definition.kind
    return bool(question.doer) and queries.qualified(question.doer, skill, question.at)


FACTS: dict[str, Provider] = {"people.qualified-for": qualified_for}

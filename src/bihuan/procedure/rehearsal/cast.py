"""Who plays: an example names posts, and a name before the post where two people hold it."""

from __future__ import annotations

from ..definition import Definition
from ..state import CLOCK, Doer


def doer(words: str, place: str, posts: frozenset[str]) -> Doer:
    """The doer ``words`` name: ``dispatcher``, ``李师傅:repairer``, ``李师傅:repairer+dispatcher`` (holds both),
    ``clock``, ``case:return-repair`` (another case of that kind), ``nobody`` (holds no post).

    Someone who is only a post is called by it. The posts are held at ``place``; nothing means everywhere.
    """
    if words == "clock":
        return CLOCK
    name, colon, held = words.rpartition(":")
    if name == "case" and colon:
        return Doer(name=held, holds=((held, ""),), kind="case")
    if words == "nobody" or name == "nobody":
        return Doer(name="nobody")
    mine = [post for post in held.split("+") if post in posts]
    return Doer(name=name or held, holds=tuple((post, place) for post in mine), post=mine[0] if len(mine) > 1 else "")


def posts_of(definition: Definition) -> frozenset[str]:
    """Every post the procedure lets act."""
    return frozenset(post for act in definition.acts.values() for post in (*act.who.posts, *act.who.each, *act.who.via))

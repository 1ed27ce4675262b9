"""The tree of outlets, kept in this process and read again when its token has changed."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from uuid import UUID

from .models import OutletKey, OutletTree


@dataclass(frozen=True)
class Tree:
    token: UUID | None
    parents: dict[str, str]
    zones: dict[str, str]


_lock = threading.Lock()
_kept: dict[str, Tree] = {}


def tree(known: UUID | None = None) -> Tree:
    """The tree as last read; read again if ``known`` (a token just seen in the database) is another one."""
    kept = _kept.get("tree")
    if kept is None or (known is not None and known != kept.token):
        kept = fresh()
    return kept


def fresh() -> Tree:
    """Read the tree from the database (two queries) and keep it."""
    # The token first: a change between the two reads leaves an old token behind and is noticed next time.
    token = OutletTree.objects.values_list("token", flat=True).first()
    rows = list(OutletKey.objects.order_by("code").values_list("code", "parent_id", "zone"))
    read = Tree(token, {code: parent or "" for code, parent, _ in rows}, {code: zone for code, _, zone in rows})
    with _lock:
        _kept["tree"] = read
    return read


def forget() -> None:
    """Drop the copy: the next question reads the database."""
    with _lock:
        _kept.clear()

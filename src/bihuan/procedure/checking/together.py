"""What only shows when a pack is read as a whole."""

from __future__ import annotations

from bihuan.procedure.definition import Pack

from .fault import Fault


def pack_faults(pack: Pack) -> tuple[Fault, ...]:
    return ()


def pack_findings(pack: Pack) -> tuple[Fault, ...]:
    return ()

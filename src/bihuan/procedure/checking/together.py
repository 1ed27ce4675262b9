"""What only shows when a pack is read as a whole."""

from __future__ import annotations

from bihuan.procedure.definition import Pack, Text

from .fault import Fault
from .names import near


def pack_faults(pack: Pack) -> tuple[Fault, ...]:
    """Document numbers are unique in a pack, and a kind that is called a complaint has a procedure."""
    seen: dict[str, str] = {}
    found = []
    for definition in pack.procedures.values():
        first = seen.setdefault(definition.number, definition.file)
        if definition.number and first != definition.file:
            origin = definition.opening.origin
            words = Text(
                f"文件编号 {definition.number} 已由 {first} 使用",
                f"the number {definition.number} is already used by {first}",
            )
            found.append(Fault("number-twice", origin.file, origin.line, origin.clause, words))
    for kind, origin in pack.complaints.items():
        if kind not in pack.procedures:
            words = Text(f"没有程序规定事项种类 {kind}", f"no procedure governs cases of the kind {kind}")
            found.append(Fault("unknown-kind", origin.file, origin.line, "", words, near(kind, pack.procedures)))
    return tuple(found)

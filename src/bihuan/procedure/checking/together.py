"""What only shows when a pack is read as a whole."""

from __future__ import annotations

from bihuan.procedure.definition import Definition, Pack, Text

from .fault import Fault
from .names import children, near


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
    for definition in pack.procedures.values():
        found += _not_cancellable(pack, definition)
    return tuple(found)


def _not_cancellable(pack: Pack, definition: Definition) -> list[Fault]:
    """Children to be cancelled with their case, though their own text lets nobody cancel them without asking."""
    cancel = definition.acts.get("cancel")
    if cancel is None or not cancel.with_children:
        return []
    found = []
    for kind in dict.fromkeys(child.kind for _group, child in children(definition)):
        own = pack.procedures.get(kind)
        if own is None or (own.acts.get("cancel") and not own.acts["cancel"].form):
            continue
        words = Text(
            f"取消时一并取消「{kind}」，但它的程序没有写谁可以取消，或取消时还要填表",
            f"“{kind}” is to be cancelled too, but its own procedure lets nobody cancel it, or asks a form for it",
        )
        origin = cancel.origin
        found.append(Fault("child-not-cancellable", origin.file, origin.line, origin.clause, words))
    return found

"""Checking: what a read procedure gets wrong (faults) and where its text is weak though it runs (findings)."""

from bihuan.procedure.definition import Definition, Pack

from .fault import Fault, Faults

__all__ = ["Fault", "Faults", "faults", "findings"]


def faults(definition: Definition, pack: Pack) -> tuple[Fault, ...]:
    return ()


def findings(definition: Definition, pack: Pack) -> tuple[Fault, ...]:
    return ()

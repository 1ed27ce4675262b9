"""Checking: what a read procedure gets wrong (faults) and where its text is weak though it runs (findings)."""

from bihuan.procedure.definition import Definition, Pack

from .asking import check_conditions
from .deciding import check_deciding
from .fault import Fault, Faults
from .flow import check_flow
from .names import Names, Places
from .promises import check_clauses, check_promises
from .references import check_names
from .report import report_lines
from .together import pack_faults
from .weak import find_weak

__all__ = ["Fault", "Faults", "faults", "findings", "pack_faults", "report_lines"]


def faults(definition: Definition, pack: Pack, places: Places | None = None) -> tuple[Fault, ...]:
    """All faults of one procedure beside the others of its pack: with any of them it must not run.

    ``places`` says where each key stands, so that a fault names its own line and not only that of the entry.
    """
    found = Faults()
    names = Names(definition, pack, found, places)
    check_names(names)
    check_flow(names)
    check_conditions(names)
    check_deciding(names)
    check_promises(names)
    check_clauses(names)
    return found.sorted()


def findings(definition: Definition, pack: Pack) -> tuple[Fault, ...]:
    """All weaknesses of one procedure, the accepted ones with their reason."""
    return find_weak(definition, pack)

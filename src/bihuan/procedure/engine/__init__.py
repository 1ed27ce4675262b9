"""The engine: definition, case, act, answers, facts, doer and moment in; the new case and what happened out.

No clock, no database, no randomness. Effects and letters are only named; casework carries them out.
"""

from .acting import act, start
from .doers import person_expected
from .family import absorb, child_moved
from .moving import moved, mover, proposed
from .offers import allowed, knows
from .plan import NUMBER, names_number
from .standing import PARENT, QUESTIONS
from .ticking import next_due, tick
from .working import NOWHERE, Surroundings, Working

__all__ = [
    "NOWHERE",
    "NUMBER",
    "PARENT",
    "QUESTIONS",
    "Surroundings",
    "Working",
    "absorb",
    "act",
    "allowed",
    "child_moved",
    "knows",
    "moved",
    "mover",
    "names_number",
    "next_due",
    "person_expected",
    "proposed",
    "start",
    "tick",
]

"""The four clocks: elapsed time, working time, working days and calendar dates.

Pure functions over a ``Calendar``; every moment is an argument and every answer is in UTC. See ``docs/deadlines.md``
for the rules they count by.
"""

from .dues import counted, due, due_of, in_hours, provisional
from .many import due_many
from .pauses import AnyPause, Break, Pauses, StillPaused
from .promises import RULES, Clock, Promise, clock_of, promise, time_of, words, written
from .spans import Span, spans
from .timetable import NeverDue
from .wall import minute_after, minute_before, wall_clock

__all__ = [
    "RULES",
    "AnyPause",
    "Break",
    "Clock",
    "NeverDue",
    "Pauses",
    "Promise",
    "Span",
    "StillPaused",
    "clock_of",
    "counted",
    "due",
    "due_many",
    "due_of",
    "in_hours",
    "minute_after",
    "minute_before",
    "promise",
    "provisional",
    "spans",
    "time_of",
    "wall_clock",
    "words",
    "written",
]

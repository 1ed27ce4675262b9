"""Every way this room says no; after any of them nothing has changed.

RegisterRefusal
├── WrongVisit        a value that does not fit: no such person, a moment without a zone, a length of no time
├── DoubleBooked      the person is somewhere else in that time
└── NotQualified      the skill asked for is not held on the day of the visit
"""

from __future__ import annotations

from ..deeds import RegisterRefusal


class WrongVisit(RegisterRefusal):
    code = "wrong-visit"


class DoubleBooked(RegisterRefusal):
    code = "double-booked"


class NotQualified(RegisterRefusal):
    code = "not-qualified"

"""What the second wall costs: the same pages from a web process behind it and from one that is not.

The one without runs as the tables' owner, whom the policies do not hold, and without the entrance that tells the
database whose eyes a request has. Both ask the same database, page by page in turns.
"""

from __future__ import annotations

import os
import statistics

from bihuan.casework.models import Case

from .figures import Figure, Measured, at_most
from .reads import Lists, Page, Timed, pages, signed_in

ROUNDS, QUICK_ROUNDS = 5, 2
AIM = 1.1
# out of all pages those that differ in what the wall has to do
NAMES = (
    "list by deadline, one outlet", "list by deadline, eight outlets", "list by deadline, all outlets",
    "newest 50, middling word", "newest 50, middling word, one outlet", "search page, rare word", "one open case",
    "counts on the list's tabs, one outlet", "home, dispatcher", "home, technician", "home, manager",
)  # fmt: skip

HOW = """{size:,} cases as above, {open:,} of them open. Two `bihuan web` stand before the same database: one as it is,
one that runs as the tables' owner and without `people.scope.ScopeWall`. Each page is asked for {requests} times of the
one and of the other in {rounds} rounds by turns. Told is the median of the rounds of the processor's time of web and
database a request, behind the wall, and beside it the same without. Load average at the beginning {load:.1f}."""


class Walled(Lists):
    """The house of the lists, asked twice."""

    def cost(self, size: int) -> Measured:
        """Grow the house to ``size`` cases and ask with the wall and without."""
        self.say(f"COPY → {size:,} …")
        self.growth.grow(size, self.say)
        load = os.getloadavg()[0]
        rounds = QUICK_ROUNDS if self.quick else ROUNDS
        figures = tuple(self._compared(rounds))
        standing = Case.objects.filter(ended_at=None).count()
        how = HOW.format(size=self.growth.cases(), open=standing, requests=self.requests, rounds=rounds, load=load)
        return Measured("wall", f"The second wall with {size:,} cases", " ".join(how.split()), figures)

    def _compared(self, rounds: int) -> list[Figure]:
        owner = self.place.environment["BIHUAN_OWNER_URL"]
        open_web, open_port = self.place.web(
            {"DJANGO_SETTINGS_MODULE": "bihuan.config.bench.without_wall", "DATABASE_URL": owner}
        )
        web, port = self.place.web()
        cookies = {role: signed_in(name) for role, name in self.house.readers.items()}
        number = self._open_case()
        asked = [one for one in pages(number) if one.name in NAMES]
        asked.append(Page("list of the API, one outlet", "dispatcher", "/api/v1/cases"))
        found = []
        for one in asked:
            self.say(f"{one.name} …")
            told: dict[bool, list[Timed]] = {True: [], False: []}
            for _round in range(rounds):
                told[False].append(self._asked(open_port, open_web.pid, cookies[one.reader], one.path))
                told[True].append(self._asked(port, web.pid, cookies[one.reader], one.path))
            found.append(_figure(one.name, told))
        for process in (open_web, web):
            self.place.end(process)
        return found


def _figure(name: str, told: dict[bool, list[Timed]]) -> Figure:
    behind, without = (statistics.median(one.processor for one in told[wall]) for wall in (True, False))
    ratio = behind / without if without else None
    figure = at_most(name, behind, "ms of the processor", without * AIM, floor="without", ratio=ratio)
    return Figure(figure.name, figure.value, figure.unit, floor=figure.floor, ratio=figure.ratio,
                  aim=f"≤ {AIM:g} × without", met=figure.met)  # fmt: skip

"""What goes over everything in a large house: a month's report, everything about one person, the log without a hit.

No web process is asked: these are jobs of the worker or pages whose time is the question they put to the database.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from bihuan.casework.audit import exports, log
from bihuan.casework.privacy import copying, erasing, finding, traces
from bihuan.casework.privacy.models import Order
from bihuan.casework.privacy.terms import terms_of
from bihuan.ground.ids import new_id
from bihuan.measures import extracts, periods
from bihuan.measures.behind import counted_in
from bihuan.measures.queries import EVERYTHING
from bihuan.people.models import Person
from bihuan.registers.customers.models import Contact

from .figures import Figure, Measured, at_most
from .reads import Lists

AIM_REPORT, AIM_PERSON, AIM_LOG = 1.5, 2.0, 0.5
NOWHERE = {"post": "nobody", "deputy": "nobody", "address": "192.0.2.1", "kind": "nothing"}
ROUNDS = 3

HOW = """{size:,} cases as above, {entries:,} entries in the book. The month's report beside the month before, over
all outlets ({counted:,} cases counted): processor's time of Python, from extracts and – the floor – from the book
alone; what extracting everything took the worker stands below. Then a contact who is written of nowhere is looked for
by reading everything and, once the worker has traced it, by its traces; then told of and erased, as the worker does
it. The floor is one look at the length of every content in plain SQL. Then pages of the log with a filter that has no
index and no hit, and what is asked before such a log is written as a file. Seconds by the clock where nothing else is
said, the best of {rounds}, the erasure once. Load average at the beginning {load:.1f}."""


class Large(Lists):
    """The house of the lists, asked for what nobody waits for every day."""

    def whole(self, size: int) -> Measured:
        """Grow the house to ``size`` cases and do what goes over all of them."""
        self.say(f"COPY → {size:,} …")
        self.growth.grow(size, self.say)
        load = os.getloadavg()[0]
        counted, report = self._report(timezone.now())
        figures = (*report, *self._person(timezone.now()), *self._log())
        entries = self.growth.count("SELECT count(*) FROM journal_entry")
        given = {"size": self.growth.cases(), "entries": entries, "counted": counted, "rounds": ROUNDS, "load": load}
        how = " ".join(HOW.format(**given).split())
        return Measured("large", f"What goes over everything with {size:,} cases", how, figures)

    def _report(self, at: datetime) -> tuple[int, list[Figure]]:
        self.say("report …")
        person = Person.objects.get(username=self.house.readers["manager"])
        month = periods.containing("month", timezone.localtime(at).date(), timezone.get_current_timezone()).before

        def asked() -> list[Any]:
            return counted_in(person, (month, month.before), at, at, EVERYTHING, choices=False)

        book = best(asked, time.process_time)
        begun = time.perf_counter()
        while extracts.carry_on():
            pass
        read_on = time.perf_counter() - begun
        found = best(asked, time.process_time)
        cases = sum(len({*one.cases("whole", "all", "open"), *one.cases("whole", "all", "ended")}) for one in asked())
        return cases, [
            Figure("month's report, the book alone", book, "s"),
            at_most("month's report", found, "s", AIM_REPORT, floor="the book alone", ratio=found / book),
            Figure("all extracts, once", read_on, "s"),
        ]

    def _person(self, at: datetime) -> list[Figure]:
        self.say("one person …")
        contact = Contact.objects.exclude(phone="").order_by("pk")[0]
        contact.pk, contact.name, contact.phone = new_id(at), "欧阳晓棠", "+8613900000001"
        contact._state.adding = True
        contact.save(force_insert=True)
        terms = terms_of("contact", contact.pk)
        floor = best(lambda: asked_once("SELECT sum(length(text)) FROM journal_content"))
        read = best(lambda: finding.find(terms))
        begun = time.perf_counter()
        while traces.carry_on():
            pass
        traced = time.perf_counter() - begun
        looked = best(lambda: finding.find(terms))
        found = finding.find(terms)
        told = best(lambda: copying.collected(found, at))
        order = Order.objects.create(
            id=new_id(at), list_name=f"erasure-{contact.pk}", kind=Order.ERASURE, state=Order.RUNNING,
            subjects=[f"contact:{contact.pk}"], made_at=at, confirmed_at=at,
        )  # fmt: skip
        begun = time.perf_counter()
        erasing.erase(found, erasing.Doing(order, None, at))
        erased = time.perf_counter() - begun
        beside: dict[str, Any] = {"floor": "length of every content"}
        return [
            Figure("length of every content, plain SQL", floor, "s"),
            Figure("look for one person, everything read", read, "s", **beside, ratio=read / floor),
            Figure("all traces, once", traced, "s"),
            at_most("look for one person", looked, "s", AIM_PERSON, **beside, ratio=looked / floor),
            at_most("what an access copy says, once found", told, "s", AIM_PERSON, **beside, ratio=told / floor),
            at_most("erase, once found", erased, "s", AIM_PERSON, **beside, ratio=erased / floor),
        ]

    def _log(self) -> list[Figure]:
        self.say("log …")
        found = []
        for name, value in NOWHERE.items():
            wanted = log.Wanted(**{name: value})
            taken = best(lambda wanted=wanted: log.page(None, wanted))
            found.append(at_most(f"log, {name}, no hit", taken, "s", AIM_LOG))
        asked = log.Wanted(address=NOWHERE["address"])
        taken = best(lambda: log.counted(None, asked, exports.AT_MOST))
        found.append(at_most("log as a file, address, no hit: until it is begun", taken, "s", AIM_LOG))
        return found


def best(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds by ``clock`` the quickest of some rounds took."""
    taken = []
    for _round in range(ROUNDS):
        begun = clock()
        work()
        taken.append(clock() - begun)
    return min(taken)


def asked_once(sql: str) -> Any:
    """What one statement of our own answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()

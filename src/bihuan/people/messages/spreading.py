"""From one letter to everybody it concerns: who holds the post that day, and how each of them can be reached."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from bihuan.journal.letters import FileChannel
from bihuan.journal.models import Letter
from bihuan.people import queries as people
from bihuan.people.models import Person

from .models import IN_APP, Address, Notice

# what the clock wrote is a promise near its end or past it
CLOCK = "tick"
A_DAY = timedelta(days=1)
Quiet = tuple[time, time]
"""From – until, over midnight where the second is the earlier."""
_SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–~]\s*([01]?\d|2[0-3]):([0-5]\d)")


class Spread:
    """The channel every letter takes: kept as a file, then laid before each person in each of their ways.

    ``now`` is the moment of this delivery, ``quiet`` the quiet hours of the house for whoever has none of their own.
    The same letter may come twice: everybody still gets it once.
    """

    def __init__(self, archive: FileChannel, now: datetime, quiet: Sequence[Quiet] = ()) -> None:
        self.archive = archive
        self.now = now
        self.quiet = quiet

    def send(self, letter: Letter) -> None:
        """File first, then one notice for each person and way. Raises what the archive raises."""
        self.archive.send(letter)
        urgent = letter.entry.verb == CLOCK
        notices = []
        for person in concerned(letter, self.now):
            notices.append(Notice(letter=letter, person=person, channel=IN_APP, urgent=urgent, next_try=self.now,
                                  state=Notice.State.SENT, sent_at=self.now))  # fmt: skip
            notices += [self._notice(letter, one, urgent) for one in person.addresses.all() if one.active]
        notices += [self._notice(letter, one, urgent) for one in teams(letter)]
        Notice.objects.bulk_create(notices, ignore_conflicts=True)

    def _notice(self, letter: Letter, address: Address, urgent: bool) -> Notice:
        return Notice(
            letter=letter, person_id=address.person_id, address=address, channel=address.channel, urgent=urgent,
            next_try=when(address, self.now, self.quiet, pressing=letter.pressing),
        )  # fmt: skip


def concerned(letter: Letter, at: datetime) -> list[Person]:
    """Whoever the letter is for: that person, or everybody who holds the post at the place or above it that day."""
    if letter.to_kind == "person":
        found = Person.objects.filter(username=letter.to, is_active=True)
        return list(found.prefetch_related("addresses"))
    if letter.to_kind != "post":
        return []
    post, _at, outlet = letter.to.partition("@")
    holders = people.holders(post, people.places_of(outlet) if outlet else (), at)
    return list(Person.objects.filter(pk__in=[one.pk for one in holders]).prefetch_related("addresses"))


def teams(letter: Letter) -> list[Address]:
    """The robots of those who hold the post there or above."""
    if letter.to_kind != "post":
        return []
    post, _at, outlet = letter.to.partition("@")
    places = Q(outlet=None) | Q(outlet__in=people.places_of(outlet) if outlet else ())
    return list(Address.objects.filter(places, person=None, post=post, active=True))


def quiet_of(written: str) -> list[Quiet]:
    """Quiet hours as the settings of a pack write them, ``"12:00-13:30 21:00-07:30"``; anything else is left out."""
    return [(time(int(a), int(b)), time(int(c), int(d))) for a, b, c, d in _SPAN.findall(written)]


def when(address: Address, now: datetime, quiet: Sequence[Quiet] = (), *, pressing: bool = False) -> datetime:
    """The moment a letter may go to ``address``: at once, with the next digest, or when the quiet hours are over.

    A pressing one, of a promise whose clock does not rest at night, goes at once unless its reader says no.
    """
    if pressing and address.urgent_through:
        return now
    due = now
    if address.digest_minutes:
        local = timezone.localtime(now)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        turn = timedelta(minutes=address.digest_minutes)
        due = midnight + turn * ((local - midnight) // turn + 1)
    if address.quiet_from is not None and address.quiet_until is not None:
        quiet = [(address.quiet_from, address.quiet_until)]
    return after_quiet(quiet, due)


def after_quiet(quiet: Sequence[Quiet], at: datetime) -> datetime:
    """``at``, or the end of the quiet hours it lies in (site's zone; the hours may pass midnight).

    Hours that leave no moment of the day leave ``at`` as it is.
    """
    moment = at
    for _span in range(2 * len(quiet)):
        end = next((end for end in (_end(span, moment) for span in quiet) if end is not None), None)
        if end is None:
            return moment
        moment = end
    return at if quiet and any(_end(span, moment) for span in quiet) else moment


def _end(span: Quiet, at: datetime) -> datetime | None:
    """The end of the span ``at`` lies in; None outside it."""
    start, until = span
    local = timezone.localtime(at)
    if start == until or not _within(local.time(), start, until):
        return None
    end = local.replace(hour=until.hour, minute=until.minute, second=0, microsecond=0)
    return end if end > local else end + A_DAY


def _within(moment: time, start: time, end: time) -> bool:
    return start <= moment < end if start < end else moment >= start or moment < end

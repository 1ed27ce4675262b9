"""Rounds of the sweep: what the clock owes to cases. Work that is due is a row with an indexed moment."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction

from bihuan.procedure import engine
from bihuan.procedure.engine import Surroundings
from bihuan.procedure.state import CLOCK

from .. import rows
from ..definitions import definition_for
from ..models import Case
from .keeping import Change, Moment, calendar_id, keep, keep_together, surroundings_of

log = logging.getLogger("bihuan.sweep")

# how long a case the clock could not act on is left alone
REST = timedelta(minutes=10)
# what other cases or registers have to do with: each of these is kept by itself
FOLLOWED = frozenset({"effect", "child", "merged"})


@dataclass(frozen=True)
class Swept:
    """What one round did: cases looked at, and those among them the clock could not act on (each is in the log)."""

    ticked: int = 0
    failed: int = 0


def sweep(now: datetime, limit: int = 200) -> Swept:
    """Let the clock act on up to ``limit`` due cases, the longest due first; several workers share the rows.

    One transaction holds the cases of one round. Entries of one chain are written together (design 4); a case that
    cannot be kept is left as it is, and holds up no other.
    """
    ticked = failed = 0
    with transaction.atomic():
        by_outlet: dict[str, list[Case]] = defaultdict(list)
        for case in rows.lock_due(now, limit):
            by_outlet[case.outlet].append(case)
        for outlet in sorted(by_outlet):
            ticked += len(by_outlet[outlet])
            failed += _one_chain(outlet, by_outlet[outlet], now)
    return Swept(ticked, failed)


def _one_chain(outlet: str, cases: list[Case], now: datetime) -> int:
    """Tick cases of one outlet; how many of them failed."""
    surroundings = surroundings_of(outlet)
    changes, alone = [], []
    failed = 0
    for case in _as_they_stand(cases, now):
        change = _tick(case, now, surroundings)
        if change is None:
            failed += 1
        elif _plain(case, change):
            changes.append((case, change))
        else:
            alone.append((case, change))
    if changes and not _kept(changes):
        alone = [*changes, *alone]
    return failed + sum(not _alone(case, change, now, surroundings) for case, change in alone)


def _as_they_stand(cases: list[Case], now: datetime) -> list[Case]:
    """The cases as the round has left them so far: a case of it that told another has moved that one on already.

    What was told it then is not told again; who is not due any more is left out.
    """
    fresh = Case.objects.in_bulk([case.pk for case in cases])
    found = [case if fresh[case.pk].state == case.state else fresh[case.pk] for case in cases]
    return [case for case in found if case.due_at is not None and case.due_at <= now]


def _alone(case: Case, change: Change, now: datetime, surroundings: Surroundings) -> bool:
    """Keep what the clock did to one case, anew where another of the round has moved it on; False when that failed."""
    for standing in _as_they_stand([case], now):
        told = change if standing is case else _tick(standing, now, surroundings)
        return told is not None and _kept([(standing, told)], by_itself=True)
    return True


def _tick(case: Case, now: datetime, surroundings: Surroundings) -> Change | None:
    """What the clock does to the case; None (and a line in the log) when it cannot be told: it then rests a while."""
    try:
        definition = definition_for(case)
        outcome = engine.tick(definition, case.state, now, surroundings)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("tick case=%s", case.number)
        _rest(case, now)
        return None
    by = calendar_id(surroundings)
    return Change(definition, outcome, CLOCK, {}, Moment(now, now), by, verb="tick")


def _rest(case: Case, now: datetime) -> None:
    """Looked at again later, so that cases nobody can tick never keep the others waiting."""
    Case.objects.filter(pk=case.pk).update(due_at=now + REST)


def _plain(case: Case, change: Change) -> bool:
    happened = {one.kind for one in change.outcome.happenings}
    return case.parent_id is None and not happened & FOLLOWED


def _kept(changes: list[tuple[Case, Change]], *, by_itself: bool = False) -> bool:
    """Keep them behind a savepoint of their own; False when that did not go, and nothing of it is left."""
    try:
        with transaction.atomic():
            if by_itself:
                keep(*changes[0])
            else:
                keep_together(changes)
    except (OperationalError, InterfaceError):
        raise  # the database is in trouble or two rounds crossed: the whole round comes again
    except Exception:
        if by_itself:
            log.exception("sweep case=%s", changes[0][0].number)
            _rest(changes[0][0], changes[0][1].moment.done)
        return False
    return True

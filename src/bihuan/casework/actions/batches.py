"""One act on many cases: prepared as a list, done one by one through ``act``, each with an outcome of its own.

A batch is no act of its own: every case's act has its own id, moment and entry, and is refused or done by itself. A
worker that dies in the middle leaves a list on which the next one goes on; what was done already counts once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from bihuan.ground.ids import new_id
from bihuan.people.models import Person
from bihuan.procedure.refusals import Refusal

from ..errors import CaseworkError
from ..models import Batch, BatchItem
from .acting import Sentence, act

log = logging.getLogger("bihuan.batches")

MOST = 5000
AT_ONCE = 50
"""Up to so many are done while one waits for the page; more than that is work for the worker."""


def prepare(
    by: Person, action: str, title: str, answers: dict[str, Any], numbers: Sequence[str], at: datetime, post: str = ""
) -> Batch:
    """Lay down the list; nothing is done yet. At most ``MOST`` cases, each once."""
    with transaction.atomic():
        wanted = list(dict.fromkeys(numbers))[:MOST]
        batch = Batch.objects.create(
            id=new_id(at),
            person=by,
            action=action,
            title=title,
            answers=answers,
            post=post,
            total=len(wanted),
            made_at=at,
        )
        BatchItem.objects.bulk_create(
            BatchItem(batch=batch, position=place, number=number, act_id=new_id(at))
            for place, number in enumerate(wanted, start=1)
        )
    return batch


def carry_out(identity: UUID, now: datetime, limit: int | None = None) -> int:
    """Do what is still waiting on this list, in its order, up to ``limit``; how many were looked at.

    Only one worker does a list at a time. ``now`` is when the acts are done and received.
    """
    looked_at = 0
    while limit is None or looked_at < limit:
        if not _next(identity, now):
            break
        looked_at += 1
    return looked_at


def _next(identity: UUID, now: datetime) -> bool:
    """Do the first one waiting; False when there is none, the list was stopped, or somebody else is at it."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update(skip_locked=True).filter(pk=identity, ended_at__isnull=True).first()
        if batch is None:
            return False
        waiting = batch.items.filter(outcome=BatchItem.Outcome.WAITING)
        if batch.stopped or not batch.person.is_active:
            waiting.update(outcome=BatchItem.Outcome.STOPPED)
        item = waiting.order_by("position").first()
        if item is None:
            batch.ended_at = now
            batch.save(update_fields=["ended_at"])
            return False
        _do(batch, item, now)
        item.save(update_fields=["outcome", "words", "clause"])
        return True


def _do(batch: Batch, item: BatchItem, now: datetime) -> None:
    sentence = Sentence(
        id=item.act_id, action=batch.action, at=now, received=now, answers=batch.answers, case=item.number,
        post=batch.post, dated=False,
    )  # fmt: skip
    try:
        with transaction.atomic():
            act(batch.person, sentence)
        item.outcome = BatchItem.Outcome.DONE
    except (Refusal, CaseworkError) as refusal:
        item.outcome = BatchItem.Outcome.REFUSED
        item.words = {"zh": refusal.words.zh, "en": refusal.words.en or refusal.words.zh}
        item.clause = refusal.clause[:80]
    except (OperationalError, InterfaceError):
        raise  # the database is in trouble: the list goes on when it is back
    except Exception:
        log.exception("batch case=%s", item.number)
        item.outcome = BatchItem.Outcome.REFUSED
        item.words = {"zh": "系统出错，未办理", "en": "Something went wrong; not done"}


def stop(identity: UUID, by: Person) -> bool:
    """Let nothing more be done on this list; what was done stays. False where there is no such list of ``by``."""
    return bool(Batch.objects.filter(pk=identity, person=by, ended_at__isnull=True).update(stopped=True))


def carry_on(now: datetime, limit: int = 200) -> int:
    """Go on with lists that are not finished, the oldest first: a job is only a hint, the rows are the work."""
    done = 0
    open_lists = Batch.objects.filter(ended_at__isnull=True).order_by("made_at").values_list("pk", flat=True)
    for identity in list(open_lists[:20]):
        if done >= limit:
            break
        done += carry_out(identity, now, limit - done)
    return done

"""What the worker does again and again. A job is only a hint: what is due is a row, and the sweep reads the rows."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status

from bihuan.casework import actions as casework
from bihuan.casework import attachments, exporting
from bihuan.casework.actions import batches
from bihuan.casework.audit import digests
from bihuan.casework.importing import background, reversing, running
from bihuan.casework.pages.leaving import open_numbers
from bihuan.casework.privacy import background as disposing
from bihuan.casework.privacy import traces
from bihuan.casework.privacy.actions import retaining
from bihuan.journal import actions as journal
from bihuan.journal import letters, origin
from bihuan.measures import extracts
from bihuan.people import leaving, sign_ins
from bihuan.people.messages.sending import send_due
from bihuan.people.messages.spreading import Quiet, Spread, quiet_of
from bihuan.registers.calendars import actions as calendars
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents import releasing

from . import watching
from .keeping import ticking

log = logging.getLogger("bihuan.worker")

ROUND = 200
MOST_ROUNDS = 500
DEAD_AFTER = timedelta(seconds=60)
KEEP_JOBS_HOURS = 24
EXTRACT_SECONDS = 3.0
TRACE_SECONDS = 3.0


@app.periodic(cron="* * * * * */5", periodic_id="sweep")
@app.task(name="sweep", queueing_lock="sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Texts whose day has come are in force; then every case the clock owes something to, round by round."""
    close_old_connections()
    releasing.take_force(timezone.now())
    for _round in range(MOST_ROUNDS):
        if casework.sweep(timezone.now(), ROUND).ticked < ROUND:
            break


@app.task(name="batch")
def batch(batch: str) -> None:
    """One act on many cases, as somebody asked for it; its page tells how far it is."""
    close_old_connections()
    batches.carry_out(UUID(batch), timezone.now())


@app.periodic(cron="* * * * *", periodic_id="batches")
@app.task(name="batches", queueing_lock="batches", pass_context=False)
def carry_on(timestamp: int) -> None:
    """Go on with lists a worker left unfinished."""
    close_old_connections()
    batches.carry_on(timezone.now())


@app.periodic(cron="* * * * * */5", periodic_id="deliver")
@app.task(name="deliver", queueing_lock="deliver")
def deliver(timestamp: int) -> None:
    """Letters whose time has come are laid before their people; then what is due goes out of the house."""
    close_old_connections()
    archive = letters.FileChannel(settings.LETTERS_FOLDER)
    for _round in range(MOST_ROUNDS):
        now = timezone.now()
        if sum(letters.deliver(now, ROUND, Spread(archive, now, _quiet(now)))) < ROUND:
            break
    for _round in range(MOST_ROUNDS):
        if send_due(timezone.now(), ROUND) < ROUND:
            break


def _quiet(at: datetime) -> list[Quiet]:
    """The quiet hours of the house, by the settings of the pack in force."""
    current = documents.current_pack(at)
    return quiet_of(current[1].settings.get("message-quiet-hours", "")) if current else []


@app.periodic(cron="*/10 * * * *", periodic_id="duties")
@app.task(name="duties", queueing_lock="duties")
def duties(timestamp: int) -> None:
    """Open the cases of duties that come due."""
    close_old_connections()
    casework.open_duties(timezone.now())


@app.periodic(cron="5 0 * * *", periodic_id="seal")
@app.task(name="seal", queueing_lock="seal")
def seal(timestamp: int) -> None:
    """The day's digest of the chains' heads, written to a file that can leave the machine."""
    close_old_connections()
    now = timezone.now()
    digest = journal.seal(timezone.localdate(now) - timedelta(days=1), now)
    digests.filed(digest)
    digests.to_be_mailed(digest, settings.DIGEST_MAIL, now)
    digests.send_due(now)


@app.periodic(cron="*/10 * * * *", periodic_id="digest-mail")
@app.task(name="digest-mail", queueing_lock="digest-mail")
def digest_mail(timestamp: int) -> None:
    """Digests the other side did not take go out again, later each time."""
    close_old_connections()
    digests.send_due(timezone.now())


@app.task(name=background.IMPORT, queue="default")
def take_over(import_id: str) -> None:
    """A few seconds of an import, then again: what is due every five seconds is not held up by it."""
    close_old_connections()
    until = time.monotonic() + background.SLICE_SECONDS
    if running.carry_on(UUID(import_id), timezone.now(), lambda: time.monotonic() < until):
        background.import_soon(import_id)


@app.task(name=background.EXPORT, queue="default")
def hand_out(export_id: str) -> None:
    """Write one export."""
    close_old_connections()
    exporting.carry_out(UUID(export_id), timezone.now())


@app.task(name=disposing.ORDER, queue="default")
def dispose_of(order_id: str) -> None:
    """Carry out one order to erase or to dispose of what is over."""
    close_old_connections()
    disposing.carry_out(UUID(order_id), timezone.now())


@app.task(name=disposing.COPY, queue="default")
def copy_for(request_id: str) -> None:
    """Write the copy of everything held about somebody."""
    close_old_connections()
    disposing.make_copy(UUID(request_id), timezone.now())


@app.periodic(cron="30 3 1 * *", periodic_id="retention")
@app.task(name="retention", queueing_lock="retention")
def retention(timestamp: int) -> None:
    """Draw up the month's list of what is over; two people decide whether it goes."""
    close_old_connections()
    disposing.draw_soon(retaining.begin(by=None, at=timezone.now()).pk)


@app.task(name=disposing.DRAW, queue="default")
def draw_list(order_id: str) -> None:
    """A few seconds of drawing up, then again: what is due every five seconds is not held up by it."""
    close_old_connections()
    until = time.monotonic() + disposing.SLICE_SECONDS
    if retaining.draw(UUID(order_id), timezone.now(), lambda: time.monotonic() < until):
        disposing.draw_soon(order_id)


@app.periodic(cron="47 * * * *", periodic_id="disposing")
@app.task(name="disposing", queueing_lock="disposing")
def go_on_disposing(timestamp: int) -> None:
    """Take orders and copies up again whose job was lost; copies older than a week go."""
    close_old_connections()
    disposing.left_lying(timezone.now())


@app.periodic(cron="17 * * * *", periodic_id="tidy-files")
@app.task(name="tidy-files", queueing_lock="tidy-files")
def tidy_files(timestamp: int) -> None:
    """Imports still running whose job was lost are taken up again; files older than a day go."""
    close_old_connections()
    now = timezone.now()
    for import_id in background.left_lying(now):
        background.import_soon(import_id)
    reversing.tidy(now)
    exporting.tidy(now)


@app.periodic(cron="20 0 * * *", periodic_id="next-year")
@app.task(name="next-year", queueing_lock="next-year")
def next_year(timestamp: int) -> None:
    """Ask administrators for next year's calendar while it is missing; once a year."""
    close_old_connections()
    calendars.remind_of_next_year(timezone.now())


@app.periodic(cron="* * * * *", periodic_id="watch")
@app.task(name="watch", queueing_lock="watch")
def watch(timestamp: int) -> None:
    """Tell administrators of a full disk or a wrong clock."""
    close_old_connections()
    watching.warn(timezone.now())


@app.periodic(cron="* * * * *", periodic_id="keep")
@app.task(name="keep", queueing_lock="keep")
def keep(timestamp: int) -> None:
    """Start the night's backup and the month's drill when they are due, beside the worker."""
    close_old_connections()
    ticking.tick(settings.SITE, timezone.now())


@app.periodic(cron="*/5 * * * *", periodic_id="posts-over")
@app.task(name="posts-over", queueing_lock="posts-over")
def posts_over(timestamp: int) -> None:
    """Close sessions and keys of whose post's last day has passed; their open work goes to administrators by letter."""
    close_old_connections()
    now = timezone.now()
    leaving.end_over(now, open_numbers)
    sign_ins.tidy(now)


@app.periodic(cron="* * * * *", periodic_id="extracts")
@app.task(name="extracts", queueing_lock="extracts")
def read_on(timestamp: int) -> None:
    """Read out of what was written since what reports count: a few seconds a minute, so that nothing else waits."""
    close_old_connections()
    until = time.monotonic() + EXTRACT_SECONDS
    while extracts.carry_on() and time.monotonic() < until:
        pass


@app.periodic(cron="* * * * *", periodic_id="traces")
@app.task(name="traces", queueing_lock="traces")
def trace(timestamp: int) -> None:
    """Note of what was written since who may be named in it: a few seconds a minute, so that nothing else waits."""
    close_old_connections()
    until = time.monotonic() + TRACE_SECONDS
    while traces.carry_on() and time.monotonic() < until:
        pass


@app.periodic(cron="20 * * * *", periodic_id="loose-files")
@app.task(name="loose-files", queueing_lock="loose-files")
def loose_files(timestamp: int) -> None:
    """Forget what was handed in more than a day ago and never used."""
    close_old_connections()
    attachments.sweep(timezone.now())


@app.periodic(cron="* * * * *", periodic_id="tidy")
@app.task(name="tidy", queueing_lock="tidy", pass_context=False)
async def tidy(timestamp: int) -> None:
    """Give the jobs of dead workers back, and forget finished ones: without it a killed worker's jobs stay taken."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER.total_seconds()):
        log.warning("requeue", extra={"job": job.id, "task": job.task_name})
        await _give_back(job)
    await app.job_manager.delete_old_jobs(nb_hours=KEEP_JOBS_HOURS, include_failed=False)


async def _give_back(job: Job) -> None:
    """A dead worker's job waits again; where its successor waits already it ends, for as it stands it holds its lock.

    Left taken, neither of the two would ever be done, and no job of that name after them.
    """
    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)


def work() -> None:
    """Run until told to stop. What fell due while nobody worked is swept first."""
    with origin.entering(origin.WORKER):
        _work()


def _work() -> None:
    sweep(0)
    running = app.replace_connector(app.connector.get_worker_connector())
    with running as served:
        served.run_worker(concurrency=1, wait=True, fetch_job_polling_interval=5.0, install_signal_handlers=True)

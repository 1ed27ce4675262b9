"""``/metrics``: what a monitoring system asks for, in Prometheus' text form, and the middleware that counts requests.

Requests are counted by route (``/cases/<number>/``), never by path, so that no number and no name gets in. What the
house holds is asked of the database when somebody asks, within two seconds or not at all. With several web processes
behind one address (``web-workers``) the counts of all are added up through files in ``PROMETHEUS_MULTIPROC_DIR``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from bihuan.ground.room import free_megabytes
from bihuan.people import scope

from .proxies import UNKNOWN_PROXY, networks, within
from .watching import drift

LABELS = ("method", "route", "status")
own = CollectorRegistry()
requests = Counter("bihuan_requests", "Requests answered", LABELS, registry=own)
seconds = Histogram(
    "bihuan_request_seconds", "Seconds until a request was answered", ("route",), registry=own,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)  # fmt: skip

# name, what it is, one number from the database; nothing here names a person, a customer or a case
ASKED = (
    ("bihuan_cases_open", "Cases not ended", "SELECT count(*) FROM casework_case WHERE ended_at IS NULL"),
    (
        "bihuan_clock_owes_seconds", "Seconds the oldest due moment waits for the sweep",
        "SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0) FROM casework_case WHERE due_at <= now()",
    ),
    ("bihuan_letters_waiting", "Letters not delivered", "SELECT count(*) FROM journal_letter WHERE state = 'waiting'"),
    (
        "bihuan_jobs_waiting", "Jobs nobody has begun",
        "SELECT count(*) FROM procrastinate_jobs"
        " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())",
    ),
    (
        "bihuan_workers_alive", "Workers heard of within a minute",
        "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '60 seconds'",
    ),
    ("bihuan_database_bytes", "Size of the database", "SELECT pg_database_size(current_database())"),
)  # fmt: skip


class Counting:
    """Counts every answer and how long it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = f"/{match.route}" if match is not None else "none"
        requests.labels(request.method, route, response.status_code).inc()
        seconds.labels(route).observe(time.perf_counter() - begun)
        return response


class House:
    """What the house holds, asked anew each time."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Gauges of the database, the disk and the clock; without the database only what can be said without it."""
        yield GaugeMetricFamily("bihuan_disk_free_megabytes", "Room left", value=free_megabytes(settings.DATA))
        answered = 1
        try:
            # nobody is known here, and figures of the whole house name nobody
            with scope.everything(), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '2s'")
                for name, words, statement in ASKED:
                    cursor.execute(statement)
                    yield GaugeMetricFamily(name, words, value=float(cursor.fetchone()[0]))
            yield GaugeMetricFamily(
                "bihuan_clock_ahead_seconds", "This clock minus the database server's", value=drift(timezone.now())
            )
        except DatabaseError:
            answered = 0
        yield GaugeMetricFamily("bihuan_database_answers", "1 when the database answered in time", value=answered)


def metrics(request: HttpRequest) -> HttpResponse:
    """For the addresses of ``metrics-from`` that come to us directly or through a proxy we know; nobody else."""
    if UNKNOWN_PROXY in request.META or not within(
        request.META.get("REMOTE_ADDR", ""), networks(settings.METRICS_FROM)
    ):
        raise Http404
    told = CollectorRegistry()
    told.register(House())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(told)
        return HttpResponse(generate_latest(told), content_type=CONTENT_TYPE_LATEST)
    return HttpResponse(generate_latest(own) + generate_latest(told), content_type=CONTENT_TYPE_LATEST)


urlpatterns = [path("metrics", metrics)]

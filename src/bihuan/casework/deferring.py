"""Handing work to the worker: a job is a hint, rows say what is owed; asked for twice it waits once."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


def defer(task: str, lock: str, **arguments: str) -> None:
    """Let the worker do ``task`` soon; one with the same ``lock`` that waits already stands for both."""
    try:
        with transaction.atomic():
            app.configure_task(task, lock=lock, queueing_lock=lock).defer(**arguments)
    except AlreadyEnqueued:
        return

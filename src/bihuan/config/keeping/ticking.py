"""What the worker does about it: look once a minute whether something is due, and start it beside itself.

A backup takes minutes and what is due every five seconds must not wait for it: so it runs as a program of its own, in
the worker's session, and ends with it. Which of several workers starts it is settled by the lock in the database.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import datetime

from bihuan.ground.settings import Settings

from . import queries

log = logging.getLogger("bihuan.keeping")
_started: list[subprocess.Popen[bytes]] = []


def tick(site: Settings, at: datetime) -> str:
    """Start what is due: "backup", "drill", or "" when nothing is or something is under way."""
    _started[:] = [one for one in _started if one.poll() is None]
    if _started:
        return ""
    due = "backup" if queries.backup_due(site, at) else "drill" if queries.drill_due(at) else ""
    if not due or queries.somebody_at_it():
        return ""
    log.info("starting %s", due)
    command = [sys.executable, "-m", "bihuan.config.command", due, "--if-due"]
    _started.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL))  # noqa: S603
    return due

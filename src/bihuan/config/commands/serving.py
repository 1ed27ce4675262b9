"""``serve``, ``web``, ``worker``, ``migrate``: the processes of one machine, or of many."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from psycopg import Error as DatabaseError

from bihuan.config.keeping.places import refuse_half, refuse_unfinished
from bihuan.ground.postgres.supervisor import Supervisor
from bihuan.ground.processes import Child, Children
from bihuan.ground.settings import load
from bihuan.ground.system_user import service_user
from bihuan.ground.words import Trouble

from .django import addressed, ready
from .saying import tell, verb


def add_to(verbs: Any) -> None:
    verb(verbs, "serve", serve, "database, web and worker of one machine, supervised", "bihuan serve")
    verb(verbs, "web", web, "the web server alone, against DATABASE_URL", "DATABASE_URL=… bihuan web")
    verb(verbs, "worker", worker, "sweep and deliver, against DATABASE_URL", "DATABASE_URL=… bihuan worker")
    migrating = verb(verbs, "migrate", migrate, "bring the database's tables up to date, as owner", "bihuan migrate")
    migrating.add_argument("--empty-only", action="store_true", help="leave older data to bihuan upgrade")


def serve(chosen: Any) -> int:
    """One machine: the database is our child, web and worker are kept running beside it."""
    settings = load()
    if not settings.embedded:
        os.environ.update(settings.environment())
        migrated()
        return Children(_children(settings.environment())).run()
    refuse_unfinished(settings.data)
    with Supervisor(settings.data, user_name=settings.user) as database:
        os.environ.update(database.addresses.environment())
        migrated()
        tell(f"{'https' if settings.certificate else 'http'}://{settings.host}:{settings.port}/")
        return keep_running(database)


def keep_running(database: Supervisor) -> int:
    """Web and worker beside a database of our own, which is brought back first whenever it died."""
    return Children(
        _children(load().environment()), before_start=lambda: _alive(database), each_beat=lambda: _alive(database)
    ).run()


# a server that is killed again while it is being brought back gets this many further tries, seconds apart
ONCE_MORE_AFTER = (0.2, 0.5, 1.0, 2.0, 4.0)


def _alive(database: Supervisor) -> None:
    """Bring the database back where it died. Raises Trouble when it does not come up.

    A server that comes up and dies again under our first questions is no reason to end everything: the next beat, a
    second later, tries again; meanwhile the web answers that it is away.
    """
    for pause in ONCE_MORE_AFTER:
        try:
            database.start()
            return
        except (Trouble, DatabaseError) as error:
            tell(f"数据库未能恢复，{pause:g} 秒后再试 / not back yet, again in {pause:g} s: {error}")
            time.sleep(pause)
    try:
        database.start()
    except DatabaseError as error:
        tell(f"数据库仍未恢复，稍后再试 / still not back, again in a moment: {error}")


def migrated() -> None:
    """In a process of its own: migrations sign in as the owner, the server never does.

    A filled site is never changed in passing: that is what ``bihuan upgrade`` is for, which takes a backup first.
    """
    import subprocess

    done = subprocess.run([sys.executable, "-m", "bihuan.config.command", "migrate", "--empty-only"], check=False)
    if done.returncode:
        sys.exit(done.returncode)


def _children(environment: dict[str, str]) -> list[Child]:
    whole = {**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "bihuan.config.settings"}
    # the owner's address stays with the supervisor: web and worker act as the app role
    whole.pop("BIHUAN_OWNER_URL", None)
    user = service_user(whole.get("BIHUAN_USER", ""))
    program = (sys.executable, "-m", "bihuan.config.command")
    return [Child(name, (*program, name), whole, user) for name in ("web", "worker")]


def web(chosen: Any) -> int:
    """granian, WSGI, threads. Its master only watches: the house is loaded by the processes that answer."""
    settings = load()
    addressed()
    from granian import Granian
    from granian.constants import Interfaces

    server = Granian(
        "bihuan.config.wsgi:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        respawn_failed_workers=True,
        log_access=False,
        websockets=False,
        ssl_cert=settings.certificate,
        ssl_key=settings.certificate_key,
    )
    server.serve()
    return 0


def worker(chosen: Any) -> int:
    """procrastinate's worker with the periodic sweep and delivery."""
    ready()
    from bihuan.config.jobs import work

    work()
    return 0


def migrate(chosen: Any) -> int:
    """Django's migrations as the owner, then the rights of the other roles again; 4 where an upgrade is called for."""
    ready(as_owner=True)
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    refuse_half(connection)
    if chosen.empty_only:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if pending and executor.recorder.applied_migrations():
            tell(
                f"数据是旧版的（{len(pending)} 项迁移），请先运行 bihuan upgrade / older data: run bihuan upgrade first"
            )
            return 4
    call_command("migrate", interactive=False, verbosity=0)
    return 0

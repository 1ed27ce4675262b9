"""The second wall's gatekeeper: tells the database whose eyes a request that only reads has.

The first wall is ``access.visible_outlets`` in every question. This one holds where a question forgets it: policies on
every table that carries an outlet (``ground.scope_wall``) read the setting made here. Acts stand on everything, because
what an organisation's procedure makes them touch is decided by the engine and not by who may look.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from psycopg import sql

from bihuan.ground.scope_wall import SETTING

from .access import visible_outlets

READING = frozenset({"GET", "HEAD"})
# kept on Django's connection: what the database was last told and on which connection; that nobody is known yet
_TOLD, _WAITING = "_scope_told", "_scope_waiting"


def narrow(outlets: Collection[str] | None) -> None:
    """Let this connection read these outlets only; None = everything, an empty collection = nothing.

    Costs a round trip when it differs from what stands, nothing otherwise. Raises as the database does when away.
    """
    wanted = None if outlets is None else tuple(sorted(outlets))
    connection.__dict__[_WAITING] = False
    if _told() == wanted:
        return
    # the driver itself: said twice in every request of most people, and Django's cursor would cost twice as much
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.execute(_sentence(wanted))
    connection.__dict__[_TOLD] = (connection.connection, wanted)


@lru_cache(maxsize=1024)
def _sentence(outlets: tuple[str, ...] | None) -> str:
    """What the database is told, as plain text: nothing to prepare and nothing to bind."""
    if outlets is None:
        return f"RESET {SETTING}"
    quoted = ['"{}"'.format(code.replace("\\", "\\\\").replace('"', '\\"')) for code in outlets]
    return f"SET {SETTING} = {sql.Literal('{' + ','.join(quoted) + '}').as_string(None)}"


def widen() -> None:
    """Everything again. A connection that cannot be told so is closed: whoever takes it next would see too little."""
    try:
        narrow(None)
    except Error:
        connection.__dict__.pop(_TOLD, None)
        if not connection.in_atomic_block:
            connection.close()


def _told() -> tuple[str, ...] | None:
    """What stands; a connection opened since then stands on everything."""
    told_to, outlets = connection.__dict__.get(_TOLD, (None, None))
    return outlets if told_to is not None and told_to is connection.connection else None


@contextmanager
def everything() -> Iterator[None]:
    """What is reckoned over the whole house, whoever asks: facts an act would ask for, figures without a name."""
    waiting, before = connection.__dict__.get(_WAITING, False), _told()
    narrow(None)
    try:
        yield
    finally:
        narrow(before)
        connection.__dict__[_WAITING] = waiting


def look_as(request: HttpRequest, person: Any, at: datetime) -> None:
    """From here on a reading ``request`` sees what ``person`` may see; a writing one is left on everything."""
    if request.method in READING:
        narrow(visible_outlets(person, at) if person.is_authenticated else ())


class ScopeWall:
    """An entrance: stands behind the one that knows who is signed in.

    Whoever comes with a key is known only inside the API, which calls ``look_as``. Until then, and for strangers,
    nothing can be read that carries an outlet; the database is told so with the first question, so that pages which
    ask nothing (health, the door's styles) need no database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in READING:
            return self.get_response(request)
        try:
            if request.user.is_authenticated:
                look_as(request, request.user, timezone.now())
                return self.get_response(request)
            connection.__dict__[_WAITING] = True
            with connection.execute_wrapper(_nothing_yet):
                return self.get_response(request)
        finally:
            widen()


def _nothing_yet(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Around every statement of a request nobody is known for: before the first one, nothing is to be seen."""
    if connection.__dict__.get(_WAITING):
        narrow(())
    return execute(sql, params, many, context)

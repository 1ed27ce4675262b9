"""A kept connection is believed to stand without asking, and a dead one is noticed before anything is said to it."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from bihuan.config.postgres import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept():
    """A second connection to the same database, as a request after another one finds it."""
    connection = connections.create_connection("default")
    connection.settings_dict = {**connections["default"].settings_dict, "CONN_HEALTH_CHECKS": True}
    connection.ensure_connection()
    connection.close_if_unusable_or_obsolete()
    connection.is_usable()
    yield connection
    connection.close()


def server_process(connection):
    return connection.connection.info.backend_pid


def one(connection):
    connection.health_check_enabled, connection.health_check_done = True, False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone()[0]


def test_a_connection_in_steady_use_is_not_asked_whether_it_stands(kept, monkeypatch):
    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", lambda _self: pytest.fail("the server was asked"))
    same = server_process(kept)
    with CaptureQueriesContext(kept) as said:
        assert one(kept) == 1
    assert [query["sql"] for query in said.captured_queries] == ["SELECT 1"]
    assert server_process(kept) == same


def test_a_connection_the_server_has_ended_is_replaced_before_the_next_statement(kept):
    ended = server_process(kept)
    with connections["default"].cursor() as cursor:
        # waits until the process is gone
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
        assert cursor.fetchone()[0] is True
    assert one(kept) == 1
    assert server_process(kept) != ended


def test_a_connection_unused_for_long_is_asked(kept, monkeypatch):
    monkeypatch.setattr(base, "QUIET", 0.0)
    asked = []
    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", lambda _self: asked.append(1) or True)
    assert one(kept) == 1
    assert asked == [1]


def test_after_an_error_the_server_itself_is_asked(kept, monkeypatch):
    asked = []
    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", lambda _self: asked.append(1) or True)
    kept.errors_occurred = True
    kept.close_if_unusable_or_obsolete()
    assert asked == [1]

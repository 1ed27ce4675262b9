"""Every entry says through which door it came; entries from before there were doors are what they were."""

from __future__ import annotations

import asyncio
import threading

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from bihuan.journal import origin
from bihuan.journal.actions import hand_over, write, write_many
from bihuan.journal.verify import verify

from .cast import telling


def _deeds() -> list[str]:
    """What verify names; within a transaction that is not over yet its own number is always ahead."""
    return [one.kind for one in verify(connection) if one.kind != "ahead"]


@pytest.mark.django_db
def test_an_entry_carries_door_and_address_in_its_content_and_not_in_its_columns():
    with origin.entering(origin.PAGE, "198.51.100.7"):
        entry = write(telling(1))
    content = type(entry).objects.get(pk=entry.pk).content
    assert content == {**telling(1).content, "from": {"door": "page", "address": "198.51.100.7"}}
    assert _deeds() == []


@pytest.mark.django_db
def test_every_way_of_writing_carries_it():
    with origin.entering(origin.WORKER):
        written = [*write_many([telling(1), telling(2)]), *hand_over(telling(3, "north"), telling(3, "south"))]
    kept = type(written[0]).objects.filter(pk__in=[one.pk for one in written])
    assert [one.content["from"] for one in kept] == [{"door": "worker"}] * 4
    assert _deeds() == []


@pytest.mark.django_db
def test_without_a_door_the_content_is_what_was_told():
    entry = write(telling(1))
    assert type(entry).objects.get(pk=entry.pk).content == telling(1).content


def test_the_inner_door_counts_and_the_outer_one_comes_back():
    with origin.entering(origin.COMMAND, "admin"):
        with origin.entering(origin.WORKER):
            assert origin.here() == {"door": "worker"}
        assert origin.here() == {"door": "command", "address": "admin"}
    assert origin.here() is None


def test_a_door_is_open_only_to_those_who_came_through_it():
    seen = []
    with origin.entering(origin.PAGE, "198.51.100.7"):
        thread = threading.Thread(target=lambda: seen.append(origin.here()))
        thread.start()
        thread.join()
        # what the worker runs beside its loop goes on behind the same door
        seen.append(asyncio.run(asyncio.to_thread(origin.here)))
    assert seen == [None, {"door": "page", "address": "198.51.100.7"}]


@pytest.mark.parametrize(("path", "door"), [("/cases/", "page"), ("/api/v1/cases", "api"), ("/apiary/", "page")])
def test_the_entrance_tells_pages_from_the_api_and_reads_the_address_it_is_given(path, door):
    def answer(request):
        return HttpResponse(f"{origin.here()}")

    request = RequestFactory().get(path, REMOTE_ADDR="2001:db8::7", headers={"x-forwarded-for": "203.0.113.9"})
    told = origin.OriginMiddleware(answer)(request).content.decode()
    assert told == str({"door": door, "address": "2001:db8::7"})
    assert origin.here() is None


def test_an_entrance_that_breaks_leaves_no_door_open():
    def answer(request):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        origin.OriginMiddleware(answer)(RequestFactory().get("/"))
    assert origin.here() is None


def test_an_address_is_cut_to_what_one_can_be():
    with origin.entering(origin.PAGE, "9" * 500):
        assert len(origin.here()["address"]) == origin.LONGEST

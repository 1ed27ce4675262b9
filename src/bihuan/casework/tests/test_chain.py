"""Cases that hang together: opened by one another, linked by name; never anything out of sight."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast.saying import acting, registered

from bihuan.casework import actions, linking
from bihuan.casework.models import Case, Mark


@pytest.fixture
def at():
    return timezone.now() - timedelta(minutes=5)


def numbers(person, case: Case) -> list[str]:
    return [one.number for one in linking.chain_of(person, case, timezone.now()).cases]


@pytest.fixture
def linked(site, at) -> tuple[Case, Case]:
    """Two jobs in the north, the second linked to the first by the effect ``case.link``."""
    first, second = registered(site, at=at), registered(site, at=at)
    said = {"bundle.cases": [first.number], "bundle.with": first.number}
    actions.act(site.zhou, acting(second.number, "bundle", at, said))
    return first, second


def test_a_link_is_found_from_either_end(site, linked):
    first, second = linked
    both = [first.number, second.number]
    assert numbers(site.zhou, first) == both
    assert numbers(site.zhou, second) == both
    assert linking.chain_of(site.zhou, first, timezone.now()).links == {(second.pk, first.pk)}
    assert list(Mark.objects.filter(kind="link").values_list("case", "value")) == [(second.pk, first.number)]


def page(person, path: str) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_page_shows_every_member_and_what_is_open(site, linked):
    first, second = linked
    text = page(site.zhou, f"/cases/{first.number}/chain/")
    assert text.count(f">{second.number}</a>") == 1
    assert "未结 2 件" in text

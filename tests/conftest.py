"""The cast behind the doors: the site is made a month ago, the doors read the clock of now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Site, make_site, north
from tests.cast.doors import Doors
from tests.cast.table import Readers

from bihuan.people import actions as people
from bihuan.people.models import PersonalToken
from bihuan.people.queries import token_digest


@pytest.fixture
def site(db: None) -> Site:
    return make_site(timezone.now() - timedelta(days=30))


@pytest.fixture
def doors(site: Site) -> Doors:
    return Doors(site)


@pytest.fixture
def browser() -> Client:
    return Client()


@pytest.fixture
def number(doors: Doors, settings, tmp_path) -> str:
    """A case of the north, waiting to be assigned, beside a customer and a device of the north."""
    settings.DATA = tmp_path
    # nobody here has a password, and refusing one takes as long as checking it
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return north.fill(doors)


@pytest.fixture
def readers(doors: Doors) -> Readers:
    """Everybody who may stand before the door, each with what they carry."""
    expired = doors.token("sun")
    PersonalToken.objects.filter(person=doors.site.sun).update(until=timezone.now() - timedelta(seconds=1))
    zhou = doors.site.zhou
    narrow = people.make_token(zhou, by=zhou, at=timezone.now())
    PersonalToken.objects.filter(digest=token_digest(narrow)).update(scopes=[])
    return Readers(doors, expired, narrow)

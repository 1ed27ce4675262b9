"""The cast behind the doors: the site is made a month ago, the doors read the clock of now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import Site, make_site
from tests.cast.doors import Doors


@pytest.fixture
def site(db: None) -> Site:
    return make_site(timezone.now() - timedelta(days=30))


@pytest.fixture
def doors(site: Site) -> Doors:
    return Doors(site)


@pytest.fixture
def browser() -> Client:
    return Client()

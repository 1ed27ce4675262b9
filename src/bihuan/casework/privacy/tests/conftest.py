"""The cast, somebody known, two people who may decide, and folders of their own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.cast import Site, make_site
from tests.cast.doors import Doors
from tests.cast.known import Known, keeping_pack, somebody

from bihuan.people.models import Person


@pytest.fixture(autouse=True)
def data(settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path / "data"
    settings.LETTERS_FOLDER = settings.DATA / "letters"
    settings.DATA.mkdir()
    return settings.DATA


@pytest.fixture
def site(db: None) -> Site:
    return make_site(timezone.now() - timedelta(days=30))


@pytest.fixture
def doors(site: Site) -> Doors:
    return Doors(site)


@pytest.fixture
def administrator(site: Site) -> Person:
    Person.objects.filter(username="qian").update(is_administrator=True)
    return site.again("qian")


@pytest.fixture
def office(site: Site) -> Person:
    """Reads the lists, is no administrator."""
    return site.again("wu")


@pytest.fixture
def known(site: Site, tmp_path: Path) -> Known:
    """A case that ended 29 days ago, of a pack that keeps its records a day."""
    at = site.at + timedelta(days=1)
    keeping_pack(site, tmp_path / "pack", 'keep = { for = "1 day" }', at)
    return somebody(site, at + timedelta(hours=1))


@pytest.fixture
def kept(site: Site, tmp_path: Path) -> Known:
    """The same of a pack that keeps its records two years."""
    at = site.at + timedelta(days=1)
    keeping_pack(site, tmp_path / "pack", 'keep = { for = "2 years" }', at)
    return somebody(site, at + timedelta(hours=1))

"""A house of two outlets with a clerk each, and somebody who dispatches."""

from __future__ import annotations

import pytest
from tests.cast import Site, make_site


@pytest.fixture
def site(db: None) -> Site:
    return make_site()

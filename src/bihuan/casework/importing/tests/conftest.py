"""The cast on its small pack, at nine o'clock on a Monday."""

from __future__ import annotations

import pytest
from tests.cast import Site, make_site


@pytest.fixture
def site(db: None) -> Site:
    return make_site()


@pytest.fixture
def real_site(transactional_db: None) -> Site:
    """The same with real commits, for what several connections do at once."""
    return make_site()

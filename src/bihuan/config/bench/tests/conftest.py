"""The cast with real commits: what is written by a connection of its own is seen by everybody."""

from __future__ import annotations

import pytest
from tests.cast import Site, make_site


@pytest.fixture
def real_site(transactional_db: None) -> Site:
    return make_site()

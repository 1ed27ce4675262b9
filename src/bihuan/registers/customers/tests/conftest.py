"""The cast on its small pack: the north is our own, the south is contracted."""

from __future__ import annotations

import pytest
from tests.cast import Site, make_site


@pytest.fixture
def site(db: None) -> Site:
    return make_site()

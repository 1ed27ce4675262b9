"""The site's secret key comes back to its place, and never over another one unsaid."""

from __future__ import annotations

import stat
from datetime import UTC, datetime

import pytest

from bihuan.config.keeping.secret import put_back_secret
from bihuan.ground.settings import Settings

AT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
THEN, NOW = "the-secret-key-of-that-time-0123456789", "the-secret-key-of-this-machine-0123456789"


@pytest.fixture
def data(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def names(data):
    return sorted(one.name for one in data.iterdir())


def test_on_a_machine_without_one_it_is_put_where_the_site_reads_it(data):
    [said] = put_back_secret(Settings(data=data), THEN, AT)
    assert "secret-key is back" in said
    assert (data / "secret-key").read_text() == THEN + "\n"
    assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600
    # and again there is nothing to do
    assert (put_back_secret(Settings(data=data), THEN, AT), names(data)) == ([], ["secret-key"])


def test_another_one_is_moved_aside_and_that_is_said(data):
    (data / "secret-key").write_text(NOW + "\n")
    [said] = put_back_secret(Settings(data=data), THEN, AT)
    assert "secret-key.before-20261122t023000z" in said
    assert (data / "secret-key").read_text() == THEN + "\n"
    assert (data / "secret-key.before-20261122t023000z").read_text() == NOW + "\n"


def test_one_that_is_set_by_hand_is_left_to_whoever_set_it(data):
    [said] = put_back_secret(Settings(data=data, secret_key=NOW), THEN, AT)
    assert "was left alone" in said and THEN not in said and NOW not in said
    assert put_back_secret(Settings(data=data, secret_key=THEN), THEN, AT) == []
    assert names(data) == []


def test_a_backup_without_one_says_what_that_means(data):
    [said] = put_back_secret(Settings(data=data), "", AT)
    assert "bound anew" in said
    assert names(data) == []

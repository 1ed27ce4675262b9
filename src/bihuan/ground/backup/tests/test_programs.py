"""Which pg_dump is called for which server, and what of a dump only a superuser may say."""

from __future__ import annotations

import pytest

from bihuan.ground.backup.programs import calling, dump_list, tools_for
from bihuan.ground.words import Trouble


def programs(folder, dump: str, restore: str = "") -> object:
    folder.mkdir()
    for name, version in (("pg_dump", dump), ("pg_restore", restore or dump)):
        (folder / name).write_text(f'#!/bin/sh\necho "{name} (PostgreSQL) {version}"\n')
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def candidates(tmp_path):
    return [programs(tmp_path / version, version) for version in ("18.1", "15.4", "16.2")]


@pytest.mark.parametrize(("server", "version"), [(15, "15.4"), (16, "16.2"), (17, "18.1"), (18, "18.1")])
def test_a_server_is_dumped_by_its_own_version_or_the_least_newer_one(candidates, server, version):
    assert tools_for(server, candidates).version == version


def test_a_server_newer_than_every_program_is_refused_with_the_way_out(candidates):
    with pytest.raises(Trouble) as refused:
        tools_for(19, candidates)
    assert "postgresql-client-19" in refused.value.en
    assert "15.4, 16.2, 18.1" in refused.value.en


def test_programs_that_do_not_belong_together_are_passed_over(tmp_path):
    with pytest.raises(Trouble):
        tools_for(15, [programs(tmp_path / "mixed", "15.4", "16.2"), tmp_path / "nothing"])


def test_the_password_goes_into_the_environment_and_nothing_of_ours_with_it(monkeypatch):
    monkeypatch.setenv("PGDATABASE", "elsewhere")
    spoken = calling("postgresql://who:s%20ecret@host:5433/there?sslmode=require", "-c x=")
    assert (spoken["PGUSER"], spoken["PGPASSWORD"], spoken["PGHOST"], spoken["PGPORT"]) == (
        "who", "s ecret", "host", "5433",
    )  # fmt: skip
    assert (spoken["PGDATABASE"], spoken["PGSSLMODE"], spoken["PGOPTIONS"]) == ("there", "require", "-c x=")


def test_comments_on_extensions_belong_to_whoever_installed_them():
    listed = (
        "; head\n3; 3079 1 EXTENSION - btree_gist \n9; 0 0 COMMENT - EXTENSION btree_gist \n7; 0 2 TABLE public a x\n"
    )
    assert dump_list(listed) == "; head\n3; 3079 1 EXTENSION - btree_gist \n7; 0 2 TABLE public a x\n"

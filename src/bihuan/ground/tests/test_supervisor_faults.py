"""Everything that can be killed is killed; nothing committed is lost and the next start works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from bihuan.ground.postgres.programs import environment, programs_for
from bihuan.ground.postgres.supervisor import Supervisor
from bihuan.ground.system_user import launching
from bihuan.ground.tests.machine import Machine, first_line, is_alive, wait_for_end
from bihuan.ground.tests.test_supervisor import rows
from bihuan.ground.words import Trouble


def write_one(supervisor: Supervisor) -> None:
    rows(supervisor.addresses.owner_url, "CREATE TABLE acts AS SELECT 1 AS number")


def kill_server(supervisor: Supervisor) -> int:
    server = supervisor.process_id
    os.kill(server, signal.SIGKILL)
    wait_for_end(server)
    assert not supervisor.alive()
    return server


def test_after_the_server_is_killed_a_start_brings_back_what_was_committed(machine: Machine) -> None:
    supervisor = machine.supervisor()
    supervisor.start()
    write_one(supervisor)
    unfinished = psycopg.connect(supervisor.addresses.owner_url)
    unfinished.execute("INSERT INTO acts VALUES (2)")
    killed = kill_server(supervisor)
    supervisor.start()
    assert supervisor.process_id not in (0, killed)
    assert rows(supervisor.addresses.app_url, "SELECT number FROM acts") == [(1,)]
    unfinished.close()


def test_a_server_brought_back_has_the_address_it_had_even_where_its_path_is_too_long(bare: Machine) -> None:
    supervisor = bare.supervisor(bare.place / ("long-" * 20) / "data")
    before = supervisor.start()
    kill_server(supervisor)
    assert supervisor.start() == before
    assert rows(before.app_url, "SELECT 1") == [(1,)]


def test_a_killed_supervisor_takes_its_server_along_cleanly(machine: Machine) -> None:
    keeper = machine.other_process()
    _, server, url = first_line(keeper)
    with psycopg.connect(url):
        keeper.kill()
        wait_for_end(int(server))
    assert "received fast shutdown request" in machine.log
    assert machine.log.rstrip().endswith("database system is shut down")
    with machine.supervisor() as supervisor:
        assert rows(supervisor.addresses.app_url, "SELECT 1") == [(1,)]
    assert "was not properly shut down" not in machine.log


def test_the_server_outlives_the_thread_that_started_it(machine: Machine) -> None:
    supervisor = machine.supervisor()
    thread = threading.Thread(target=supervisor.start)
    thread.start()
    thread.join()
    with psycopg.connect(supervisor.addresses.app_url) as connection:
        # A fast shutdown would have cut this connection.
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert supervisor.alive()
    assert "shutdown" not in machine.log


def test_a_killed_client_disturbs_nobody_and_the_stop_is_clean(machine: Machine) -> None:
    supervisor = machine.supervisor()
    supervisor.start()
    write_one(supervisor)
    holds = (
        "import psycopg, sys\n"
        "connection = psycopg.connect(sys.argv[1])\n"
        "connection.execute('LOCK TABLE acts')\n"
        "print('locked', flush=True)\n"
        "sys.stdin.read()\n"
    )
    client = machine.child([sys.executable, "-c", holds, supervisor.addresses.owner_url])
    assert first_line(client) == ["locked"]
    client.kill()
    client.wait()
    assert rows(supervisor.addresses.app_url, "SELECT number FROM acts") == [(1,)]
    supervisor.stop()
    assert machine.log.rstrip().endswith("database system is shut down")


def test_a_stop_does_not_wait_for_clients_who_stay(machine: Machine) -> None:
    supervisor = machine.supervisor()
    supervisor.start()
    client = psycopg.connect(supervisor.addresses.app_url)
    client.execute("SELECT 1")
    supervisor.stop()
    client.close()
    assert machine.log.rstrip().endswith("database system is shut down")


def leave_pid_file_naming(machine: Machine, process: int) -> None:
    """As after a power failure: the numbers of the machine were given out anew."""
    with machine.supervisor() as supervisor:
        write_one(supervisor)
        kill_server(supervisor)
    file = machine.cluster / "postmaster.pid"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([str(process), *lines[1:]]) + "\n")


def test_a_stale_pid_file_naming_a_living_stranger_neither_blocks_nor_harms_it(machine: Machine) -> None:
    stranger = machine.stranger()
    leave_pid_file_naming(machine, stranger.pid)
    with machine.supervisor() as supervisor:
        assert rows(supervisor.addresses.app_url, "SELECT number FROM acts") == [(1,)]
    assert is_alive(stranger.pid)


def test_a_stale_pid_file_naming_another_folders_server_does_not_harm_that_one(machine: Machine) -> None:
    neighbour = machine.supervisor(machine.place / "neighbour")
    neighbour.start()
    leave_pid_file_naming(machine, neighbour.process_id)
    with machine.supervisor() as supervisor:
        assert rows(supervisor.addresses.app_url, "SELECT number FROM acts") == [(1,)]
        assert rows(neighbour.addresses.app_url, "SELECT 1") == [(1,)]


def server_by_hand(machine: Machine, *more: str) -> subprocess.Popen[str]:
    """A server in the data folder that no supervisor keeps."""
    with machine.supervisor() as supervisor:
        write_one(supervisor)
    programs = programs_for(machine.user)
    arguments = ["-D", str(machine.cluster), "-c", "listen_addresses=", "-c", f"unix_socket_directories={machine.data}"]
    command = launching(programs.path("postgres"), [*arguments, *more], machine.user, signal.SIGINT)
    server = machine.child(command, stderr=subprocess.STDOUT, env=environment())
    assert server.stdout is not None
    for line in server.stdout:
        if "ready to accept connections" in line:
            break
    return server


def test_a_server_its_supervisor_left_behind_is_stopped_and_replaced(machine: Machine) -> None:
    orphan = server_by_hand(machine, "-c", "bihuan.embedded=on")
    with machine.supervisor() as supervisor:
        assert orphan.wait() == 0
        assert rows(supervisor.addresses.app_url, "SELECT number FROM acts") == [(1,)]


def test_a_server_somebody_else_started_is_named_and_left_running(machine: Machine) -> None:
    server = server_by_hand(machine)
    with pytest.raises(Trouble) as refusal:
        machine.supervisor().start()
    assert f"did not start (process {server.pid})" in refusal.value.en
    assert is_alive(server.pid)


def test_a_server_that_cannot_start_is_told_with_its_own_words(machine: Machine) -> None:
    with (machine.cluster / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_buffers = 'many'\n")
    supervisor = machine.supervisor()
    with pytest.raises(Trouble) as refusal:
        supervisor.start()
    assert 'invalid value for parameter "shared_buffers"' in refusal.value.en
    assert not supervisor.alive()


def test_run_gives_a_command_its_database_and_leaves_nothing(bare: Machine) -> None:
    asks = "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).info.host, flush=True); os._exit(7)"
    command = [sys.executable, "-m", "bihuan.ground.postgres", "run", "--", sys.executable, "-c", asks]
    source = str(Path(__file__).parents[3])
    child = bare.child(command, env={**os.environ, "PYTHONPATH": source, "TMPDIR": str(bare.place)})
    socket = Path(first_line(child)[0])
    assert child.wait() == 7
    assert not socket.exists()


@pytest.mark.long
def test_a_server_that_hangs_is_stopped_by_the_second_signal(machine: Machine) -> None:
    supervisor = machine.supervisor(patience=8.0)
    supervisor.start()
    client = psycopg.connect(supervisor.addresses.app_url)
    os.kill(client.info.backend_pid, signal.SIGSTOP)
    supervisor.stop()
    client.close()
    assert "received immediate shutdown request" in machine.log
    with machine.supervisor() as again:
        assert rows(again.addresses.app_url, "SELECT 1") == [(1,)]

"""``python -m bihuan.ground.postgres run -- COMMAND …``: a command with a database of its own while it runs."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from bihuan.ground.postgres import Addresses, Supervisor, folders, prepare
from bihuan.ground.system_user import launching, run_as, service_user
from bihuan.ground.words import Trouble


def main(arguments: list[str] | None = None) -> int:
    """Exit code of the command, or 2 when there is no database to give it."""
    parser = argparse.ArgumentParser(prog="python -m bihuan.ground.postgres", description=__doc__)
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="run COMMAND with DATABASE_URL and its owner's and reader's addresses set")
    run.add_argument("--data", type=Path, help="data folder to use and keep (default: a fresh one, removed afterwards)")
    run.add_argument("--server", help="use this PostgreSQL instead (superuser's address; a server meant for tests)")
    run.add_argument("command", nargs="+", metavar="COMMAND")
    asked = parser.parse_args(arguments)
    try:
        with database(asked.data, asked.server, os.environ.get("BIHUAN_USER", "")) as addresses:
            return _follow(asked.command, {**os.environ, **addresses.environment()})
    except Trouble as trouble:
        print(trouble, file=sys.stderr)  # noqa: T201 - an entrance
        return 2


@contextmanager
def database(data: Path | None, server: str | None, user_name: str) -> Iterator[Addresses]:
    """A database while the context is open: of ``data``, on ``server``, or in a fresh folder that goes afterwards.

    Raises Trouble where there is none to be had.
    """
    if server:
        yield prepare(server, template_too=True)
    elif data:
        with Supervisor(data, user_name=user_name) as supervisor:
            yield supervisor.addresses
    else:
        folder = _fresh_folder(user_name)
        try:
            with Supervisor(folder / "data", user_name=user_name, durable=False) as supervisor:
                yield supervisor.addresses
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _fresh_folder(user_name: str) -> Path:
    """A closed folder of the service user's, at the first place that user can reach."""
    user = service_user(user_name)
    for place in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):  # noqa: S108 - a closed folder in it
        if Path(place).is_dir() and run_as(user, ["/usr/bin/test", "-x", place], {})[0] == 0:
            folder = Path(tempfile.mkdtemp(prefix="bihuan-run-", dir=place))
            folders.give(folder, user, os.O_DIRECTORY)
            return folder
    raise Trouble("没有可用的临时目录。", "There is no temporary folder to use.")


def _follow(command: list[str], environment: Mapping[str, str]) -> int:
    """Run the command to its end, passing signals on; it ends with us even if we are killed."""
    program = shutil.which(command[0])
    if program is None:
        raise Trouble(f"找不到命令 {command[0]}。", f"There is no command {command[0]}.")
    start = launching(program, command[1:], None, when_parent_dies=signal.SIGTERM, closed=False)
    child = subprocess.Popen(start, env=dict(environment))  # noqa: S603 - the command we were asked to run

    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    # Ctrl-C reaches the command by itself: it is in the same terminal; we only wait for it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGHUP, pass_on)
    code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())

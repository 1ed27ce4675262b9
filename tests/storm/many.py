"""One PostgreSQL and, beside it, several web servers and workers that know only its address: as on many machines.

``BIHUAN_PORTS`` are the web servers' ports, ``BIHUAN_WORKERS`` how many workers there are. The database is kept up by
this process; the others get its address as ``DATABASE_URL`` and nothing else of it.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from bihuan.config.commands import serving
from bihuan.ground.postgres.supervisor import Supervisor
from bihuan.ground.processes import Child, Children
from bihuan.ground.settings import load


def main() -> int:
    """0 when asked to stop and everything stopped in time."""
    settings = load()
    with Supervisor(settings.data, user_name=settings.user) as database:
        os.environ.update(database.addresses.environment())
        serving.migrated()
        return Children(
            _children(), before_start=lambda: serving._alive(database), each_beat=lambda: serving._alive(database)
        ).run()


def _children() -> list[Child]:
    web, worker = serving._children(load().environment())
    kept = [
        replace(web, name=f"web-{port}", environment={**web.environment, "BIHUAN_PORT": port})
        for port in os.environ["BIHUAN_PORTS"].split(",")
    ]
    return kept + [replace(worker, name=f"worker-{number}") for number in range(int(os.environ["BIHUAN_WORKERS"]))]


if __name__ == "__main__":
    sys.exit(main())

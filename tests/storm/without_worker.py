"""``bihuan serve`` without its worker: database and web server, while somebody else moves the clock."""

from __future__ import annotations

import os
import sys

from bihuan.config.commands import serving
from bihuan.ground.postgres.supervisor import Supervisor
from bihuan.ground.processes import Children
from bihuan.ground.settings import load


def main() -> int:
    """0 when asked to stop and everything stopped in time."""
    settings = load()
    with Supervisor(settings.data, user_name=settings.user, durable=False) as database:
        os.environ.update(database.addresses.environment())
        serving.migrated()
        kept = [child for child in serving._children(load().environment()) if child.name == "web"]
        return Children(kept).run()


if __name__ == "__main__":
    sys.exit(main())

"""``python -m tests.kept.killed FOLDER RECIPIENT``, run inside a kept house: a backup killed while the dump runs."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bihuan.ground.backup import Shelf, Source, take

SHELF = Path(sys.argv[1])


def killed(_connection: Any) -> Any:
    """Rows were counted; what ``pg_dump`` writes goes to the disk beside this."""
    while not any(file.stat().st_size for file in SHELF.glob(".making-*/database.dump.age")):
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    data = Path(os.environ["BIHUAN_DATA"])
    source = Source(os.environ["BIHUAN_READER_URL"], data, "1", (), killed, (), 0, (sys.argv[2],), "s" * 40)
    take(source, Shelf(SHELF), datetime.now(UTC), "by-hand")

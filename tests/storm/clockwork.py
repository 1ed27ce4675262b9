"""Run inside a site's environment: what the worker would have done at a moment of one's own choosing.

``python -m tests.storm.clockwork MOMENT [duties]`` sweeps up to the moment and, if asked, opens the duties due by then;
prints how many cases were swept and opened as JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime

from bihuan.config.commands.django import ready

# Django has to stand before its models can be read
ready()

from bihuan.casework import actions  # noqa: E402

ROUND = 200
MOST_ROUNDS = 200


def main(at: datetime, duties: bool) -> dict[str, int]:
    """Rounds until nothing is due, as the worker goes about it."""
    swept = 0
    for _round in range(MOST_ROUNDS):
        ticked = actions.sweep(at, ROUND).ticked
        swept += ticked
        if ticked < ROUND:
            break
    return {"swept": swept, "opened": actions.open_duties(at) if duties else 0}


if __name__ == "__main__":
    json.dump(main(datetime.fromisoformat(sys.argv[1]), "duties" in sys.argv[2:]), sys.stdout)

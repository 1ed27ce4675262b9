"""``python -m tests.kept.growing CASES``, run inside a site: grown to so many cases by COPY.

``python -m tests.kept.growing replay`` replays every case that was really done and prints those that part.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict

from bihuan.config.commands.django import ready

# Django has to stand before its models can be read
ready()

from django.utils import timezone  # noqa: E402

from bihuan.casework.models import Case  # noqa: E402
from bihuan.casework.replay import differences  # noqa: E402
from bihuan.config.bench.copies import Growth  # noqa: E402
from bihuan.people.models import Holding  # noqa: E402

COPIED = r"^C[0-9]{8}$"


def grow(cases: int) -> int:
    """Copies at every outlet where somebody repairs; how many were written."""
    hands = defaultdict(list)
    for held in Holding.objects.filter(post="repairer").select_related("person"):
        hands[held.place].append(held.person.username)
    growth = Growth(
        os.environ["BIHUAN_OWNER_URL"], {place: sorted(names) for place, names in hands.items()}, timezone.now()
    )
    try:
        return growth.grow(cases).cases
    finally:
        growth.close()


def replayed() -> dict[str, object]:
    """A copy has one entry only; what was done act by act is replayed."""
    done = Case.objects.exclude(number__regex=COPIED)
    return {"cases": done.count(), "differences": [f"{one.number}: {one.words.en}" for one in differences(done)]}


if __name__ == "__main__":
    json.dump(replayed() if sys.argv[1] == "replay" else grow(int(sys.argv[1])), sys.stdout)

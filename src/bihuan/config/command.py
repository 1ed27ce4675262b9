"""``bihuan``: every verb of the command line. This is an entrance: it may read the clock.

Exit codes: 0 done · 1 failed (also: a pack with faults) · 2 wrong use · 3 nothing to do or partly done · 4 refused by
rule · 5 not reachable.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Sequence

from bihuan import __version__
from bihuan.ground.words import Trouble
from bihuan.journal import origin

from .commands import bench, cases, demo, golden, init, keeping, packs, privacy, serving, tables, upgrading, users

EXAMPLES = """examples:
  bihuan init /srv/service           a new site of one's own from a pack
  bihuan demo                        a running system with demonstration data
  bihuan check packs/integrator      every fault of a pack, with file and line
  bihuan rehearse packs/integrator   the pack's own examples on a virtual clock
  bihuan rules --break               which rule is proved by what, and which proof is hollow
  bihuan explain BX202603-0001       every promise of a case, span by span
  bihuan import FILE --as devices    a table taken over: checked first, then in batches
  bihuan export --view overdue       a list as XLSX or CSV
  bihuan retention --dry-run         which records are over and may be disposed of
  bihuan verify                      the book recomputed from its first entry
  bihuan backup                      database and files, to be restored by bihuan restore FOLDER
"""


def parser() -> argparse.ArgumentParser:
    """All verbs with their options and examples."""
    whole = argparse.ArgumentParser(
        prog="bihuan", description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    whole.add_argument("--version", action="version", version=f"bihuan {__version__}")
    verbs = whole.add_subparsers(dest="verb", metavar="VERB", required=True)
    for room in (init, packs, cases, users, serving, keeping, upgrading, privacy, demo, bench, golden, tables):
        room.add_to(verbs)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one verb; what is refused or out of reach is said in words and with its exit code."""
    chosen = parser().parse_args(arguments)
    try:
        with origin.entering(origin.COMMAND, who_types()):
            return int(chosen.run(chosen) or 0)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)  # noqa: T201 - the command line speaks
        return 5
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return 130


def who_types() -> str:
    """The machine's own user at the terminal; his number where he has no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


if __name__ == "__main__":
    sys.exit(main())

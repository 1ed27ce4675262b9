"""``bench``: how fast the house is on this machine, beside the floors of the same run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bihuan.config.bench import ALONE, NAMES

from .saying import put, put_json, tell, verb


def add_to(verbs: Any) -> None:
    timing = verb(verbs, "bench", bench, "measure this machine, in a place of its own", "bihuan bench --only engine")
    timing.add_argument(
        "--only",
        action="append",
        default=[],
        choices=(*NAMES, *ALONE),
        help="several times; wall and large alone",
    )
    timing.add_argument("--quick", action="store_true", help="small numbers, half a minute: whether it works at all")
    timing.add_argument("--write", type=Path, metavar="FILE", help="write the page, for example docs/benchmarks.md")
    timing.add_argument(
        "--lists", type=sizes, default=(), metavar="SIZES", help="only pages, at so many cases: 100000,1000000"
    )
    timing.add_argument("--by-act", type=int, default=10_000, metavar="N", help="so many of these are done act by act")
    timing.add_argument("--pack", type=Path, default=Path("packs/integrator"))


def sizes(text: str) -> tuple[int, ...]:
    """``100000,1000000`` as figures; argparse says what is wrong with anything else."""
    return tuple(int(one) for one in text.split(","))


def bench(chosen: Any) -> int:
    """0 however fast: an aim that was missed is shown, not failed, because machines differ."""
    from bihuan.config.bench.figures import page, table
    from bihuan.config.bench.runs import run, run_alone, run_lists

    only = tuple(chosen.only)
    pack, day = chosen.pack.resolve(), datetime.now(UTC).date()
    if only in {(one,) for one in ALONE}:
        size = (chosen.lists or (100_000,))[0]
        report = run_alone(only[0], size, chosen.by_act, pack, chosen.quick, day, tell)
    elif chosen.lists:
        report = run_lists(chosen.lists, chosen.by_act, pack, chosen.quick, day, tell)
    else:
        report = run(only, pack, chosen.quick, day, tell)
    if chosen.json:
        put_json(report)
    else:
        for line in table(report):
            put(line)
    if chosen.write:
        before = chosen.write.read_text(encoding="utf-8") if chosen.write.exists() else ""
        chosen.write.write_text(page(report, before), encoding="utf-8")
    return 0

"""Many devices imported as the worker does it: a process of its own reads the file, checks it, carries it out.

``devices`` starts that process and tells what it measured; run as a program this module is the process.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bihuan.ground.words import Trouble

from .figures import Figure, Measured
from .place import Place

PROGRAM = ("-m", "bihuan.config.bench.loading")
ROWS, QUICK_ROWS = 100_000, 5_000
COLUMNS = ("serial", "model", "customer", "invoice-number", "invoice-on", "accepted-on")
FLOOR_ROWS = 5_000

HOW = """A file of {rows:,} devices ({megabytes:.1f} MB of CSV, six columns, customers and models of the demonstration)
is received, its columns are matched, then `importing.running.carry_on` is called as the worker's job calls it: once for
the check of the whole file, then for the batches of 500 rows, each a transaction with its devices and the import's
record of them. One process. The floor writes rows of a serial and five texts into a table of its own with one unique
index, 500 an INSERT and a commit each, without reading or checking anything. Memory is the largest resident set of that
process, and how much of it came on top of what it took before it read the file."""


def devices(place: Place, quick: bool, say: Callable[[str], None]) -> Measured:
    """Rows checked and carried out a second, and what memory that takes. The place is furnished."""
    rows = QUICK_ROWS if quick else ROWS
    say(f"{rows:,} devices …")
    file = place.folder / "devices.csv"
    process = place.start([str(rows), str(file)], program=PROGRAM, piped=True, as_service=False)
    assert process.stdout is not None
    told = process.stdout.readline()
    process.wait()
    if not told:
        raise Trouble(f"导入没有完成：\n{place.last_words()}", f"The import did not end:\n{place.last_words()}")
    found = json.loads(told)
    how = " ".join(HOW.format(rows=rows, megabytes=found["bytes"] / 1e6).split())
    floor = found["floor"]
    figures = (
        Figure("plain INSERT, 500 a commit", floor, "rows/s"),
        Figure("check", rows / found["check"], "rows/s", more=f"{found['check']:.1f} s"),
        Figure("import", rows / found["commit"], "rows/s", "plain INSERT", rows / found["commit"] / floor,
               more=f"{found['commit']:.1f} s"),
        Figure("largest memory", found["peak"], "MB", more=f"{found['peak'] - found['before']:.0f} on top"),
    )  # fmt: skip
    return Measured("import", "Import of devices", how, figures)


def written(rows: int, models: list[str], customers: list[str]) -> Iterator[str]:
    """The lines of the file: serials nobody has, models and customers of the books in turn."""
    yield ",".join(COLUMNS)
    for place in range(rows):
        day = f"202{place % 5 + 1}-{place % 12 + 1:02d}-{place % 28 + 1:02d}"
        model, customer = models[place % len(models)], customers[place % len(customers)]
        yield f"BENCH{place:07d},{model},{customer},FP{place:08d},{day},{day}"


def main() -> None:
    """Receive, match, check, carry out; one line of JSON."""
    from bihuan.config.commands.django import ready  # noqa: PLC0415 - Django stands only from here on

    ready()
    from django.utils import timezone  # noqa: PLC0415

    from bihuan.casework.importing import receiving, running  # noqa: PLC0415
    from bihuan.casework.importing.models import Import  # noqa: PLC0415
    from bihuan.people.models import Person  # noqa: PLC0415
    from bihuan.registers.customers.models import Customer  # noqa: PLC0415
    from bihuan.registers.products.models import Product, Unit  # noqa: PLC0415

    rows, file = int(sys.argv[1]), Path(sys.argv[2])
    models = list(Product.objects.order_by("code").values_list("code", flat=True)[:50])
    customers = list(Customer.objects.order_by("number").values_list("number", flat=True)[:500])
    file.write_text("\n".join(written(rows, models, customers)) + "\n", encoding="utf-8")
    by, at = Person.objects.filter(is_administrator=True).order_by("username")[0], timezone.now()
    found: dict[str, Any] = {"bytes": file.stat().st_size, "floor": _floor(), "before": _resident()}
    one = receiving.receive("devices", file.name, [file.read_bytes()], by=by, at=at)
    receiving.take_mapping(one, {str(place): code for place, code in enumerate(COLUMNS)}, by=by, at=at)
    before = Unit.objects.count()
    begun = time.perf_counter()
    running.carry_on(one.pk, at, lambda: True)
    found["check"] = time.perf_counter() - begun
    running.confirm(Import.objects.get(pk=one.pk), only_correct=False, by=by, at=at)
    begun = time.perf_counter()
    running.carry_on(one.pk, at, lambda: True)
    found["commit"] = time.perf_counter() - begun
    if Unit.objects.count() - before != rows:
        raise Trouble("不是每一行都导入了", "Not every row was imported")
    sys.stdout.write(json.dumps({**found, "peak": _resident()}) + "\n")


def _floor() -> float:
    """Rows a second of the same size written plainly, by the owner into a table that is gone afterwards."""

    import psycopg  # noqa: PLC0415

    with psycopg.connect(os.environ["BIHUAN_OWNER_URL"], autocommit=True) as writing:
        writing.execute("CREATE TABLE bench_floor (serial text UNIQUE, a text, b text, c text, d date, e date)")
        begun = time.perf_counter()
        for first in range(0, FLOOR_ROWS, 500):
            with writing.transaction(), writing.cursor() as cursor:
                lines = [
                    (f"S{place:07d}", "model", "customer", f"F{place:08d}", "2024-03-01", "2024-03-01")
                    for place in range(first, first + 500)
                ]
                cursor.executemany("INSERT INTO bench_floor VALUES (%s, %s, %s, %s, %s, %s)", lines)
        taken = time.perf_counter() - begun
        writing.execute("DROP TABLE bench_floor")
    return FLOOR_ROWS / taken


def _resident() -> float:
    """The largest resident set of this process so far, in MB of 10⁶ bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    main()

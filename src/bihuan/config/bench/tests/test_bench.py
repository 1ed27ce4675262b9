"""The bench says what it measured, and leaves nothing behind. How fast anything is, no test says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

import bihuan
from bihuan.config import command
from bihuan.config.bench import NAMES, figures, machine, place
from bihuan.config.bench.client import fresh_id

STAYS = ("-c", "import signal; signal.pause()")
HOLDS_A_PLACE = f"""
import signal
from bihuan.config.bench.place import Place, stoppable
# whoever runs several tests at once ignores it for all its children
signal.signal(signal.SIGINT, signal.default_int_handler)
with stoppable(), Place() as place:
    child = place.start([], program={STAYS!r})
    print(place.folder, child.pid, flush=True)
    signal.pause()
"""


def report(*measured: figures.Figure) -> figures.Report:
    one = figures.Measured("acts", "Acts", "Measured by hand.", measured)
    return figures.Report("2 cores", "2026-03-02", False, (one,))


def is_gone(process: int) -> bool:
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_figure_says_whether_it_reached_its_aim():
    assert figures.at_least("acts", 20_000, "acts/s", 20_000).met is True
    assert figures.at_least("acts", 19_999, "acts/s", 20_000).met is False
    assert figures.at_most("memory", 300, "MB", 300).met is True
    assert figures.at_most("memory", 301, "MB", 300).met is False
    assert report(figures.Figure("a", 1, "s"), figures.at_most("b", 2, "s", 1)).missed == [
        figures.at_most("b", 2, "s", 1)
    ]


def test_a_line_shows_the_ratio_before_the_absolute_figure():
    figure = figures.Figure("POST", 1234.6, "/s", "bare view", 0.523, "≥ 1/2", True, "4 ms")
    assert figures.row(figure) == ("POST", "0.52 × bare view", "1,235 /s (4 ms)", "≥ 1/2", "met")
    assert figures.row(figures.Figure("start", 0.7251, "s")) == ("start", "", "0.725 s", "", "")


def test_the_page_holds_the_way_every_figure_was_taken_and_no_line_too_long():
    page = figures.page(report(figures.at_most("b", 2, "s", 1)))
    assert "Measured by hand." in page
    assert "| b |  | 2 s | ≤ 1 | **missed** |" in page
    assert max(len(line) for line in page.splitlines()) <= 120


def test_a_later_run_replaces_what_it_measured_and_leaves_the_rest_of_the_page():
    first = figures.page(report(figures.Figure("old", 1, "s")))
    other = figures.Measured("sweep", "The sweep", "Otherwise.", (figures.Figure("swept", 3, "s"),))
    both = figures.page(figures.Report("4 cores", "2026-03-03", False, (other,), 1.5), first)
    assert both.startswith(first.rstrip())
    assert "Run of 2026-03-03: 4 cores. Load average before it began: 1.5" in both
    again = figures.page(report(figures.Figure("new", 2, "s")), both)
    assert [line for line in again.splitlines() if line.startswith("## ")] == ["## Acts", "## The sweep"]
    assert ("| old |" in again, "| new |  | 2 s |  |  |" in again, "| swept |" in again) == (False, True, True)
    assert figures.page(report(), again).count("# Benchmarks") == 1


def test_the_columns_of_the_table_stand_below_each_other_with_wide_signs_too():
    lines = figures.table(report(figures.Figure("宽字", 1, "s"), figures.Figure("thin", 1, "s")))
    places = [line.index("1 s") + sum(ord(sign) > 0x2E80 for sign in line) for line in lines if "1 s" in line]
    assert len(places) == 2
    assert len(set(places)) == 1


def test_the_machine_is_told_without_its_name_or_folders():
    assert os.uname().nodename not in machine.kind()
    assert "/" not in machine.kind()


def test_a_process_counts_with_all_below_it():
    child = subprocess.Popen([sys.executable, *STAYS])
    try:
        assert {os.getpid(), child.pid} <= set(machine.tree_of(os.getpid()))
        assert machine.tree_of(child.pid) == [child.pid]
        assert machine.proportional_memory(os.getpid()) > 1
    finally:
        child.kill()
        child.wait()
    assert machine.proportional_memory(child.pid) == 0


def test_a_place_takes_its_processes_and_its_folder_with_it_whatever_happens_inside():
    with pytest.raises(ZeroDivisionError), place.Place() as here:
        folder, child = here.folder, here.start([], program=STAYS)
        assert (folder.is_dir(), child.poll()) == (True, None)
        raise ZeroDivisionError
    assert (folder.exists(), is_gone(child.pid)) == (False, True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_bench_that_is_told_to_stop_clears_its_place(number):
    settings = {**os.environ, "PYTHONPATH": str(Path(bihuan.__file__).parent.parent)}
    bench = subprocess.Popen([sys.executable, "-c", HOLDS_A_PLACE], stdout=subprocess.PIPE, text=True, env=settings)
    folder, child = bench.stdout.readline().split()
    assert Path(folder).is_dir()
    bench.send_signal(number)
    bench.communicate(timeout=60)
    assert (Path(folder).exists(), is_gone(int(child))) == (False, True)


def test_nothing_of_the_installation_around_it_is_used():
    with place.Place() as here:
        assert Path(here.environment["BIHUAN_DATA"]).parent == here.folder
        assert Path(here.environment["BIHUAN_CONFIG"]).read_text() == ""
        assert not set(place.DATABASE_NAMES) & set(here.environment)


def test_every_act_of_a_client_has_a_fresh_id_of_version_seven():
    made = [UUID(fresh_id()) for _ in range(50)]
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert len(set(made)) == 50


def test_the_verb_takes_every_measurement_by_name_and_no_other():
    assert command.parser().parse_args(["bench", "--lists", "2000,1000"]).lists == (2000, 1000)
    with pytest.raises(SystemExit):
        command.parser().parse_args(["bench", "--lists", "many"])
    for name in NAMES:
        assert command.parser().parse_args(["bench", "--only", name]).only == [name]
    with pytest.raises(SystemExit):
        command.parser().parse_args(["bench", "--only", "luck"])

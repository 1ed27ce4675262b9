"""``python -m tests.acceptance FOLDER``: see ``scripts/acceptance``. Exit 1 when anything is not as it must be."""

from __future__ import annotations

import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.storm import judging
from tests.storm.client import Client
from tests.storm.raging import seed_of_today
from tests.storm.site import PACK, Furnished, Site, temporary_site

from . import calendar_days, chinese_words, handing_in, past_cases
from .complaints import Walked, Walks, read_lines

LINES = Path("requests") / "car_complaints_zh_2020_06.csv"
# the site is made before the first line, and the month's papers are handed in at the next hand-in day
MADE = datetime(2020, 6, 1, tzinfo=UTC)
HAND_IN_DAY = datetime(2020, 10, 2, 1, tzinfo=UTC)
WRONG_SHOWN = 10


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main(folder: Path) -> int:
    began = time.monotonic()
    compared, wrong = calendar_days.compare(folder / "calendar")
    say(f"calendar: {compared} days compared, {len(wrong)} differ")
    seed = seed_of_today()
    say(f"BIHUAN_SEED={seed}")
    with temporary_site() as site:
        site.serve(worker=False)
        furnished = Furnished(**site.module("tests.storm.furnishing", str(PACK), MADE.isoformat()))
        say(f"site ready after {time.monotonic() - began:.0f} s")
        walked, figures, found = complaints(site, furnished, seed, folder / LINES)
        wrong += found
        past = past_cases.take_over(site, furnished, folder / past_cases.FILE)
        wrong += past.wrong
        figures += f"; {past.figures}"
        say(f"past cases: {past.figures}, {len(past.wrong)} wrong, {time.monotonic() - began:.0f} s")
        looked = chinese_words.look(site, furnished, seed, walked.described)
        wrong += looked.wrong
        figures += f"; {looked.figures}"
        say(
            f"words: {looked.figures}, {len(looked.wrong)} wrong; {looked.corrected} descriptions corrected since;"
            f" {time.monotonic() - began:.0f} s"
        )
        code, left = site.stop(), site.processes()
        if code or left:
            wrong.append(f"the site stopped with {code}, processes left: {left}")
    for line in wrong[:WRONG_SHOWN]:
        say(f"WRONG {line}")
    seconds = time.monotonic() - began
    say(f"acceptance: {'FAILED' if wrong else 'passed'}, {len(wrong)} wrong; {figures}; {seconds:.0f} s")
    return 1 if wrong else 0


def complaints(site: Site, furnished: Furnished, seed: int, file: Path) -> tuple[Walked, str, list[str]]:
    """The lines opened, walked, handed in and judged: what came of them, figures in words, everything that is wrong."""
    lines = read_lines(file)
    began = time.monotonic()
    walked = Walks(site, furnished, seed).all(lines)
    wrong = walked.failures + [f"{len(walked.described)} of {len(lines)} lines opened"] * (
        len(walked.described) != len(lines)
    )
    say(f"walked: {walked.acts} acts, {sum(walked.refused.values())} refused, {time.monotonic() - began:.0f} s")
    for why, count in walked.refused.most_common(8):
        say(f"  refused {count:4} {why}")
    wrong += [f"refused without a clause: {why}" for why in walked.without_clause]
    handed = handing_in.hand_in(site, furnished, HAND_IN_DAY)
    wrong += handed.wrong
    swept = site.module("tests.storm.clockwork", datetime.now(UTC).isoformat())
    say(
        f"handed in {handed.cases} cases on {handed.lists} lists, {handed.stayed} stayed whose slip lies elsewhere;"
        f" then the clock ran on: {swept['swept']} cases swept"
    )
    explained, proofs = deadlines(site, furnished)
    say(f"deadlines: {explained} runs explained, {len(proofs)} not proved, {time.monotonic() - began:.0f} s")
    wrong += judging.cases_miscounted(site) + judging.number_gaps(site)
    verified = site.bihuan("verify")
    if verified.returncode:
        wrong.append(f"verify: {verified.stdout[-600:]}{verified.stderr[-600:]}")
    wrong += proofs
    ends = Counter(step for (step,) in site.rows("SELECT step FROM casework_case WHERE kind = 'repair'"))
    for step, count in ends.most_common():
        say(f"  {count:4} {step}")
    entries = site.rows("SELECT count(*) FROM journal_entry")[0][0]
    return (
        walked,
        (
            f"seed {seed}, {len(walked.described)} cases, {walked.acts} acts, {entries} entries, {explained} promises, "
            f"verify {'whole' if not verified.returncode else 'DAMAGED'}"
        ),
        wrong,
    )


def deadlines(site: Site, furnished: Furnished) -> tuple[int, list[str]]:
    """Every run of every promise of every case, as the API explains it: how many, and those not proved."""
    numbers = [number for (number,) in site.rows("SELECT number FROM casework_case ORDER BY id")]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda part: _explained(site, furnished, part), (numbers[0::2], numbers[1::2])))
    return sum(count for count, _wrong in found), [line for _count, wrong in found for line in wrong]


def _explained(site: Site, furnished: Furnished, numbers: list[str]) -> tuple[int, list[str]]:
    client, count, wrong = Client(site.port), 0, []
    for number in numbers:
        reply = client.get(furnished.tokens["qian"], f"/api/v1/cases/{number}/deadlines")
        for one in reply.body.get("deadlines", [{"name": "unreadable"}]):
            count += 1
            if not _proved(one):
                wrong.append(f"{number} {one['name']} run {one.get('run')}: {one.get('state')} not proved")
    client.close()
    return count, wrong


def _proved(one: dict[str, Any]) -> bool:
    """The counted spans add up, follow one another without a gap, and lead to the stored moment."""
    spans = one.get("spans") or []
    total = sum(span["amount"] for span in spans if span["counted"])
    joined = all(before["end"] == after["start"] for before, after in pairwise(spans))
    wanted = one.get("used") if one.get("due") is None else one.get("promised")
    return bool(one.get("proved")) and joined and total == wanted


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""A real site – database, web and worker – with everybody killed at random moments: nothing lost, nothing twice."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random
from threading import Barrier

import pytest
from tests.storm import judging
from tests.storm.client import Client, Reply
from tests.storm.raging import LONG_WHEEL, WHEEL, Storm, seed_of_today
from tests.storm.site import PACK, Furnished, temporary_site
from tests.storm.walking import Walker

from bihuan.ground.ids import new_id


def tell(line: str) -> None:
    """For whoever wants to run the same storm again."""
    sys.stdout.write(line + "\n")


def rage(acts: int, kills: int, webs: int = 1, workers: int = 1, wheel: tuple[str, ...] = WHEEL) -> str:
    """One storm from beginning to end; the figures in words. Raises AssertionError with everything that is wrong."""
    seed = seed_of_today()
    tell(f"BIHUAN_SEED={seed}")
    began = time.monotonic()
    with temporary_site(webs, workers) as site:
        site.serve()
        at = datetime.now(UTC).isoformat()
        furnished = Furnished(**site.module("tests.storm.furnishing", str(PACK), at))
        try:
            ledger = Storm(site, furnished, seed, acts, kills, clients=4 * webs, wheel=wheel).rage()
            wrong = judging.all_of(
                judging.acts_not_once(site, ledger),
                judging.clock_owes(site),
                judging.letters_missing(site),
                judging.cases_miscounted(site),
                judging.number_gaps(site),
                judging.told_twice(site),
                judging.swept_twice(site),
            )
            verified = site.bihuan("verify")
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n{site.log()}") from failure
        letters = site.rows("SELECT count(*) FROM journal_letter")[0][0]
        entries = site.rows("SELECT count(*) FROM journal_entry")[0][0]
        code = site.stop()
        left = site.processes()
    told = (
        f"seed {seed}: {ledger.told()}, {entries} entries, {letters} letters, {time.monotonic() - began:.0f} s in all"
    )
    assert wrong == [], told
    assert (verified.returncode, code, left) == (0, 0, []), (
        f"{told}\n{verified.stdout[-1000:]}{verified.stderr[-1000:]}"
    )
    assert len(ledger.acknowledged) >= acts
    assert sum(ledger.killed.values()) == kills
    assert not [said for said, reply in ledger.answered if reply.status >= 500], told
    assert letters > 0
    return told


def test_forty_acts_survive_the_death_of_everybody() -> None:
    tell(rage(acts=40, kills=8))


def test_of_two_who_act_at_the_same_instant_one_wins_and_the_other_learns_what_happened() -> None:
    with temporary_site() as site:
        site.serve(worker=False)
        furnished = Furnished(**site.module("tests.storm.furnishing", str(PACK), datetime.now(UTC).isoformat()))
        walker, clients = Walker(site, furnished, Random(seed_of_today())), (Client(site.port), Client(site.port))
        for _round in range(10):
            said = walker.opening("repair", "north", None, {"serial": f"S-{_round}"})
            number = clients[0].post(furnished.tokens[said.person], said.path, said.body).body["number"]
            path = f"/api/v1/cases/{number}"
            instant = Barrier(2)

            def act(who: str, client: Client, path: str = path, instant: Barrier = instant) -> Reply:
                answers = {"warranty-check.status": "out", "warranty-check.basis": who}
                answers["warranty-check.differs-because"] = "发票上的日子更早"
                body = {"id": str(new_id(datetime.now(UTC))), "action": "look-up-warranty", "answers": answers}
                instant.wait()
                return client.post(furnished.tokens[who], f"{path}/acts", {**body, "expect": 1})

            with ThreadPoolExecutor(2) as pool:
                found = list(pool.map(act, ("chen", "zhou"), clients))
            assert sorted(reply.status for reply in found) == [201, 409]
            loser = next(reply for reply in found if reply.status == 409)
            winner = ("chen", "zhou")[found[0].status == 409]
            assert (loser.body["code"], loser.body["seen"], loser.body["now"]) == ("changed", 1, 2)
            history = clients[0].get(furnished.tokens["chen"], f"{path}/journal").body["entries"]
            assert [(one["verb"], one["doer"]) for one in history] == [
                ("register", said.person),
                ("look-up-warranty", winner),
            ]
            assert history[1]["answers"]["warranty-check.basis"] == winner
        for client in clients:
            client.close()
        walker.close()


@pytest.mark.long
def test_two_hundred_acts_survive_a_storm(capsys: pytest.CaptureFixture[str]) -> None:
    told = rage(acts=200, kills=20)
    with capsys.disabled():
        tell(f"\n{told}")


@pytest.mark.long
def test_a_thousand_deaths_of_four_web_servers_two_workers_and_their_database(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = rage(acts=2500, kills=1000, webs=4, workers=2, wheel=LONG_WHEEL)
    with capsys.disabled():
        tell(f"\n{told}")

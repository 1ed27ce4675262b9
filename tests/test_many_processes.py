"""Four web servers and two workers that know of each other only through one PostgreSQL."""

from __future__ import annotations

import http.client
import re
from datetime import UTC, datetime

from tests.storm import judging
from tests.storm.listening import listener
from tests.storm.raging import Storm, seed_of_today
from tests.storm.site import PACK, Furnished, Site, temporary_site, until

from bihuan.ground.ids import new_id

ADDRESS = """
INSERT INTO messages_out_address (id, person_id, post, channel, target, digest_minutes, urgent_through, active, made_at)
SELECT %s, id, '', 'other', %s, 0, true, true, now() FROM people_person WHERE username = %s"""


def write_to(site: Site, usernames: list[str], port: int) -> None:
    """Everybody is written to at an address outside the house."""
    with site.hands("app") as connection:
        for username in usernames:
            identity = new_id(datetime.now(UTC))
            connection.execute(ADDRESS, [identity, f"json://127.0.0.1:{port}/{username}/", username])


def acts_answered(port: int) -> float:
    """How many POSTs this web server counted, by its own metrics."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    asking.request("GET", "/metrics")
    text = asking.getresponse().read().decode()
    asking.close()
    return sum(float(one) for one in re.findall(r'bihuan_requests_total\{method="POST".*\} ([0-9.]+)', text))


def test_four_web_servers_and_two_workers_share_the_work_and_nothing_is_told_or_swept_twice() -> None:
    with temporary_site(webs=4, workers=2) as site, listener() as (desk, taken):
        site.serve()
        furnished = Furnished(**site.module("tests.storm.furnishing", str(PACK), datetime.now(UTC).isoformat()))
        write_to(site, sorted(furnished.tokens), desk)
        ledger = Storm(site, furnished, seed_of_today(), acts=48, kills=0, clients=8).rage()
        wrong = judging.all_of(
            judging.acts_not_once(site, ledger),
            judging.clock_owes(site),
            judging.letters_missing(site),
            judging.cases_miscounted(site),
            judging.number_gaps(site),
            judging.told_twice(site),
            judging.swept_twice(site),
        )
        until(lambda: not site.rows("SELECT 1 FROM messages_out_notice WHERE state = 'waiting'"), "everything is sent")
        sent = site.rows(
            "SELECT state, attempts, count(*) FROM messages_out_notice WHERE channel = 'other' GROUP BY 1, 2"
        )
        shares = [acts_answered(port) for port in site.ports]
        working = site.rows("SELECT count(DISTINCT worker_id) FROM procrastinate_jobs WHERE worker_id IS NOT NULL")
        code, left = site.stop(), site.processes()
    assert wrong == []
    assert [(state, attempts) for state, attempts, _count in sent] == [("sent", 1)]
    assert len(taken) == sent[0][2] > 0
    assert all(share > 0 for share in shares) and sum(shares) >= 48
    assert working == [(2,)]
    assert (code, left) == (0, [])

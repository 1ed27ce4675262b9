"""What must be true of a site after a storm; every function answers with what is wrong, nothing where all is well."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from .raging import Ledger
from .site import Site, until

NUMBER = re.compile(r"(?P<series>.*)-(?P<sequence>\d+)\Z")


def acts_not_once(site: Site, ledger: Ledger) -> list[str]:
    """Acknowledged acts that the book does not have exactly once as acknowledged, and acts nobody was told of."""
    book = site.rows(
        "SELECT e.act_id::text, e.about_number, c.text FROM journal_entry e JOIN journal_content c ON c.entry_id = e.id"
        " WHERE e.act_id IS NOT NULL AND e.about_kind = 'case'"
    )
    times = Counter(act for act, _number, _text in book)
    said = {act: (number, json.loads(text)["answer"]) for act, number, text in book}
    wrong = [f"{act} stands {count} times in the book" for act, count in times.items() if count != 1]
    told = {}
    for sentence, reply in ledger.acknowledged:
        told[str(sentence.id)] = reply.body
    wrong += [f"{act} was acknowledged and is lost" for act in told if act not in said]
    wrong += [f"{act} was refused or never answered and is in the book" for act in said if act not in told]
    for act in told.keys() & said.keys():
        number, answer = said[act]
        body = told[act]
        if (body["number"], body["step"], body["revision"]) != (number, answer["step"], answer["revision"]):
            wrong.append(f"{act} was told {body} and the book says {number} {answer}")
    return wrong


def cases_miscounted(site: Site) -> list[str]:
    """Cases whose revision is not the number of acts done in them, whose entries repeat a revision, or whose newest
    entry is not where the case stands."""
    entries: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for about, text in site.rows(
        "SELECT e.about_id, c.text FROM journal_entry e JOIN journal_content c ON c.entry_id = e.id"
        " WHERE e.about_kind = 'case' ORDER BY e.position"
    ):
        entries[about].append(json.loads(text))
    wrong = []
    for key, number, revision, step in site.rows("SELECT id::text, number, revision, step FROM casework_case"):
        mine = entries.pop(key, [])
        done = sum(one["kind"] == "done" for entry in mine for one in entry["happenings"])
        # what the clock opens begins without an act, and taking in another case is none
        done += sum(entry["kind"] == "absorb" or (entry["kind"] == "start" and not entry["act"]) for entry in mine)
        acted = [entry["answer"]["revision"] for entry in mine if entry["kind"] in {"start", "act"}]
        if revision != done:
            wrong.append(f"{number}: revision {revision}, {done} acts done")
        if len(set(acted)) != len(acted) or acted != sorted(acted):
            wrong.append(f"{number}: revisions {acted}")
        if not mine or mine[-1]["answer"]["step"] != step:
            wrong.append(f"{number}: stands at {step}, its newest entry elsewhere")
    wrong += [f"entries about {key}, which is no case" for key in entries]
    return wrong


def number_gaps(site: Site) -> list[str]:
    """Series of case numbers with a gap."""
    series: dict[str, list[int]] = defaultdict(list)
    for (number,) in site.rows("SELECT number FROM casework_case WHERE kind NOT LIKE '%%.%%'"):
        found = NUMBER.match(number)
        if found:
            series[found["series"]].append(int(found["sequence"]))
    return [
        f"{name}: {sorted(taken)}" for name, taken in series.items() if sorted(taken) != list(range(1, len(taken) + 1))
    ]


def letters_missing(site: Site) -> list[str]:
    """Letters without a file of their key once the worker had time to deliver, and files nobody laid."""
    _dwindled(site, "SELECT count(*) FROM journal_letter WHERE state = 'waiting'", "letters are out")
    keys = {key for (key,) in site.rows("SELECT key FROM journal_letter")}
    folder = site.data / "letters"
    files = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")]
    there = {file["key"] for file in files}
    wrong = [f"no file for the letter {key}" for key in keys - there]
    wrong += [f"a file of a letter nobody laid: {key}" for key in there - keys]
    return wrong


def clock_owes(site: Site) -> list[str]:
    """Cases the clock still owes something after the worker had time: the sweep goes on after every death."""
    owed = "FROM casework_case WHERE due_at <= now() - interval '20 seconds'"
    _dwindled(site, f"SELECT count(*) {owed}", "the sweep has caught up")
    return [number for (number,) in site.rows(f"SELECT number {owed}")]


def _dwindled(site: Site, count: str, what: str) -> None:
    """Wait until ``count`` is nought: as long as it goes down, however much a storm has left lying."""
    ((left,),) = site.rows(count)
    while left:
        before = left

        def fewer(before: int = before) -> bool:
            return bool(site.rows(count)[0][0] < before)

        until(fewer, f"{what}, {before} left")
        ((left,),) = site.rows(count)


def all_of(*findings: Iterable[str]) -> list[str]:
    return [one for found in findings for one in found]


def told_twice(site: Site) -> list[str]:
    """Letters of one entry to the same reader that say the same, and letters shown to one person twice."""
    wrong = site.rows(
        'SELECT entry_id::text, "to", subject, body, count(*) FROM journal_letter'
        " GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"
    )
    shown = site.rows(
        "SELECT letter_id::text, person_id::text, count(*) FROM messages_out_notice WHERE channel = 'in-app'"
        " GROUP BY 1, 2 HAVING count(*) > 1"
    )
    return [f"told twice: {row}" for row in (*wrong, *shown)]


def swept_twice(site: Site) -> list[str]:
    """What the clock did to one case more than once at the same moment."""
    done: Counter[tuple[str, str]] = Counter()
    for about, text in site.rows(
        "SELECT e.about_id, c.text FROM journal_entry e JOIN journal_content c ON c.entry_id = e.id"
        " WHERE e.about_kind = 'case' AND e.doer_kind = 'clock'"
    ):
        for happening in json.loads(text)["happenings"]:
            done[about, json.dumps(happening, sort_keys=True)] += 1
    return [f"{about}: {count} times {what}" for (about, what), count in done.items() if count > 1]

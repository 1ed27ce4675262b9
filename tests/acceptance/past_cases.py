"""A city's service requests taken over as past cases: every verdict, month and search counted again."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tests.storm.client import Client
from tests.storm.site import Furnished, Site

FILE = Path("requests") / "boston_311_2011_07_08.csv"
ZONE = "America/New_York"
ROWS, JUDGED = 21_401, 16_685
# the verdict of a promise, as the case's own record says it
STATES = """
SELECT number, run ->> 'state' FROM casework_case, jsonb_array_elements(state -> 'clocks') AS run
 WHERE kind = 'past'"""
MONTHS = """
SELECT to_char(opened_at AT TIME ZONE 'America/New_York', 'YYYY-MM'), count(*) FROM casework_case
 WHERE kind = 'past' GROUP BY 1"""
VERDICTS = {"met": "ONTIME", "missed": "OVERDUE"}
WORDS = ("Pothole", "Graffiti", "Street Light", "Fairmount", "Bulk Item")


@dataclass
class Taken:
    """What was taken over, and what is wrong with it."""

    figures: str = ""
    wrong: list[str] = field(default_factory=list)


def take_over(site: Site, furnished: Furnished, file: Path) -> Taken:
    """Import the file by the command line, then count everything again from the file alone."""
    taken = Taken()
    done = site.bihuan("import", str(file), "--as", "past-cases", "--zone", ZONE, "--outlet", "north", "--json")
    report = json.loads(done.stdout or "{}")
    if done.returncode or report.get("new") != ROWS:
        taken.wrong.append(f"import: exit {done.returncode}, {report.get('new')} of {ROWS}: {done.stderr[-400:]}")
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    judged = verdicts(site, rows, taken)
    months(site, rows, taken)
    found = searches(site, furnished, rows, taken)
    again = site.bihuan("import", str(file), "--as", "past-cases", "--zone", ZONE, "--json")
    if again.returncode != 3:
        taken.wrong.append(f"the same file again: exit {again.returncode}, not 3 (nothing to do)")
    verified = site.bihuan("verify")
    if verified.returncode:
        taken.wrong.append(f"verify with past cases: {verified.stdout[-400:]}{verified.stderr[-400:]}")
    taken.figures = f"{len(rows)} past cases, {judged} verdicts, {found} found by words"
    return taken


def verdicts(site: Site, rows: list[dict[str, str]], taken: Taken) -> int:
    """On time or overdue as published, for every row opened, promised, closed and judged; returns how many agree."""
    states = dict(site.rows(STATES))
    judged = [row for row in rows if row["ontime"] and row["open_dt"] and row["target_dt"] and row["closed_dt"]]
    if len(judged) != JUDGED:
        taken.wrong.append(f"{len(judged)} rows can be judged, not {JUDGED}")
    agree = 0
    for row in judged:
        said = VERDICTS.get(states.get(row["case_enquiry_id"], ""), "none")
        agree += said == row["ontime"]
        if said != row["ontime"]:
            taken.wrong.append(f"{row['case_enquiry_id']}: {said}, published {row['ontime']}")
    return agree


def months(site: Site, rows: list[dict[str, str]], taken: Taken) -> None:
    """Cases opened by month in the city's own time."""
    counted = Counter(row["open_dt"][:7] for row in rows)
    stored = dict(site.rows(MONTHS))
    if stored != dict(counted):
        taken.wrong.append(f"opened by month: {stored}, counted {dict(counted)}")


def searches(site: Site, furnished: Furnished, rows: list[dict[str, str]], taken: Taken) -> int:
    """Words looked for over HTTP, page by page, and the cases of one day, against a plain scan of the file."""
    client, whole = Client(site.port), 0
    wanted = {row["case_enquiry_id"] for row in rows if row["open_dt"][:10] == "2011-07-04"}
    for word in WORDS:
        plain = {row["case_enquiry_id"] for row in rows if word.casefold() in _found_by(row)}
        got: set[str] = set()
        after = ""
        while True:
            address = f"/api/v1/cases?q={quote(word)}&kind=past&limit=200{after}"
            reply = client.get(furnished.tokens["qian"], address)
            got |= {one["number"] for one in reply.body["cases"]}
            if not reply.body["next"]:
                break
            after = f"&after={reply.body['next']}"
        whole += len(got)
        if got != plain:
            taken.wrong.append(f"search {word}: {len(got)} found, {len(plain)} by scan, {sorted(got ^ plain)[:3]}")
    client.close()
    opened = site.rows(
        "SELECT number FROM casework_case WHERE kind = 'past'"
        f" AND (opened_at AT TIME ZONE '{ZONE}')::date = '2011-07-04'"
    )
    if {number for (number,) in opened} != wanted:
        taken.wrong.append(f"opened on one day: {len(opened)}, not {len(wanted)}")
    return whole


def _found_by(row: dict[str, str]) -> str:
    """Everything of a row that a case is found by, as the import keeps it."""
    return " \n ".join(" ".join(row[name].split())[:200] for name in ("case_title", "location")).casefold()

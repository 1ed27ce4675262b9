"""The month's papers handed in to the office: the duty's case opened by the clock, its list filled and received."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.storm.client import Client
from tests.storm.site import Furnished, Site

from bihuan.ground.ids import new_id

# which list files which cases: solved by telephone (no slip) go with the records of the quarter
SLIPS, RECORDS = "repair.hand-in-slips", "repair.hand-in-telephone-records"
# a slip goes on the list of whoever has it in hand: where somebody departed from the flow, it may lie elsewhere
WAITING = """
    SELECT number, outlet, coalesce(state->'answers'->'telephone-support'->>'solved', 'false') = 'true',
           coalesce((SELECT held.holder = 'follow-up-clerk'
                       FROM slips_copy held JOIN slips_slip slip ON slip.id = held.slip_id
                      WHERE slip.case_number = work.number AND slip.form = 'slip' AND held.name = 'main'
                      ORDER BY slip.issued_at DESC, slip.id DESC LIMIT 1), false)
      FROM casework_case work WHERE kind = 'repair' AND step = 'to-archive'
"""
DUE = "SELECT number, kind, outlet FROM casework_case WHERE kind = ANY (%s) AND step = 'due' ORDER BY kind, id"


@dataclass
class HandedIn:
    """How many cases went on how many lists, how many stayed for want of their slip, what did not go as it must."""

    cases: int = 0
    lists: int = 0
    stayed: int = 0
    wrong: list[str] = field(default_factory=list)


def hand_in(site: Site, furnished: Furnished, day: datetime) -> HandedIn:
    """Let the clock open the duties of ``day``, and every outlet hand in what waits for it, in one list each."""
    made = HandedIn()
    site.module("tests.storm.clockwork", (day - timedelta(hours=12)).isoformat(), "duties")
    waiting: dict[tuple[str, str], list[str]] = defaultdict(list)
    for number, outlet, by_telephone, in_hand in site.rows(WAITING):
        if by_telephone or in_hand:
            waiting[RECORDS if by_telephone else SLIPS, outlet].append(number)
        else:
            made.stayed += 1
    client = Client(site.port)
    for number, kind, outlet in site.rows(DUE, [SLIPS, RECORDS]):
        listed = waiting.pop((kind, outlet), [])
        if not listed:
            continue
        made.lists += 1
        made.cases += len(listed)
        post, form = ("dispatcher", "record-hand-in") if kind == RECORDS else ("follow-up-clerk", "slip-hand-in")
        answers: dict[str, Any] = {f"{form}.cases": listed}
        answers |= {f"{form}.records": len(listed)} if kind == RECORDS else {f"{form}.complete": True}
        places = (outlet, "head")
        for action, who, said in (("hand-in", post, answers), ("receive", "office", {})):
            body = {"id": str(new_id(day)), "action": action, "post": who, "answers": said, "at": day.isoformat()}
            name = furnished.who(who, places)[0]
            reply = client.post(furnished.tokens[name], f"/api/v1/cases/{number}/acts", body)
            if not reply.acknowledged:
                made.wrong.append(f"{number} {action}: {reply.status} {reply.body.get('title')}")
    client.close()
    made.wrong += [f"no list for {kind} at {outlet}: {len(left)} cases" for (kind, outlet), left in waiting.items()]
    return made

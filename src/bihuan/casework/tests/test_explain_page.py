"""The page that proves a promise says what stood around it: pauses, days off and make-up days, who is told when."""

from __future__ import annotations

from datetime import UTC, datetime

from django.test import Client
from msgspec.structs import replace
from tests.cast.saying import INTAKE, registered

from bihuan.casework.pages import promises
from bihuan.procedure import deadlines
from bihuan.procedure.state import Paused, State
from bihuan.procedure.tests.test_clocks_worked_by_hand import HEAD
from bihuan.procedure.tests.test_deadlines import definition, run_of
from bihuan.procedure.tests.worked import local

FRIDAY = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)  # 16:00 before Spring Festival


def test_the_page_shows_who_is_told_and_by_which_calendar(site):
    case = registered(site, answers={**INTAKE, "intake.urgency": "normal"})
    client = Client()
    client.force_login(site.zhou)
    [run] = [one for one in case.state.clocks if one.name == "assigned"]
    text = client.get(f"/cases/{case.number}/deadlines/assigned/{run.run}/").content.decode()
    assert "逾期逐级报告" in text
    assert "2026-03-02 11:00" in text
    assert run.calendar.partition("@")[2] in text
    assert "日历此后有了新版本" not in text


def test_pauses_days_and_years_are_told_in_words(site):
    case = registered(site)
    text = definition(days="working, end of day")
    stood = Paused(local("02-14 09:00"), local("02-14 10:00"), "waiting", "4.3")
    run = replace(run_of("3 days", pauses=(stood,), due=local("02-25 17:30")), started=FRIDAY)
    proof = deadlines.explain(text, State("received", 1, FRIDAY, FRIDAY, clocks=(run,)), "answered", HEAD, FRIDAY)
    around = promises.around(case, text, run, HEAD, proof, "zh")
    assert around["pauses"] == [
        {"start": "2026-02-14 09:00", "end": "2026-02-14 10:00", "reason": "待件", "clause": "4.3"}
    ]
    assert [(one["when"], one["name"], one["kind"]) for one in around["days"]] == [
        ("02-14", "春节", "调休上班"),
        ("02-15 – 02-23", "春节", "放假"),
    ]
    assert around["newer"] is True
    assert around["unannounced"] == []

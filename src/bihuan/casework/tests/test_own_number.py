"""A text that reads the number of its own case: known from the opening on, handed to what it opens."""

from __future__ import annotations

import shutil
from datetime import timedelta

from tests.cast import MONDAY, OWN_PACK, acting, registered

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.procedure.reading import read_pack
from bihuan.registers.documents.actions import load_pack

FORM = """
[forms.raised]
title = { zh = "转来", en = "Passed on" }
fields.about = { ask = { zh = "哪一件", en = "Which" }, kind = "case", must = true }
keep = { for = "3 years", from = "closed", by = "dispatcher" }
```
## 2 复检"""


def test_a_child_is_opened_with_the_number_of_the_case_that_opens_it(site, tmp_path):
    folder = tmp_path / "pack"
    shutil.copytree(OWN_PACK, folder)
    job, check = folder / "01-job.md", folder / "02-check.md"
    answers = 'as = "checks", answers = { "raised.about" = { of = "case.number" } } }'
    job.write_text(job.read_text(encoding="utf-8").replace('as = "checks" }', answers), encoding="utf-8")
    text = check.read_text(encoding="utf-8").replace('by = { case = "job" }', 'by = { case = "job" }\nform = "raised"')
    check.write_text(text.replace("```\n## 2 复检", FORM), encoding="utf-8")
    assert read_pack(folder).faults == ()
    old = registered(site)
    load_pack(folder, by=None, at=MONDAY + timedelta(minutes=1))
    new = registered(site, at=MONDAY + timedelta(minutes=2))
    assert (old.state.facts, new.state.facts) == ({}, {"case.number": new.number})
    at = MONDAY + timedelta(minutes=3)
    actions.act(site.zhou, acting(new.number, "assign", at, {"order.repairer": "li"}))
    actions.act(site.li, acting(new.number, "work", at, {"work.sure": False}))
    child = Case.objects.get(kind="check")
    assert child.state.answers["raised"] == {"about": new.number}
    assert list(differences(Case.objects.all())) == []

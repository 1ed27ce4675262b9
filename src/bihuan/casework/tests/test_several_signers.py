"""Where several sign, each with a form of their own, every answer says whose it is: page, card, print, API."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.browser.asking import WAIVER, lay_beside
from tests.cast import PACKS, Doors, Site, acting, make_site, opening, told

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.casework.pages import card, inbox
from bihuan.casework.paper.data import Sources, leaves_of
from bihuan.casework.paper.documents import documents_of
from bihuan.people import actions as people

SIGNED = (
    WAIVER.replace('steps = ["asking", ', 'steps = ["asking", "signing", ')
    .replace('to-decide = "waiting"', 'to-decide = "waiting"\nsigning = "waiting"')
    .replace('form = "request"\nto = "to-decide"', 'form = "request"\nto = "signing"')
    + """
## 2 会签

```toml
[acts.sign]
at = "signing"
by = { each = ["office", "leader"], own = true }
title = { zh = "会签", en = "Sign" }
form = "opinion"
to = "to-decide"

[forms.opinion]
title = { zh = "会签意见", en = "Opinions" }
keep = { for = "2 years", by = "office" }
fields.agreed = { ask = { zh = "同意", en = "Agreed" }, kind = "yes-no", must = true }
fields.words = { ask = { zh = "意见", en = "Words" } }
```
"""
)


@pytest.fixture
def signed(db: None, tmp_path: Path) -> tuple[Site, str]:
    """The office does not agree; the general manager signs for the leader; it waits for the decision."""
    site = make_site(timezone.now() - timedelta(days=1), PACKS / "integrator")
    lay_beside(tmp_path, SIGNED)
    now = timezone.now()
    answers = {"request.amount": 860, "request.why": "保外"}
    number = actions.open_case(site.li, opening(now, kind="waiver", answers=answers)).number
    told_by = {"wu": (False, "账上没有"), "qian": (True, "可以")}
    for who, (agreed, words) in told_by.items():
        answers = {"opinion.agreed": agreed, "opinion.words": words}
        actions.act(site.people[who], acting(number, "sign", timezone.now(), answers=answers))
    return site, number


LINES = [
    ("吴办公（办公室） · 同意", "否"),
    ("吴办公（办公室） · 意见", "账上没有"),
    ("钱副总（分管领导） · 同意", "是"),
    ("钱副总（分管领导） · 意见", "可以"),
]


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_the_case_page_says_whose_is_whose(signed: tuple[Site, str]) -> None:
    site, number = signed
    text = plain(Doors(site).browser("qian").get(f"/cases/{number}/?tab=forms").content.decode())
    for ask, words in LINES:
        assert f"{ask} {words}" in text, ask


def test_the_card_of_who_decides_says_whose_is_whose(signed: tuple[Site, str]) -> None:
    site, number = signed
    one = inbox.first_act(site.qian, Case.objects.get(number=number), timezone.now())
    assert one is not None
    shown = card.card(one, site.qian, timezone.now(), "zh")
    assert [point for point in shown.points if "·" in point[0]] == LINES
    assert [opinion.who for opinion in shown.opinions] == ["钱副总 · 分管领导"]


def test_the_printed_form_says_whose_is_whose(signed: tuple[Site, str]) -> None:
    site, number = signed
    case, now = Case.objects.get(number=number), timezone.now()
    (document,) = [one for one in documents_of(case, site.qian, now, "zh") if one.form == "opinion"]
    sources = Sources.of(case, site.qian, "zh", now, "https://example.invalid")
    (leaf, *_more) = leaves_of(sources, replace(document, copies=[("", "")]), [""], {})
    assert [(one["label"], one["value"]) for one in leaf["facts"]] == LINES


def test_the_api_names_the_signers_in_the_order_of_their_answers(signed: tuple[Site, str]) -> None:
    site, number = signed
    whole = told(Doors(site).get("qian", f"/cases/{number}"))
    assert [one["words"] for one in whole["answers"]["opinion"]["*"]] == ["账上没有", "可以"]
    signers: list[Any] = whole["signatures"]["opinion"]
    assert [(one["doer"], one["post"], one["instead_of"]) for one in signers] == [
        ("wu", "office", ""),
        ("qian", "leader", ""),
    ]


def test_who_signs_for_somebody_else_is_named_with_them(db: None, tmp_path: Path) -> None:
    site = make_site(timezone.now() - timedelta(days=1), PACKS / "integrator")
    lay_beside(tmp_path, SIGNED.replace('["office", "leader"]', '["leader"]'))
    today = timezone.localdate()
    people.delegate(site.qian, site.wu, ["leader"], today, today, "出差", by=site.qian, at=timezone.now())
    answers = {"request.amount": 860, "request.why": "保外"}
    number = actions.open_case(site.li, opening(timezone.now(), kind="waiver", answers=answers)).number
    said = acting(number, "sign", timezone.now(), answers={"opinion.agreed": True})
    actions.act(site.wu, replace(said, post="leader"))
    text = plain(Doors(site).browser("qian").get(f"/cases/{number}/?tab=forms").content.decode())
    assert "吴办公（分管领导，代 钱副总） · 同意 是" in text

"""What weighs in a decision: reckoned from the registers and the book, without knowing any question by name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from msgspec import structs
from tests.browser.asking import lay_beside
from tests.cast import PACKS, Site, acting, make_site, opening

from bihuan.casework import actions
from bihuan.casework.models import Case
from bihuan.casework.pages import card, inbox, weighing
from bihuan.layout.frames import CustomerCard
from bihuan.people import actions as people
from bihuan.registers.warranty.reckoning import Finding

GRADED = """# 费用减免

```toml
grammar = 1
number = "A-1"
title = { zh = "费用减免", en = "Waiver" }
version = "1.0"
owner = "leader"
opens = { kind = "waiver", act = "ask" }
keep = "longest"
steps = ["asking", "checking", "to-leader", "to-manager", "granted*", "refused*"]

[stages]
asking = "received"
checking = "waiting"
to-leader = "waiting"
to-manager = "waiting"
granted = "closed"
refused = "closed"
```

## 1 申请

```toml
[acts.ask]
at = "asking"
by = "repairer"
title = "申请减免"
form = "request"
to = [
  { if = { "request.amount" = { more-than = 5000 } }, step = "to-manager" },
  { if = { "request.amount" = { at-least = 500 } }, step = "to-leader" },
  { step = "checking" },
]

[acts.check]
at = "checking"
by = "leader"
title = "核对"
form = "checked"
to = [{ if = { "checked.agreed" = true }, step = "to-manager" }, { step = "refused" }]

[acts.agree]
at = "to-leader"
by = "leader"
title = "领导批"
form = "verdict"
to = [{ if = { "verdict.agreed" = true }, step = "granted" }, { step = "refused" }]

[acts.decide]
at = "to-manager"
by = "general-manager"
title = "总经理批"
form = "verdict"
to = [{ if = { "verdict.agreed" = true }, step = "granted" }, { step = "refused" }]

[forms.request]
title = "申请"
fields.amount = { ask = "金额（元）", kind = "money", must = true }
fields.unit = { ask = "设备", kind = "device" }
fields.why = { ask = "原因" }

[forms.checked]
title = "核对"
fields.agreed = { ask = "属实", kind = "yes-no", must = true }
fields.words = { ask = "意见" }

[forms.verdict]
title = "批示"
fields.agreed = { ask = "同意", kind = "yes-no", must = true }
fields.words = { ask = "理由", kind = "long-text", must = { if = { agreed = false } } }
```
"""


@pytest.fixture
def deciding(db: None, tmp_path: Path) -> Site:
    site = make_site(timezone.now() - timedelta(days=1), PACKS / "integrator")
    lay_beside(tmp_path, GRADED)
    return site


def asks(site: Site, amount: int, unit: str = "", who: str = "li") -> str:
    answers = {"request.amount": amount, "request.unit": unit} if unit else {"request.amount": amount}
    return actions.open_case(site.people[who], opening(timezone.now(), kind="waiver", answers=answers)).number


def weighed(site: Site, number: str, who: str = "qian") -> Any:
    """The card as ``who`` is shown it."""
    case, now = Case.objects.get(number=number), timezone.now()
    one = inbox.first_act(site.people[who], case, now)
    assert one is not None
    return card.card(one, site.people[who], now, "zh")


def test_the_limit_that_brought_it_here_and_who_decides_beyond_it(deciding: Site) -> None:
    points = dict(weighed(deciding, asks(deciding, 860)).weighs)
    assert (points["授权线"], points["再往上"]) == ("满 ¥500.00的到这里", "超过 ¥5,000.00的：总经理")
    points = dict(weighed(deciding, asks(deciding, 6000)).weighs)
    assert points["授权线"] == "超过 ¥5,000.00的到这里"
    assert "再往上" not in points


def test_what_the_applicant_asked_for_this_month_with_the_sum(deciding: Site) -> None:
    first = asks(deciding, 860)
    asks(deciding, 1240)
    assert dict(weighed(deciding, first).weighs)["同一申请人同类"] == "本月第 2 件，累计 ¥2,100.00（含本件）"
    assert (
        dict(weighed(deciding, asks(deciding, 40)).weighs)["同一申请人同类"] == "本月第 3 件，累计 ¥2,140.00（含本件）"
    )


def test_one_alone_is_the_first_and_has_no_sum(deciding: Site) -> None:
    assert dict(weighed(deciding, asks(deciding, 860)).weighs)["同一申请人同类"] == "本月第 1 件"


def test_requests_about_one_unit_that_only_together_pass_a_limit_are_pointed_out(deciding: Site) -> None:
    first, second = asks(deciding, 3000, "SN-1"), asks(deciding, 2500, "SN-1")
    (note,) = weighed(deciding, second).notes
    assert (
        note == f"可能是拆开报的：同一申请人 30 天内就同一客户或设备还有 {first}，合计 ¥5,500.00，过了 ¥5,000.00 的线。"
    )
    assert weighed(deciding, asks(deciding, 2500, "SN-2")).notes == ()


@pytest.mark.parametrize(("amounts", "units"), [((2000, 2500), ("SN-1", "SN-1")), ((3000, 2500), ("", ""))])
def test_what_stays_below_together_or_is_about_nothing_in_common_is_not(
    deciding: Site, amounts: tuple[int, int], units: tuple[str, str]
) -> None:
    asks(deciding, amounts[0], units[0])
    assert weighed(deciding, asks(deciding, amounts[1], units[1])).notes == ()


def test_earlier_opinions_stand_on_the_card_with_name_and_post(deciding: Site) -> None:
    number = asks(deciding, 40)
    assert weighed(deciding, number).opinions == ()
    answers = {"checked.agreed": True, "checked.words": "属实，换过件"}
    actions.act(deciding.qian, acting(number, "check", timezone.now(), answers=answers))
    (opinion,) = weighed(deciding, number).opinions
    assert (opinion.title, opinion.who) == ("核对", "钱副总 · 分管领导")
    assert opinion.lines[:2] == (("属实", "是"), ("意见", "属实，换过件"))


def test_it_is_the_applicant_who_counts_and_not_whoever_handed_it_on(deciding: Site) -> None:
    number, _other = asks(deciding, 40), asks(deciding, 60)
    actions.act(deciding.qian, acting(number, "check", timezone.now(), answers={"checked.agreed": True}))
    points = dict(weighed(deciding, number).weighs)
    assert points["同一申请人同类"] == "本月第 2 件，累计 ¥100.00（含本件）"


def test_what_was_decided_for_somebody_else_says_so(deciding: Site) -> None:
    number, today = asks(deciding, 40), timezone.localdate()
    people.delegate(deciding.qian, deciding.wu, ["leader"], today, today, "出差", by=deciding.qian, at=timezone.now())
    said = acting(number, "check", timezone.now(), answers={"checked.agreed": True})
    actions.act(deciding.wu, replace(said, post="leader"))
    (opinion,) = weighed(deciding, number).opinions
    assert opinion.who == "吴办公（代 钱副总） · 分管领导"


def test_an_amount_on_a_form_for_others_is_neither_shown_nor_counted(db: None, tmp_path: Path) -> None:
    site = make_site(timezone.now() - timedelta(days=1), PACKS / "integrator")
    closed = GRADED.replace('title = "申请"\n', 'title = "申请"\nseen-by = { posts = ["repairer"], until = "agree" }\n')
    lay_beside(tmp_path, closed)
    asks(site, 3000, "SN-1")
    shown = weighed(site, asks(site, 2500, "SN-1"))
    assert (shown.amount, shown.notes) == ("", ())
    assert dict(shown.weighs) == {"同一申请人同类": "本月第 2 件"}


def test_days_out_of_warranty_are_told_of_the_unit_on_the_case(deciding: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    today = timezone.localdate()
    number = asks(deciding, 860, "SN-1")
    monkeypatch.setattr(weighing.products, "unit_by_serial", lambda *_: object())
    for ends, words in (
        (today - timedelta(days=23), f"保外 23 天（保修至 {today - timedelta(days=23)}）"),
        (today, f"保内，至 {today}"),
    ):
        monkeypatch.setattr(weighing.warranty, "computed", lambda *_, ends=ends: Finding("out", ends))
        monkeypatch.setattr(weighing.cards, "customer", lambda *_: CustomerCard("甲", grade="A"))
        points = dict(weighed(deciding, number).weighs)
        assert (points["保修"], points["客户等级"]) == (words, "A")


def test_nobody_is_given_anothers_reason_to_sign(deciding: Site) -> None:
    number = asks(deciding, 40)
    answers = {"checked.agreed": True, "checked.words": "属实，换过件"}
    actions.act(deciding.qian, acting(number, "check", timezone.now(), answers=answers))
    case = Case.objects.get(number=number)
    case.state = structs.replace(
        case.state, answers={**case.state.answers, "verdict": {"agreed": False, "words": "太多"}}
    )
    case.save()
    client = Client()
    client.force_login(deciding.qian)
    text = client.get(f"/approvals/{number}/").content.decode()
    assert 'name="words"' in text
    assert not re.search(r"<textarea[^>]*>太多|value=\"太多", text)


def test_a_rule_that_changed_meanwhile_is_shown_old_and_new(deciding: Site, tmp_path: Path) -> None:
    number = asks(deciding, 860)
    assert weighed(deciding, number).notes == ()
    (tmp_path / "next").mkdir()
    changed = GRADED.replace('version = "1.0"', 'version = "1.1"').replace("at-least = 500 ", "at-least = 800 ")
    lay_beside(tmp_path / "next", changed)
    (note,) = weighed(deciding, number).notes
    assert note.startswith("现行的是第 1.1 版，这件按第 1.0 版办。")
    assert re.search("不少于“500”.*→.*不少于“800”", note)

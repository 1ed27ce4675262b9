"""Price lists by hand, the pages and the API of prices and receipts, and who sees what of another outlet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import MONDAY, Doors, at_once, dump, kinds, make_site, told

from bihuan.ground.ids import new_id
from bihuan.journal.models import Entry
from bihuan.registers.charges import prices, queries
from bihuan.registers.charges.effects import EFFECTS
from bihuan.registers.charges.errors import NoRule, NotYours, WrongPrice
from bihuan.registers.charges.facts import FACTS
from bihuan.registers.charges.models import PriceLine, PriceList, Receipt
from bihuan.registers.charges.prices import Price
from bihuan.registers.products.models import Product

from .conftest import CLEANING, LABOUR, deed, question, tariff, with_keepers

MODEL = {"model": SimpleNamespace(name="model", kind="product")}
NIGHT = Price("GF-03", "夜间加价", Decimal("40.00"))


def newest() -> tuple[str, str, dict]:
    entry = Entry.objects.order_by("-position").first()
    return entry.chain, entry.verb, entry.content["answers"]


def test_opening_a_list_writes_one_entry_with_its_prices(site):
    before = Entry.objects.count()
    tariff(site)
    assert Entry.objects.count() == before + 1
    assert newest() == (
        "house",
        "open-price-list",
        {
            "list": "收费标准",
            "outlet": "",
            "from": "2026-01-01",
            "to": "",
            "lines": {"GF-01": "80.00", "GF-02": "30.50"},
        },
    )


def test_a_new_version_ends_the_one_before_and_leaves_it_as_it_was(site, listed):
    fresh = prices.new_version(
        listed, date(2026, 4, 1), [Price("GF-01", "上门工费", Decimal("90"))], by=site.qian, at=MONDAY
    )
    listed.refresh_from_db()
    assert (listed.until, fresh.start, fresh.until) == (date(2026, 3, 31), date(2026, 4, 1), None)
    assert list(listed.lines.order_by("code").values_list("amount", flat=True)) == [Decimal("80.00"), Decimal("30.50")]
    assert list(fresh.lines.order_by("code").values_list("amount", flat=True)) == [Decimal("90.00"), Decimal("30.50")]
    assert newest()[:2] == ("house", "new-price-list")


@pytest.mark.parametrize("start", [date(2026, 3, 1), date(2026, 1, 1), date(2025, 1, 1)])
def test_a_version_cannot_begin_in_the_past_or_before_the_one_it_follows(site, listed, start):
    with pytest.raises(WrongPrice):
        prices.new_version(listed, start, [NIGHT], by=site.qian, at=MONDAY)
    listed.refresh_from_db()
    assert (listed.until, PriceList.objects.count()) == (None, 1)


def test_two_lists_of_one_name_and_place_never_share_a_day(site, listed):
    with pytest.raises(WrongPrice):
        tariff(site, start=date(2027, 1, 1))
    assert tariff(site, start=date(2025, 1, 1), until=date(2025, 12, 31)).until == date(2025, 12, 31)
    assert tariff(site, outlet="south").outlet == "south"
    assert tariff(site, name="配件价目").name == "配件价目"


def test_of_two_who_open_the_same_list_at_once_one_is_told(real_site):
    found = at_once(lambda: tariff(real_site), lambda: tariff(real_site))
    assert kinds(found) == ["PriceList", "WrongPrice"]


def test_a_nearer_price_covers_the_houses_and_a_code_in_two_lists_must_say_which(site, listed):
    tariff(site, outlet="north", lines=[Price("GF-01", "上门工费", Decimal("60"))])
    found = [(one.code, one.amount) for one in queries.price_lines(MONDAY, "north")]
    assert found == [("GF-01", Decimal("60.00")), ("GF-02", Decimal("30.50"))]
    assert [one.amount for one in queries.price_lines(MONDAY, "south")] == [Decimal("80.00"), Decimal("30.50")]
    tariff(site, name="另一份", lines=[CLEANING])
    with pytest.raises(NoRule):
        queries.price_line(MONDAY, "south", "GF-02")
    assert queries.price_line(MONDAY, "south", "另一份/GF-02").list.name == "另一份"


def test_only_finance_service_management_or_an_administrator_keeps_prices_and_where(site, listed):
    for person, outlet in ((site.li, ""), (site.wang, ""), (site.wang, "north"), (site.wu, "north")):
        with pytest.raises(NotYours):
            prices.open_list("新", date(2026, 5, 1), by=person, at=MONDAY, outlet=outlet)
    assert prices.open_list("南区", date(2026, 5, 1), by=site.wang, at=MONDAY, outlet="south").made_by == "wang"
    assert prices.open_list("总", date(2026, 5, 1), by=site.wu, at=MONDAY).outlet == ""


@pytest.mark.parametrize(
    "price", [Price("", "x", Decimal(1)), Price("a b", "x", Decimal(1)), Price("c", " ", Decimal(1)), LABOUR]
)
def test_a_line_wants_a_code_of_its_own_and_a_title(site, listed, price):
    with pytest.raises(WrongPrice):
        prices.add_line(listed, price, by=site.qian, at=MONDAY)
    assert PriceLine.objects.count() == 2


@pytest.fixture
def doors(db, pack):
    return Doors(with_keepers(make_site(timezone.now() - timedelta(days=30), pack)))


@pytest.fixture
def paid(doors):
    """A receipt of the north and one of the south."""
    now = timezone.now()
    tariff(doors.site)
    EFFECTS["charges.receipt"](deed("J1", "north", at=now, amount=80, to="王老师"))
    EFFECTS["charges.receipt"](deed("J2", "south", at=now, amount=90, to="南先生"))
    return Receipt.objects.get(outlet="north")


def test_the_cashier_keeps_a_list_by_its_pages(doors):
    browser = doors.browser("qian")
    today = timezone.localdate()
    given = {"name": "收费标准", "outlet": "", "start": today.isoformat(), "until": ""}
    made = browser.post("/prices/new/", given)
    assert made.status_code == 302
    address = made["Location"]
    line = {"code": "GF-01", "title": "上门工费", "amount": "80", "unit": "次"}
    assert browser.post(f"{address}lines/", line).status_code == 302
    changed = {"start": (today + timedelta(days=9)).isoformat(), "amount-GF-01": "95.5"}
    fresh = browser.post(f"{address}version/", changed)
    assert fresh.status_code == 302
    assert "95.50" in browser.get(fresh["Location"]).content.decode()
    assert "80.00" in browser.get(address).content.decode()
    assert [one.amount for one in queries.price_lines(timezone.now(), "north")] == [Decimal("80.00")]


@pytest.mark.parametrize(
    ("part", "given", "words"),
    [
        ("lines/", {"code": "GF-09", "title": "加急费", "amount": "八十"}, "须为数字"),
        ("lines/", {"code": "GF-01", "title": "加急费", "amount": "80"}, "这份价目里已有 GF-01"),
        ("version/", {"start": "", "amount-GF-01": "81"}, "请填写日期"),
        ("version/", {"start": "2099-01-01", "amount-GF-01": "80.00"}, "没有改动任何价格"),
    ],
)
def test_what_does_not_fit_is_asked_again_with_what_was_typed(doors, paid, part, given, words):
    before = (dump(), PriceLine.objects.count())
    answer = doors.browser("qian").post(f"/prices/{PriceList.objects.get().pk}/{part}", given)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert given.get("title", given.get("start", "")) in text
    assert (dump(), PriceLine.objects.count()) == before


def test_the_receipts_page_shows_ones_own_and_keeps_void_ones(doors, paid):
    texts = {
        name: doors.browser(name).get("/receipts/").content.decode() for name in ("li", "wang", "qian", "outsider")
    }
    assert {name: ("王老师" in text, "南先生" in text) for name, text in texts.items()} == {
        "li": (True, False),
        "wang": (False, True),
        "qian": (True, True),
        "outsider": (False, False),
    }
    answer = doors.browser("qian").post(f"/receipts/{paid.pk}/void/", {"because": "金额写错"})
    assert answer.status_code == 302
    text = doors.browser("li").get("/receipts/").content.decode()
    assert paid.name in text
    assert "金额写错" in text
    assert newest()[:2] == ("north", "void-receipt")


def test_voiding_is_refused_to_others_and_hidden_from_other_outlets(doors, paid):
    before = dump()
    address = f"/receipts/{paid.pk}/void/"
    statuses = {name: doors.browser(name).post(address, {"because": "x"}).status_code for name in ("li", "wang", "wu")}
    assert statuses == {"li": 403, "wang": 404, "wu": 403}
    assert doors.browser("qian").post(address, {"because": " "}).status_code == 422
    assert dump() == before
    assert Receipt.objects.filter(state="void").count() == 0


def test_the_api_reads_and_voids_within_scope(doors, paid):
    assert [one["number"] for one in told(doors.get("wang", "/receipts"))["receipts"]] == [
        Receipt.objects.get(outlet="south").name
    ]
    assert doors.get("wang", f"/receipts/{paid.name}").status_code == 404
    assert told(doors.get("li", f"/receipts/{paid.name}"))["amount"] == "80.00"
    act = {"action": "void", "answers": {"because": "写错"}}
    assert doors.post("li", f"/receipts/{paid.name}/acts", act).status_code == 403
    assert doors.post("wang", f"/receipts/{paid.name}/acts", act).status_code == 404
    done = doors.post("qian", f"/receipts/{paid.name}/acts", act)
    assert (done.status_code, told(done)["state"], told(done)["void"]["because"]) == (201, "void", "写错")
    again = doors.post("qian", f"/receipts/{paid.name}/acts", act)
    assert (again.status_code, told(again)["code"]) == (409, "not-now")
    assert doors.post("qian", f"/receipts/{paid.name}/acts", {"action": "void", "answers": {}}).status_code == 422
    lists = told(doors.get("wang", "/price-lists"))["price_lists"]
    assert [(one["name"], [line["amount"] for line in one["lines"]]) for one in lists] == [
        ("收费标准", ["80.00", "30.50"])
    ]


def test_lists_go_on_by_key_both_ways(doors, monkeypatch):
    now = timezone.now()
    names = [EFFECTS["charges.receipt"](deed(at=now, amount=place))["receipt"] for place in range(7)]
    seen, after = [], ""
    while True:
        body = told(doors.get("li", f"/receipts?limit=3{after}"))
        seen += [one["number"] for one in body["receipts"]]
        if body["next"] is None:
            break
        after = f"&after={body['next']}"
    assert seen == names[::-1]
    monkeypatch.setattr(
        "bihuan.registers.charges.paging.page.__kwdefaults__",
        {
            "after": None,
            "before": None,
            "newest": False,
            "size": 3,
        },
    )
    browser = doors.browser("li")
    first = browser.get("/receipts/").context["pager"]
    second = browser.get(first.next).context
    assert [one["receipt"].name for one in second["rows"]] == names[3:0:-1]
    back = browser.get(second["pager"].previous).context
    assert [one["receipt"].name for one in back["rows"]] == names[:3:-1]
    assert (first.previous, back["pager"].previous) == ("", "")


def test_a_stranger_is_led_to_the_door(db):
    assert Client().get("/prices/").status_code == 302


def test_the_share_of_a_new_one_is_the_newest_quote_in_percent(site, listed):
    product = Product.objects.create(id=new_id(MONDAY), code="PJ-1", name="投影机", replacement_price=Decimal("1500"))
    asked = question(form="intake", answers={"intake": {"model": "PJ-1"}})
    asked = replace(asked, definition=SimpleNamespace(forms={"intake": SimpleNamespace(fields=MODEL)}))
    share = FACTS["charges.share-of-replacement"]
    assert share(asked) is None
    EFFECTS["charges.quote"](deed(rate="GF-01"))
    assert share(asked) == 5.3
    EFFECTS["charges.quote"](deed(amount=750, because="换主板"))
    assert share(asked) == 50
    product.replacement_price = None
    product.save()
    assert share(asked) is None

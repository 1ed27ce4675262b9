"""The intake desk: any pack's opening form in the order of a call, with what is known beside it."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import PACKS, Site, dump, make_site

from bihuan.casework import drafts
from bihuan.casework.actions.noting import notes_about
from bihuan.casework.models import Case, Draft
from bihuan.casework.pages.intake import arranged, promised
from bihuan.casework.replay import differences
from bihuan.casework.tests.by_telephone import INTAKE, reported
from bihuan.ground.ids import new_id
from bihuan.procedure.reading import read_pack
from bihuan.registers.customers import actions as customers
from bihuan.registers.customers.models import Contact
from bihuan.registers.documents import queries as documents

NOW = timezone.now()


@pytest.fixture
def site(db: None) -> Site:
    return make_site(NOW - timedelta(days=40), PACKS / "integrator")


def browser(site: Site, username: str) -> Client:
    client = Client()
    client.force_login(site.people[username])
    return client


@pytest.fixture
def chen(site: Site) -> Client:
    return browser(site, "chen")


def form(**other: str) -> dict[str, str]:
    """The form as the page sends it, under a fresh act id."""
    return {**INTAKE, "_id": str(new_id(timezone.now())), "_kind": "repair", **other}


def words(answer) -> str:
    return unescape(answer.content.decode())


@pytest.mark.parametrize("folder", sorted(path.name for path in PACKS.iterdir() if (path / "pack.toml").exists()))
def test_every_question_of_every_packs_opening_forms_stands_in_exactly_one_part(folder):
    pack = read_pack(PACKS / folder).pack
    for definition in pack.procedures.values():
        opening = definition.acts.get(definition.opening.act)
        shape = definition.forms.get(opening.form) if opening else None
        if shape is not None:
            assert sorted(name for name, _part in arranged.order_of(shape)) == sorted(shape.fields)


def test_the_form_is_asked_in_the_order_of_a_call(site):
    definition = documents.in_force("repair", NOW)[1]
    order = arranged.order_of(definition.forms["intake"])
    parts = list(dict.fromkeys(part for _name, part in order))
    assert parts == [name for name, _title, _kinds in arranged.PARTS if name in parts]
    names = [name for name, _part in order]
    assert names[:3] == ["phone", "contact", "customer"]
    assert names[3:6] == ["serial", "product", "bought-on"]
    assert names[6] == "problem"
    # asked only because of another question: right behind it
    assert names[names.index("channel") + 1] == "told-to"
    assert names[names.index("belongs") + 1] == "project"


@pytest.mark.parametrize(
    "written", ["13800138001", "138 0013 8001", "138-0013-8001", "+86 138 0013 8001", "0086-13800138001"]
)
def test_a_number_finds_the_caller_and_the_open_work_however_it_is_written(site, chen, written):
    case = reported(site, NOW - timedelta(days=2))
    told = words(chen.post("/intake/sides/", {"_kind": "repair", "phone": written}))
    assert case.number in told
    assert "未结工单 (1)" in told
    assert "上次受理" in told


def test_a_caller_on_the_books_fills_what_is_empty_and_says_where_from(site, chen):
    customer = customers.add_customer("江北影城", outlet="north", grade="A", by=site.chen, at=NOW)
    customers.add_contact(customer, name="张经理", phone="0574 8765 4321", by=site.chen, at=NOW)
    told = words(chen.post("/intake/sides/", {"_kind": "repair", "phone": "0574-87654321"}))
    assert 'data-source="客户档案"' in told
    assert '"customer": "\\u6c5f\\u5317\\u5f71\\u57ce"' in told
    assert Contact.objects.get().phone == "+8657487654321"
    options = words(chen.get("/intake/find/repair/phone/", {"q": "057487654321"}))
    assert "江北影城" in options
    assert options.count("<li") == 1


def test_of_several_under_one_number_one_is_chosen(site, chen):
    for name in ("江北影城", "江南影城"):
        customer = customers.add_customer(name, outlet="north", by=site.chen, at=NOW)
        customers.add_contact(customer, name="总机", phone="0574 8765 4321", by=site.chen, at=NOW)
    told = words(chen.post("/intake/sides/", {"_kind": "repair", "phone": "057487654321"}))
    assert "可能是" in told
    assert "data-desk-fill" not in told
    assert told.count("data-desk-choose") == 2


def test_saving_takes_the_number_keeps_the_telephone_as_e164_and_forgets_the_draft(site, chen):
    sent = form(phone="138 0013-8001")
    chen.post("/intake/", {**sent, "do": "draft"})
    assert (Case.objects.count(), Draft.objects.count()) == (0, 1)
    answer = chen.post("/intake/", {**sent, "do": "queue"})
    assert (answer.status_code, answer["Location"]) == (302, "/intake/?new=1")
    case = Case.objects.get()
    assert case.number.endswith("-0001")
    assert case.state.answers["intake"]["phone"] == "+8613800138001"
    assert Draft.objects.count() == 0


def test_the_same_form_sent_twice_opens_one_case(site, chen):
    sent = form(do="queue")
    chen.post("/intake/", sent)
    again = chen.post("/intake/", {**sent, "_anyway": "浏览器重发"})
    assert again.status_code == 302
    assert Case.objects.filter(kind="repair").count() == 1


def test_a_second_draft_leaves_the_first_as_it_was(site, chen):
    first, second = form(problem="第一件"), form(problem="第二件", phone="13900139002")
    chen.post("/intake/", {**first, "do": "draft"})
    chen.post("/intake/", {**second, "do": "draft"})
    kept = {one.place[-32:]: one.answers["problem"] for one in Draft.objects.all()}
    assert kept == {first["_id"].replace("-", ""): ["第一件"], second["_id"].replace("-", ""): ["第二件"]}
    page = words(chen.get("/intake/", {"draft": first["_id"]}))
    assert ("第一件</textarea>" in page, "第二件</textarea>" in page) == (True, False)
    # whoever comes back without saying which goes on with the newest
    assert "第二件</textarea>" in words(chen.get("/intake/"))
    assert "</textarea>" in words(chen.get("/intake/?new=1"))
    assert "第二件</textarea>" not in words(chen.get("/intake/?new=1"))


def test_nobody_reaches_another_persons_draft(site, chen):
    sent = form(problem="只有我看得见")
    chen.post("/intake/", {**sent, "do": "draft"})
    assert "只有我看得见" not in words(browser(site, "wang").get("/intake/", {"draft": sent["_id"]}))


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"phone": "13900139009", "address": "别处", "serial": "SN-7"}, "同一设备"),
        ({"address": "别处"}, "7 天内同一号码"),
        ({"phone": "13900139009", "address": "原处 一十八號"}, "同一地址"),
    ],
)
def test_open_work_about_the_same_thing_stops_a_second_case_until_somebody_says_why(site, chen, other, why):
    earlier = reported(site, NOW - timedelta(days=3), serial="SN-7", address="原处18号")
    before = dump()
    answer = chen.post("/intake/", form(do="queue", **other))
    assert answer.status_code == 409
    assert why in words(answer)
    assert f"append:{earlier.number}" in words(answer)
    assert dump() == before
    answer = chen.post("/intake/", form(do="queue", _anyway="另一台坏了", **other))
    assert answer.status_code == 302
    opened = Case.objects.order_by("-id").first()
    (note,) = notes_about(opened)
    assert (note["verb"], note["words"], note["about"]) == ("opened-anyway", "另一台坏了", [earlier.number])
    # the book can still be replayed
    assert list(differences(Case.objects.all())) == []


def test_a_call_longer_ago_than_a_week_stops_nobody(site, chen):
    reported(site, NOW - timedelta(days=8), address="原处")
    assert chen.post("/intake/", form(do="queue", address="别处")).status_code == 302


def test_a_call_is_added_to_the_open_case_instead(site, chen):
    earlier = reported(site, NOW - timedelta(days=3))
    sent = form(problem="又来催", do=f"append:{earlier.number}")
    chen.post("/intake/", {**sent, "do": "draft"})
    answer = chen.post("/intake/", sent)
    assert answer["Location"] == f"/cases/{earlier.number}/"
    (note,) = notes_about(earlier)
    assert note["verb"] == "called-again"
    assert note["words"] == "王老师 · +8613800138001 · 又来催"
    assert (Case.objects.count(), Draft.objects.count()) == (1, 0)
    assert list(differences(Case.objects.all())) == []


def test_a_call_is_not_added_to_another_outlets_case(site):
    earlier = reported(site, NOW - timedelta(days=3))
    before = dump()
    answer = browser(site, "wang").post("/intake/", form(do=f"append:{earlier.number}"))
    assert answer.status_code == 404
    assert dump() == before


def test_what_is_promised_aloud_is_what_is_promised_when_saved(site):
    definition = documents.in_force("repair", NOW)[1]
    at = NOW - timedelta(minutes=5)
    said = promised.prospect(site.chen, definition, INTAKE, "north", at, "zh").promises
    runs = [run for run in reported(site, at).state.clocks if run.state == "running"]
    assert {one.title: one.due for one in said} == {definition.deadlines[run.name].title.zh: run.due for run in runs}
    assert [one.due for one in said] == sorted(one.due for one in said)
    # half a form has promises too, and its answers decide them
    away = promised.prospect(site.chen, definition, {"region": "elsewhere"}, "north", at, "zh").promises
    near = promised.prospect(site.chen, definition, {"region": "city"}, "north", at, "zh").promises
    assert max(one.due for one in away) - max(one.due for one in near) == timedelta(hours=24)


def test_what_is_often_wrong_with_a_model_is_offered(site, chen):
    for number, problem in enumerate(("不亮", "不亮", "偏色")):
        reported(site, NOW - timedelta(days=20 + number), problem=problem)
    told = words(chen.post("/intake/sides/", {"_kind": "repair", "product": "投影机"}))
    chips = [part.partition("<")[0] for part in told.split('data-desk-fault="problem">')[1:]]
    assert chips == ["不亮", "偏色"]
    assert "desk-fault" not in words(
        browser(site, "wang").post("/intake/sides/", {"_kind": "repair", "product": "投影机"})
    )


def test_nothing_of_another_outlet_is_found(site):
    case = reported(site, NOW - timedelta(days=2), serial="SN-7")
    customer = customers.add_customer("江北影城", outlet="north", by=site.chen, at=NOW)
    customers.add_contact(customer, name="张经理", phone="13800138001", by=site.chen, at=NOW)
    wang = browser(site, "wang")
    told = words(wang.post("/intake/sides/", {"_kind": "repair", "phone": "13800138001", "serial": "SN-7"}))
    assert [secret for secret in (case.number, "王老师", "江北影城", "张经理") if secret in told] == []
    assert words(wang.get("/intake/find/repair/phone/", {"q": "13800138001"})).strip() == ""
    assert wang.post("/intake/", form(do="queue", serial="SN-7")).status_code == 302


def test_without_a_button_that_saves_nothing_is_saved(site, chen):
    before = dump()
    answer = chen.post("/intake/", form())
    assert answer.status_code == 200
    assert 'value="城东小学"' in words(answer)
    assert chen.post("/intake/", form(do="look")).status_code == 200
    assert dump() == before


def test_missing_answers_are_named_and_what_was_typed_stays(site, chen):
    before = dump()
    answer = chen.post("/intake/", form(do="queue", problem=""))
    assert answer.status_code == 422
    assert 'href="#q-problem"' in words(answer)
    assert 'value="城东小学"' in words(answer)
    assert dump() == before


def test_whoever_opens_nothing_by_hand_is_told_so_and_finds_nothing(site):
    li = browser(site, "li")
    assert "不能手工开立工单" in words(li.get("/intake/"))
    assert li.post("/intake/sides/", {"phone": "13800138001"}).status_code == 404
    assert li.get("/intake/find/repair/phone/", {"q": "138"}).status_code == 404


def test_saving_leads_on_to_the_next_act_of_the_clerk(site, chen):
    answer = chen.post("/intake/", form(do="dispatch"))
    assert answer["Location"] == f"/cases/{Case.objects.get().number}/acts/look-up-warranty/"


def test_solved_by_telephone_is_offered_only_to_whoever_solves(site, chen):
    assert "电话已解决" not in words(chen.get("/intake/"))
    # at the contracted point one person is clerk, dispatcher and repairer at once
    wang = browser(site, "wang")
    page = words(wang.get("/intake/"))
    assert ("电话已解决" in page, "存并派工" in page) == (True, True)
    answer = wang.post("/intake/", form(do="solved"))
    assert answer["Location"] == f"/cases/{Case.objects.get().number}/acts/support-by-telephone/"


def test_the_page_keeps_a_draft_under_the_place_its_tab_reads(site, chen):
    """What the page's script keeps and what the button keeps is the same draft."""
    identity = new_id(timezone.now())
    drafts.keep(site.chen, f"intake.repair.{identity.hex}", {"customer": ["江北影城"]}, timezone.now())
    page = words(chen.get("/intake/"))
    assert f'name="_id" value="{identity}"' in page
    assert f'data-draft="intake.repair.{identity.hex}"' in page
    assert "江北影城" in page.partition("desk-tabs")[2].partition("</nav>")[0]

"""What people ask for: the copy is whole, the erasure refuses or restricts where something stands against it."""

from __future__ import annotations

import json
import zipfile
from datetime import date, timedelta

import pytest
from django.utils import timezone
from tests.cast import MONDAY, make_site
from tests.cast.known import NAME, PLACE, somebody

from bihuan.casework.models import Case
from bihuan.casework.privacy import actions, background
from bihuan.casework.privacy.errors import Hindered, NotAllowed, WrongInput
from bihuan.casework.privacy.models import Order, Request
from bihuan.casework.replay import differences
from bihuan.journal.models import Entry
from bihuan.registers.customers import actions as customers
from bihuan.registers.customers.models import Contact, Customer


def asked(known, by, kind=Request.ERASURE, *, whole=True, namesakes=False) -> Request:
    contact = None if whole else known.contact.pk
    return actions.ask(kind, known.customer, contact, "身份证", by=by, at=timezone.now(), namesakes=namesakes)


def erased(request, by) -> Request:
    order = actions.order_erasure(request, by=by, at=timezone.now())
    background.carry_out(order.pk, timezone.now())
    return Request.objects.get(pk=request.pk)


# ------------------------------------------------------------------------------------------------ asking


def test_a_request_says_how_the_identity_was_checked_and_is_due_in_fifteen_working_days(db):
    site = make_site(MONDAY)
    customer = customers.add_customer(NAME, outlet="north", by=None, at=MONDAY)
    with pytest.raises(WrongInput):
        actions.ask(Request.ACCESS, customer, None, " ", by=site.people["wu"], at=MONDAY)
    request = actions.ask(Request.ACCESS, customer, None, "身份证", by=site.people["wu"], at=MONDAY)
    assert request.due_on == date(2026, 3, 23)
    entry = Entry.objects.get(about_kind="privacy", verb="request")
    assert entry.content["answers"]["identity"] == "身份证"


def test_only_who_keeps_personal_data_takes_requests_down_and_only_an_administrator_erases(site, known, office):
    with pytest.raises(NotAllowed):
        asked(known, site.again("zhou"))
    request = asked(known, office)
    with pytest.raises(NotAllowed):
        actions.order_erasure(request, by=office, at=timezone.now())
    assert not Order.objects.exists()


def test_a_refused_request_says_why(site, known, office):
    request = asked(known, office)
    actions.refuse(request, "不能核实身份", by=office, at=timezone.now())
    request.refresh_from_db()
    assert (request.state, request.words["zh"]) == ("refused", "不能核实身份")
    with pytest.raises(Hindered):
        actions.refuse(request, "又一次", by=office, at=timezone.now())


# ------------------------------------------------------------------------------------------------ the copy


def test_the_copy_holds_what_every_room_holds_and_nothing_of_anybody_else(site, known, office):
    other = somebody(site, site.at + timedelta(days=2), name="司马青", phone="13700137000")
    request = asked(known, office, Request.ACCESS)
    background.make_copy(request.pk, timezone.now())
    request.refresh_from_db()
    assert request.state == Request.DONE
    with zipfile.ZipFile(request.file) as packed:
        names = {name for name in packed.namelist() if not name.startswith("files/")}
        told = json.loads(packed.read("personal-data.json"))
        page = packed.read("personal-data.html").decode()
        pictures = [name for name in packed.namelist() if name.startswith("files/")]
    assert names == {"personal-data.json", "personal-data.xlsx", "personal-data.html"}
    assert pictures == [f"files/{known.picture.pk}-门牌.png"]
    assert [one["phone"] for one in told["contacts"]] == ["+8613912345678"]
    assert [one["address"] for one in told["sites"]] == [PLACE]
    assert [one["number"] for one in told["cases"]] == [known.case.number]
    assert told["cases"][0]["answers"]["intake"]["电话"] == "139 1234-5678"
    assert set(told["registers"]) >= {"surveys_attempt", "surveys_answer", "visits_visit", "slips_slip"}
    assert told["drafts"][0]["answers"] == {"intake.contact": NAME}
    assert {one["verb"] for one in told["journal"]} >= {"register", "drop", "remark"}
    assert NAME in page
    assert "司马青" not in json.dumps(told, ensure_ascii=False)
    assert other.case.number not in page


def test_the_copy_of_a_contact_is_escaped_and_goes_after_a_week(site, known, office):
    customers.change_contact(
        known.contact, by=None, at=site.at, name="<b>欧阳晓棠</b>", phone="13912345678", gone=False
    )
    request = asked(known, office, Request.ACCESS, whole=False)
    background.make_copy(request.pk, timezone.now())
    request.refresh_from_db()
    with zipfile.ZipFile(request.file) as packed:
        page = packed.read("personal-data.html").decode()
    assert "<b>" not in page
    assert "&lt;b&gt;欧阳晓棠" in page
    background.left_lying(timezone.now() + timedelta(days=6))
    assert request.file.is_file()
    background.left_lying(timezone.now() + timedelta(days=8))
    assert not request.file.exists()


# ---------------------------------------------------------------------------------------- what stands against it


def test_an_open_case_has_to_be_ended_first(site, known, administrator):
    somebody(site, site.at + timedelta(days=3), ended=False)
    request = asked(known, administrator)
    with pytest.raises(Hindered) as refused:
        actions.order_erasure(request, by=administrator, at=timezone.now())
    assert "还在办理" in refused.value.words.zh
    assert Customer.objects.get(pk=known.customer.pk).name == f"{NAME}工作室"


def test_a_hold_on_the_customer_stops_everything_also_once_it_is_ordered(site, known, administrator):
    request = asked(known, administrator)
    order = actions.order_erasure(request, by=administrator, at=timezone.now())
    held = actions.hold("customer", known.customer.number, "诉讼", by=_everywhere(site), at=timezone.now())
    background.carry_out(order.pk, timezone.now())
    request.refresh_from_db()
    assert (request.state, request.order, request.words["zh"]) == ("open", None, "法律保留：诉讼")
    assert Order.objects.get(pk=order.pk).state == Order.DROPPED
    with pytest.raises(Hindered, match="诉讼"):
        actions.order_erasure(request, by=administrator, at=timezone.now())
    actions.lift(held, "结案", by=_everywhere(site), at=timezone.now())
    assert erased(request, administrator).state == Request.DONE


def _everywhere(site):
    return site.again("wu")


def test_a_running_retention_restricts_until_its_day_and_then_the_rest_goes(site, kept, administrator, doors):
    request = erased(asked(kept, administrator), administrator)
    case = Case.objects.get(pk=kept.case.pk)
    assert (request.state, request.until) == (Request.RESTRICTED, timezone.localdate(case.ended_at).replace(year=2028))
    assert kept.case.number in request.words["zh"]
    # the register is anonymous at once, the record is locked and unchanged
    assert Customer.objects.get(pk=kept.customer.pk).name == "已删除"
    assert (case.title, case.restricted) == ("限制处理", True)
    assert case.state.answers == kept.case.state.answers
    assert list(differences(Case.objects.all())) == []
    for word in (NAME, "13912345678", "oyxt"):
        assert doors.browser("zhou").get("/cases/", {"q": word}).content.decode().count(case.number) == 0
    assert doors.get("zhou", f"/cases/{case.number}").status_code == 404
    assert doors.browser("zhou").get(f"/cases/{case.number}/").status_code == 404
    assert doors.browser("wu").get(f"/cases/{case.number}/").status_code == 200
    assert doors.browser("zhou").get(kept.picture.address).status_code == 404

    later = timezone.now() + timedelta(days=740)
    order = actions.order_erasure(request, by=administrator, at=later)
    background.carry_out(order.pk, later)
    case.refresh_from_db()
    assert Request.objects.get(pk=request.pk).state == Request.DONE
    assert (case.title, case.restricted, case.state.answers) == ("已删除", False, {"intake": {"urgency": "normal"}})


# ------------------------------------------------------------------------------------------------ whose it is


def test_somebody_else_of_the_same_name_keeps_everything(site, known, administrator):
    other = somebody(site, site.at + timedelta(days=2), phone="13700137000")
    erased(asked(known, administrator), administrator)
    case = Case.objects.get(pk=other.case.pk)
    assert case.state.answers == other.case.state.answers
    assert Contact.objects.get(pk=other.contact.pk).name == NAME
    assert list(differences(Case.objects.filter(pk=case.pk))) == []


def test_one_contact_goes_and_the_customer_and_the_others_stay(site, known, administrator):
    second = customers.add_contact(known.customer, by=None, at=site.at, name="店长", phone="13700137000")
    erased(asked(known, administrator, whole=False), administrator)
    known.contact.refresh_from_db()
    second.refresh_from_db()
    assert (known.contact.name, known.contact.phone, known.contact.gone) == ("已删除", "", True)
    assert (second.name, second.phone) == ("店长", "+8613700137000")
    assert Customer.objects.get(pk=known.customer.pk).number == known.customer.number
    assert Case.objects.get(pk=known.case.pk).title == "已删除"


def test_the_preview_counts_every_place_and_changes_nothing(site, known, administrator):
    request = asked(known, administrator)
    seen = actions.preview(request, timezone.now())
    counts = {name: count for name, count in seen.found.counts.items() if count}
    assert counts["cases"] == 1
    assert counts["files"] == 1
    assert counts["visits_visit"] == 1
    assert (counts["drafts"], counts["views"], counts["exports"]) == (1, 2, 1)
    assert (seen.refused, seen.hindered) == (None, {})
    assert Customer.objects.get(pk=known.customer.pk).name == f"{NAME}工作室"

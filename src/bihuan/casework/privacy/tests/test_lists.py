"""Who looked, who carried out of the house, what consent stands, what is masked, what the notice says."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from tests.cast.doors import told
from tests.cast.known import NAME, keeping_pack, somebody

from bihuan.casework.privacy import actions, queries
from bihuan.casework.privacy.errors import NotAllowed, WrongInput
from bihuan.casework.privacy.models import Policy, Recording
from bihuan.casework.privacy.purposes import notice_version, purposes
from bihuan.files.models import Attachment
from bihuan.ground.ids import new_id
from bihuan.people.models import Person
from bihuan.registers.customers import actions as customers
from bihuan.registers.customers.errors import AlreadyThere
from bihuan.registers.customers.models import Consent
from bihuan.registers.customers.queries import may_use


def today():
    return timezone.localdate()


POLICY = {"request_days": "15", "log_days": "180"}


def test_reveals_are_told_by_person_and_period_and_whoever_looks_too_often_stands_out(site, known, office):
    now = timezone.now()
    for place in range(3):
        at = now - timedelta(seconds=3 - place)
        customers.reveal(known.contact, by=site.people["li"], at=at, reason=f"回电 {place}")
    told_ = queries.reveals(office, now, first=today(), last=today(), doer="li")
    assert [one.content["reason"] for one in told_] == ["回电 2", "回电 1", "回电 0"]
    assert queries.reveals(office, now, first=today(), last=today(), doer="zhou") == []
    assert queries.over_limit(told_, None) == []
    assert queries.over_limit(told_, 3) == []
    assert queries.over_limit(told_, 2) == [(today(), "li", 3)]
    with pytest.raises(NotAllowed):
        queries.reveals(site.again("zhou"), now, first=today(), last=today())


def test_the_page_of_reveals_warns_when_the_sites_limit_is_passed(site, known, office, administrator, doors):
    page = doors.browser("wu").get("/privacy/reveals/").content.decode()
    assert "还没有定每人每天的查看上限" in page
    actions.change_policy({**POLICY, "reveals_a_day": "1"}, by=administrator, at=timezone.now())
    for _time in range(2):
        customers.reveal(known.contact, by=site.people["li"], at=timezone.now(), reason="回电")
    page = doors.browser("wu").get("/privacy/reveals/").content.decode()
    assert f"{today()} 李师傅 查看 2 次，超过每天 1 次" in page
    assert "+8613912345678" not in page


def test_exports_are_told_with_list_filter_and_rows(site, known, office, doors):
    doors.browser("zhou").get("/cases/export.csv?state=ended")
    (one,) = queries.exports_made(office, timezone.now(), first=today(), last=today())
    assert (one.doer, one.content["list"], one.content["filters"], one.content["count"]) == (
        "zhou",
        "事项_ended",
        "state=ended",
        1,
    )
    assert "state=ended" in doors.browser("wu").get("/privacy/exports/").content.decode()
    with pytest.raises(NotAllowed):
        queries.exports_made(site.again("zhou"), timezone.now(), first=today(), last=today())


def test_consent_is_given_and_taken_back_by_one_act_each_and_the_newest_word_counts(site, known):
    text = customers.add_text("产品资讯", "1", "我们偶尔寄送产品资讯。", by=None, at=site.at)
    assert not may_use(known.contact, "产品资讯")
    customers.give(known.contact, text, "by-telephone", by=site.people["zhou"], at=site.at)
    assert may_use(known.contact, "产品资讯")
    with pytest.raises(AlreadyThere):
        customers.give(known.contact, text, "by-telephone", by=site.people["zhou"], at=site.at)
    customers.withdraw(known.contact, text, "online", by=site.people["zhou"], at=site.at + timedelta(minutes=1))
    assert not may_use(known.contact, "产品资讯")
    with pytest.raises(AlreadyThere):
        customers.withdraw(known.contact, text, "online", by=site.people["zhou"], at=timezone.now())
    assert list(Consent.objects.order_by("id").values_list("state", flat=True)) == ["given", "withdrawn"]


def test_what_was_said_of_consent_is_never_changed(site, known):
    text = customers.add_text("产品资讯", "1", "文字", by=None, at=site.at)
    customers.give(known.contact, text, "by-telephone", by=None, at=site.at)
    for sql in ("UPDATE customers_consent SET state = 'withdrawn'", "DELETE FROM customers_consenttext"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_the_consent_page_takes_back_by_one_button(site, known, doors):
    text = customers.add_text("产品资讯", "1", "文字", by=None, at=site.at)
    page = f"/privacy/consents/{known.customer.pk}/{known.contact.pk}/"
    zhou = doors.browser("zhou")
    assert zhou.post(page, {"text": str(text.pk), "way": "in-person"}).status_code == 302
    assert "撤回同意" in zhou.get(page).content.decode()
    assert zhou.post(page, {"text": str(text.pk), "way": "in-person", "withdraw": "yes"}).status_code == 302
    assert not may_use(known.contact, "产品资讯")
    assert zhou.post(page, {"text": "x", "way": "in-person"}).status_code == 422


def test_a_recording_keeps_the_version_of_its_announcement_and_it_is_said_once(site, known, office, administrator):
    recording = Attachment.objects.create(
        id=new_id(site.at), sha256="0" * 64, name="x.mp3", kind="mp3", size=1, uploaded_by="chen", outlet="north",
        uploaded_at=site.at, about_kind="case", about_id=str(known.case.pk), scan="unscanned",
    )  # fmt: skip
    saying = {"by": office, "at": timezone.now()}
    with pytest.raises(WrongInput):
        actions.announce_recording(recording, announced=True, agreed=True, **saying)
    given = {**POLICY, "announcement": "本次通话将被录音", "announcement_version": "2026-1"}
    actions.change_policy(given, by=administrator, at=timezone.now())
    actions.announce_recording(recording, announced=True, agreed=True, **saying)
    kept = Recording.objects.get(pk=recording.pk)
    assert (kept.announced, kept.announcement_version, kept.agreed) == (True, "2026-1", True)
    with pytest.raises(AlreadyThere):
        actions.announce_recording(recording, announced=False, agreed=False, **saying)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_recording SET agreed = false")


def test_the_api_masks_as_the_pages_do(site, known, doors):
    """The technician sees the number masked wherever it stands; the dispatcher sees it whole."""
    number = known.case.number
    for path in (f"/cases/{number}", f"/cases/{number}/journal", "/cases"):
        seen = doors.get("li", path).content.decode()
        whole = doors.get("zhou", path).content.decode()
        assert re.findall(r"139 1234-5678|13912345678", seen) == [], path
        assert "139 1234-5678" in whole, path
    answers = told(doors.get("li", f"/cases/{number}"))["answers"]["intake"]
    assert answers["phone"] == "139****5678"
    assert answers["contact"] == NAME


def test_the_list_of_purposes_is_read_from_the_pack_in_force(site, tmp_path):
    assert "phone" not in [one.kind for one in purposes(timezone.now())]
    before = notice_version(queries.policy(), timezone.now())
    keeping_pack(site, tmp_path / "pack", 'keep = { for = "3 years" }', timezone.now() - timedelta(days=1))
    found = {one.kind: one for one in purposes(timezone.now())}
    assert found["phone"].forms[0].zh == "派活办法·登记表"
    assert [words.en for words in found["phone"].kept] == ["3 years from closing"]
    assert notice_version(queries.policy(), timezone.now()) != before


def test_what_the_site_settles_makes_a_new_version_and_cannot_go_below_the_law(site, administrator, office):
    with pytest.raises(WrongInput) as refused:
        actions.change_policy({**POLICY, "log_days": "90"}, by=administrator, at=timezone.now())
    assert refused.value.field == "log_days"
    with pytest.raises(NotAllowed):
        actions.change_policy(POLICY, by=office, at=timezone.now())
    actions.change_policy({**POLICY, "handler": "某公司"}, by=administrator, at=timezone.now())
    assert Policy.objects.get().version == 2
    actions.change_policy({**POLICY, "handler": "某公司"}, by=administrator, at=timezone.now())
    assert Policy.objects.get().version == 2


def test_the_pages_carry_a_request_from_its_form_to_the_end(site, known, administrator, doors):
    qian = doors.browser("qian")
    asked = {"kind": "erasure", "customer": known.customer.number, "contact": "", "identity": "身份证", "namesakes": ""}
    answer = qian.post("/privacy/requests/new/", asked)
    assert answer.status_code == 302
    page = qian.get(answer["Location"]).content.decode()
    assert "删除，不能恢复" in page
    assert "上门" in page
    done = qian.post(f"{answer['Location']}erase/")
    assert done.status_code == 302
    assert "办理中" in qian.get(answer["Location"]).content.decode()
    assert doors.browser("wu").post(f"{answer['Location']}erase/").status_code == 403
    wrong = qian.post("/privacy/requests/new/", asked | {"customer": "没有这个客户", "identity": ""})
    assert wrong.status_code == 422


def test_a_namesake_cannot_be_told_apart_by_name_alone_and_is_named(site, known, administrator):
    somebody(site, site.at + timedelta(days=2), name=NAME, phone="13700137000")
    request = actions.ask("access", known.customer, None, "x", by=administrator, at=timezone.now())
    seen = actions.preview(request, timezone.now())
    assert seen.found.counts["cases"] == 1
    assert seen.found.counts["mentions"] > 0


def test_an_administrator_without_a_post_finds_by_the_whole_and_sees_the_whole_houses_lists(site, known, doors):
    """The account opens no outlet; who keeps personal data has to answer for all of it."""
    Person.objects.filter(username="outsider").update(is_administrator=True)
    admin = doors.browser("outsider")
    customers.reveal(known.contact, by=site.people["li"], at=timezone.now(), reason="回电一次")
    assert "回电一次" in admin.get("/privacy/reveals/").content.decode()
    asked = {"kind": "access", "customer": NAME[:2], "contact": "", "identity": "身份证", "namesakes": ""}
    assert admin.post("/privacy/requests/new/", asked).status_code == 422
    answer = admin.post("/privacy/requests/new/", asked | {"customer": "139-1234-5678", "contact": NAME})
    assert answer.status_code == 302
    page = admin.get(answer["Location"]).content.decode()
    assert "一位联系人" in page
    held = {"kind": "case", "number": known.case.number, "reason": "诉讼"}
    assert admin.post("/privacy/holds/", held).status_code == 302
    assert admin.post("/privacy/holds/", held).status_code == 409
    assert known.case.number in admin.get("/privacy/holds/").content.decode()
    assert admin.get("/customers/").content.decode().count(NAME) == 0


def test_the_pages_carry_a_retention_list_through_two_people(site, known, administrator, doors):
    answer = doors.browser("wu").post("/privacy/retention/")
    page = answer["Location"]
    assert "登记表" in doors.browser("wu").get(page).content.decode()
    assert doors.browser("wu").post(f"{page}check/").status_code == 302
    assert doors.browser("wu").post(f"{page}confirm/").status_code == 403
    assert doors.browser("qian").post(f"{page}confirm/").status_code == 302
    assert doors.browser("qian").post(f"{page}drop/").status_code == 409
    assert "办理中" in doors.browser("qian").get(page).content.decode()

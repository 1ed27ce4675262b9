"""Files come with a form, stay with it when the act is refused, and belong to the case once it is done."""

from __future__ import annotations

import io
import json
import re
import shutil
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from tests.cast import MONDAY, OWN_PACK, dump, fresh, make_site

from bihuan.casework import attachments
from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.files import actions as files
from bihuan.files.models import Attachment

INTAKE = {"contact": "王老师", "problem": "投影机不亮", "urgency": "urgent"}
ASKED = """fields.photos = { ask = "照片", kind = "file", several = true }
fields.plate = { ask = "铭牌", kind = "file" }
fields.signed = { ask = "客户签名", kind = "signature" }
lines.parts.ask = "部件"
lines.parts.fields.part = { ask = "部件" }
lines.parts.fields.picture = { ask = "图", kind = "file" }
fields.device ="""


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    return settings.DATA


@pytest.fixture
def site(db: None, tmp_path):
    folder = tmp_path / "pack"
    shutil.copytree(OWN_PACK, folder)
    text = (folder / "01-job.md").read_text(encoding="utf-8")
    (folder / "01-job.md").write_text(text.replace("fields.device =", ASKED), encoding="utf-8")
    return make_site(timezone.now() - timedelta(days=30), folder)


def browser(site, username: str = "chen") -> Client:
    client = Client()
    client.force_login(site.people[username])
    return client


def picture(name: str = "a.png", shade: int = 90) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), (shade, shade, 200)).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def post(site, **fields):
    return browser(site).post("/cases/new/job/", {**INTAKE, **fields})


def kept(page) -> dict[str, list[str]]:
    """The hidden values by which a form keeps what was handed in."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([a-z0-9-]+)" value="([0-9a-f-]{36})"', page.content.decode()):
        found.setdefault(name, []).append(value)
    return found


def test_the_form_takes_files_without_any_script_and_the_case_has_them(site):
    page = browser(site).get("/cases/new/job/").content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert re.search(r'type="file" name="photos" multiple', page)
    answer = post(site, photos=[picture("正面.png"), picture("背面.png", 10)], signed="王老师")
    case = Case.objects.get(number=answer["Location"].strip("/").rpartition("/")[2])
    told = case.state.answers["intake"]
    assert [one["name"] for one in told["photos"]] == ["正面.png", "背面.png"]
    assert told["signed"] == "王老师"
    found = attachments.attachments_of(case, site.people["zhou"], timezone.now())
    assert sorted(str(one.pk) for one in found) == sorted(one["id"] for one in told["photos"])
    assert {(one.about_kind, one.about_id, one.outlet) for one in found} == {("case", str(case.pk), "north")}
    assert list(differences(Case.objects.all())) == []
    assert "正面.png" in browser(site).get(answer["Location"]).content.decode()


def test_a_refused_act_keeps_the_files_with_the_form_and_the_next_try_uses_them(site):
    refused = post(site, contact="", photos=[picture()], plate=picture("铭牌.png", 20), **{"parts-0-part": "灯泡"})
    assert refused.status_code == 422
    held = kept(refused)
    assert {name: len(ids) for name, ids in held.items()} == {"photos": 1, "plate": 1}
    assert Case.objects.count() == 0
    answer = post(site, **held, **{"parts-0-part": "灯泡"})
    case = Case.objects.get(number=answer["Location"].strip("/").rpartition("/")[2])
    assert [one["id"] for one in case.state.answers["intake"]["photos"]] == held["photos"]
    assert case.state.answers["intake"]["plate"]["id"] == held["plate"][0]
    assert Attachment.objects.count() == 2


def test_a_new_file_takes_the_place_of_the_old_one_and_one_can_be_taken_off(site):
    held = kept(post(site, contact="", plate=picture("旧.png")))
    again = post(site, contact="", plate=[*held["plate"], picture("新.png", 30)])
    assert "新.png" in again.content.decode()
    assert "旧.png" not in again.content.decode()
    dropped = post(site, contact="", **held, **{"drop-plate": held["plate"]})
    assert kept(dropped) == {}


def test_a_file_in_a_line_belongs_to_its_line(site):
    refused = post(site, contact="", **{"parts-1-part": "灯泡", "parts-1-picture": picture("灯泡.png")})
    assert list(kept(refused)) == ["parts-0-picture"]
    answer = post(site, **{"parts-1-part": "灯泡", "parts-1-picture": picture("灯泡.png")})
    case = Case.objects.get(number=answer["Location"].strip("/").rpartition("/")[2])
    assert case.state.answers["intake"]["parts"][0]["picture"]["name"] == "灯泡.png"


def test_a_file_that_is_not_taken_stands_as_a_problem_beside_its_question(site, settings):
    answer = post(site, plate=SimpleUploadedFile("a.exe", b"MZ\x90\x00 program"), photos=[picture()])
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "不能接受这种文件" in page
    assert list(kept(answer)) == ["photos"]
    settings.FILES = {**dict.fromkeys(("picture", "document", "text", "recording"), 1), "scanner": ""}
    too_large = post(site, plate=SimpleUploadedFile("a.pdf", b"%PDF-1.7\n" + b"x" * 1_100_000))
    assert too_large.status_code == 422
    assert "文件太大" in too_large.content.decode()
    assert Case.objects.count() == 0


def test_a_file_is_handed_out_only_to_who_may_see_the_case_and_as_what_it_is(site):
    answer = post(site, plate=picture("秘密.png"))
    one = Attachment.objects.get()
    for username, status in (("chen", 200), ("zhou", 200), ("qian", 200), ("wang", 404), ("outsider", 404)):
        for address in (one.address, one.preview):
            assert browser(site, username).get(address).status_code == status, (username, address)
    given = browser(site).get(one.address)
    assert given["Content-Type"] == "image/png"
    assert given["X-Content-Type-Options"] == "nosniff"
    assert given["Content-Security-Policy"].startswith("sandbox;")
    assert re.fullmatch(r'inline; filename="[0-9a-f]{16}\.png"', given["Content-Disposition"])
    assert answer.status_code == 302


def test_before_the_act_only_who_handed_it_in_sees_it(site):
    (held,) = kept(post(site, contact="", plate=picture()))["plate"]
    assert browser(site).get(f"/files/{held}/").status_code == 200
    assert browser(site, "zhou").get(f"/files/{held}/").status_code == 404
    taken = browser(site, "zhou").post("/cases/new/job/", {**INTAKE, "plate": held})
    assert held not in taken.content.decode()


def test_a_signature_drawn_or_typed(site):
    page = browser(site).get("/cases/new/job/").content.decode()
    assert re.search(r'type="text" name="signed"', page)
    assert re.search(r'type="file" name="signed" accept="image/png,image/jpeg"', page)
    post(site, signed=picture("signature.png"))
    case = Case.objects.get()
    assert case.state.answers["intake"]["signed"]["name"] == "signature.png"


# ------------------------------------------------------------------------------------------ by the API


def sent(site, answers: dict, username: str = "chen"):
    body = {"kind": "job", "id": fresh(), "answers": {f"intake.{name}": value for name, value in answers.items()}}
    return browser(site, username).post("/api/v1/cases", json.dumps(body), content_type="application/json")


def hand_in(site, upload, username: str = "chen"):
    return browser(site, username).post("/api/v1/files", {"file": upload})


def test_the_api_takes_a_file_and_an_act_names_it(site):
    answer = hand_in(site, picture("现场.png"))
    told = json.loads(answer.content)
    assert (answer.status_code, told["kind"], told["scan"]) == (201, "png", "unscanned")
    assert sent(site, {**INTAKE, "plate": told["answer"]}).status_code == 201
    assert Attachment.objects.get().about_id == str(Case.objects.get().pk)
    assert browser(site, "zhou").get(f"/api/v1/files/{told['id']}").status_code == 200
    assert browser(site, "wang").get(f"/api/v1/files/{told['id']}").status_code == 404


def test_an_act_cannot_name_a_file_nobody_handed_in_or_tell_it_otherwise(site):
    told = json.loads(hand_in(site, picture()).content)["answer"]
    another = json.loads(hand_in(site, picture("b.png", 7), "wang").content)["answer"]
    before = dump()
    for wrong in ({**told, "id": fresh()}, {**told, "hash": "0" * 64}, {**told, "size": 1}, another):
        answer = sent(site, {**INTAKE, "plate": wrong})
        assert (answer.status_code, json.loads(answer.content)["code"]) == (422, "unknown-file")
    assert dump() == before


def test_what_is_no_file_is_refused_by_the_api_in_words(site):
    answer = hand_in(site, SimpleUploadedFile("a.heic", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40))
    assert answer.status_code == 422
    assert json.loads(answer.content)["code"] == "wrong-kind"
    assert browser(site).post("/api/v1/files", {}).status_code == 422


# ------------------------------------------------------------------------------------------ after a day


def test_files_nobody_used_go_and_one_an_act_named_finds_its_way(site, monkeypatch):
    post(site, contact="", plate=picture("unused.png"))
    monkeypatch.setattr(attachments.files, "belong", lambda *_args, **_more: 0)  # died between the act and this
    post(site, plate=picture("used.png", 12))
    monkeypatch.undo()
    assert Attachment.objects.filter(about_id="").count() == 2
    later = timezone.now() + timedelta(hours=25)
    assert attachments.sweep(later) == 1
    left = Attachment.objects.get()
    assert (left.name, left.about_id) == ("used.png", str(Case.objects.get().pk))


def test_nothing_stays_behind_when_one_case_leads_to_another(site, monkeypatch):
    post(site, plate=picture("报修.png"))
    case = Case.objects.get()
    child = Case.objects.create(
        id=fresh(), number="X-1", kind="job", version=case.version, step="x", stage="done", outlet="north",
        revision=1, opened_at=MONDAY, parent=case, state=case.state,
    )  # fmt: skip
    upload = files.take(picture("复检.png", 40), by="li", at=timezone.now())
    files.belong([upload.pk], kind="case", identity=str(child.pk), outlet="north", by="li")
    for one in (case, child):
        found = attachments.attachments_of(one, site.people["zhou"], timezone.now())
        assert [each.name for each in found] == ["报修.png", "复检.png"]

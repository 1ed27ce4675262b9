"""Of a recording it is asked at once what its speaker was told; until that is said it waits; it has its own term."""

from __future__ import annotations

import shutil
from datetime import timedelta
from itertools import count

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from tests.cast import OWN_PACK, Site, acting, fresh, opening
from tests.cast.doors import Doors
from tests.cast.known import ASKED

from bihuan.casework import attachments
from bihuan.casework.actions import act, open_case
from bihuan.casework.models import Case
from bihuan.casework.privacy import actions, background, recordings
from bihuan.casework.privacy.actions import retaining
from bihuan.casework.privacy.models import Order, Policy, Recording
from bihuan.casework.replay import differences
from bihuan.files import actions as files
from bihuan.files import store
from bihuan.files.models import Attachment
from bihuan.journal.models import Entry
from bihuan.journal.verify import verify
from bihuan.people.models import Person
from bihuan.registers.documents.actions import load_pack

SETTLED = {
    "request_days": "15",
    "log_days": "180",
    "announcement": "本次通话将被录音",
    "announcement_version": "2026-1",
}
TAKES = count(1)


def sound() -> SimpleUploadedFile:
    """A recording no other is equal to."""
    return SimpleUploadedFile("来电.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes([next(TAKES)]) * 40, "audio/mpeg")


def settle(administrator: Person, **given: str) -> None:
    actions.change_policy({**SETTLED, **given}, by=administrator, at=timezone.now())


def sent(doors: Doors, **more):
    """The opening form with a recording, as the clerk's browser sends it."""
    answers = {"contact": "王老师", "problem": "投影机不亮", "urgency": "normal", "picture": sound(), **more}
    return doors.browser("chen").post("/cases/new/job/", answers)


@pytest.fixture
def asked(site: Site, tmp_path) -> Site:
    """The small pack as it is, a term of three years on its intake form, with a question for a file."""
    folder = tmp_path / "asked"
    shutil.copytree(OWN_PACK, folder)
    text = (folder / "01-job.md").read_text(encoding="utf-8")
    (folder / "01-job.md").write_text(text.replace("fields.device =", ASKED), encoding="utf-8")
    load_pack(folder, by=None, at=site.at + timedelta(days=1))
    return site


def heard(doors: Doors, one: Attachment) -> dict[str, int]:
    return {name: doors.browser(name).get(one.address).status_code for name in ("chen", "zhou", "wu", "wang")}


def test_what_was_said_with_the_form_is_kept_with_the_file_and_the_text_in_force(asked, doors, administrator):
    settle(administrator)
    assert sent(doors, **{"said-picture": "agreed"}).status_code == 302
    one = Attachment.objects.get()
    kept = Recording.objects.get(pk=one.pk)
    assert (kept.announced, kept.agreed, kept.announcement_version, kept.by) == (True, True, "2026-1", "chen")
    entry = Entry.objects.get(verb="recording")
    assert (entry.doer, entry.about_id, entry.content["answers"]["agreed"]) == ("chen", str(one.pk), True)
    assert heard(doors, one) == {"chen": 200, "zhou": 200, "wu": 200, "wang": 404}


def test_a_recording_nobody_said_anything_of_is_held_back_until_somebody_does(asked, doors, office):
    assert sent(doors).status_code == 302
    one = Attachment.objects.get()
    assert heard(doors, one) == {"chen": 200, "zhou": 403, "wu": 200, "wang": 404}
    assert "这段录音暂不放出" in doors.browser("zhou").get(one.address).content.decode()
    number = Case.objects.get().number
    told = {name: doors.browser(name).get(f"/cases/{number}/?tab=files").content.decode() for name in ("chen", "zhou")}
    words = ("来电.mp3", "暂不放出", "说明告知与同意")
    assert [[word in text for word in words] for text in told.values()] == [[True, False, True], [True, True, False]]
    page = f"/privacy/recordings/{one.pk}/"
    assert doors.browser("zhou").get(page).status_code == 403
    assert doors.browser("chen").post(page, {"said": ""}).status_code == 422
    assert doors.browser("chen").post(page, {"said": "nobody"}).status_code == 302
    assert heard(doors, one) == {"chen": 200, "zhou": 200, "wu": 200, "wang": 404}


@pytest.mark.parametrize(("said", "free"), [("agreed", True), ("told", False), ("untold", False), ("nobody", True)])
def test_only_told_and_agreed_or_nobody_heard_lets_it_be_heard(asked, doors, administrator, said, free):
    settle(administrator)
    assert sent(doors, **{"said-picture": said}).status_code == 302
    one = Attachment.objects.get()
    assert recordings.said_of([one]) == {one.pk: said}
    assert heard(doors, one)["zhou"] == (200 if free else 403)
    settle(administrator, recordings=Policy.NOTED)
    assert heard(doors, one)["zhou"] == 200


@pytest.mark.parametrize("said", ["", "told", "untold"])
def test_a_site_that_refuses_keeps_nothing_of_it_and_says_why_beside_the_question(asked, doors, administrator, said):
    settle(administrator, recordings=Policy.REFUSED)
    entries = Entry.objects.count()
    answer = sent(doors, **{"said-picture": said})
    assert answer.status_code == 422
    assert "本单位只收已告知并征得本人同意的录音" in answer.content.decode()
    assert "投影机不亮" in answer.content.decode()
    assert (Attachment.objects.count(), Recording.objects.count(), Case.objects.count()) == (0, 0, 0)
    assert (Entry.objects.count(), [*(store.path_of("0" * 64).parents[1]).rglob("*")]) == (entries, [])


def test_nobody_was_told_where_no_announcement_is_settled(asked, doors):
    answer = sent(doors, **{"said-picture": "agreed"})
    assert (answer.status_code, Attachment.objects.count()) == (422, 0)
    assert "还没有定录音告知语" in answer.content.decode()


def hand_in(doors: Doors, **more: str):
    return Client().post(
        "/api/v1/files", {"file": sound(), **more}, headers={"authorization": f"Bearer {doors.token('chen')}"}
    )


def test_the_api_asks_the_same_and_tells_who_has_to_wait(asked, doors, administrator):
    settle(administrator)
    told = hand_in(doors, recording="agreed")
    assert (told.status_code, told.json()["recording"], told.json()["held_back"]) == (201, "agreed", False)
    unsaid = hand_in(doors)
    assert (unsaid.status_code, unsaid.json()["recording"]) == (201, None)
    made = open_case(site := asked.again("chen"), opening(timezone.now(), answers=with_file(unsaid.json()["answer"])))
    attachments.attach(site, with_file(unsaid.json()["answer"]), made.number)
    assert [doors.get(name, f"/files/{unsaid.json()['id']}").json()["held_back"] for name in ("chen", "zhou")] == [
        False, True,
    ]  # fmt: skip
    settle(administrator, recordings=Policy.REFUSED)
    for said in ("", "untold", "louder"):
        answer = hand_in(doors, recording=said)
        assert (answer.status_code, answer.json()["code"]) == (422, "recording-not-announced")
    assert Attachment.objects.count() == 2


def with_file(answer) -> dict[str, object]:
    return {"intake.contact": "王老师", "intake.problem": "不亮", "intake.urgency": "normal", "intake.picture": answer}


def test_the_database_knows_no_announcement_to_nobody(site):
    with pytest.raises(IntegrityError), transaction.atomic():
        Recording.objects.create(
            attachment=fresh(), announced=False, agreed=True, nobody=True, by="chen", at=timezone.now()
        )


# ------------------------------------------------------------------------------------------------- its own term


def recorded(case: Case, at) -> Attachment:
    one = files.take(sound(), by="chen", at=at, said="nobody")
    files.belong([one.pk], kind="case", identity=str(case.pk), outlet="north", by="chen")
    return one


def test_a_recording_goes_by_the_sites_own_days_while_its_record_is_still_kept(site, kept, office, administrator):
    settle(administrator, recording_days="10")
    old, young = recorded(kept.case, kept.case.opened_at), recorded(kept.case, timezone.now())
    order = retaining.propose(by=None, at=timezone.now())
    assert list(order.items.values_list("number", "form")) == [(kept.case.number, f"file:{old.pk}")]
    retaining.check(order, by=office, at=timezone.now())
    order.refresh_from_db()
    page = Client()
    page.force_login(office)
    assert "录音（自身期限）" in page.get(f"/privacy/retention/{order.pk}/").content.decode()
    retaining.confirm(order, by=administrator, at=timezone.now())
    background.carry_out(order.pk, timezone.now())

    order.refresh_from_db()
    assert (order.state, order.counts["recordings"], order.counts["files"], order.counts["forms"]) == (
        Order.DONE, 1, 1, 0,
    )  # fmt: skip
    assert set(Attachment.objects.values_list("pk", flat=True)) == {young.pk, kept.picture.pk}
    assert [store.path_of(one.sha256).exists() for one in (old, young)] == [False, True]
    case = Case.objects.get(pk=kept.case.pk)
    assert case.state.answers == kept.case.state.answers
    assert list(differences(Case.objects.all())) == []
    assert [one.kind for one in verify(connection) if one.damage and one.kind != "ahead"] == []
    assert retaining.propose(by=None, at=timezone.now()) is None


def test_what_is_held_open_or_without_a_rule_of_the_site_keeps_its_recording(site, kept, office, administrator):
    recorded(kept.case, kept.case.opened_at)
    assert retaining.propose(by=None, at=timezone.now()) is None
    settle(administrator, recording_days="10")
    held = actions.hold("case", kept.case.number, "仲裁", by=administrator, at=timezone.now())
    assert retaining.propose(by=None, at=timezone.now()) is None
    actions.lift(held, "已结", by=administrator, at=timezone.now())
    Case.objects.filter(pk=kept.case.pk).update(ended_at=None)
    assert retaining.propose(by=None, at=timezone.now()) is None


def test_a_hold_that_came_after_the_list_keeps_the_recording(site, kept, office, administrator):
    settle(administrator, recording_days="10")
    one = recorded(kept.case, kept.case.opened_at)
    order = retaining.propose(by=None, at=timezone.now())
    retaining.check(order, by=office, at=timezone.now())
    actions.hold("case", kept.case.number, "仲裁", by=administrator, at=timezone.now())
    order.refresh_from_db()
    retaining.confirm(order, by=administrator, at=timezone.now())
    background.carry_out(order.pk, timezone.now())
    assert Attachment.objects.filter(pk=one.pk).exists()
    assert order.items.get().state == "held"


def test_a_clause_that_gives_the_form_a_term_goes_before_the_sites_days(asked, administrator):
    settle(administrator, recording_days="10")
    at, chen = asked.at + timedelta(days=2), asked.again("chen")
    one = files.take(sound(), by="chen", at=at, said="nobody")
    made = open_case(chen, opening(at, answers=with_file(one.answer)))
    attachments.attach(chen, with_file(one.answer), made.number)
    beside = recorded(Case.objects.get(number=made.number), at)
    act(asked.people["zhou"], acting(made.number, "drop", at + timedelta(minutes=5)))
    order = retaining.propose(by=None, at=timezone.now())
    assert list(order.items.values_list("form", flat=True)) == [f"file:{beside.pk}"]
    later = retaining.propose(by=None, at=at + timedelta(days=3 * 366 + 5))
    assert "intake" in set(later.items.values_list("form", flat=True))


def test_the_rules_page_settles_both(site, administrator, doors):
    page = doors.browser("qian")
    text = page.get("/privacy/policy/").content.decode()
    assert "没有告知并征得同意的录音" in text
    assert "录音保存几天" in text
    assert page.post("/privacy/policy/", {**SETTLED, "recordings": "loud"}).status_code == 422
    assert (
        page.post("/privacy/policy/", {**SETTLED, "recordings": "refused", "recording_days": "90"}).status_code == 302
    )
    assert (Policy.objects.get().recordings, Policy.objects.get().recording_days) == ("refused", 90)

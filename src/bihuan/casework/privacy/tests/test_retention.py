"""What is over goes by a list that two people have seen; what is held or still kept stays."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from tests.cast import Site
from tests.cast.known import Known, somebody

from bihuan.casework.models import Case
from bihuan.casework.privacy import actions, background, disposals
from bihuan.casework.privacy.actions import retaining
from bihuan.casework.privacy.errors import Hindered, NotAllowed
from bihuan.casework.privacy.models import Order, Policy
from bihuan.casework.replay import differences
from bihuan.files import store
from bihuan.files.models import Attachment
from bihuan.journal.models import Entry
from bihuan.journal.verify import verify
from bihuan.people.models import SignInAttempt
from bihuan.registers.surveys.models import Attempt


def disposed(office, administrator) -> Order:
    order = retaining.propose(by=None, at=timezone.now())
    retaining.check(order, by=office, at=timezone.now())
    order.refresh_from_db()
    retaining.confirm(order, by=administrator, at=timezone.now())
    background.carry_out(order.pk, timezone.now())
    return Order.objects.get(pk=order.pk)


def test_what_is_over_stands_on_the_list_and_nothing_has_gone_yet(site, known):
    order = retaining.propose(by=None, at=timezone.now())
    assert list(order.items.values_list("number", "form")) == [(known.case.number, "intake")]
    assert order.state == Order.PROPOSED
    assert not Entry.objects.filter(verb="dispose").exists()
    assert Case.objects.get(pk=known.case.pk).state.answers == known.case.state.answers


def test_a_record_still_kept_is_on_no_list(site, kept):
    assert retaining.propose(by=None, at=timezone.now()) is None
    over = retaining.propose(by=None, at=timezone.now() + timedelta(days=735))
    assert over.items.count() == 1


def test_a_confirmed_list_takes_contents_answers_words_and_files(site, known, office, administrator):
    content = store.path_of(known.picture.sha256)
    order = disposed(office, administrator)
    case = Case.objects.get(pk=known.case.pk)
    assert order.state == Order.DONE
    assert case.state.answers == {"intake": {"urgency": "normal"}}
    assert not Entry.objects.filter(about_kind__in=["case", "note"], about_id=str(case.pk), kept__isnull=False).exists()
    assert not Attachment.objects.filter(pk=known.picture.pk).exists()
    assert not content.exists()
    assert [one.kind for one in verify(connection) if one.damage and one.kind != "ahead"] == []
    assert list(differences(Case.objects.all())) == []
    assert retaining.propose(by=None, at=timezone.now()) is None


def test_a_file_with_the_same_bytes_elsewhere_keeps_them(site, known, office, administrator):
    Attachment.objects.create(
        id="01890000-0000-7000-8000-000000000009", sha256=known.picture.sha256, name="x.png", kind="png", size=1,
        uploaded_by="li", uploaded_at=site.at, scan="unscanned",
    )  # fmt: skip
    disposed(office, administrator)
    assert not Attachment.objects.filter(pk=known.picture.pk).exists()
    assert store.path_of(known.picture.sha256).is_file()


def test_maker_and_confirmer_are_two_people(site, known, office):
    order = retaining.propose(by=office, at=timezone.now())
    retaining.check(order, by=office, at=timezone.now())
    order.refresh_from_db()
    with pytest.raises(NotAllowed):
        retaining.confirm(order, by=office, at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE privacy_order SET confirmed_by = checked_by, state = 'running' WHERE id = %s", [order.pk]
        )


def test_a_hold_keeps_a_case_off_the_list_and_stops_a_confirmed_one(site, known, office, administrator):
    order = retaining.propose(by=None, at=timezone.now())
    retaining.check(order, by=office, at=timezone.now())
    order.refresh_from_db()
    retaining.confirm(order, by=administrator, at=timezone.now())
    held = actions.hold("case", known.case.number, "诉讼", by=office, at=timezone.now())
    background.carry_out(order.pk, timezone.now())
    assert list(order.items.values_list("state", flat=True)) == ["held"]
    assert Case.objects.get(pk=known.case.pk).state.answers == known.case.state.answers
    assert retaining.propose(by=None, at=timezone.now()) is None
    actions.lift(held, "结案", by=office, at=timezone.now())
    assert retaining.propose(by=None, at=timezone.now()).items.count() == 1


def test_only_a_running_order_blanks_what_others_guard(site, known, office):
    order = retaining.propose(by=None, at=timezone.now())
    wiping = "SELECT privacy_wipe(%s, 'surveys_attempt', 'note', 'number', %s, '')"
    with pytest.raises(Exception, match="no order"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(wiping, [order.pk, [known.case.number]])
    setting = "SELECT set_config('bihuan.erasing', 'yes', true)"
    with pytest.raises(Exception, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(setting)
        cursor.execute("UPDATE surveys_attempt SET note = ''")
    Order.objects.filter(pk=order.pk).update(state=Order.RUNNING, checked_by="a")
    writing = "SELECT privacy_wipe(%s, 'surveys_attempt', 'note', 'number', %s, 'another')"
    with pytest.raises(Exception, match="blanked, not written"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(writing, [order.pk, [known.case.number]])
    with pytest.raises(Exception, match="nothing is blanked"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT privacy_wipe(%s, 'journal_content', 'text', 'entry_id', %s, '')", [order.pk, ["x"]])


def test_a_restored_older_copy_is_told_the_list_again(site, known, office, administrator):
    before = transaction.savepoint()
    disposed(office, administrator)
    transaction.savepoint_rollback(before)
    assert Attempt.objects.get().note != ""
    assert actions.apply_again(disposals.folder(), timezone.now()) == 1
    assert Attempt.objects.get().note == ""
    assert Case.objects.get(pk=known.case.pk).state.answers == {"intake": {"urgency": "normal"}}
    assert not Attachment.objects.filter(pk=known.picture.pk).exists()
    assert [one.kind for one in verify(connection) if one.damage and one.kind != "ahead"] == []


def test_a_list_begun_and_broken_off_ends_as_if_begun_once(site, known, office, administrator, monkeypatch):
    """The worker dies after the first chain; the next one goes on from the rows."""
    order = retaining.propose(by=None, at=timezone.now())
    retaining.check(order, by=office, at=timezone.now())
    order.refresh_from_db()
    retaining.confirm(order, by=administrator, at=timezone.now())
    with monkeypatch.context() as patch:
        patch.setattr("bihuan.casework.privacy.erasing.drop_files", lambda *_given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            background.carry_out(order.pk, timezone.now())
    assert Order.objects.get(pk=order.pk).state == Order.RUNNING
    background.carry_out(order.pk, timezone.now())
    assert Order.objects.get(pk=order.pk).state == Order.DONE
    assert Entry.objects.filter(verb="dispose-list").count() == 1
    assert not Attachment.objects.filter(pk=known.picture.pk).exists()


def test_wrong_tries_at_the_door_are_kept_half_a_year_whatever_anybody_settles(site, known, office, administrator):
    now = timezone.now()
    for days in (179, 181):
        SignInAttempt.objects.create(username="x", address="::1", at=now - timedelta(days=days))
    disposed(office, administrator)
    assert SignInAttempt.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Policy.objects.create(pk=1, log_days=90)


def test_a_list_dropped_is_not_carried_out(site, known, office, administrator):
    order = retaining.propose(by=office, at=timezone.now())
    retaining.drop(order, by=office, at=timezone.now())
    with pytest.raises(Hindered):
        retaining.check(order, by=office, at=timezone.now())
    assert background.carry_out(order.pk, timezone.now()) is None
    assert Case.objects.get(pk=known.case.pk).title != "已删除"


def test_the_list_file_holds_ids_and_nothing_else(site: Site, known: Known, office, administrator):
    disposed(office, administrator)
    (file,) = disposals.folder().glob("*.json")
    sheet = json.loads(file.read_text(encoding="utf-8"))
    assert f"case:{known.case.pk}" in sheet["subjects"]
    assert f"file:{known.picture.pk}" in sheet["subjects"]
    assert [word for word in known.words if word in file.read_text(encoding="utf-8")] == []


def test_a_list_is_drawn_up_in_slices_and_nobody_checks_half_of_one(site, known, office, monkeypatch):
    later = somebody(site, site.at + timedelta(days=2), phone="13700137000")
    monkeypatch.setattr("bihuan.casework.privacy.retention.CHUNK", 1)
    order = retaining.begin(by=None, at=timezone.now())
    assert retaining.draw(order.pk, timezone.now(), lambda: False)
    assert list(order.items.values_list("number", flat=True)) == [known.case.number]
    with pytest.raises(Hindered):
        retaining.check(order, by=office, at=timezone.now())
    assert retaining.draw(order.pk, timezone.now(), lambda: False)
    assert not retaining.draw(order.pk, timezone.now(), lambda: False)
    assert set(order.items.values_list("number", flat=True)) == {known.case.number, later.case.number}
    assert Entry.objects.filter(verb="propose-list").count() == 1
    retaining.check(order, by=office, at=timezone.now())

"""Three people sign a version, each with their password; only then a copy is handed out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from pyotp import TOTP

from bihuan.journal.models import Content, Entry
from bihuan.people import actions as people
from bihuan.people import factors
from bihuan.people.errors import DoorClosed, NotAllowed
from bihuan.registers.documents import actions
from bihuan.registers.documents.errors import CopyTaken, NotIssuable, NotSignable, NotSigner
from bihuan.registers.documents.models import ControlledCopy, Signature

from .conftest import PASSWORD, rewrite, sign_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(folder, monday):
    """The pack's own page, in force and not signed by anybody."""
    return actions.load_pack(folder, by=None, at=monday).new[0]


def stands() -> tuple[int, int, int]:
    """Signatures, copies and entries there are."""
    return Signature.objects.count(), ControlledCopy.objects.count(), Entry.objects.count()


def issued(version, monday, number="01", holder="办公室", by=None):
    return actions.issue_copy(version, holder, number, by=by, at=monday)


@pytest.mark.rule("INT-00-02")
@pytest.mark.parametrize("missing", ["prepared", "reviewed", "approved"])
def test_a_copy_of_what_one_of_three_has_not_signed_is_not_issued(version, monday, signers, missing):
    sign_all(version, signers, until=missing)
    before = stands()
    with pytest.raises(NotIssuable) as refused:
        issued(version, monday)
    assert (refused.value.field, version.signed) == (missing, False)
    assert stands() == before


@pytest.mark.rule("INT-00-02")
@pytest.mark.parametrize(
    ("holder", "number", "field"),
    [
        ("", "01", "holder"),
        ("  ", "01", "holder"),
        ("办公室", " ", "distribution-number"),
        ("办公室", "0/1", "distribution-number"),
    ],
)
def test_a_copy_without_holder_or_number_is_not_issued(version, monday, signers, holder, number, field):
    sign_all(version, signers)
    before = stands()
    with pytest.raises(NotIssuable) as refused:
        issued(version, monday, number, holder)
    assert refused.value.field == field
    assert stands() == before


@pytest.mark.rule("INT-00-02")
def test_the_cover_carries_its_eleven_fields_and_a_whole_copy_is_issued(version, monday, signers):
    sign_all(version, signers)
    copy = issued(version, monday)
    names = {one.role: one.name for one in version.signatures.all()}
    signed = [names[role] for role in ("prepared", "reviewed", "approved")]
    cover = (
        version.document.number, version.company, version.title, version.version, version.controlled, copy.holder,
        copy.distribution_number, version.effective_date, *signed,
    )  # fmt: skip
    assert cover == ("XD-001", "小店公司", "小店", "第1版", True, "办公室", "01", "2026-03-01", "甲", "乙", "丙")
    assert Entry.objects.latest("position").verb == "issue-copy"


def test_a_distribution_number_is_in_one_hand_only(version, monday, signers):
    issued(sign_all(version, signers), monday)
    before = stands()
    with pytest.raises(CopyTaken):
        issued(version, monday, holder="财务处")
    assert stands() == before


def test_the_owner_of_a_procedure_and_administrators_hand_out_copies_others_do_not(folder, monday, signers):
    procedure = sign_all(actions.load_pack(folder, by=None, at=monday).new[1], signers)
    clerk = people.add_person("chen", "陈坐席", None, by=None, at=monday)
    before = stands()
    with pytest.raises(NotAllowed):
        issued(procedure, monday, by=clerk)
    assert stands() == before
    people.give_post(clerk, "clerk", "", start=monday.date(), by=None, at=monday)
    assert issued(procedure, monday, by=clerk).issued_by == "chen"
    signers["prepared"].is_administrator = True
    assert issued(procedure, monday, "02", by=signers["prepared"]).issued_by == "prepared"


def test_loading_a_pack_signs_nothing(version):
    assert (version.signed, stands()[0]) == (False, 0)


def test_a_signature_keeps_person_moment_and_the_digest_of_the_words(version, monday, signers):
    signature = actions.sign(version, "prepared", by=signers["prepared"], password=PASSWORD, at=monday)
    assert (signature.person, signature.name, signature.at) == ("prepared", "甲", monday)
    assert signature.digest == version.digest
    entry = Entry.objects.latest("position")
    assert (entry.verb, entry.doer) == ("sign", "prepared")
    assert Content.objects.get(entry=entry).decoded["answers"]["digest"] == version.digest


def test_the_entry_of_a_signature_says_what_was_shown_for_it_and_over_which_words(version, monday, signers):
    person = signers["prepared"]
    before = monday - timedelta(hours=1)
    app = TOTP(factors.begin_app(person, before))
    factors.confirm_app(person, app.at(before), at=before)
    actions.sign(version, "prepared", by=person, password=app.at(monday), at=monday)
    actions.sign(version, "reviewed", by=signers["reviewed"], password=PASSWORD, at=monday)
    said = [one.content["answers"]["signed"] for one in Entry.objects.filter(verb="sign").order_by("position")]
    assert said == [{"factor": "totp", "digest": version.digest}, {"factor": "password", "digest": version.digest}]
    with pytest.raises(NotSignable):
        actions.sign(version, "approved", by=signers["approved"], password=app.at(monday), at=monday)


def test_a_wrong_password_signs_nothing_and_ten_of_them_close_the_door(version, monday, signers):
    before = stands()
    for second in range(10):
        with pytest.raises(NotSignable) as refused:
            actions.sign(
                version, "prepared", by=signers["prepared"], password="x", at=monday + timedelta(seconds=second)
            )
        assert refused.value.field == "password"
    with pytest.raises(DoorClosed):
        actions.sign(version, "prepared", by=signers["prepared"], password=PASSWORD, at=monday + timedelta(seconds=11))
    # that the door closed stands in the book; nothing else happened
    assert stands() == (before[0], before[1], before[2] + 1)
    assert Entry.objects.latest("position").verb == "lock-out"


def test_only_the_one_the_cover_names_signs(version, monday, signers):
    before = stands()
    with pytest.raises(NotSigner):
        actions.sign(version, "prepared", by=signers["reviewed"], password=PASSWORD, at=monday)
    assert stands() == before


@pytest.mark.parametrize("named", ["clerk", "受理员", "Clerk"])
def test_a_post_on_the_cover_is_signed_by_whoever_holds_it(folder, monday, signers, named):
    rewrite(folder, "pack.toml", 'prepared-by = "甲"', f'prepared-by = "{named}"')
    version = actions.load_pack(folder, by=None, at=monday).new[1]
    holder = signers["reviewed"]
    with pytest.raises(NotSigner):
        actions.sign(version, "prepared", by=holder, password=PASSWORD, at=monday)
    people.give_post(holder, "clerk", "", start=monday.date(), by=None, at=monday)
    holder.__dict__.pop("_held", None)
    assert actions.sign(version, "prepared", by=holder, password=PASSWORD, at=monday).post == "clerk"


@pytest.mark.parametrize("role", ["reviewed", "approved", "cleaned"])
def test_they_sign_in_their_turn(version, monday, signers, role):
    before = stands()
    with pytest.raises(NotSignable):
        actions.sign(version, role, by=signers.get(role, signers["prepared"]), password=PASSWORD, at=monday)
    assert stands() == before


def test_nobody_signs_twice_nor_what_is_out_of_force(folder, version, monday, signers):
    actions.sign(version, "prepared", by=signers["prepared"], password=PASSWORD, at=monday)
    rewrite(folder, "pack.toml", "受理员", "接待员")
    actions.load_pack(folder, by=None, at=monday + timedelta(days=1))
    version.refresh_from_db()
    before = stands()
    for role in ("prepared", "reviewed"):
        with pytest.raises(NotSignable):
            actions.sign(version, role, by=signers[role], password=PASSWORD, at=monday)
    assert stands() == before


def test_a_new_version_asks_for_new_signatures(folder, version, monday, signers):
    sign_all(version, signers)
    rewrite(folder, "pack.toml", "受理员", "接待员")
    new = actions.load_pack(folder, by=None, at=monday + timedelta(days=1)).new[0]
    assert (version.signed, new.signed) == (True, False)


def test_the_database_keeps_a_signature_as_it_was_given(version, monday, signers):
    sign_all(version, signers)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("UPDATE documents_signature SET person = 'x'")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("DELETE FROM documents_signature")
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(
            version=version, role="approved", person="x", name="x", digest=version.digest, at=monday
        )


@pytest.mark.rule("INT-00-08")
def test_the_watermark_names_holder_and_number_and_says_when_the_version_is_out_of_force(
    folder, version, monday, signers
):
    copy = issued(sign_all(version, signers), monday)
    assert copy.watermark == "受控文件 · 持有者 办公室 · 分发号 01 · 不得复制"
    rewrite(folder, "pack.toml", "受理员", "接待员")
    actions.load_pack(folder, by=None, at=monday + timedelta(days=1))
    old = ControlledCopy.objects.select_related("version").get()
    assert old.watermark == "受控文件 · 持有者 办公室 · 分发号 01 · 不得复制 · 已作废"

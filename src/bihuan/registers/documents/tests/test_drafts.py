"""A change of a procedure from its draft to its force, and every way it is refused on the way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from bihuan.journal.models import Entry, Letter
from bihuan.people import actions as people
from bihuan.registers.documents import actions, drafting, errors, queries, readers, releasing, whole
from bihuan.registers.documents.models import Draft, Revision, Version

from .conftest import PASSWORD, rewrite

DAY = timedelta(days=1)
SHORT, LONG = 'within = "2 days"', 'within = "3 days"'


@pytest.fixture
def author(signers, folder, monday):
    """Somebody who holds the owner's post for the whole house, the pack being in force."""
    actions.load_pack(folder, by=None, at=monday)
    person = people.add_person("author", "丁", None, by=None, at=monday)
    people.give_post(person, "clerk", "", by=None, at=monday)
    return person


def changed(text: str, version: str = "1.1") -> str:
    assert SHORT in text
    return text.replace(SHORT, LONG).replace('version = "1.0"', f'version = "{version}"')


def drafted(author, at, version: str = "1.1") -> Draft:
    draft = drafting.start("repair", by=author, at=at)
    drafting.save(draft, changed(draft.newest.text, version), 1, by=author, at=at)
    return draft


def signed(draft: Draft, signers, at, day: date, until: str = "") -> Draft:
    for role, person in signers.items():
        if role == until:
            break
        given = day if role == "approved" else None
        releasing.sign(draft, role, by=person, password=PASSWORD, at=at, day=given)
    draft.refresh_from_db()
    return draft


def verbs(*wanted: str) -> list[str]:
    return list(Entry.objects.filter(verb__in=wanted).order_by("position").values_list("verb", flat=True))


def limit(at) -> int:
    found = queries.in_force("repair", at)
    return found[1].deadlines["done"].within[0].time.amount


def test_a_change_goes_from_draft_to_force_and_the_old_text_ends_that_very_moment(author, signers, monday):
    draft = drafted(author, monday)
    releasing.send(draft, by=author, at=monday)
    signed(draft, signers, monday, date(2026, 3, 5))
    assert (draft.version.state, limit(monday + DAY)) == (Version.APPROVED, 2)
    assert releasing.take_force(monday + 2 * DAY) == []
    (taken,) = releasing.take_force(monday + 3 * DAY)
    old = Version.objects.get(document=taken.document, state=Version.OBSOLETE)
    assert taken.state == Version.EFFECTIVE
    assert taken.signed
    assert taken.effective_date == "2026-03-05"
    assert taken.effective_from.isoformat() == "2026-03-04T16:00:00+00:00"
    assert old.effective_until == taken.effective_from
    assert (limit(taken.effective_from - timedelta(seconds=1)), limit(taken.effective_from)) == (2, 3)
    draft.refresh_from_db()
    assert draft.state == Draft.DONE
    said = verbs("start-draft", "send-draft", "sign", "take-force")
    assert said == ["start-draft", "send-draft", "sign", "sign", "sign", "take-force"]


def test_today_is_in_force_with_the_next_round(author, signers, monday):
    draft = drafted(author, monday)
    releasing.send(draft, by=author, at=monday)
    signed(draft, signers, monday, monday.date())
    assert [one.version for one in releasing.take_force(monday)] == ["1.1"]
    assert limit(monday) == 3


def test_every_saving_is_kept_and_an_older_one_is_never_written_over(author, monday):
    draft = drafting.start("repair", by=author, at=monday)
    first = draft.newest.text
    drafting.save(draft, changed(first), 1, by=author, at=monday)
    with pytest.raises(errors.DraftMoved):
        drafting.save(draft, first + "\n后到的", 1, by=author, at=monday)
    drafting.save(draft, changed(first).replace("\n", "\r\n"), 2, by=author, at=monday)
    assert list(draft.revisions.order_by("number").values_list("number", "text")) == [(1, first), (2, changed(first))]
    for doing in (lambda one: one.update(text="x"), lambda one: one.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            doing(Revision.objects.filter(draft=draft))


def test_only_the_owners_post_and_administrators_draft(author, signers, monday):
    with pytest.raises(errors.NotDrafter):
        drafting.start("repair", by=signers["approved"], at=monday)
    people.give_post(signers["reviewed"], "clerk", people_outlet(monday), by=None, at=monday)
    people.give_post(signers["approved"], "clerk", "branch", by=None, at=monday)
    drafting.start("repair", by=signers["reviewed"], at=monday)
    with pytest.raises(errors.NotDrafter):
        # a branch does not write the house's procedures
        drafting.drop(drafting.under_way("repair"), "不改了", by=signers["approved"], at=monday)
    with pytest.raises(errors.DraftThere):
        drafting.start("repair", by=author, at=monday)


def people_outlet(at) -> str:
    people.add_outlet("head", "总部", by=None, at=at)
    people.add_outlet("branch", "分部", parent="head", by=None, at=at)
    return "head"


def test_faults_keep_it_from_being_sent_and_are_told_with_their_lines(author, monday):
    draft = drafting.start("repair", by=author, at=monday)
    text = changed(draft.newest.text).replace('tell = ["clerk"]', 'tell = ["clark"]')
    drafting.save(draft, text, 1, by=author, at=monday)
    with pytest.raises(errors.DraftFaulty) as refused:
        releasing.send(draft, by=author, at=monday)
    line = text.splitlines().index('late = [{ tell = ["clark"] }]') + 1
    assert [(one.file, one.line) for one in refused.value.faults] == [("01-repair.md", line)]
    assert verbs("send-draft") == []


def test_number_and_version_stand_for_one_text(author, monday):
    draft = drafted(author, monday, "1.0")
    with pytest.raises(errors.VersionTaken):
        releasing.send(draft, by=author, at=monday)


def test_a_kind_never_changes_into_another(author, monday):
    draft = drafting.start("repair", by=author, at=monday)
    text = changed(draft.newest.text).replace('kind = "repair"', 'kind = "mending"')
    drafting.save(draft, text, 1, by=author, at=monday)
    with pytest.raises(errors.WrongDraft):
        releasing.send(draft, by=author, at=monday)


def test_a_returned_draft_is_written_on_and_signed_anew_from_the_beginning(author, signers, monday):
    draft = drafted(author, monday)
    releasing.send(draft, by=author, at=monday)
    signed(draft, signers, monday, monday.date(), until="reviewed")
    with pytest.raises(errors.WrongDraft):
        releasing.give_back(draft, " ", by=signers["reviewed"], at=monday)
    releasing.give_back(draft, "三天太长", by=signers["reviewed"], at=monday)
    draft.refresh_from_db()
    left = draft.version
    assert (draft.state, draft.returned, draft.returned_by) == (Draft.WRITING, "三天太长", "reviewed")
    drafting.save(draft, draft.newest.text + "\n说明。\n", 2, by=author, at=monday)
    releasing.send(draft, by=author, at=monday)
    signed(draft, signers, monday, monday.date())
    assert draft.version != left
    assert Version.objects.get(pk=left.pk).state == Version.OBSOLETE
    assert [one.version for one in releasing.take_force(monday)] == ["1.1"]
    told = Letter.objects.filter(subject__startswith="退回修改").values_list("to", flat=True)
    assert list(told) == ["author"]


def test_somebody_without_a_part_in_it_gives_nothing_back(author, monday):
    draft = drafted(author, monday)
    releasing.send(draft, by=author, at=monday)
    stranger = people.add_person("stranger", "路人", None, by=None, at=monday)
    with pytest.raises(errors.NotSigner):
        releasing.give_back(draft, "不喜欢", by=stranger, at=monday)


def test_while_it_is_before_its_signers_nobody_writes_on_it(author, monday):
    draft = drafted(author, monday)
    releasing.send(draft, by=author, at=monday)
    with pytest.raises(errors.DraftMoved):
        drafting.save(draft, "别的", 2, by=author, at=monday)
    with pytest.raises(errors.DraftMoved):
        releasing.send(draft, by=author, at=monday)


def test_the_day_of_force_is_named_and_not_past(author, signers, monday):
    draft = drafted(author, monday)
    releasing.send(draft, by=author, at=monday)
    signed(draft, signers, monday, monday.date(), until="approved")
    for day in (None, date(2026, 3, 1)):
        with pytest.raises(errors.WrongDraft):
            releasing.sign(draft, "approved", by=signers["approved"], password=PASSWORD, at=monday, day=day)
    assert draft.version.signatures.count() == 2


def test_nobody_signs_two_of_three_that_the_cover_names_apart(author, signers, folder, monday):
    rewrite(folder, "pack.toml", 'reviewed-by = "乙"', 'reviewed-by = "clerk"')
    actions.load_pack(folder, by=None, at=monday)
    people.give_post(signers["prepared"], "clerk", "", by=None, at=monday)
    draft = drafted(author, monday)
    releasing.send(draft, by=author, at=monday)
    releasing.sign(draft, "prepared", by=signers["prepared"], password=PASSWORD, at=monday)
    with pytest.raises(errors.NotSigner):
        releasing.sign(draft, "reviewed", by=signers["prepared"], password=PASSWORD, at=monday)
    assert draft.version is None or draft.version.signatures.count() == 1


def test_a_cover_that_names_no_approver_is_said_before_it_is_sent(author, folder, monday):
    rewrite(folder, "pack.toml", 'approved-by = "丙"', "")
    actions.load_pack(folder, by=None, at=monday)
    draft = drafted(author, monday)
    with pytest.raises(errors.WrongDraft, match="核准"):
        releasing.send(draft, by=author, at=monday)


def test_a_pack_that_changed_meanwhile_is_signed_by_nobody(author, signers, folder, monday):
    draft = drafted(author, monday)
    releasing.send(draft, by=author, at=monday)
    rewrite(folder, "pack.toml", "小店公司", "大店公司")
    actions.load_pack(folder, by=None, at=monday)
    with pytest.raises(errors.PackMoved):
        releasing.sign(draft, "prepared", by=signers["prepared"], password=PASSWORD, at=monday)


def test_approved_it_goes_back_if_the_pack_changes_before_its_day(author, signers, folder, monday):
    draft = drafted(author, monday)
    releasing.send(draft, by=author, at=monday)
    signed(draft, signers, monday, date(2026, 3, 5))
    rewrite(folder, "pack.toml", "小店公司", "大店公司")
    actions.load_pack(folder, by=None, at=monday + DAY)
    assert releasing.take_force(monday + 4 * DAY) == []
    draft.refresh_from_db()
    assert (draft.state, limit(monday + 4 * DAY)) == (Draft.WRITING, 2)
    assert "程序包" in draft.returned
    assert verbs("withhold") == ["withhold"]


def test_loading_an_older_folder_does_not_undo_what_was_drafted_here(author, signers, folder, monday):
    draft = drafted(author, monday)
    releasing.send(draft, by=author, at=monday)
    signed(draft, signers, monday, monday.date())
    releasing.take_force(monday)
    assert actions.load_pack(folder, by=None, at=monday + DAY).kept == ("01-repair.md",)
    assert limit(monday + DAY) == 3
    # a text the house never had is a change like any other
    rewrite(folder, "01-repair.md", SHORT, 'within = "5 days"')
    assert actions.load_pack(folder, by=None, at=monday + DAY).kept == ()
    assert limit(monday + DAY) == 5


def test_a_new_procedure_grows_from_the_small_template(author, signers, monday):
    draft = drafting.begin("rental", "租借程序", "clerk", by=author, at=monday)
    text = draft.newest.text
    assert whole.judge(draft.pack, draft.file, text).faults == ()
    assert draft.file == "02-rental.md"
    releasing.send(draft, by=author, at=monday)
    signed(draft, signers, monday, monday.date())
    releasing.take_force(monday)
    assert queries.in_force("rental", monday)[1].title.zh == "租借程序"
    with pytest.raises(errors.WrongDraft):
        drafting.begin("rental", "又一份", "clerk", by=author, at=monday)


def test_a_dropped_draft_keeps_its_revisions_and_makes_room_for_another(author, monday):
    draft = drafted(author, monday)
    drafting.drop(draft, "不改了", by=author, at=monday)
    assert draft.revisions.count() == 2
    assert drafting.start("repair", by=author, at=monday).pk != draft.pk


def test_whoever_holds_an_acting_post_is_told_and_says_that_they_have_read_it(author, signers, monday):
    second = people.add_person("second", "戊", None, by=None, at=monday)
    people.give_post(second, "clerk", people_outlet(monday), by=None, at=monday)
    draft = drafted(author, monday)
    releasing.send(draft, by=author, at=monday)
    signed(draft, signers, monday, monday.date())
    told = Letter.objects.filter(subject__startswith="程序更改").order_by("to").values_list("to", flat=True)
    assert list(told) == ["author", "second"]
    version = draft.version
    readers.acknowledge(version, by=author, at=monday)
    assert [(one.person.username, one.at) for one in readers.listed(version, monday)] == [
        ("second", None), ("author", monday),
    ]  # fmt: skip
    with pytest.raises(errors.WrongDraft):
        readers.acknowledge(version, by=author, at=monday)
    with pytest.raises(errors.NotDrafter):
        readers.acknowledge(version, by=signers["approved"], at=monday)


def test_examples_come_with_the_pack_and_are_played_with_the_draft(author, folder, monday):
    (folder / "examples").mkdir()
    (folder / "examples" / "01.toml").write_text(EXAMPLE, encoding="utf-8")
    actions.load_pack(folder, by=None, at=monday)
    draft = drafted(author, monday)
    before = whole.rehearsed(draft.pack, draft.file, queries.text_of(draft.based_on_id))[1]
    after = whole.rehearsed(draft.pack, draft.file, draft.newest.text)[1]
    assert (before.passed, after.passed) == (True, False)
    (short,) = [one for result in after.results for one in result.differences]
    assert (short.expected, short.got) == ("2026-03-05 00:00", "2026-03-06 00:00")


EXAMPLE = """
procedure = "repair"
[[example]]
title = "两天内"
rules = []
start = { by = "clerk", at = "2026-03-02 09:00", follows = { due = { done = "2026-03-05 00:00" } } }
"""

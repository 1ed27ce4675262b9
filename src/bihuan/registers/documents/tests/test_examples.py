"""Examples drafted beside a text: rehearsed, sent, signed and in force with it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from bihuan.journal.models import Entry
from bihuan.people import actions as people
from bihuan.registers.documents import actions, drafting, errors, examples, issuing, queries, releasing, whole
from bihuan.registers.documents.models import Draft, EnclosedExample, Version

from .conftest import PASSWORD, REPAIR, rewrite

DAY = timedelta(days=1)
FILE = "01.toml"
EXAMPLE = """procedure = "repair"
[[example]]
title = "两天内"
start = { by = "clerk", at = "2026-03-02 09:00", follows = { due = { done = "2026-03-05 00:00" } } }
"""
LATER = EXAMPLE.replace("2026-03-05", "2026-03-06").replace("两天", "三天")


@pytest.fixture
def author(signers, folder, monday):
    """The owner's post for the whole house; the pack is in force with one example."""
    (folder / "examples").mkdir()
    (folder / "examples" / FILE).write_text(EXAMPLE, encoding="utf-8")
    actions.load_pack(folder, by=None, at=monday)
    person = people.add_person("author", "丁", None, by=None, at=monday)
    people.give_post(person, "clerk", "", by=None, at=monday)
    return person


@pytest.fixture
def draft(author, monday) -> Draft:
    """Three days instead of two; the example still says two."""
    made = drafting.start("repair", by=author, at=monday)
    text = made.newest.text.replace('"2 days"', '"3 days"').replace('version = "1.0"', 'version = "1.1"')
    drafting.save(made, text, 1, by=author, at=monday)
    return made


def approved(draft, signers, monday) -> Version:
    for role, person in signers.items():
        day = date(2026, 3, 5) if role == "approved" else None
        releasing.sign(draft, role, by=person, password=PASSWORD, at=monday, day=day)
    draft.refresh_from_db()
    return draft.version


def test_a_drafted_example_is_played_instead_of_the_one_in_force(draft, author, monday):
    before = whole.rehearsed(draft.pack, draft.file, draft.newest.text, examples.texts(draft))[1]
    kept = examples.save(draft, FILE, LATER, 0, by=author, at=monday)
    after = whole.rehearsed(draft.pack, draft.file, draft.newest.text, examples.texts(draft))[1]
    assert (before.passed, after.passed, len(after.results)) == (False, True, 1)
    # one count over text and examples, and the text is still the text
    assert (kept.number, draft.newest.number, draft.newest_of(FILE).number) == (3, 2, 3)
    assert whole.examples_of("small") == {FILE: EXAMPLE}


def test_what_is_as_in_force_is_no_change(draft, author, monday):
    assert examples.save(draft, FILE, EXAMPLE.replace("\n", "\r\n"), 0, by=author, at=monday) is None
    examples.save(draft, FILE, LATER, 0, by=author, at=monday)
    assert examples.save(draft, FILE, LATER, 3, by=author, at=monday) is None
    examples.save(draft, FILE, EXAMPLE, 3, by=author, at=monday)
    assert examples.texts(draft) == {}


def test_a_saving_in_between_and_a_name_that_is_none_are_refused(draft, author, signers, monday):
    examples.save(draft, FILE, LATER, 0, by=author, at=monday)
    with pytest.raises(errors.DraftMoved):
        examples.save(draft, FILE, EXAMPLE, 0, by=author, at=monday)
    for name in ("../x.toml", ".x.toml", "x.md", "a/b.toml", "x y.toml"):
        with pytest.raises(errors.WrongDraft):
            examples.save(draft, name, LATER, 0, by=author, at=monday)
    with pytest.raises(errors.NotDrafter):
        examples.save(draft, FILE, EXAMPLE, 3, by=signers["approved"], at=monday)


def test_with_examples_falling_short_it_is_sent_only_with_a_reason_that_is_signed_too(draft, author, signers, monday):
    with pytest.raises(errors.WrongDraft) as refused:
        releasing.send(draft, by=author, at=monday, reason="  ")
    assert (refused.value.field, Draft.objects.get().state) == ("short-reason", Draft.WRITING)
    sent = releasing.send(draft, by=author, at=monday, reason="例子下周改").version
    assert (sent.shortfalls, sent.short_reason) == (1, "例子下周改")
    assert sent.enclosed == examples.enclosed_digest({}, 1, "例子下周改") != ""
    signature = releasing.sign(draft, "prepared", by=signers["prepared"], password=PASSWORD, at=monday)
    assert (signature.digest, signature.enclosed) == (sent.digest, sent.enclosed)
    content = Entry.objects.get(verb="send-draft").content["answers"]
    assert (content["fall-short"], content["why"]) == (1, "例子下周改")


def test_a_drafted_file_that_cannot_be_read_is_not_sent_whatever_the_reason(draft, author, monday):
    examples.save(draft, FILE, EXAMPLE + "[[example", 0, by=author, at=monday)
    with pytest.raises(errors.WrongDraft) as refused:
        releasing.send(draft, by=author, at=monday, reason="就这样")
    assert FILE in refused.value.words.zh


def test_text_and_examples_are_signed_together_and_in_force_together(draft, author, signers, monday):
    examples.save(draft, FILE, LATER, 0, by=author, at=monday)
    examples.save(draft, "02-more.toml", LATER.replace("三天内", "也三天"), 0, by=author, at=monday)
    sent = releasing.send(draft, by=author, at=monday).version
    digests = {FILE: whole.digest_of(LATER), "02-more.toml": whole.digest_of(LATER.replace("三天内", "也三天"))}
    assert (sent.enclosed, sent.shortfalls) == (examples.enclosed_digest(digests, 0, ""), 0)
    version = approved(draft, signers, monday)
    assert version.signed
    assert whole.examples_of("small") == {FILE: EXAMPLE}
    releasing.take_force(monday + 4 * DAY)
    assert set(whole.examples_of("small")) == {FILE, "02-more.toml"}
    assert whole.examples_of("small")[FILE] == LATER
    entry = Entry.objects.get(verb="take-force").content["answers"]
    assert [one["file"] for one in entry["examples"]] == [FILE, "02-more.toml"]


def test_a_signature_over_other_examples_is_no_signature_of_these(draft, author, signers, monday):
    examples.save(draft, FILE, LATER, 0, by=author, at=monday)
    releasing.send(draft, by=author, at=monday)
    version = approved(draft, signers, monday)
    version.enclosed = examples.enclosed_digest({FILE: whole.digest_of(EXAMPLE)}, 0, "")
    assert not version.signed


def test_what_lies_before_the_signers_is_never_changed_nor_added_to(draft, author, signers, monday):
    examples.save(draft, FILE, LATER, 0, by=author, at=monday)
    version = releasing.send(draft, by=author, at=monday).version
    for doing in (lambda one: one.update(text="x"), lambda one: one.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            doing(EnclosedExample.objects.filter(version=version))
    releasing.sign(draft, "prepared", by=signers["prepared"], password=PASSWORD, at=monday)
    with pytest.raises(DatabaseError), transaction.atomic():
        EnclosedExample.objects.create(version=version, file="x.toml", text="x", digest="x")


def test_a_file_changed_in_force_meanwhile_is_looked_at_before_it_is_sent(draft, author, folder, monday):
    examples.save(draft, FILE, LATER, 0, by=author, at=monday)
    rewrite(folder, f"examples/{FILE}", "两天内", "两天之内")
    actions.load_pack(folder, by=None, at=monday + DAY)
    assert examples.outdated(draft) == [FILE]
    with pytest.raises(errors.WrongDraft):
        releasing.send(draft, by=author, at=monday + DAY)
    # saved again it stands on what is in force now
    examples.save(draft, FILE, LATER, 3, by=author, at=monday + DAY)
    assert examples.outdated(draft) == []
    assert releasing.send(draft, by=author, at=monday + DAY).state == Draft.SENT


def test_a_file_changed_in_force_after_the_approval_sends_the_draft_back(draft, author, signers, folder, monday):
    examples.save(draft, FILE, LATER, 0, by=author, at=monday)
    releasing.send(draft, by=author, at=monday)
    approved(draft, signers, monday)
    rewrite(folder, f"examples/{FILE}", "两天内", "两天之内")
    actions.load_pack(folder, by=None, at=monday + DAY)
    assert releasing.take_force(monday + 4 * DAY) == []
    draft.refresh_from_db()
    assert draft.state == Draft.WRITING
    assert FILE in draft.returned
    assert queries.in_force("repair", monday + 4 * DAY)[0].version == "1.0"


def test_loading_an_older_folder_does_not_undo_drafted_examples_and_a_newer_one_does(
    draft, author, signers, folder, monday
):
    examples.save(draft, FILE, LATER, 0, by=author, at=monday)
    releasing.send(draft, by=author, at=monday)
    approved(draft, signers, monday)
    releasing.take_force(monday + 4 * DAY)
    loaded = actions.load_pack(folder, by=None, at=monday + 5 * DAY)
    assert loaded.kept == ("01-repair.md", f"examples/{FILE}")
    assert whole.examples_of("small") == {FILE: LATER}
    (folder / "examples" / FILE).write_text(LATER + "# 新\n", encoding="utf-8")
    assert actions.load_pack(folder, by=None, at=monday + 6 * DAY).kept == ("01-repair.md",)
    assert whole.examples_of("small") == {FILE: LATER + "# 新\n"}


def test_one_file_is_before_its_signers_with_one_draft_at_a_time(draft, author, folder, monday):
    more = REPAIR.replace("XD-001-01", "XD-001-02").replace('kind = "repair"', 'kind = "visit"')
    (folder / "02-visit.md").write_text(more, encoding="utf-8")
    actions.load_pack(folder, by=None, at=monday)
    other = drafting.start("visit", by=author, at=monday)
    drafting.save(other, other.newest.text.replace('"1.0"', '"1.1"'), 1, by=author, at=monday)
    examples.save(draft, FILE, LATER, 0, by=author, at=monday)
    examples.save(other, FILE, EXAMPLE + "# 走访\n", 0, by=author, at=monday)
    releasing.send(draft, by=author, at=monday)
    with pytest.raises(errors.WrongDraft) as refused:
        releasing.send(other, by=author, at=monday)
    assert FILE in refused.value.words.zh
    releasing.give_back(draft, "先等等", by=author, at=monday)
    assert releasing.send(other, by=author, at=monday).state == Draft.SENT
    assert issuing.next_signature(drafting.under_way("visit").version) == "prepared"


def test_a_file_is_known_to_show_a_procedure_even_while_it_cannot_be_read():
    assert examples.shows('procedure = "job"\n[[example]]\n', "job")
    assert examples.shows('[[example]]\nprocedure = "job.weekly"\n', "job")
    assert examples.shows('[given.x]\nprocedure = "job"\n', "job")
    assert not examples.shows('procedure = "jobs"\n', "job")
    assert examples.shows('procedure = "job"\n[[example\n', "job")
    assert not examples.shows("example = 3\ngiven = 4\n", "job")


CLAIMS = EXAMPLE.replace("[[example]]\n", '[[example]]\nrules = ["SMALL-1", "SMALL-2"]\n')
OTHER = EXAMPLE.replace("[[example]]\n", '[[example]]\nrules = ["SMALL-2"]\n')


@pytest.fixture
def going(author, folder, monday) -> Draft:
    """A draft that takes away the file that alone shows a rule."""
    (folder / "examples" / FILE).write_text(CLAIMS, encoding="utf-8")
    (folder / "examples" / "02.toml").write_text(OTHER, encoding="utf-8")
    actions.load_pack(folder, by=None, at=monday)
    made = drafting.start("repair", by=author, at=monday)
    drafting.save(made, made.newest.text.replace('version = "1.0"', 'version = "1.1"'), 1, by=author, at=monday)
    assert examples.remove(made, FILE, 0, by=author, at=monday).digest == ""
    return made


def test_a_file_is_taken_away_with_the_text_and_the_folder_does_not_bring_it_back(
    going, author, signers, folder, monday
):
    assert examples.removed(going) == [FILE]
    assert len(whole.rehearsed(going.pack, going.file, going.newest.text, examples.texts(going))[1].results) == 1
    releasing.send(going, by=author, at=monday)
    told = Entry.objects.get(verb="send-draft").content["answers"]
    assert (told["unproved"], told["examples"]) == (["SMALL-1"], [{"file": FILE, "digest": ""}])
    assert approved(going, signers, monday).enclosed == examples.enclosed_digest({FILE: ""}, 0, "")
    assert FILE in whole.examples_of("small")
    releasing.take_force(monday + 3 * DAY)
    assert list(whole.examples_of("small")) == ["02.toml"]
    actions.load_pack(folder, by=None, at=monday + 4 * DAY)
    assert list(whole.examples_of("small")) == ["02.toml"]
    (folder / "examples" / FILE).write_text(LATER, encoding="utf-8")
    actions.load_pack(folder, by=None, at=monday + 5 * DAY)
    assert list(whole.examples_of("small")) == [FILE, "02.toml"]


def test_what_was_taken_away_comes_back_by_discarding(going, author, monday):
    assert examples.unproved(going) == ["SMALL-1"]
    number = going.newest_of(FILE).number
    with pytest.raises(errors.DraftMoved):
        examples.discard(going, FILE, 0, by=author, at=monday)
    assert examples.discard(going, FILE, number, by=author, at=monday).text == CLAIMS
    assert (examples.removed(going), examples.texts(going), examples.unproved(going)) == ([], {}, [])
    assert examples.discard(going, FILE, number + 1, by=author, at=monday) is None


def test_a_new_file_is_taken_away_for_good_and_an_unknown_one_is_refused(going, author, monday):
    new = examples.save(going, "03.toml", LATER, 0, by=author, at=monday)
    examples.discard(going, "03.toml", new.number, by=author, at=monday)
    assert list(examples.texts(going)) == [FILE]
    with pytest.raises(errors.WrongDraft):
        examples.remove(going, "04.toml", 0, by=author, at=monday)


def test_a_file_that_changed_in_force_is_not_taken_away_unseen(going, author, folder, monday):
    (folder / "examples" / FILE).write_text(OTHER, encoding="utf-8")
    actions.load_pack(folder, by=None, at=monday)
    with pytest.raises(errors.WrongDraft, match="在起草期间另有更改"):
        releasing.send(going, by=author, at=monday)
    assert examples.remove(going, FILE, going.newest_of(FILE).number, by=author, at=monday) is not None
    assert releasing.send(going, by=author, at=monday).state == Draft.SENT

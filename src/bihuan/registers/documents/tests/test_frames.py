"""The pack's own page changed in the house: signed with the texts that stand on it, which it renews."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bihuan.journal.models import Entry, Letter
from bihuan.people import actions as people
from bihuan.registers.documents import actions, drafting, errors, issuing, queries, readers, releasing
from bihuan.registers.documents.models import Draft, Version

from .conftest import PASSWORD, rewrite, sign_all
from .test_drafts import signed, verbs

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WORDS = '\n[times]\nsoon = "2 days"\n\n[posts.helper]\ntitle = { zh = "帮手", en = "Helper" }\n'


@pytest.fixture
def author(signers, folder, monday):
    """The one whom the cover names to have prepared the page holds a post of it; the limit is a word of time."""
    own = folder / "pack.toml"
    own.write_text(own.read_text(encoding="utf-8").replace("\n[cover]", WORDS + "\n[cover]"), encoding="utf-8")
    rewrite(folder, "pack.toml", 'prepared-by = "甲"', 'prepared-by = "clerk"')
    rewrite(folder, "01-repair.md", '"2 days"', '"soon"')
    actions.load_pack(folder, by=None, at=monday)
    person = people.add_person("author", "丁", None, by=None, at=monday)
    people.give_post(person, "clerk", "", by=None, at=monday)
    people.give_post(signers["prepared"], "clerk", "", by=None, at=monday)
    return person


FIRST, SECOND = ("第1版", "第2版"), ("第2版", "第3版")


def drafted(author, at, *changes: tuple[str, str], edition: tuple[str, str] = FIRST) -> Draft:
    draft = drafting.start("pack", by=author, at=at)
    text = draft.newest.text
    for old, new in (edition, *changes):
        assert old in text
        text = text.replace(old, new)
    drafting.save(draft, text, 1, by=author, at=at)
    return draft


SOONER = ('soon = "2 days"', 'soon = "1 day"')


def limit(at) -> int:
    return queries.in_force("repair", at)[1].deadlines["done"].within[0].time.amount


def test_a_word_of_time_goes_from_draft_to_force_and_renews_every_procedure(author, signers, monday):
    old = sign_all_but_the_page(signers, monday)
    draft = drafted(author, monday, SOONER)
    releasing.send(draft, by=author, at=monday)
    signed(draft, signers, monday, date(2026, 3, 5))
    assert limit(monday + 2 * DAY) == 2
    (page,) = releasing.take_force(monday + 3 * DAY)
    new = queries.in_force("repair", monday + 3 * DAY)[0]
    assert (limit(page.effective_from - timedelta(seconds=1)), limit(page.effective_from)) == (2, 1)
    assert (new.renews, new.digest, new.version, new.frame) == (old, old.digest, "1.0", page)
    old.refresh_from_db()
    assert (old.state, old.effective_until) == (Version.OBSOLETE, page.effective_from)
    assert queries.definition_of(old.pk).deadlines["done"].within[0].time.amount == 2
    assert queries.current_pack(monday + 3 * DAY)[0] == page
    told = Entry.objects.get(verb="take-force").content["answers"]["renewed"]
    assert told == [{"number": "XD-001-01", "version": "1.0", "digest": old.digest, "renews": str(old.pk)}]


def sign_all_but_the_page(signers, monday) -> Version:
    version = queries.in_force("repair", monday)[0]
    return sign_all(Version.objects.select_related("document").get(pk=version.pk), signers)


def in_force(author, signers, at, *changes: tuple[str, str], edition: tuple[str, str] = FIRST) -> Version:
    draft = drafted(author, at, *changes, edition=edition)
    releasing.send(draft, by=author, at=at)
    signed(draft, signers, at, at.date())
    (page,) = releasing.take_force(at)
    return page


def test_what_was_signed_stays_signed_under_the_new_page_and_copies_are_handed_out(author, signers, monday):
    sign_all_but_the_page(signers, monday)
    assert in_force(author, signers, monday + DAY, SOONER).signed
    new = queries.in_force("repair", monday + DAY)[0]
    assert new.signed
    assert issuing.next_signature(new) == ""
    assert issuing.issue_copy(new, "办公室", "01", by=None, at=monday + DAY).version == new


def test_what_nobody_signed_is_not_signed_by_being_renewed(author, signers, monday):
    in_force(author, signers, monday, SOONER)
    new = Version.objects.select_related("document").get(pk=queries.in_force("repair", monday)[0].pk)
    assert not new.signed
    sign_all(new, signers)
    assert Version.objects.get(pk=new.pk).signed


def test_renewed_twice_it_still_says_whose_words_it_has(author, signers, monday):
    first = sign_all_but_the_page(signers, monday)
    in_force(author, signers, monday, SOONER)
    in_force(author, signers, monday + DAY, ('soon = "1 day"', 'soon = "3 days"'), edition=SECOND)
    new = queries.in_force("repair", monday + DAY)[0]
    assert (new.renews, new.signed, limit(monday + DAY)) == (first, True, 3)


def test_a_post_that_somebody_holds_is_not_removed_and_they_are_named(author, signers, monday):
    gone = '[posts.helper]\ntitle = { zh = "帮手", en = "Helper" }\n'
    draft = drafted(author, monday, (gone, ""))
    people.give_post(signers["approved"], "helper", "", by=None, at=monday)
    with pytest.raises(errors.WrongDraft, match="岗位“帮手”还有人任：丙。先撤任，再删岗位"):
        releasing.send(draft, by=author, at=monday)
    draft.refresh_from_db()
    assert (draft.state, Version.objects.count()) == (Draft.WRITING, 2)


def test_a_post_given_to_somebody_after_the_approval_sends_the_page_back(author, signers, monday):
    gone = '[posts.helper]\ntitle = { zh = "帮手", en = "Helper" }\n'
    draft = drafted(author, monday, (gone, ""))
    releasing.send(draft, by=author, at=monday)
    signed(draft, signers, monday, date(2026, 3, 5))
    people.give_post(author, "helper", "", by=None, at=monday + DAY)
    assert releasing.take_force(monday + 3 * DAY) == []
    draft.refresh_from_db()
    assert draft.state == Draft.WRITING
    assert draft.returned == "岗位“帮手”还有人任：丁。先撤任，再删岗位"
    assert limit(monday + 3 * DAY) == 2


def test_a_post_that_procedures_still_name_is_a_fault_of_the_whole_pack(author, monday):
    draft = drafted(author, monday, ("[posts.clerk]", "[posts.desk]"))
    with pytest.raises(errors.DraftFaulty) as refused:
        releasing.send(draft, by=author, at=monday)
    assert {one.file for one in refused.value.faults} == {"01-repair.md"}


def test_a_renamed_post_is_signed_by_those_who_held_it_under_its_old_name(author, signers, monday):
    page = in_force(author, signers, monday, ("受理员", "接待员"))
    assert page.signatures.get(role="prepared").post == "clerk"
    assert queries.current_pack(monday)[1].posts["clerk"].title.zh == "接待员"


def test_who_signs_a_change_is_whom_the_page_in_force_names_not_the_new_one(author, signers, monday):
    draft = drafted(author, monday, ('approved-by = "丙"', 'approved-by = "丁"'))
    releasing.send(draft, by=author, at=monday)
    assert Draft.objects.get(pk=draft.pk).version.approved_by == "丙"
    signed(draft, signers, monday, monday.date(), until="approved")
    with pytest.raises(errors.NotSigner):
        releasing.sign(draft, "approved", by=author, password=PASSWORD, at=monday, day=monday.date())


def test_a_used_edition_another_name_and_an_unchanged_page_are_refused(author, monday):
    draft = drafted(author, monday, SOONER, edition=("第1版", "第1版"))
    with pytest.raises(errors.VersionTaken):
        releasing.send(draft, by=author, at=monday)
    text = draft.newest.text.replace('name = "small"', 'name = "large"').replace("第1版", "第2版")
    drafting.save(draft, text, 2, by=author, at=monday)
    with pytest.raises(errors.WrongDraft, match="包名"):
        releasing.send(draft, by=author, at=monday)


def test_page_and_procedure_are_not_before_their_signers_at_once(author, signers, monday):
    page = drafted(author, monday, SOONER)
    procedure = drafting.start("repair", by=author, at=monday)
    text = procedure.newest.text.replace('version = "1.0"', 'version = "1.1"')
    drafting.save(procedure, text, 1, by=author, at=monday)
    releasing.send(procedure, by=author, at=monday)
    with pytest.raises(errors.WrongDraft, match="“修理”正在送审"):
        releasing.send(page, by=author, at=monday)
    releasing.give_back(procedure, "稍后", by=author, at=monday)
    releasing.send(page, by=author, at=monday)
    with pytest.raises(errors.WrongDraft, match="组织包"):
        releasing.send(procedure, by=author, at=monday)


def test_a_procedure_loaded_meanwhile_sends_the_page_back(author, signers, folder, monday):
    draft = drafted(author, monday, SOONER)
    releasing.send(draft, by=author, at=monday)
    rewrite(folder, "01-repair.md", "受理员登记。", "受理员当面登记。")
    actions.load_pack(folder, by=None, at=monday + DAY)
    with pytest.raises(errors.PackMoved, match="送审后有程序换了版"):
        releasing.sign(draft, "prepared", by=signers["prepared"], password=PASSWORD, at=monday + DAY)


def test_whom_the_change_touches_is_told_and_reads_it(author, signers, monday):
    draft = drafted(author, monday, SOONER)
    releasing.send(draft, by=author, at=monday)
    signed(draft, signers, monday, date(2026, 3, 5))
    draft.refresh_from_db()
    told = set(Letter.objects.filter(key__contains=":read:").values_list("to", flat=True))
    assert told == {"author", "prepared"}
    assert [one.document.kind for one in readers.unread_by(author, monday)] == ["pack"]
    readers.acknowledge(draft.version, by=author, at=monday)
    assert readers.unread_by(author, monday) == []
    assert not readers.concerns(draft.version, signers["approved"], monday)
    assert verbs("read-document") == ["read-document"]


def test_an_administrator_or_the_post_that_prepares_it_drafts_the_page_and_nobody_else(author, signers, monday):
    with pytest.raises(errors.NotDrafter):
        drafting.start("pack", by=signers["approved"], at=monday)
    assert drafting.start("pack", by=author, at=monday).owner == "clerk"


def test_loading_the_folder_again_leaves_the_page_that_was_changed_here(author, signers, folder, monday):
    page = in_force(author, signers, monday, SOONER)
    assert actions.load_pack(folder, by=None, at=monday + DAY).kept == ("pack.toml",)
    assert queries.current_pack(monday + DAY)[0] == page
    assert limit(monday + DAY) == 1

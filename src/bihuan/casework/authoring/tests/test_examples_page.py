"""Examples on the author's desk: listed, written, played, compared, sent and signed with the text."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.utils import timezone
from tests.cast import PASSWORD

from bihuan.registers.documents import drafting, examples, whole
from bihuan.registers.documents.models import Draft, ExampleFile

from .conftest import EXAMPLE, WHY, changed

FILE = "90-limit.toml"
PAGE = f"draft/examples/{FILE}/"
OLD, NEW = "2026-03-02 11:00", "2026-03-02 12:00"


def words(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def author(at_desk):
    """Three hours instead of two; the example still says two."""
    hands = at_desk("qian")
    hands.post("draft/start/")
    assert hands.save(changed(hands.text()), 1).status_code == 200
    return hands


def mended(author) -> str:
    text = author.get(PAGE).context["text"]
    assert OLD in text
    return text.replace(OLD, NEW)


def test_the_list_names_first_what_plays_this_procedure(author):
    page = author.get("draft/examples/")
    assert [(one.name, one.count, one.state) for one in page.context["mine"]] == [(FILE, 1, "生效")]
    assert f"/procedures/job/{PAGE}" in words(page)


def test_a_shortfall_of_the_rehearsal_leads_to_its_line_in_the_editor(author):
    report = author.get("draft/rehearsal/")
    (short,) = report.context["report"]["short"]
    line = short["lines"][0][0]
    assert f"/procedures/job/{PAGE}?line={line}" in words(report)
    page = author.get(PAGE)
    (one,) = page.context["problems"]
    assert (one.line, one.title) == (line, "普通件两小时内派出")
    assert one.source == page.context["text"].split("\n")[line - 1].strip()
    assert f'data-line="{line}"' in words(page)


def test_what_came_is_put_into_the_example_by_a_press_and_not_saved(author):
    page = author.get(PAGE)
    (short,) = page.context["problems"]
    assert f"例子改为 {NEW}" in words(page)
    typed = "# 先写两行\n\n" + page.context["text"]
    assert author.post(f"{PAGE}check/", {"text": typed, "on": 0, "came": short.key}).status_code == 422
    (moved,) = author.post(f"{PAGE}check/", {"text": typed, "on": 0}).context["problems"]
    answer = author.post(f"{PAGE}check/", {"text": typed, "on": 0, "came": moved.key})
    assert (answer.status_code, answer.context["text"]) == (200, typed.replace(OLD, NEW))
    assert answer.context["problems"] == []
    assert Draft.objects.get().newest_of(FILE) is None


def test_what_is_typed_is_played_and_not_saved(author):
    answer = author.post(f"{PAGE}check/", {"text": mended(author), "on": 0})
    assert (answer.status_code, answer.context["problems"], answer.context["good"]) == (200, [], 1)
    assert Draft.objects.get().newest_of(FILE) is None


SHAPES = (
    "[[example]\n", "example = 3\n", "given = 4\n[[example]]\ntitle = 1\n", "x = " + "[" * 3000,
    'procedure = "job"\n[[example]]\ntitle = "a"\nstart = 5\n',
    'procedure = "job"\n[[example]]\ntitle = "a"\nstart = { by = "clerk", at = "9999-12-31 23:59", answers = 3 }\n',
    'procedure = "job"\nfacts = 3\n[[example]]\ntitle = "a"\nstart = { by = "clerk", at = "2026-03-02 09:00", '
    "follows = { due = 3, letters = 4, step = [] }, wrong = 7 }\n",
    'procedure = ["job"]\n[[example]]\ntitle = "a"\nplaces = 3\nwhere = 4\nstart = { at = "²²²²" }\n',
    "a" + ".a" * 1200 + " = 1\n[[example]]\n",
)  # fmt: skip


def test_whatever_is_typed_the_page_tells_what_is_wrong_with_it(author):
    for text in SHAPES:
        answer = author.post(f"{PAGE}check/", {"text": text, "on": 0})
        assert (answer.status_code, bool(answer.context["problems"])) == (200, True), text[:60]


def test_an_unreadable_file_saved_is_told_of_on_every_page_and_not_sent(author):
    author.post(PAGE, {"text": SHAPES[0], "on": 0})
    for tail in ("changes/", "rehearsal/", "examples/", "review/"):
        assert author.get(f"draft/{tail}").status_code == 200, tail
    answer = author.post("draft/send/", WHY)
    assert answer.status_code == 422
    assert "第 1 行读不了" in words(answer)


def test_where_a_file_stops_being_readable_is_told_by_its_line(author):
    answer = author.post(f"{PAGE}check/", {"text": 'procedure = "job"\n\n[[example]\n', "on": 0})
    assert [one.line for one in answer.context["problems"]] == [3]


def test_the_mended_example_is_saved_compared_in_words_sent_and_signed_with_the_text(author, at_desk):
    assert "1 个例子不符" in words(author.get("draft/review/"))
    assert author.post("draft/send/").status_code == 422
    assert author.post(PAGE, {"text": mended(author), "on": 0}).status_code == 200
    assert author.get("draft/rehearsal/").context["report"]["passed"]
    page = words(author.get("draft/changes/"))
    assert "例子“普通件两小时内派出”" in page
    assert f"立案 · 然后 · 到期 · assigned：{OLD} → {NEW}" in page
    assert author.post("draft/send/").status_code == 200
    reviewed = at_desk("wu").get("draft/review/")
    assert f"{OLD} → {NEW}" in words(reviewed)
    assert "正文和例子" in words(reviewed)
    # before its signers it is read, not written
    assert "readonly" in words(at_desk("wu").get(PAGE))
    assert author.post(PAGE, {"text": "x", "on": 3}).status_code == 409
    for username, role in (("qian", "prepared"), ("wu", "reviewed"), ("chen", "approved")):
        sent = {"role": role, "password": PASSWORD, "day": timezone.localdate().isoformat()}
        assert at_desk(username).post("draft/sign/", sent, follow=False).status_code == 302
    assert NEW in whole.examples_of("cast")[FILE]
    assert drafting.under_way("job") is None


def test_the_reason_for_sending_what_falls_short_is_read_by_whoever_signs(author, at_desk):
    answer = author.post("draft/send/")
    assert "有 1 个例子不符，要送审须写明理由" in words(answer)
    author.post("draft/send/", WHY)
    page = words(at_desk("wu").get("draft/review/"))
    assert WHY["short-reason"] in page
    assert "送审时不符的例子" in page
    assert "正文，连同例子和不符的理由" in page


def test_what_somebody_else_saved_meanwhile_is_not_written_over(author):
    author.post(PAGE, {"text": mended(author), "on": 0})
    answer = author.post(PAGE, {"text": "# 后到\n", "on": 0})
    assert (answer.status_code, answer.context["on"]) == (409, 3)
    assert "后到" in words(answer)


def test_a_new_file_begins_with_the_opening_and_is_stored_only_when_saved(author):
    assert author.post("draft/examples/", {"file": "../x"}).status_code == 422
    answer = author.post("draft/examples/", {"file": "91-more"})
    text = answer.context["text"]
    assert 'procedure = "job"' in text
    assert "answers.intake" in text
    assert examples.texts(drafting.under_way("job")) == {}
    author.post("draft/examples/91-more.toml/", {"text": text, "on": 0})
    assert list(examples.texts(drafting.under_way("job"))) == ["91-more.toml"]
    assert "新文件" in words(author.get("draft/changes/"))
    for name in ("x.md", ".x.toml", "a b.toml"):
        assert author.get(f"draft/examples/{name}/").status_code == 404


def test_a_revision_comes_with_every_file_for_the_packs_folder(author):
    author.post(PAGE, {"text": mended(author), "on": 0})
    early, late = author.get("draft/revisions/2/"), author.get("draft/revisions/3/")
    assert early["Content-Type"].startswith("text/markdown")
    with zipfile.ZipFile(io.BytesIO(late.content)) as archive:
        assert archive.namelist() == ["01-job.md", f"examples/{FILE}"]
        assert archive.read("01-job.md").decode() == early.content.decode()
        assert NEW in archive.read(f"examples/{FILE}").decode()


def test_somebody_elses_examples_are_closed(author, at_desk):
    stranger = at_desk("zhou")
    for tail in ("draft/examples/", PAGE):
        assert stranger.get(tail).status_code == 403
        assert stranger.post(tail, {"text": "x", "file": "x"}).status_code == 403
    assert stranger.post(f"{PAGE}check/", {"text": "x"}).status_code == 403


def test_a_file_is_taken_away_on_its_page_and_what_it_alone_proved_is_named(at_desk, site):
    ExampleFile.objects.filter(file=FILE).update(text=EXAMPLE.replace("rules = []", 'rules = ["CAST-1"]'))
    author = at_desk("qian")
    author.post("draft/start/")
    page = author.get(f"draft/examples/{FILE}/")
    assert page.context["only_here"] == ["CAST-1"]
    assert "删去这个例子文件" in page.content.decode()
    listed = author.post(f"draft/examples/{FILE}/remove/", {"on": 0})
    assert [(one.name, one.state) for one in listed.context["mine"]] == [(FILE, "生效后删去")]
    assert listed.context["unproved"]["rules"] == ["CAST-1"]
    assert [one.name for one in listed.context["unproved"]["places"]] == ["job:acts.register"]
    assert "生效后没有例子证明" in author.get("draft/review/").content.decode()
    assert author.get("draft/changes/").context["files"][0]["gone"]
    number = Draft.objects.get().newest_of(FILE).number
    assert "不删了" in author.get(f"draft/examples/{FILE}/").content.decode()
    assert author.post(f"draft/examples/{FILE}/discard/", {"on": 0}).status_code == 409
    back = author.post(f"draft/examples/{FILE}/discard/", {"on": number})
    assert [(one.name, one.state) for one in back.context["mine"]] == [(FILE, "生效")]

"""The whole text that waits for its day, with its changes marked in their place."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from tests.cast import PASSWORD

from bihuan.casework.authoring.pages.coming import Part, lines, prose

from .conftest import WHY, changed
from .test_authoring import approved

WEEK = timedelta(days=7)


def words(answer) -> str:
    return answer.content.decode()


def test_a_changed_part_of_a_sentence_is_marked_and_the_rest_stands_once():
    assert prose("受理专人登记，两小时内派工。", "受理专人登记，三小时内派工。") == [
        Part("", "受理专人登记，"),
        Part("removed", "两小时内派工。"),
        Part("added", "三小时内派工。"),
    ]
    assert lines("a = 1\nb = 2\n", "a = 1\nb = 3\n") == [
        Part("", "a = 1"), Part("removed", "b = 2"), Part("added", "b = 3"),
    ]  # fmt: skip


def test_readers_see_the_whole_coming_text_before_its_day_and_say_so_there(at_desk):
    approved(at_desk, timezone.localdate() + WEEK)
    reader = at_desk("zhou")
    assert "/procedures/job/coming/" in words(reader.client.get("/approvals/?tab=decide"))
    assert "/procedures/job/coming/" in words(reader.get("readers/"))
    page = reader.get("coming/")
    assert page.context["waits"]
    assert [one.number for one in page.context["clauses"]] == [
        one["number"] for one in reader.get("").context["clauses"]
    ]
    (clause,) = page.context["changed"]
    said = [(one.what, one.words) for one in clause.sentences if one.what]
    assert [what for what, _said in said] == ["removed", "added"]
    assert ("2 小时" in said[0][1], "3 小时" in said[1][1]) == (True, True)
    assert "我已阅读" in words(page)
    reader.post("readers/")
    assert "我已阅读" not in words(reader.get("coming/"))


def test_clauses_that_come_and_go_are_marked_as_such(at_desk):
    author = at_desk("qian")
    author.post("draft/start/")
    text = changed(author.text())
    author.save(text + "\n## 7 附则\n本程序由办公室解释。\n```toml\n[clause]\nexplains = true\n```\n", 1)
    sent = author.post("draft/send/", WHY)
    assert sent.status_code == 200, [one.words for one in sent.context["refused"].faults]
    for username, role in (("qian", "prepared"), ("wu", "reviewed"), ("chen", "approved")):
        day = (timezone.localdate() + WEEK).isoformat()
        at_desk(username).post("draft/sign/", {"role": role, "password": PASSWORD, "day": day})
    marked = {one.number: one.what for one in author.get("coming/").context["changed"]}
    assert marked["7"] == "added"
    assert "新条款" in words(author.get("coming/"))


def test_whom_it_does_not_concern_does_not_read_it_there(at_desk):
    approved(at_desk, timezone.localdate() + WEEK)
    assert at_desk("outsider").get("coming/").status_code == 403
    assert at_desk("wu").get("coming/").status_code == 200
    assert at_desk("wu").get("coming/", kind="nothing").status_code == 404

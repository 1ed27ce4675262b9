"""The pack's own page drafted on its page: from the first line to its force, with a case under way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.cast import INTAKE, PASSWORD, Site, make_site, registered

from bihuan.casework.models import Case
from bihuan.casework.replay import differences
from bihuan.registers.documents import actions
from bihuan.registers.documents.models import Draft, Version

from .conftest import SHORT, Hands, rewritten, written

PROMPTLY = 'promptly = {{ time = "{hours} hours", title = {{ zh = "及时", en = "promptly" }} }}'
QUICK, SLOW = PROMPTLY.format(hours=2), PROMPTLY.format(hours=3)


@pytest.fixture
def site(db: None, settings, tmp_path: Path) -> Site:
    """The cast, with the limit of an ordinary job as a word of time of the pack."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATA = tmp_path / "data"
    folder = written(tmp_path / "pack")
    rewritten(folder / "pack.toml", "[numbers]", f"[times]\n{QUICK}\n\n[numbers]")
    rewritten(folder / "01-job.md", SHORT, '{ time = "promptly" }')
    made = make_site(timezone.now() - timedelta(days=3), folder)
    for username in ("qian", "wu", "chen"):
        made.people[username].set_password(PASSWORD)
        made.people[username].save()
    return made


def words(answer) -> str:
    return answer.content.decode()


def drafted(at_desk, *changes: tuple[str, str]) -> Hands:
    author = at_desk("qian")
    author.post("draft/start/", kind="pack")
    text = author.get("draft/", kind="pack").context["text"]
    for old, new in (("第1版", "第2版"), *changes):
        assert old in text
        text = text.replace(old, new)
    assert author.post("draft/", {"text": text, "on": 1}, kind="pack").status_code == 200
    return author


def signed(at_desk) -> None:
    for username, role in (("qian", "prepared"), ("wu", "reviewed"), ("chen", "approved")):
        sent = {"role": role, "password": PASSWORD, "day": timezone.localdate().isoformat()}
        answer = at_desk(username).post("draft/sign/", sent, kind="pack", follow=False)
        assert answer.status_code == 302, words(answer)
    assert answer.url == "/procedures/pack/text/"


def test_every_page_of_the_draft_opens_and_says_what_the_change_does(at_desk):
    assert "照它来读的每份程序各换一版" in words(at_desk("qian").get("draft/", kind="pack"))
    author = drafted(at_desk, (QUICK, SLOW))
    for tail in ("", "examples/", "examples/90-limit.toml/", "rehearsal/", "review/", "revisions/", "revisions/2/"):
        assert author.get(f"draft/{tail}", kind="pack").status_code == 200, tail
    shown = author.get("draft/changes/", kind="pack").context
    assert [(one.subject, one.words) for one in shown["changes"]] == [
        ("时间词“及时”", "2 小时 → 3 小时"),
        ("封面“edition”", "第1版 → 第2版"),
    ]
    text = author.get("draft/", kind="pack").context["text"].split("\n")
    assert [text[one.line - 1].split(" = ")[0] for one in shown["changes"]] == ["promptly", "edition"]
    (under,) = shown["under"]
    assert (under.kind, [one.words for one in under.changes]) == (
        "job",
        ["时限：30 分钟（缓急为“急件”）；2 小时（及时） → 30 分钟（缓急为“急件”）；3 小时（及时）"],
    )
    assert shown["renewed"] == 2
    played = author.get("draft/rehearsal/", kind="pack").context["report"]
    assert (played["good"], played["total"], len(played["short"])) == (0, 1, 1)


def test_the_open_case_stays_a_new_one_follows_and_both_replay(at_desk, site):
    answers = INTAKE | {"intake.urgency": "normal"}
    old = registered(site, at=timezone.now() - timedelta(minutes=20), answers=answers)
    author = drafted(at_desk, (QUICK, SLOW))
    assert "1 个例子不符" in words(author.get("draft/review/", kind="pack"))
    assert author.post("draft/send/", kind="pack").status_code == 422
    assert author.post("draft/send/", {"short-reason": "例子随后改"}, kind="pack").status_code == 200
    signed(at_desk)
    new = registered(site, at=timezone.now(), answers=answers)
    assert Case.objects.get(pk=old.pk).version_id == old.version_id
    assert Version.objects.get(pk=new.version_id).renews_id == old.version_id
    assert [_limit(one) for one in (old, new)] == [2, 3]
    assert list(differences(Case.objects.all())) == []
    page = at_desk("zhou").client.get("/procedures/pack/text/").context
    assert [(one.version, one.signers) for one in page["history"]] == [
        ("第2版", "钱副总、吴办公、陈坐席"),
        ("第1版", ""),
    ]


def _limit(case: Case) -> int:
    """The promise in whole hours: a promise is due at a whole minute."""
    (run,) = [one for one in Case.objects.get(pk=case.pk).state.clocks if one.name == "assigned"]
    return round((run.due - case.opened_at) / timedelta(hours=1))


def test_the_check_names_the_procedures_that_do_not_fit_and_nothing_is_saved(at_desk):
    author = drafted(at_desk)
    text = author.get("draft/", kind="pack").context["text"].replace(QUICK, 'quickly = "2 hours"')
    answer = author.post("draft/check/", {"text": text, "on": 2}, kind="pack")
    assert [(one.file, one.here) for one in answer.context["faults"]] == [("01-job.md", False)]
    assert Draft.objects.get().newest.number == 2


def test_whom_it_concerns_reads_it_on_its_page(at_desk):
    author = drafted(at_desk, (QUICK, SLOW))
    author.post("draft/send/", {"short-reason": "例子随后改"}, kind="pack")
    signed(at_desk)
    reader = at_desk("zhou")
    shown = reader.get("readers/", kind="pack")
    assert [one.kind for one in shown.context["under"]] == ["job"]
    assert "/procedures/pack/coming/" in words(reader.client.get("/approvals/?tab=decide"))
    assert "已确认阅读" in words(reader.post("readers/", kind="pack"))
    assert "/procedures/pack/coming/" not in words(reader.client.get("/approvals/?tab=decide"))


def test_who_neither_drafts_nor_signs_it_does_not_sit_at_its_desk(at_desk):
    drafted(at_desk)
    for tail in ("", "changes/", "review/"):
        assert at_desk("zhou").get(f"draft/{tail}", kind="pack").status_code == 403, tail
    assert at_desk("qian").get("draft/reading/", kind="pack").status_code == 404
    assert at_desk("qian").get("moving/", kind="pack").status_code == 404


def test_a_page_loaded_meanwhile_is_told_on_the_desk(at_desk, site, tmp_path):
    drafted(at_desk)
    folder = written(tmp_path / "again")
    actions.load_pack(folder, by=None, at=timezone.now())
    assert "起草之后" in words(at_desk("qian").get("draft/", kind="pack"))

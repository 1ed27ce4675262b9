"""The author's desk by its pages: drafted, checked, compared, rehearsed, signed, read, moved to."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from tests.cast import INTAKE, PASSWORD, registered

from bihuan.casework.definitions import procedure_in_force
from bihuan.casework.models import Case
from bihuan.people import actions as people
from bihuan.registers.documents import drafting, releasing
from bihuan.registers.documents.models import Draft, Version

from .conftest import LONG, SHORT, WHY, changed


def words(answer) -> str:
    return answer.content.decode()


def drafted(at_desk, version: str = "1.1"):
    author = at_desk("qian")
    author.post("draft/start/")
    assert author.save(changed(author.text(), version), 1).status_code == 200
    return author


def approved(at_desk, day=None):
    author = drafted(at_desk)
    assert author.post("draft/send/", WHY).status_code == 200
    for username, role in (("qian", "prepared"), ("wu", "reviewed"), ("chen", "approved")):
        sent = {"role": role, "password": PASSWORD}
        if role == "approved":
            sent["day"] = (day or timezone.localdate()).isoformat()
        answer = at_desk(username).post("draft/sign/", sent, follow=False)
        assert answer.status_code == 302, words(answer)
    return author


def test_a_draft_begins_from_the_text_in_force_and_every_page_of_it_opens(at_desk):
    author = at_desk("qian")
    assert "这份程序现在没有草稿" in words(author.get("draft/"))
    assert "这份程序" not in words(author.post("draft/start/"))
    assert SHORT in author.text()
    for tail in ("", "reading/", "changes/", "rehearsal/", "review/", "revisions/", "revisions/1/"):
        assert author.get(f"draft/{tail}").status_code == 200, tail
    assert author.get("draft/revisions/9/").status_code == 404
    assert "起草更改" in words(author.get(""))
    assert "C-01" in words(author.client.get("/procedures/draft/"))


def test_somebody_elses_procedure_is_closed(at_desk):
    drafted(at_desk)
    stranger = at_desk("zhou")
    for tail in ("", "reading/", "changes/", "rehearsal/", "review/", "revisions/"):
        assert stranger.get(f"draft/{tail}").status_code == 403, tail
    for tail in ("", "start/", "check/", "send/", "sign/", "return/", "drop/"):
        assert stranger.post(f"draft/{tail}", {"text": "x", "on": 1}).status_code == 403, tail
    assert stranger.get("moving/").status_code == 403
    assert stranger.get("draft/", kind="nothing").status_code == 404
    assert Draft.objects.get().newest.number == 2


def test_what_somebody_else_saved_meanwhile_is_not_written_over_and_what_was_typed_stays(at_desk):
    author = drafted(at_desk)
    answer = author.save("# 后到的一稿\n", 1)
    assert answer.status_code == 409
    assert "后到的一稿" in words(answer)
    assert "qian 已在此期间存了第 2 稿" in words(answer)
    assert Draft.objects.get().newest.number == 2


def test_the_check_tells_faults_of_the_whole_pack_with_line_and_correction_and_saves_nothing(at_desk):
    author = drafted(at_desk)
    text = author.text().replace('tell = ["leader"]', 'tell = ["leadr"]')
    answer = author.post("draft/check/", {"text": text, "on": 2})
    line = text.split("\n").index('late = [{ tell = ["leadr"] }]') + 1
    (fault,) = [one for one in answer.context["faults"] if one.line == line]
    assert (fault.here, fault.clause, fault.source) == (True, "4.2", 'late = [{ tell = ["leadr"] }]')
    assert "leader" in fault.corrected
    assert f'data-line="{line}"' in words(answer)
    # and what another procedure of the pack says of it
    answer = author.post("draft/check/", {"text": text.replace('case = "check"', 'case = "chekc"'), "on": 2})
    assert len(answer.context["faults"]) > 1
    assert Draft.objects.get().newest.number == 2


def test_faults_are_told_in_the_readers_language(at_desk):
    author = drafted(at_desk)
    author.client.post("/language/", {"to": "en"})
    text = author.text().replace('tell = ["leader"]', 'tell = ["leadr"]')
    answer = author.post("draft/check/", {"text": text, "on": 2})
    assert "leadr" in answer.context["faults"][0].words
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in answer.context["faults"][0].words)


def test_with_faults_it_is_not_sent_and_the_page_says_how_many(at_desk):
    author = drafted(at_desk)
    author.save(author.text().replace('tell = ["leader"]', 'tell = ["leadr"]'), 2)
    assert "不能送审" in words(author.get("draft/review/"))
    answer = author.post("draft/send/", WHY)
    assert answer.status_code == 422
    assert f"整个程序包有 {len(answer.context['faults'])} 处错误，不能送审" in words(answer)
    assert Draft.objects.get().state == Draft.WRITING


def test_a_changed_limit_is_told_in_words(at_desk):
    page = words(drafted(at_desk).get("draft/changes/"))
    assert "时限：30 分钟（缓急为“急件”）；2 小时 → 30 分钟（缓急为“急件”）；3 小时" in page
    assert "版本：1.0 → 1.1" in page


def test_the_draft_is_read_back_with_its_diagram(at_desk):
    page = words(drafted(at_desk).get("draft/reading/"))
    assert "procedure-diagram" in page
    assert "3 小时" in page


def test_the_rehearsal_plays_the_packs_examples_with_the_draft_and_says_what_falls_short(at_desk):
    author = at_desk("qian")
    author.post("draft/start/")
    before = author.get("draft/rehearsal/").context["report"]
    author.save(changed(author.text()), 1)
    after = author.get("draft/rehearsal/").context["report"]
    assert (before["passed"], before["good"]) == (True, before["total"])
    (short,) = after["short"]
    assert (short["title"], short["file"]) == ("普通件两小时内派出", "90-limit.toml")
    assert "11:00" in short["lines"][0][1]
    assert "12:00" in short["lines"][0][1]


def test_three_people_sign_and_today_it_is_in_force(at_desk):
    approved(at_desk)
    version, definition = procedure_in_force("job", timezone.now())
    assert (version.version, version.signed, version.state) == ("1.1", True, Version.EFFECTIVE)
    assert definition.deadlines["assigned"].within[-1].time.amount == 3
    assert Draft.objects.get().state == Draft.DONE


def test_a_wrong_password_signs_nothing(at_desk):
    author = drafted(at_desk)
    author.post("draft/send/", WHY)
    answer = author.post("draft/sign/", {"role": "prepared", "password": "falsch"})
    assert answer.status_code == 422
    assert "密码不对，没有签字" in words(answer)
    assert Version.objects.get(state=Version.DRAFT).signatures.count() == 0


def test_a_signer_sees_the_changes_gives_it_back_with_a_reason_and_it_is_written_on(at_desk):
    author = drafted(at_desk)
    author.post("draft/send/", WHY)
    author.post("draft/sign/", {"role": "prepared", "password": PASSWORD})
    reviewer = at_desk("wu")
    assert "3 小时" in words(reviewer.get("draft/review/"))
    assert reviewer.post("draft/return/", {"reason": ""}).status_code == 422
    reviewer.post("draft/return/", {"reason": "三小时太长"})
    assert "三小时太长" in words(author.get("draft/"))
    assert author.save(author.text().replace("3 hours", "150 minutes"), 2).status_code == 200


def test_the_day_of_force_is_asked_for_and_a_past_one_refused(at_desk):
    author = drafted(at_desk)
    author.post("draft/send/", WHY)
    author.post("draft/sign/", {"role": "prepared", "password": PASSWORD})
    at_desk("wu").post("draft/sign/", {"role": "reviewed", "password": PASSWORD})
    last = at_desk("chen")
    for day in ("", "2020-01-01", "nonsense"):
        answer = last.post("draft/sign/", {"role": "approved", "password": PASSWORD, "day": day})
        assert answer.status_code == 422, day
    assert last.get("draft/review/").context["sent"].state == Version.REVIEWED


def test_those_it_concerns_are_told_say_they_have_read_it_and_the_list_knows(at_desk):
    author = approved(at_desk)
    reader = at_desk("zhou")
    assert "阅读确认" in words(reader.get(""))
    page = words(reader.get("readers/"))
    assert "我已阅读" in page
    assert "2 小时 → 30 分钟（缓急为“急件”）；3 小时" in page
    assert "您已确认" in words(reader.post("readers/"))
    assert reader.post("readers/").status_code == 409
    assert at_desk("outsider").get("readers/").status_code == 403
    listed = {one.person.username: one.at for one in author.get("readers/").context["readers"]}
    assert listed["zhou"] is not None
    assert listed["li"] is None


def test_a_new_procedure_begins_small_and_is_not_offered_to_whoever_owns_nothing(at_desk, site):
    keeper = at_desk("qian")
    answer = keeper.client.post(
        "/procedures/draft/", {"title": "租借程序", "kind": "rental", "owner": "leader"}, follow=True
    )
    assert 'kind = "rental"' in answer.context["text"]
    assert answer.context["faults"] == []
    assert keeper.get("draft/changes/", kind="rental").status_code == 200
    for sent in ({"kind": "Rental!"}, {"kind": "draft"}, {"kind": "job"}, {"owner": "nobody"}, {"owner": "clerk"}):
        full = {"title": "另一份", "kind": "other", "owner": "leader"} | sent
        status = keeper.client.post("/procedures/draft/", full).status_code
        assert status in (403, 422), sent
    assert [one.kind for one in Draft.objects.all()] == ["rental"]
    other = at_desk("zhou").client.get("/procedures/draft/")
    assert "开始起草" not in words(other)


def test_open_cases_stay_and_chosen_ones_are_moved_with_a_step_map_and_a_reason(at_desk, site):
    at = timezone.now() - timedelta(hours=1)
    answers = INTAKE | {"intake.urgency": "normal"}
    old, other = (registered(site, at=at, answers=answers) for _ in range(2))
    author = approved(at_desk)
    new = registered(site, at=timezone.now(), answers=answers)
    assert [_limit(one) for one in (old, new)] == [2, 3]
    page = author.get("moving/")
    (group,) = page.context["groups"]
    assert (group.step, group.question.value) == ("received", "received")
    assert [one.number for one in group.cases] == [old.number, other.number]
    sent = {"case": [old.number], group.name: "received", "reason": ""}
    assert author.post("moving/", sent).status_code == 422
    answer = author.post("moving/", sent | {"reason": "新时限对老单也合适"})
    assert answer.status_code == 200, words(answer)
    moved = Case.objects.get(pk=old.pk)
    assert moved.version.version == "1.1"
    assert _limit(moved) == 3
    assert Case.objects.get(pk=other.pk).version.version == "1.0"
    assert [one.number for one in author.get("moving/").context["groups"][0].cases] == [other.number]


def test_a_case_that_cannot_move_says_why_and_stays(at_desk, site):
    case = registered(site, at=timezone.now() - timedelta(hours=1))
    author = approved(at_desk)
    (group,) = author.get("moving/").context["groups"]
    answer = author.post("moving/", {"case": [case.number], group.name: "nowhere", "reason": "试试"})
    assert answer.status_code == 409
    assert case.number in words(answer)
    assert Case.objects.get(pk=case.pk).version.version == "1.0"


def _limit(case: Case) -> int:
    """The promise in whole hours: a promise is due at a whole minute."""
    (run,) = [one for one in Case.objects.get(pk=case.pk).state.clocks if one.name == "assigned"]
    return round((run.due - case.opened_at) / timedelta(hours=1))


def test_an_administrator_drafts_too_and_gives_a_draft_up_with_a_reason(at_desk, site):
    people.add_person("keeper", "管理员", None, is_administrator=True, by=None, at=site.at)
    site.people["keeper"] = site.again("keeper")
    keeper = at_desk("keeper")
    keeper.post("draft/start/")
    assert keeper.post("draft/drop/", {"reason": ""}).status_code == 422
    keeper.post("draft/drop/", {"reason": "不改了"})
    assert drafting.under_way("job") is None
    assert releasing.take_force(timezone.now()) == []
    assert LONG not in Version.objects.get(document__kind="job").text

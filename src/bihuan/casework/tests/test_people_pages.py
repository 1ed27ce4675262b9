"""People and posts on pages: administrators keep them, everybody else sees who their colleagues are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import make_site

from bihuan.casework.models import Case
from bihuan.journal.models import Entry
from bihuan.people import actions, queries
from bihuan.people.models import Holding, Person, Skill

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(db):
    site = make_site(timezone.now() - timedelta(days=30))
    actions.add_person("root", "管理员", None, by=None, at=site.at, is_administrator=True)
    return site


def browser(username: str) -> Client:
    client = Client()
    client.force_login(Person.objects.get(username=username))
    return client


def page(username: str, path: str) -> str:
    return browser(username).get(path).content.decode()


def say(act: str, whom: str = "li", by: str = "root", **fields):
    return browser(by).post(f"/people/{whom}/{act}/", {f"{act}-{name}": value for name, value in fields.items()})


def test_a_reader_sees_the_people_of_their_outlets_and_no_way_to_change_them(site):
    text = page("zhou", "/people/")
    assert [name in text for name in ("李师傅", "外点王", "路人", "/people/li/", "/people/new/")] == [
        True, False, False, False, False,
    ]  # fmt: skip
    assert "李师傅" not in page("outsider", "/people/")
    assert [browser("zhou").get(path).status_code for path in ("/people/li/", "/people/new/", "/people/nobody/")] == [
        403, 403, 403,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "summary"),
    [
        ("zh", "账号：账号须为小写字母、数字或 . _ @ -"),
        ("en", "Username: A username is small letters, digits, . _ @ -"),
    ],
)
def test_what_is_wrong_is_summed_up_in_the_readers_own_words(site, language, summary):
    answer = browser("root").post(
        "/people/new/", {"new-username": "A B", "new-how": "invite"}, headers={"accept-language": language}
    )
    assert answer.status_code == 422
    assert f'<a href="#q-new-username">{summary}</a>' in answer.content.decode()


def test_an_administrator_finds_everybody_by_name_initials_outlet_and_post(site):
    def found(question):
        text = page("root", f"/people/{question}")
        return [name for name in ("陈坐席", "周调度", "外点王", "路人") if name in text]

    assert found("") == ["陈坐席", "周调度", "外点王", "路人"]
    assert [found(f"?q={text}") for text in ("czx", "外点", "zhou", "zz")] == [["陈坐席"], ["外点王"], ["周调度"], []]
    assert (found("?outlet=south"), found("?post=dispatcher")) == (["外点王"], ["周调度", "外点王"])
    assert found("?post=dispatcher&outlet=north") == ["周调度"]


def test_a_new_person_gets_an_account_a_post_and_a_password_shown_once(site):
    sent = {"username": "zhao", "name": "赵师傅", "is_administrator": "no", "post": "repairer", "outlet": "north"}
    answer = browser("root").post("/people/new/", {f"new-{name}": value for name, value in sent.items()})
    zhao = Person.objects.get(username="zhao")
    once = answer.content.decode().partition('serial token">')[2].partition("<")[0]
    assert (answer.status_code, zhao.check_password(once), zhao.password_once) == (200, True, True)
    assert "no-store" in answer["Cache-Control"]
    assert queries.doer_of(zhao, timezone.now()).holds == (("repairer", "north"),)
    assert list(Entry.objects.filter(doer="root").order_by("position").values_list("verb", flat=True)) == [
        "add-person", "give-post", "hand-out-password",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"username": "Zhao Li!"}, "账号须为"),
        ({"username": "li"}, "已存在"),
        ({"name": " "}, "请填写姓名"),
        ({"post": "astronaut"}, "请选择岗位"),
        ({"outlet": "nowhere"}, "没有网点"),
        ({"outlet": ""}, "请选择网点"),
        ({"start": "soon"}, "请填写日期"),
    ],
)
def test_a_new_account_that_cannot_be_leaves_nothing_and_what_was_typed_stays(site, more, words):
    before = (Person.objects.count(), Holding.objects.count(), Entry.objects.count())
    sent = {
        "username": "zhao",
        "name": "赵师傅",
        "email": "z@example.org",
        "post": "repairer",
        "outlet": "north",
        **more,
    }
    answer = browser("root").post("/people/new/", {f"new-{name}": value for name, value in sent.items()})
    text = answer.content.decode()
    assert (answer.status_code, words in text, "z@example.org" in text) == (422, True, True)
    assert (Person.objects.count(), Holding.objects.count(), Entry.objects.count()) == before


def test_posts_are_given_and_ended_on_a_day(site):
    today = timezone.localdate()
    assert say("give-post", post="dispatcher", outlet="south", start=str(today), end="").status_code == 302
    given = Holding.objects.get(person=site.li, post="dispatcher")
    assert (given.place, given.start, given.end) == ("south", today, None)
    assert say("give-post", post="leader", outlet="*").status_code == 302
    assert Holding.objects.get(person=site.li, post="leader").place == ""
    answer = say("end-post", row=str(given.pk), end=str(today), reason="调岗")
    given.refresh_from_db()
    assert (answer.status_code, given.end) == (302, today)
    entry = Entry.objects.get(verb="end-post")
    assert (entry.doer, entry.chain, entry.content["answers"]["reason"]) == ("root", "south", "调岗")


def test_what_is_refused_stands_beside_its_question_and_nothing_is_written(site):
    before = Entry.objects.count()
    other = Holding.objects.get(person=site.sun)
    refusals = [
        (say("give-post", post="repairer", outlet="north"), "这段时间已任此岗"),
        (say("give-post", post="repairer", outlet=""), "请选择网点"),
        (say("add-skill", name="电工", start="2026-03-02", until="2026-03-01"), "止日早于起日"),
        (
            say("delegate", taker="sun", posts=["dispatcher"], start="2026-03-02", until="2026-03-03", reason="休假"),
            "未任",
        ),
        (say("close", reason=" "), "请写明停用理由"),
        (say("end-post", row=str(Holding.objects.get(person=site.li).pk), end="never"), "请填写日期"),
    ]
    assert [(answer.status_code, words in answer.content.decode()) for answer, words in refusals] == [(422, True)] * 6
    nowhere = [say("end-post", row=str(other.pk), end="2026-03-02"), say("end-post", row="x", end=""), say("fly")]
    assert [answer.status_code for answer in nowhere] == [404] * 3
    assert say("add-skill", by="zhou", name="电工").status_code == 403
    assert Entry.objects.count() == before


def test_a_certificate_that_ends_soon_is_on_the_list_until_it_is_renewed(site):
    today = timezone.localdate()
    until = today + timedelta(days=9)
    say("add-skill", name="电工证", start=str(today), until=str(until))
    assert all("电工证" in page(reader, "/people/") for reader in ("root", "zhou"))
    assert "电工证" not in page("wang", "/people/")
    say("end-skill", row=str(Skill.objects.get(name="电工证").pk), end=str(today), reason="吊销")
    assert queries.qualified("li", "电工证", timezone.now() + timedelta(days=1)) is False


def test_the_rest_of_an_account_is_kept_here(site):
    day = str(timezone.localdate())
    say("change", name="李新", name_en="", email="li@example.org", is_administrator="no")
    say("delegate", taker="sun", posts=["repairer"], start=day, until=day, reason="休假")
    lent = site.again("li").given.get()
    say("end-delegation", row=str(lent.pk), end=day)
    say("sign-out")
    once = say("password").content.decode().partition('serial token">')[2].partition("<")[0]
    say("close", reason="离职")
    li = site.again("li")
    assert (li.name, li.check_password(once), li.is_active) == ("李新", True, False)
    assert "账号已停用" in page("root", "/people/li/")
    say("open")
    assert site.again("li").is_active
    verbs = list(Entry.objects.filter(doer="root").order_by("position").values_list("verb", flat=True))
    assert verbs == [
        "change-person", "delegate", "end-delegation", "sign-out-everywhere", "hand-out-password", "close-account",
        "open-account",
    ]  # fmt: skip
    say("close", whom="root", reason="走")
    assert site.again("root").is_active


def test_open_work_for_hand_over_shows_in_full_only_within_the_readers_scope(site):
    from tests.cast import INTAKE, opening  # noqa: PLC0415 - only here

    from bihuan.casework import actions as cases  # noqa: PLC0415

    case = cases.open_case(site.again("chen"), opening(at=timezone.now(), answers=INTAKE))
    Case.objects.filter(number=case.number).update(person="li")
    text = page("root", "/people/li/")
    assert (case.number in text, "北区：1" in text) == (False, True)
    root = site.again("root")
    actions.give_post(root, "office", "north", by=None, at=timezone.now())
    assert case.number in page("root", "/people/li/")
    assert "没有未办结的事项" in page("root", "/people/sun/")

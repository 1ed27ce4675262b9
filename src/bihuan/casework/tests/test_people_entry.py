"""What administrators do on pages about somebody's way in: invitations, locks, factors, keys, leaving."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import INTAKE, Site, make_site, opening

from bihuan.casework import actions as cases
from bihuan.casework import rights
from bihuan.casework.models import Case
from bihuan.casework.pages.leaving import open_numbers
from bihuan.journal.models import Entry
from bihuan.people import actions, factors, queries
from bihuan.people.models import Holding, Invitation, Person, PersonalToken, SignInAttempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(db) -> Site:
    site = make_site(timezone.now() - timedelta(days=30))
    actions.add_person("root", "管理员", None, by=None, at=site.at, is_administrator=True)
    return site


def browser(username: str = "root") -> Client:
    client = Client()
    client.force_login(Person.objects.get(username=username))
    return client


def page(path: str, username: str = "root") -> str:
    return browser(username).get(path).content.decode()


def say(act: str, whom: str = "li", by: str = "root", **fields):
    return browser(by).post(f"/people/{whom}/{act}/", {f"{act}-{name}": value for name, value in fields.items()})


def new(**more: str):
    sent = {"username": "zhao", "name": "赵师傅", "is_administrator": "no", "post": "repairer", "outlet": "north"}
    return browser().post("/people/new/", {f"new-{name}": value for name, value in {**sent, **more}.items()})


def shown(answer) -> str:
    return answer.content.decode().partition('serial token">')[2].partition("<")[0]


def test_somebody_new_is_invited_by_a_link_shown_once_sent_again_and_taken_back(site):
    answer = new(how="invite")
    link = shown(answer)
    zhao = Person.objects.get(username="zhao")
    assert (answer.status_code, link.startswith("http://testserver/invited/")) == (200, True)
    assert (zhao.has_usable_password(), "没有寄出邮件" in answer.content.decode()) == (False, True)
    assert link not in page("/people/zhao/")
    assert "邀请有效至" in page("/people/zhao/")
    path = link.removeprefix("http://testserver")
    assert Client().get(path).status_code == 200
    again = shown(say("invite", "zhao")).removeprefix("http://testserver")
    assert [Client().get(one).status_code for one in (path, again)] == [410, 200]
    assert say("revoke-invitation", "zhao").status_code == 302
    assert Client().get(again).status_code == 410
    assert say("revoke-invitation", "zhao").status_code == 422
    verbs = list(Entry.objects.filter(doer="root").order_by("position").values_list("verb", flat=True))
    assert verbs == ["add-person", "give-post", "invite", "invite", "revoke-invitation"]
    assert (say("invite", "zhao", by="zhou").status_code, Invitation.objects.filter(revoked=None).count()) == (403, 0)


def test_a_program_has_posts_and_keys_with_an_end_and_no_way_to_sign_in(site):
    answer = new(how="service", username="erp", name="对接程序")
    erp = Person.objects.get(username="erp")
    assert (answer.status_code, erp.is_service, erp.has_usable_password()) == (200, True, False)
    until = timezone.localdate() + timedelta(days=30)
    made = say("make-key", "erp", label="工单同步", until=str(until), scopes=["read", "act"])
    found = queries.token_of(shown(made), timezone.now())
    assert (made.status_code, found.person, found.kind, found.scopes) == (200, erp, "service", {"read", "act"})
    row = PersonalToken.objects.get()
    assert timezone.localdate(row.until) == until
    text = page("/keys/")
    said = ("对接程序", "工单同步", "读取、办理事项、上传文件", str(until), "没有用过")
    assert [word for word in said if word not in text] == []
    assert say("revoke-key", "erp", row=str(row.pk)).status_code == 302
    assert (queries.token_of(shown(made), timezone.now()), "工单同步" in page("/keys/")) == (None, False)
    for refused in (
        say("make-key", "erp", label="x", until="", scopes=["read"]),
        say("make-key", "erp", label="x", until=str(timezone.localdate()), scopes=["read"]),
        say("make-key", "erp", label="x", until=str(until + timedelta(days=400)), scopes=["read"]),
        say("make-key", "erp", label="x", until=str(until)),
        say("make-key", "li", label="x", until=str(until), scopes=["read"]),
        say("password", "erp"),
        say("invite", "erp"),
        new(how="service", username="erp2", is_administrator="yes"),
    ):
        assert refused.status_code == 422
    assert (PersonalToken.objects.count(), browser("zhou").get("/keys/").status_code) == (1, 403)


def test_a_shut_account_is_opened_and_lost_factors_are_taken_away(site):
    now = timezone.now()
    for _try in range(10):
        SignInAttempt.objects.create(username="li", address="10.0.0.9", at=now)
    assert "账号锁到" in page("/people/li/")
    assert say("unlock").status_code == 302
    assert (SignInAttempt.objects.count(), say("unlock").status_code) == (0, 422)
    app = pyotp.TOTP(factors.begin_app(site.li, now))
    factors.confirm_app(site.li, app.at(now), at=now)
    assert say("reset-factors", reason=" ").status_code == 422
    assert bool(factors.registered(site.li)) is True
    assert say("reset-factors", reason="手机丢了").status_code == 302
    assert bool(factors.registered(site.li)) is False
    assert Entry.objects.get(verb="reset-factors").doer == "root"


def test_leaving_is_one_page_and_one_entry_with_the_open_work_named(site):
    case = cases.open_case(site.again("chen"), opening(at=timezone.now(), answers=INTAKE))
    Case.objects.filter(number=case.number).update(person="li")
    actions.give_post(site.again("root"), "office", "north", by=None, at=timezone.now())
    text = page("/people/li/leave/")
    assert (case.number in text, "/cases/?person=li" in text, "维修" in text) == (True, True, True)
    today = str(timezone.localdate())
    before = Entry.objects.count()
    for wrong in ({"leave-last_day": "soon", "leave-reason": "走"}, {"leave-last_day": today, "leave-reason": " "}):
        answer = browser().post("/people/li/leave/", wrong)
        assert (answer.status_code, Entry.objects.count()) == (422, before)
    answer = browser().post("/people/li/leave/", {"leave-last_day": today, "leave-reason": "辞职"})
    assert (answer.status_code, answer["Location"], Entry.objects.count()) == (302, "/people/li/", before + 1)
    said = Entry.objects.get(verb="leave").content["answers"]
    assert (said["work"], said["posts"], open_numbers("li")) == ([case.number], ["repairer@north"], [case.number])
    li = site.again("li")
    assert (li.is_active, Holding.objects.get(person=li).end) == (False, timezone.localdate())
    assert case.number in page("/people/li/")
    assert browser("zhou").get("/people/li/leave/").status_code == 403
    own = browser().post("/people/root/leave/", {"leave-last_day": today, "leave-reason": "走"})
    assert (own.status_code, Person.objects.get(username="root").is_active) == (422, True)


def test_who_must_have_a_second_factor_administers_or_holds_or_was_lent_a_post_that_approves(site):
    now = timezone.now()

    def must(username: str) -> bool:
        return rights.must_have_second_factor(site.again(username), now)

    assert {name: must(name) for name in ("root", "qian", "zhou", "li", "wu", "outsider")} == {
        "root": True, "qian": True, "zhou": False, "li": False, "wu": False, "outsider": False,
    }  # fmt: skip
    today = timezone.localdate()
    actions.delegate(site.qian, site.wu, ["leader"], today, today, "出差", by=site.qian, at=now)
    assert must("wu") is True


def test_a_post_that_approves_given_meanwhile_asks_for_the_factor_with_the_next_page(site, settings):
    settings.SECOND_FACTOR = "required"
    wu = browser("wu")
    assert wu.get("/forms/").status_code == 200
    actions.give_post(site.wu, "leader", "head", by=None, at=timezone.now())
    assert wu.get("/forms/")["Location"] == "/profile/factors/"
    assert re.search("绑定一种以后", wu.get("/profile/factors/").content.decode())

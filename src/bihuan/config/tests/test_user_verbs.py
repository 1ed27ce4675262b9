"""``bihuan user`` and ``bihuan token``: people, programs and keys from the machine itself."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from django.utils import timezone

from bihuan.config import command
from bihuan.journal.models import Entry
from bihuan.people import factors, queries
from bihuan.people.models import Person, SignInAttempt

pytestmark = pytest.mark.django_db


def run(*words: str) -> int:
    return command.main(words)


def test_a_person_gets_a_password_and_a_program_none(capsys):
    assert run("user", "add", "zhou", "--name", "周调度") == 0
    username, password = capsys.readouterr().out.split()
    assert Person.objects.get(username=username).check_password(password)
    assert run("user", "add", "erp", "--name", "对接", "--service") == 0
    assert capsys.readouterr().out.split() == ["erp"]
    erp = Person.objects.get(username="erp")
    assert (erp.is_service, erp.has_usable_password()) == (True, False)
    assert run("user", "add", "root", "--name", "对接", "--service", "--administrator") == 4
    assert Person.objects.filter(username="root").exists() is False


def test_a_key_gets_the_scopes_named_and_no_other(capsys):
    run("user", "add", "erp", "--name", "对接", "--service")
    capsys.readouterr()
    assert run("token", "erp", "--scopes", "read,act", "--days", "7") == 0
    found = queries.token_of(capsys.readouterr().out.strip(), timezone.now())
    assert (found.person.username, found.scopes, found.kind) == ("erp", {"read", "act"}, "service")
    assert [run("token", "erp", "--scopes", "read,root"), run("token", "erp", "--days", "400")] == [4, 4]
    assert run("token", "nobody") == 1


def test_who_is_shut_out_or_lost_every_device_is_let_in_again():
    run("user", "add", "root", "--name", "管理员", "--administrator")
    root, now = Person.objects.get(username="root"), timezone.now()
    for _try in range(10):
        SignInAttempt.objects.create(username="root", address="10.0.0.9", at=now)
    then = now - timedelta(minutes=5)
    app = pyotp.TOTP(factors.begin_app(root, then))
    factors.confirm_app(root, app.at(then), at=then)
    assert [run("user", "unlock", "root"), run("user", "unlock", "root")] == [0, 4]
    assert run("user", "reset-factors", "root") == 4
    assert bool(factors.registered(root)) is True
    assert run("user", "reset-factors", "root", "--reason", "手机与恢复码都丢了") == 0
    assert bool(factors.registered(root)) is False
    assert run("user", "reset-factors", "nobody", "--reason", "x") == 1
    said = list(Entry.objects.order_by("position").values_list("verb", "doer_kind"))
    assert said[-2:] == [("unlock-account", "command"), ("reset-factors", "command")]

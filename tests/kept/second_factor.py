"""``python -m tests.kept.second_factor NAME [SECRET]``, run inside a kept house.

Without a secret the person binds an app; its secret is printed. With it: whether the app's code of now opens the door.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta

from bihuan.config.commands.django import ready

# Django has to stand before its models can be read
ready()

import pyotp  # noqa: E402
from django.utils import timezone  # noqa: E402

from bihuan.people import factors  # noqa: E402
from bihuan.people.models import Person  # noqa: E402


def bind(person: Person) -> str:
    """Half an hour ago, so that the code of now was not used yet."""
    then = timezone.now() - timedelta(minutes=30)
    secret = factors.begin_app(person, then)
    factors.confirm_app(person, pyotp.TOTP(secret).at(then), at=then)
    return secret


def opens(person: Person, secret: str) -> bool:
    return factors.check_app(person, pyotp.TOTP(secret).now(), timezone.now())


if __name__ == "__main__":
    whose = Person.objects.get(username=sys.argv[1])
    json.dump(opens(whose, sys.argv[2]) if sys.argv[2:] else bind(whose), sys.stdout)

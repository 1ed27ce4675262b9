"""Run inside a site's environment: a session for everybody, as if each had signed in; prints them as JSON."""

from __future__ import annotations

import json
import sys

from bihuan.config.commands.django import ready

# Django has to stand before its models can be read
ready()

from bihuan.config.bench.reads import signed_in  # noqa: E402
from bihuan.people.models import Person  # noqa: E402

if __name__ == "__main__":
    json.dump({one.username: signed_in(one.username) for one in Person.objects.filter(is_active=True)}, sys.stdout)

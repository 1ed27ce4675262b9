"""Run inside a site's environment: what only the book's own actions may do, asked for from outside.

``python -m tests.storm.keeping_books seal`` prints the sealed digest of the day;
``… dispose LIST ENTRY…`` disposes of the contents of these entries and prints the list's entry.
"""

from __future__ import annotations

import json
import sys
from uuid import UUID

from bihuan.config.commands.django import ready

# Django has to stand before its models can be read
ready()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from bihuan.journal import actions as journal  # noqa: E402


def seal() -> object:
    now = timezone.now()
    return json.loads(journal.seal(now.date(), now).text)


def dispose(name: str, entries: list[str]) -> str:
    with transaction.atomic():
        return str(journal.dispose([UUID(one) for one in entries], name, "wu", timezone.now()).id)


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    json.dump(seal() if verb == "seal" else dispose(rest[0], rest[1:]), sys.stdout)

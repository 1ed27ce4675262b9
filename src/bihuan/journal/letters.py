"""Bringing letters out of the tray: at least once, each under its key.

A letter goes out before its row is marked, in one transaction that holds the row. Killed in between, it goes out again
under the same key; a channel that knows keys – the file channel does – then has it once.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import quote

from django.conf import settings
from django.db import transaction

from bihuan.ground.system_user import give, house_folder

from .errors import Undeliverable
from .models import Letter

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
LONGEST_NAME = 200


class Channel(Protocol):
    """A way out of the house. ``send`` returns once the letter is safely out.

    Raises PutOff (any other error counts as it) for "later", Undeliverable for "never". The same key may come again.
    """

    def send(self, letter: Letter) -> None: ...


class Delivery(NamedTuple):
    """How many letters went out, wait for another try, or will never go."""

    delivered: int
    put_off: int
    undeliverable: int


class FileChannel:
    """One JSON file per letter in a folder; the file is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, letter: Letter) -> None:
        house_folder(self.folder)
        name = file_name(letter.key)
        draft = self.folder / f".{name}.draft"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(_plain(letter), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        give(draft)
        draft.replace(self.folder / name)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def file_name(key: str) -> str:
    """The key as the name of a file: the key itself where it can be, never a way out of the folder."""
    name = quote(key, safe="-_@+=, ")
    if len(name) > LONGEST_NAME:
        name = f"{name[:100]}-{sha256(key.encode()).hexdigest()}"
    return f"{name}.json"


def wait_after(attempts: int) -> timedelta:
    """How long a letter rests after so many failed tries: doubled each time, six hours at most."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)


def deliver(now: datetime, limit: int, channel: Channel | None = None) -> Delivery:
    """Bring out up to ``limit`` letters due by ``now``; several may run at once, each takes letters of its own.

    A letter put off is tried again later, for ever; one that cannot be delivered stays in the tray and says why.
    Without ``channel`` letters go to ``settings.LETTERS_FOLDER``.
    """
    channel = channel or FileChannel(Path(settings.LETTERS_FOLDER))
    with transaction.atomic():
        letters = list(
            Letter.objects.select_for_update(skip_locked=True)
            .filter(state=Letter.State.WAITING, next_try__lte=now)
            .order_by("next_try", "id")[:limit]
        )
        for letter in letters:
            _send(letter, channel, now)
        Letter.objects.bulk_update(
            letters, ["state", "attempts", "next_try", "last_error", "delivered_at"], batch_size=500
        )
    states = [letter.state for letter in letters]
    return Delivery(
        *(states.count(state) for state in (Letter.State.DELIVERED, Letter.State.WAITING, Letter.State.UNDELIVERABLE))
    )


def _send(letter: Letter, channel: Channel, now: datetime) -> None:
    letter.attempts += 1
    try:
        channel.send(letter)
    except Undeliverable as error:
        letter.state = Letter.State.UNDELIVERABLE
        letter.last_error = str(error)
    except Exception as error:  # PutOff, or whatever a channel's library raises: it must not hold up the other letters
        letter.next_try = now + wait_after(letter.attempts)
        letter.last_error = str(error)
    else:
        letter.state = Letter.State.DELIVERED
        letter.delivered_at = now
        letter.last_error = ""


def _plain(letter: Letter) -> dict[str, str | None]:
    return {
        "key": letter.key,
        "entry": str(letter.entry_id),
        "to-kind": letter.to_kind,
        "to": letter.to,
        "subject": letter.subject,
        "body": letter.body,
        "due-at": letter.due_at.isoformat() if letter.due_at else None,
    }

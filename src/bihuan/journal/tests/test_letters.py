import json
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from bihuan.journal.actions import lay_letter, write
from bihuan.journal.errors import PutOff, Undeliverable
from bihuan.journal.letters import FileChannel, deliver, file_name, wait_after
from bihuan.journal.models import Letter

from .cast import START, telling

pytestmark = pytest.mark.django_db

# A worker that is killed when the second letter is written, before anything is committed.
KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from bihuan.journal.letters import FileChannel, deliver

class Killed(FileChannel):
    sent = 0
    def send(self, letter):
        super().send(letter)
        self.sent += 1
        if self.sent == 2:
            os.kill(os.getpid(), signal.SIGKILL)

deliver(datetime.fromisoformat(sys.argv[3]), 10, Killed(Path(sys.argv[2])))
"""


class Recorder:
    """A channel that keeps what it was given, or fails as it is told."""

    def __init__(self, **failures):
        self.sent = []
        self.failures = failures

    def send(self, letter):
        if letter.key in self.failures:
            raise self.failures[letter.key]
        self.sent.append(letter.key)


def _lay(*keys, due_at=None):
    entry = write(telling(1))
    for key in keys:
        lay_letter(entry.id, key, "post", "lic", "逾期", "报修单逾期", due_at)
    return entry


def test_a_letter_becomes_one_file_of_its_key_and_is_not_sent_again(tmp_path, settings):
    settings.LETTERS_FOLDER = tmp_path / "letters"
    entry = _lay("case-1:contact:1")
    assert deliver(START, 10) == (1, 0, 0)
    (file,) = (tmp_path / "letters").iterdir()
    assert json.loads(file.read_text(encoding="utf-8")) == {
        "key": "case-1:contact:1",
        "entry": str(entry.id),
        "to-kind": "post",
        "to": "lic",
        "subject": "逾期",
        "body": "报修单逾期",
        "due-at": None,
    }
    letter = Letter.objects.get()
    assert (letter.state, letter.attempts, letter.delivered_at) == ("delivered", 1, START)
    assert deliver(START + timedelta(days=1), 10) == (0, 0, 0)


def test_letters_go_in_order_of_their_moment_not_before_it_and_no_more_than_asked():
    _lay("later", due_at=START + timedelta(minutes=1))
    _lay("due", due_at=START)
    _lay("at-once")
    first, second, third = Recorder(), Recorder(), Recorder()
    assert deliver(START, 1, first) == (1, 0, 0)
    assert deliver(START, 5, second) == (1, 0, 0)
    assert deliver(START + timedelta(minutes=1), 5, third) == (1, 0, 0)
    assert (first.sent, second.sent, third.sent) == (["at-once"], ["due"], ["later"])


def test_a_letter_put_off_rests_longer_each_time_and_does_not_hold_up_the_others():
    _lay("a", "b", "c")
    channel = Recorder(a=PutOff("post office closed"), b=KeyError("a fault of the channel"))
    assert deliver(START, 10, channel) == (1, 2, 0)
    assert channel.sent == ["c"]
    assert deliver(START, 10, channel) == (0, 0, 0)
    assert deliver(START + timedelta(minutes=1), 10, channel) == (0, 2, 0)
    letter = Letter.objects.get(key="a")
    assert (letter.attempts, letter.last_error) == (2, "post office closed")
    assert letter.next_try == START + timedelta(minutes=3)
    assert deliver(START + timedelta(minutes=3), 10, Recorder()) == (2, 0, 0)
    letter.refresh_from_db()
    assert (letter.state, letter.last_error) == ("delivered", "")


def test_the_rest_between_tries_doubles_up_to_six_hours():
    minutes = [wait_after(attempt) // timedelta(minutes=1) for attempt in (1, 2, 3, 9, 10, 1000)]
    assert minutes == [1, 2, 4, 256, 360, 360]


def test_an_undeliverable_letter_stays_and_says_why():
    _lay("nowhere")
    assert deliver(START, 10, Recorder(nowhere=Undeliverable("no address"))) == (0, 0, 1)
    letter = Letter.objects.get()
    assert (letter.state, letter.last_error, letter.delivered_at) == ("undeliverable", "no address", None)
    assert deliver(START + timedelta(days=9), 10, Recorder()) == (0, 0, 0)


def test_a_letter_of_an_act_that_was_refused_is_never_sent():
    with pytest.raises(RuntimeError), transaction.atomic():
        _lay("never")
        raise RuntimeError
    assert deliver(START, 10, Recorder()) == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_deliverers_at_once_never_take_the_same_letter():
    with transaction.atomic():
        _lay("one", "two")
    holding, second_is_done = threading.Event(), threading.Event()
    not_held_up = []

    class Slow(Recorder):
        def send(self, letter):
            super().send(letter)
            holding.set()
            not_held_up.append(second_is_done.wait(10))

    slow = Slow()

    def first():
        try:
            deliver(START, 1, slow)
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert holding.wait(30)
    other = Recorder()
    assert deliver(START, 10, other) == (1, 0, 0)
    second_is_done.set()
    thread.join()
    assert (slow.sent, other.sent, not_held_up) == (["one"], ["two"], [True])


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_writing_and_committing_sends_again_under_the_same_key(tmp_path):
    with transaction.atomic():
        _lay("one", "two", "three")
    code = subprocess.run(
        [sys.executable, "-c", KILLED, connection.settings_dict["NAME"], str(tmp_path), START.isoformat()],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    ).returncode
    assert code == -9
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.json", "two.json"]
    with transaction.atomic():
        # whoever waits for the rows waits until the server has noticed that death, too
        waiting = list(Letter.objects.select_for_update())
    assert {(letter.state, letter.attempts) for letter in waiting} == {("waiting", 0)}
    assert deliver(START, 10, FileChannel(tmp_path)) == (3, 0, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.json", "three.json", "two.json"]


@given(keys=st.sets(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), min_size=2, max_size=5))
def test_every_key_has_a_file_name_of_its_own_inside_the_folder(keys):
    names = {file_name(key) for key in keys}
    assert len(names) == len(keys)
    for name in names:
        assert Path(name).name == name
        assert not name.startswith(".draft")
        assert len(name.encode()) < 255

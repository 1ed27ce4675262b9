"""The scanner is asked in its own words; without one nothing is called clean."""

from __future__ import annotations

import socket
import struct
import threading
from datetime import UTC, datetime

import pytest

from bihuan.files import actions, store
from bihuan.files.errors import Harmful
from bihuan.files.models import Attachment

from .conftest import sent

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


class Clamd:
    """Speaks INSTREAM once: reads the pieces to their end and answers."""

    def __init__(self, line: socket.socket, answer: bytes) -> None:
        self.line, self.answer, self.content, self.command = line, answer, b"", b""
        line.listen(1)
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        taken, _where = self.line.accept()
        with taken, taken.makefile("rb") as read:
            self.command = read.read(10)
            while size := struct.unpack("!L", read.read(4))[0]:
                self.content += read.read(size)
            taken.sendall(self.answer)

    def over(self) -> None:
        self.thread.join(10)
        self.line.close()


@pytest.fixture
def clamd(settings, tmp_path):
    started = []

    def start(answer: bytes, family: int = socket.AF_UNIX) -> Clamd:
        line = socket.socket(family, socket.SOCK_STREAM)
        address = str(tmp_path / "c.ctl") if family == socket.AF_UNIX else ("127.0.0.1", 0)
        line.bind(address)
        where = address if isinstance(address, str) else f"127.0.0.1:{line.getsockname()[1]}"
        settings.FILES = {**settings.FILES, "scanner": where}
        started.append(Clamd(line, answer))
        return started[-1]

    yield start
    for one in started:
        one.over()


@pytest.mark.parametrize("family", [socket.AF_UNIX, socket.AF_INET])
def test_a_clean_file_is_kept_as_clean_and_was_sent_whole(clamd, office, family):
    scanner = clamd(b"stream: OK\0", family)
    content = office(xl__a=bytes(range(256)) * 1000)
    one = actions.take(sent(content, "a.xlsx"), by="li", at=AT)
    scanner.thread.join(10)
    assert one.scan == Attachment.CLEAN
    assert scanner.command == b"zINSTREAM\0"
    assert scanner.content == content


def test_what_the_scanner_names_is_not_kept(clamd, office):
    clamd(b"stream: Eicar-Signature FOUND\0")
    with pytest.raises(Harmful):
        actions.take(sent(office(), "a.xlsx"), by="li", at=AT)
    assert not Attachment.objects.exists()
    assert not store.folder().exists()


def test_without_a_scanner_or_with_one_that_is_away_a_file_is_shown_as_not_scanned(settings, office, tmp_path):
    for address in ("", str(tmp_path / "nobody.ctl")):
        settings.FILES = {**settings.FILES, "scanner": address}
        one = actions.take(sent(office(), "a.xlsx"), by="li", at=AT)
        assert (one.scan, one.scan_words.zh) == (Attachment.UNSCANNED, "未经查毒")


def test_an_error_of_the_scanner_is_no_clean_bill(clamd, office):
    clamd(b"INSTREAM size limit exceeded. ERROR\0")
    assert actions.take(sent(office(), "a.xlsx"), by="li", at=AT).scan == Attachment.UNSCANNED

"""Asking ClamAV, where there is one: clamd's INSTREAM over a socket of this machine or over TCP.

INSTREAM (clamd(8)): ``zINSTREAM\\0``, then pieces, each led by its length in four bytes (network order), ended by a
piece of length zero; the answer is ``stream: OK`` or ``stream: <name> FOUND``.
"""

from __future__ import annotations

import logging
import socket
import struct
from pathlib import Path

from .errors import Harmful
from .models import Attachment

log = logging.getLogger("bihuan.files")

PIECE = 64 * 1024
SECONDS = 30.0


def scanned(path: Path, address: str) -> str:
    """How the file at ``path`` came out: "clean", or "unscanned" where no scanner is set or it does not answer.

    ``address``: ``/run/clamav/clamd.ctl`` or ``host:port``; empty = none. Raises Harmful.
    """
    if not address:
        return Attachment.UNSCANNED
    try:
        answer = _asked(path, address)
    except OSError as error:
        log.warning("scanner away kind=%s", type(error).__name__)
        return Attachment.UNSCANNED
    if answer.endswith("FOUND"):
        log.warning("scanner refused a file")
        raise Harmful
    if answer == "stream: OK":
        return Attachment.CLEAN
    log.warning("scanner answered otherwise")
    return Attachment.UNSCANNED


def _asked(path: Path, address: str) -> str:
    with _connection(address) as line, path.open("rb") as opened:
        line.sendall(b"zINSTREAM\0")
        while piece := opened.read(PIECE):
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0") and (more := line.recv(4096)):
            answer += more
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connection(address: str) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)

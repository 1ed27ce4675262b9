"""Encrypted files: opened by anybody who reads the format, by nobody without the key, and never by halves."""

from __future__ import annotations

import base64
import errno
import io
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bihuan.ground.backup import Damaged, Key, Locked, age
from bihuan.ground.backup.manifest import kept
from bihuan.ground.words import Trouble

AT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
PIECE = 64 * 1024
CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


@pytest.fixture
def key() -> Key:
    return Key.new()


def sealed(folder: Path, key: Key, content: bytes) -> Path:
    file = folder / "x.age"
    plain, lying = age.encrypt(io.BytesIO(content), file, key.public)
    assert (lying, plain.bytes) == (kept(file), len(content))
    return file


def opened(file: Path, key: Key) -> bytes:
    written = io.BytesIO()
    told = age.decrypt(file, written, key)
    assert told.bytes == len(written.getvalue())
    return written.getvalue()


def secret_of(identity: str) -> bytes:
    """The 32 bytes behind ``AGE-SECRET-KEY-1…`` (bech32, its checksum left aside)."""
    number = 0
    figures = [CHARSET.index(one) for one in identity.lower().removeprefix("age-secret-key-1")[:-6]]
    for one in figures:
        number = number << 5 | one
    return (number >> (5 * len(figures) - 256)).to_bytes(32, "big")


def derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(secret)


def unpadded(words: str) -> bytes:
    return base64.b64decode(words + "=" * (-len(words) % 4))


def by_the_book(content: bytes, identity: str) -> bytes:
    """Decrypted after the text of age-encryption.org/v1 alone, by none of the library's code."""
    head, _line, payload = content.partition(b"\n--- ")
    lines = head.decode().split("\n")
    assert lines[0] == "age-encryption.org/v1"
    place = next(number for number, line in enumerate(lines) if line.startswith("-> X25519 "))
    share, wrapped = unpadded(lines[place].split()[2]), unpadded(lines[place + 1])
    own = X25519PrivateKey.from_private_bytes(secret_of(identity))
    agreed = own.exchange(X25519PublicKey.from_public_bytes(share))
    wrap = derived(agreed, share + own.public_key().public_bytes_raw(), b"age-encryption.org/v1/X25519")
    file_key = ChaCha20Poly1305(wrap).decrypt(bytes(12), wrapped, None)
    _mac, _line, rest = payload.partition(b"\n")
    stream = ChaCha20Poly1305(derived(file_key, rest[:16], b"payload"))
    pieces = [rest[16:][start : start + PIECE + 16] for start in range(0, len(rest) - 16, PIECE + 16)]
    return b"".join(
        stream.decrypt(number.to_bytes(11, "big") + bytes([number == len(pieces) - 1]), piece, None)
        for number, piece in enumerate(pieces)
    )


@pytest.mark.parametrize("length", [0, 1, PIECE, PIECE + 1, 3 * PIECE + 17])
def test_what_is_written_is_plain_age_and_opens_without_us(key, tmp_path, length):
    content = bytes(number * 7 % 256 for number in range(length))
    file = sealed(tmp_path, key, content)
    assert by_the_book(file.read_bytes(), str(key.identities[0])) == content == opened(file, key)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_any_one_of_several_keys_opens_it_and_no_other_does(tmp_path):
    first, second, stranger = Key.new(), Key.new(), Key.new()
    file = tmp_path / "x.age"
    age.encrypt(io.BytesIO(b"both"), file, (*first.public, *second.public))
    assert (opened(file, first), opened(file, second)) == (b"both", b"both")
    with pytest.raises(Locked) as refused:
        opened(file, stranger)
    assert str(file) in refused.value.en
    assert opened(file, Key([*stranger.identities, *second.identities])) == b"both"


@pytest.mark.parametrize("spoil", ["cut", "cut at a piece", "changed", "cut in its head", "no age file"])
def test_what_was_cut_off_or_changed_does_not_open(key, tmp_path, spoil):
    file = sealed(tmp_path, key, bytes(3 * PIECE))
    content = file.read_bytes()
    head = len(content) - 3 * (PIECE + 16)
    changed = bytearray(content)
    changed[head + PIECE] ^= 1
    file.write_bytes(
        {
            "cut": content[:-1], "cut at a piece": content[: head + 2 * (PIECE + 16)], "changed": bytes(changed),
            "cut in its head": content[:40], "no age file": b"PGDMP" * 100,
        }[spoil]
    )  # fmt: skip
    with pytest.raises(Damaged) as refused:
        opened(file, key)
    assert refused.value.faults[0].startswith("x.age: ")


class Endless:
    """Gives ``left`` bytes and notes how many were asked for at once."""

    def __init__(self, left: int) -> None:
        self.left, self.most = left, 0

    def read(self, size: int = -1, /) -> bytes:
        self.most = max(self.most, size if size >= 0 else self.left)
        given = min(size if size >= 0 else self.left, self.left)
        self.left -= given
        return bytes(given)


class Pieces(age.Nowhere):
    most = 0

    def write(self, piece: bytes) -> int:
        self.most = max(self.most, len(piece))
        return super().write(piece)


def test_a_file_of_any_size_passes_through_in_small_pieces(key, tmp_path):
    source, pieces = Endless(20 * 1024 * 1024), Pieces()
    age.encrypt(source, tmp_path / "x.age", key.public)
    assert age.decrypt(tmp_path / "x.age", pieces, key).bytes == 20 * 1024 * 1024
    assert 0 < source.most <= 2 * PIECE
    assert 0 < pieces.most <= 2 * PIECE


class Full:
    def write(self, piece: bytes, /) -> int:
        raise OSError(errno.ENOSPC, "no room")


class Broken:
    def read(self, size: int = -1, /) -> bytes:
        raise OSError(errno.EIO, "broken")


def test_a_disk_that_is_full_or_broken_is_said_as_such(key, tmp_path):
    file = sealed(tmp_path, key, bytes(PIECE))
    with pytest.raises(OSError, match="no room") as full:
        age.decrypt(file, Full(), key)
    with pytest.raises(OSError, match="broken") as broken:
        age.encrypt(Broken(), tmp_path / "y.age", key.public)
    assert (full.value.errno, broken.value.errno) == (errno.ENOSPC, errno.EIO)


def test_a_pair_is_written_for_its_owner_alone_and_never_over_another(key, tmp_path):
    file = tmp_path / "identity"
    key.write(file, AT)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Key.read(file).public == key.public
    assert file.read_text().splitlines()[:2] == ["# created: 2026-11-22T02:30:00Z", f"# public key: {key.public[0]}"]
    with pytest.raises(FileExistsError):
        Key.new().write(file, AT)
    assert Key.read(file).public == key.public


@pytest.mark.parametrize("words", ["", "# nothing\n", "AGE-SECRET-KEY-1QQQ\n", "age1not-a-private-one\n", "私钥\n"])
def test_what_is_no_identity_is_named_without_repeating_it(tmp_path, words):
    file = tmp_path / "identity"
    file.write_text(words, encoding="utf-8")
    with pytest.raises(Trouble) as refused:
        Key.read(file)
    assert str(file) in refused.value.en
    assert "QQQ" not in str(refused.value) + repr(refused.value)
    with pytest.raises(Trouble):
        Key.read(tmp_path / "none")


def test_a_key_does_not_tell_itself(key):
    assert str(key.identities[0]) not in repr(key)
    assert [age.is_recipient(one) for one in (key.public[0], str(key.identities[0]), "age1", "")] == [
        True, False, False, False,
    ]  # fmt: skip

"""What is taken is told from its content, drawn anew where it is a picture, and safe before its row is written."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bihuan.files import actions, store
from bihuan.files.errors import TooLarge, WrongKind
from bihuan.files.models import Attachment

from .conftest import sent

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FTYP = b"\x00\x00\x00\x18ftyp%s\x00\x00\x00\x00isommp42" + b"\x00" * 64

pytestmark = pytest.mark.django_db


def take(content: bytes, name: str = "a.jpg") -> Attachment:
    return actions.take(sent(content, name), by="li", at=AT)


def nothing_kept() -> bool:
    return not Attachment.objects.exists() and not [one for one in store.folder().rglob("*") if one.is_file()]


def test_the_kind_is_told_from_the_content_whatever_the_name_says(picture, office):
    made = {
        "jpeg": picture("JPEG"),
        "png": picture("PNG"),
        "webp": picture("WEBP"),
        "pdf": b"%PDF-1.7\n1 0 obj\n",
        "xlsx": office(),
        "docx": office("word/document.xml"),
        "mp4": FTYP % b"isom",
        "m4a": FTYP % b"M4A ",
        "mp3": b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\x00" * 40,
    }
    for kind, content in made.items():
        assert take(content, "照片.exe").kind == kind
    for encoding in ("utf-8", "utf-16", "gb18030"):
        assert take("客户,电话\n城东小学,138\n".encode(encoding), "a.csv").kind == "csv"
    assert take("说明".encode(), "a.txt").kind == "text"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00" + b"\x00" * 60, "photo.jpg"),
        (b"<html><script>alert(1)</script>", "a.html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"),
        (b"#!/bin/sh\nrm -rf /\n", "a.sh"),
        (b"GIF89a" + b"\x00" * 60, "a.gif"),
        (b"\x00\x01\x02\x03", "a.txt"),
        (b"", "a.txt"),
        (b"\xff\xd8\xff\xe0broken", "a.jpg"),
        (FTYP % b"qt  ", "a.mov"),
    ],
)
def test_what_is_none_of_the_kinds_is_refused_in_words_and_nothing_is_kept(content, name):
    with pytest.raises(WrongKind) as caught:
        take(content, name)
    assert caught.value.words.zh
    assert caught.value.words.en
    assert nothing_kept()


def test_heic_is_refused_with_the_way_out():
    with pytest.raises(WrongKind) as caught:
        take(FTYP % b"heic", "IMG_0001.HEIC")
    assert "JPEG" in caught.value.words.zh
    assert nothing_kept()


def test_a_picture_loses_its_place_and_is_at_most_2560_long(picture):
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[2] = (29.0, 52.0, 1.0)
    sent_in = picture("JPEG", (4000, 1000), exif=exif)
    assert b"SecretCamera" in sent_in
    one = take(sent_in)
    kept = store.path_of(one.sha256).read_bytes()
    assert (one.width, one.height) == (640, 2560)
    assert b"SecretCamera" not in kept
    with Image.open(io.BytesIO(kept)) as opened:
        assert (opened.size, dict(opened.getexif())) == ((640, 2560), {})
    with Image.open(store.preview_of(one.sha256)) as small:
        assert max(small.size) == 128


def test_text_hidden_in_a_png_and_a_file_glued_behind_do_not_survive(picture):
    hidden = PngInfo()
    hidden.add_text("note", "SECRET-WORDS")
    one = take(picture("PNG", pnginfo=hidden) + b"PK\x03\x04 glued behind", "a.png")
    kept = store.path_of(one.sha256).read_bytes()
    assert b"SECRET-WORDS" not in kept
    assert b"glued" not in kept


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked():
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack("!L", len(content)) + name + content + struct.pack("!L", zlib.crc32(name + content))

    head = chunk(b"IHDR", struct.pack("!LLBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    with pytest.raises(WrongKind, match="像素"):
        take(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"") + chunk(b"IEND", b""), "bomb.png")
    assert nothing_kept()


def test_zip_bombs_macros_and_plain_archives_are_refused(office):
    bombs = {
        "too steep": office(xl__sheet1=b"\0" * 30 * 1024 * 1024),
        "too many": office(**{f"xl__part{number}": b"x" for number in range(2100)}),
    }
    for content in bombs.values():
        with pytest.raises(WrongKind, match="异常大"):
            take(content, "a.xlsx")
    with pytest.raises(WrongKind, match="带宏"):
        take(office(xl__vbaProject_bin=b"x").replace(b"vbaProject_bin", b"vbaProject.bin"), "a.xlsx")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme", "x")
    for content in (out.getvalue(), office()[:-30], b"PK\x03\x04rubbish"):
        with pytest.raises(WrongKind):
            take(content, "a.xlsx")
    assert nothing_kept()


def test_a_zip_that_lies_about_its_size_is_refused(office):
    honest = office(xl__sheet1=b"a" * 100_000)
    lying = honest.replace(struct.pack("<L", 100_000), struct.pack("<L", 100))
    assert lying != honest
    with pytest.raises(WrongKind):
        take(lying, "a.xlsx")


def test_every_kind_has_its_limit(settings, picture):
    settings.FILES = {**settings.FILES, "picture": 1, "document": 1}
    big = picture("PNG", (1200, 1200))
    assert len(big) > 1024 * 1024
    with pytest.raises(TooLarge) as caught:
        take(big, "a.png")
    assert "1 MB" in caught.value.words.zh
    assert nothing_kept()


def test_the_content_stands_under_its_own_digest_and_twice_the_same_is_kept_once(office):
    content = office()
    first, second = take(content, "一.xlsx"), take(content, "二.xlsx")
    assert first.sha256 == second.sha256 == hashlib.sha256(content).hexdigest()
    assert store.path_of(first.sha256).read_bytes() == content
    assert [one.name for one in store.path_of(first.sha256).parent.iterdir()] == [first.sha256]
    assert (first.name, second.name, first.size) == ("一.xlsx", "二.xlsx", len(content))


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/a.xlsx", "a.xlsx"), ("C:\\temp\\报价.xlsx", "报价.xlsx"), ("a\u202excod.xlsx", "axcod.xlsx")],
)
def test_a_name_is_only_its_last_part_without_tricks(office, given, kept):
    upload = sent(office(), "x.xlsx")
    upload._name = given
    assert actions.take(upload, by="li", at=AT).name == kept


def test_no_row_without_its_file_when_the_disk_is_full(office, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        take(office())
    assert nothing_kept()

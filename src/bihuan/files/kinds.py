"""What a file is, told from its content; its name is never believed, only compared."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path, PurePath

import filetype

from bihuan.procedure.definition import Text

from .archives import office_kind
from .errors import WrongKind

HEAD_BYTES = 4096


@dataclass(frozen=True)
class Kind:
    """One kind that is taken: how it is served, and under which ending it leaves."""

    name: str
    media_type: str
    ending: str
    limit: str
    inline: bool


_OPEN_XML = "application/vnd.openxmlformats-officedocument."

KINDS = {
    kind.name: kind
    for kind in (
        Kind("jpeg", "image/jpeg", ".jpg", "picture", True),
        Kind("png", "image/png", ".png", "picture", True),
        Kind("webp", "image/webp", ".webp", "picture", True),
        Kind("pdf", "application/pdf", ".pdf", "document", False),
        Kind("xlsx", _OPEN_XML + "spreadsheetml.sheet", ".xlsx", "document", False),
        Kind(
            "docx",
            _OPEN_XML + "wordprocessingml.document",
            ".docx",
            "document",
            False,
        ),
        Kind("text", "text/plain; charset=utf-8", ".txt", "text", False),
        Kind("csv", "text/csv; charset=utf-8", ".csv", "text", False),
        Kind("mp4", "video/mp4", ".mp4", "recording", True),
        Kind("m4a", "audio/mp4", ".m4a", "recording", True),
        Kind("mp3", "audio/mpeg", ".mp3", "recording", True),
    )
}

RECORDINGS = frozenset(one.name for one in KINDS.values() if one.limit == "recording")
"""What somebody may be heard on: sound, and pictures with sound."""

_BY_MEDIA_TYPE = {
    "image/jpeg": "jpeg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf",
    "video/mp4": "mp4", "audio/mp4": "m4a", "audio/m4a": "m4a", "audio/x-m4a": "m4a", "audio/mpeg": "mp3",
}  # fmt: skip
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1", b"avif"}
_VIDEO_BRANDS = {
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"3gp4",
    b"3gp5",
}
_TEXT_ENDINGS = {".txt": "text", ".log": "text", ".csv": "csv"}

HEIC = Text(
    "HEIC 照片不能在别的设备上打开，没有保存：请在手机相机设置里选“兼容性最佳”（JPEG）后重拍或重新导出",
    "HEIC pictures cannot be opened elsewhere and are not taken: choose “Most compatible” (JPEG) in the camera",
)


def kind_of(path: Path, name: str) -> Kind:
    """The kind of the file at ``path``, handed in as ``name``. Raises WrongKind, with words for what is often tried."""
    with path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    if not head:
        raise WrongKind(Text("文件是空的", "The file is empty"))
    if head[4:8] == b"ftyp":
        return KINDS[_of_container(head)]
    if head[:4] == b"PK\x03\x04":
        return KINDS[office_kind(path)]
    guessed = filetype.guess_mime(head)
    found = _BY_MEDIA_TYPE.get(guessed or "")
    if found == "pdf" and not head.startswith(b"%PDF-"):
        found = None
    if found:
        return KINDS[found]
    ending = PurePath(name).suffix.lower()
    if guessed is None and ending in _TEXT_ENDINGS and is_text(path):
        return KINDS[_TEXT_ENDINGS[ending]]
    raise WrongKind


def _of_container(head: bytes) -> str:
    """ISO base media (ISO/IEC 14496-12): the brand says what the boxes hold."""
    brand = head[8:12]
    if brand in _HEIC_BRANDS:
        raise WrongKind(HEIC)
    if brand == b"M4A ":
        return "m4a"
    if brand in _VIDEO_BRANDS:
        return "mp4"
    raise WrongKind


def is_text(path: Path) -> bool:
    """Whether the whole file reads as UTF-8, UTF-16 with its mark, or GB18030, without control characters."""
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            words = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(ord(sign) < 32 and sign not in "\t\n\r\f" for sign in words)
    return False

"""Pictures are drawn anew before they are kept: what is not picture (place, camera, hidden data) does not survive."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from bihuan.procedure.definition import Text

from .errors import WrongKind

LONGEST_SIDE = 2560
MOST_PIXELS = 60_000_000
PREVIEW_SIDE = 128
"""Shown at 64 pixels, on screens of double density."""
QUALITY = 88
FORMATS = {"jpeg": ("JPEG", "MPO"), "png": ("PNG",), "webp": ("WEBP",)}

TOO_MANY = Text("图片的像素太多，没有保存", "The picture has too many pixels; it was not kept")
UNREADABLE = Text("图片已损坏，打不开", "The picture is damaged and cannot be opened")


@dataclass(frozen=True)
class Drawn:
    """The picture as it is kept, and its preview (PNG or JPEG bytes)."""

    content: bytes
    preview: bytes
    width: int
    height: int


def draw_anew(path: Path, kind: str) -> Drawn:
    """The picture at ``path`` upright, at most 2560 pixels on its longest side, without anything but pixels.

    The size is looked at before a pixel is unpacked. Raises WrongKind for bombs and broken files.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS[kind]) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise WrongKind(TOO_MANY)
                opened.load()
                upright = ImageOps.exif_transpose(opened)
                bare = _bare(upright, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise WrongKind(TOO_MANY) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise WrongKind(UNREADABLE) from error
    bare.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    small = bare.copy()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
    return Drawn(_written(bare, kind), _written(small, kind), bare.width, bare.height)


def _bare(picture: Image.Image, kind: str) -> Image.Image:
    """Only the pixels, in a mode the format can hold."""
    clear = kind != "jpeg" and (picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info)
    converted = picture.convert("RGBA" if clear else "RGB")
    bare = Image.new(converted.mode, converted.size)
    bare.paste(converted)
    return bare


def _written(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    options = {} if kind == "png" else {"quality": QUALITY}
    picture.save(out, FORMATS[kind][0], **options)
    return out.getvalue()

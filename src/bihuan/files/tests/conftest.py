"""Files in a folder of the test's own; pictures and workbooks made on the spot."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """A picture as bytes: format, size, and whatever Pillow's ``save`` takes."""

    def made(form: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **more) -> bytes:
        out = io.BytesIO()
        Image.effect_noise(size, 40).convert(mode).save(out, form, **more)
        return out.getvalue()

    return made


@pytest.fixture
def office() -> Callable[..., bytes]:
    """A zip file with the parts of a workbook or a letter, and what is added to them."""

    def made(kind: str = "xl/workbook.xml", **entries: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in ("[Content_Types].xml", kind):
                archive.writestr(zipfile.ZipInfo(name), "<x/>")  # of one day, so that two made alike are alike
            for name, content in entries.items():
                archive.writestr(name.replace("__", "/"), content)
        return out.getvalue()

    return made


def sent(content: bytes, name: str = "a.jpg", claimed: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, claimed)

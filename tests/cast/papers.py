"""Rights rows of files and papers: both open only to who may see the case they belong to."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from bihuan.casework.models import Case
from bihuan.files import actions as files

from .table import api, north_api, north_page, page

PRINT = "/cases/<str:number>/print/"
PAPER = f"{PRINT}<str:document>/"
FILE = "/files/<uuid:identity>/"
ROWS: dict[tuple[str, str], dict[str, int]] = {
    ("GET", FILE): north_page(200),
    ("GET", f"{FILE}preview/"): north_page(200),
    # a file is handed in by anybody who is signed in; here nothing comes along
    ("POST", "/api/v1/files"): api(422),
    ("GET", "/api/v1/files/<identity>"): north_api(200),
    ("GET", PRINT): north_page(200),
    ("GET", PAPER): north_page(200),
    ("POST", PAPER): north_page(200),
    ("GET", f"{PAPER}pages/<int:page>/"): north_page(200),
    # several cases at once: none is named, so there is nothing to print
    ("GET", "/print/"): page(405),
    ("POST", "/print/"): page(409),
    ("GET", "/print/offset/"): page(200),
    ("POST", "/print/offset/"): page(302),
}


def north_file(number: str) -> dict[str, str]:
    """A picture that belongs to a case of the north, and its opening form on paper."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    taken = files.take(SimpleUploadedFile("a.png", out.getvalue()), by="chen", at=timezone.now())
    case = Case.objects.get(number=number)
    files.belong([taken.pk], kind="case", identity=str(case.pk), outlet=case.outlet, by="chen")
    return {
        "<uuid:identity>": str(taken.pk),
        "<identity>": str(taken.pk),
        "<str:document>": "intake",
        "<int:page>": "1",
    }

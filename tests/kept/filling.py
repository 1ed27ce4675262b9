"""``python -m tests.kept.filling PACK``, run inside a kept house: a demonstration, attachments, a session."""

from __future__ import annotations

import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from bihuan.config.commands.django import ready

# Django has to stand before its models can be read
ready()

from django.contrib.sessions.models import Session  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image  # noqa: E402

from bihuan.config.demonstration import furnish  # noqa: E402
from bihuan.files.actions import take  # noqa: E402


def fill(pack: Path) -> None:
    """Two attachments: a picture, which has a small one beside it, and a text."""
    now = timezone.now()
    assert furnish(pack, now - timedelta(hours=1)) is not None
    picture = BytesIO()
    Image.new("RGB", (300, 200), "teal").save(picture, "PNG")
    for name, content in (("a.png", picture.getvalue()), ("b.txt", "水管漏水，已拍照\n".encode())):
        take(SimpleUploadedFile(name, content), by="chen", at=now)
    Session.objects.create(session_key="somebody", session_data="x", expire_date=now + timedelta(days=1))


if __name__ == "__main__":
    fill(Path(sys.argv[1]))

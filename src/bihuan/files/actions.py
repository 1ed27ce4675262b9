"""Taking a file in, saying what it belongs to, forgetting what nobody used."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path, PurePosixPath, PureWindowsPath
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from bihuan.ground.ids import new_id
from bihuan.ground.system_user import house_folder
from bihuan.procedure.definition import Text

from . import store
from .errors import TooLarge
from .kinds import RECORDINGS, Kind, kind_of
from .models import Attachment
from .pictures import draw_anew
from .scanning import scanned

LOOSE_FOR = timedelta(hours=24)
NAME_LENGTH = 120
MEBIBYTE = 1024 * 1024


def take(upload: UploadedFile, *, by: str, at: datetime, said: str = "") -> Attachment:
    """Keep what was handed in by ``by`` (a username). It belongs to nothing until ``belong`` says so.

    ``said``: of a recording, what whoever is heard was told and agreed to (``settings.FILE_RECORDINGS`` knows the
    words); of anything else it means nothing. The row is written after the bytes are on the disk. Raises TooLarge,
    WrongKind, Harmful, NotAnnounced.
    """
    rules = import_module(settings.FILE_RECORDINGS)
    name = _plain_name(upload.name or "")
    with tempfile.TemporaryDirectory(dir=_workplace()) as place:
        source = Path(place) / "received"
        with source.open("wb") as written:
            for piece in upload.chunks():
                written.write(piece)
        kind = kind_of(source, name)
        _within_limit(kind, source.stat().st_size)
        if kind.name in RECORDINGS:
            rules.judge(said)
        # the scanner sees what was sent, not what we make of it
        state = scanned(source, settings.FILES["scanner"])
        with transaction.atomic():
            taken = _kept(source, kind, name, state, by, at)
            if kind.name in RECORDINGS:
                rules.note(taken, said, at)
            return taken


def _kept(source: Path, kind: Kind, name: str, state: str, by: str, at: datetime) -> Attachment:
    drawn = draw_anew(source, kind.name) if kind.name in Attachment.PICTURES else None
    if drawn is not None:
        source.write_bytes(drawn.content)
    digest = store.digest_of(source)
    with transaction.atomic():
        _lock(digest)
        store.put(source, digest)
        if drawn is not None:
            store.put_preview(drawn.preview, digest)
        return Attachment.objects.create(
            id=new_id(at),
            sha256=digest,
            name=name or f"{kind.name}{kind.ending}",
            kind=kind.name,
            size=source.stat().st_size,
            width=drawn.width if drawn else None,
            height=drawn.height if drawn else None,
            uploaded_by=by,
            uploaded_at=at,
            scan=state,
        )


def belong(ids: Iterable[UUID], *, kind: str, identity: str, outlet: str, by: str) -> int:
    """Say what files belong to: those ``by`` handed in that belong to nothing yet; returns how many."""
    loose = Attachment.objects.filter(pk__in=list(ids), about_id="", uploaded_by=by)
    return loose.update(about_kind=kind, about_id=identity, outlet=outlet)


def sweep(at: datetime, used: Callable[[Attachment], tuple[str, str, str] | None], limit: int = 200) -> int:
    """Forget files that belong to nothing a day after they came; returns how many went.

    ``used`` answers (kind, id, outlet) where an act named the file after all, so that it is given its place instead.
    """
    gone = 0
    for one in Attachment.objects.filter(about_id="", uploaded_at__lt=at - LOOSE_FOR).order_by("uploaded_at")[:limit]:
        belongs = used(one)
        if belongs is not None:
            kind, identity, outlet = belongs
            belong([one.pk], kind=kind, identity=identity, outlet=outlet, by=one.uploaded_by)
            continue
        gone += _forget(one)
    return gone


def _forget(one: Attachment) -> int:
    """The row first, its content when nobody else refers to it; nobody may hand the same bytes in meanwhile."""
    with transaction.atomic():
        _lock(one.sha256)
        went, _tables = Attachment.objects.filter(pk=one.pk, about_id="").delete()
        if went and not Attachment.objects.filter(sha256=one.sha256).exists():
            store.remove(one.sha256)
    return went


def forget_content(digest: str) -> bool:
    """Remove a content whose last row is gone; False where another row still uses the same bytes.

    Nobody may hand the same bytes in meanwhile.
    """
    with transaction.atomic():
        _lock(digest)
        if Attachment.objects.filter(sha256=digest).exists():
            return False
        store.remove(digest)
    return True


def _lock(digest: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"file {digest}"])


def _workplace() -> Path:
    """Next to the store, so that a full disk shows here and not half-way."""
    return house_folder(Path(settings.DATA) / "files" / "receiving")


def _within_limit(kind: Kind, size: int) -> None:
    limit = settings.FILES[kind.limit]
    if size > limit * MEBIBYTE:
        raise TooLarge(
            Text(f"文件太大：这种文件至多 {limit} MB", f"The file is too large: at most {limit} MB of this kind")
        )


def _plain_name(name: str) -> str:
    """The last part of the name as sent, printable, not too long; the ending is kept."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    # nothing that turns the reading direction or hides
    plain = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"/\\|?*').strip(" .")
    if len(plain) <= NAME_LENGTH:
        return plain
    ending = PurePosixPath(plain).suffix[:12]
    return plain[: NAME_LENGTH - len(ending)] + ending

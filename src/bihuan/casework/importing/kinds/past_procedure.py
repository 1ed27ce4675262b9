"""The procedure past cases began under: our own small text, kept among the documents, in force on no day.

It stands as withdrawn from its first moment, so that nobody opens such a case by hand and no list of documents in
force shows it; a case can name it like any other version, and it is frozen like any other.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition, Pack, Text
from bihuan.procedure.reading import read_pack
from bihuan.registers.documents import queries as documents
from bihuan.registers.documents.models import Document, Version

KIND, POST = "past", "records"
# whoever the site names to close by hand what was taken over open
CLOSER = "past-closer"
FOLDER = Path(__file__).parent.parent / "past"
TEXT, FRAME = "01-past.md", "pack.toml"


def past_procedure(by: Person, at: datetime) -> tuple[Version, Definition]:
    """The version past cases begin under, put among the documents the first time."""
    text = _read(TEXT)
    found = _there(text) or _store(text, by, at)
    return found, documents.definition_of(found.pk)


def is_present(version_id: object) -> bool:
    """Whether this version is the present edition of the text, not one of those before."""
    found = _there(_read(TEXT))
    return found is not None and found.pk == version_id


def closer_title() -> Text | None:
    """What the post is called that closes past cases by hand; None where no past case was ever taken over."""
    there = Version.objects.filter(document__pack=_pack().name, document__kind=KIND).exists()
    return _pack().posts[CLOSER].title if there else None


def past_definition() -> Definition:
    """The procedure as its text reads, without asking the database."""
    return _pack().procedures[KIND]


def _there(text: str) -> Version | None:
    # select_related would carry the whole text for every batch
    found = Version.objects.filter(document__pack=_pack().name, document__kind=KIND, digest=_digest(text))
    return found.defer("text").order_by("-id").first()


def _store(text: str, by: Person, at: datetime) -> Version:
    pack = _pack()
    with transaction.atomic():
        frame = _version(_document(f"PACK-{pack.name}", Document.PACK, pack), None, FRAME, _read(FRAME), pack, at)
        own = pack.procedures[KIND]
        made = _version(_document(own.number, KIND, pack), frame, TEXT, text, pack, at)
        entry(HOUSE, "document", pack.name, "keep-document", by, at, {"number": own.number, "digest": made.digest})
    return made


def _document(number: str, kind: str, pack: Pack) -> Document:
    return Document.objects.get_or_create(pack=pack.name, kind=kind, defaults={"number": number})[0]


def _version(document: Document, frame: Version | None, file: str, text: str, pack: Pack, at: datetime) -> Version:
    own = pack.procedures[KIND]
    return Version.objects.create(
        id=new_id(at),
        document=document,
        version=own.version,
        file=file,
        text=text,
        digest=_digest(text),
        frame=frame,
        state=Version.OBSOLETE,
        effective_from=at,
        effective_until=at,
        title=own.title.zh,
        title_en=own.title.en,
        controlled=False,
    )


@lru_cache(maxsize=1)
def _pack() -> Pack:
    read = read_pack(FOLDER)
    if read.pack is None or read.faults:
        raise ValueError("the procedure of past cases cannot be read")
    return read.pack


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

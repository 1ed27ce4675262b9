"""Taking a pack into force: one transaction and one journal entry. Signing and handing out stand in ``issuing``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from bihuan.ground.ids import new_id
from bihuan.people.actions import HOUSE, entry, managing
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition, Pack, Text
from bihuan.procedure.reading import read_pack

from . import examples, whole
from .errors import NumberTaken, PackFaulty
from .issuing import is_full_date, issue_copy, sign
from .models import SIGNATURES, Document, Draft, Version
from .whole import PACK_FILE

__all__ = ["Loaded", "is_full_date", "issue_copy", "load_pack", "sign"]

# Taken while a pack is loaded, so that two loads at once follow each other (any number no other lock uses).
LOAD_LOCK = 0x42_49_48_55_41_4E


@dataclass(frozen=True)
class Loaded:
    """What came of loading a pack: the new versions, and the weaknesses of the text that still runs.

    ``kept`` are the files whose text in force was drafted in the house and which the folder does not know yet.
    """

    new: tuple[Version, ...]
    unchanged: tuple[str, ...]
    withdrawn: tuple[str, ...]
    findings: tuple[Any, ...]
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """One file of a pack as it is to stand in the register."""

    number: str
    kind: str
    version: str
    title: Text
    file: str
    text: str
    effective: str

    @property
    def digest(self) -> str:
        return whole.digest_of(self.text)


def load_pack(folder: Path | str, *, by: Person | None, at: datetime) -> Loaded:
    """Take the pack in ``folder`` into force at ``at``.

    A file whose text has not changed keeps its version, unless the pack's own page (posts, times, numbers) has: that is
    part of what every procedure means, so all of them get a new version. A procedure that is gone from the folder goes
    out of force. Cases under way keep the version they began under. Nothing changed = nothing written, no entry.
    What was drafted and approved in the house meanwhile stays, as long as the folder holds only an older text of it.

    Raises PackFaulty with every fault, NumberTaken, NotAllowed.
    """
    managing(by)
    with _with_what_was_drafted(Path(folder)) as (whole_folder, kept):
        return _load(whole_folder, kept, by, at)


@contextmanager
def _with_what_was_drafted(folder: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The folder, with the texts in it that were drafted in the house after it was written; and their files."""
    # a house in which nothing was ever drafted need not read the folder twice
    read = read_pack(folder).pack if Draft.objects.filter(state=Draft.DONE).exists() else None
    drafted = _drafted(read.name, folder) if read is not None else {}
    if not drafted:
        yield folder, ()
        return
    texts = {path.name: path.read_bytes().decode("utf-8", "replace") for path in folder.glob("*.md")}
    texts[PACK_FILE] = (folder / PACK_FILE).read_bytes().decode("utf-8", "replace")
    with whole.laid_out(texts | drafted, whole.folder_examples(folder)) as laid:
        yield laid, tuple(sorted(drafted))


def _drafted(pack: str, folder: Path) -> dict[str, str]:
    """File → text in force that came from a draft, where the folder has an older text of it or none at all."""
    found = Version.objects.filter(document__pack=pack, state=Version.EFFECTIVE, effective_until__isnull=True)
    kept = {}
    for version in found.filter(document__drafts__state=Draft.DONE).distinct():
        path = folder / version.file
        lies = whole.digest_of(path.read_text(encoding="utf-8", errors="replace")) if path.is_file() else ""
        older = version.document.versions.exclude(pk=version.pk).values_list("digest", flat=True)
        if lies != version.digest and (not lies or lies in set(older)):
            kept[version.file] = version.text
    return kept


def _load(folder: Path, kept: tuple[str, ...], by: Person | None, at: datetime) -> Loaded:
    read = read_pack(folder)
    if read.faults or read.pack is None:
        raise PackFaulty(read.faults)
    pack, papers = read.pack, _papers(folder, read.pack)
    with transaction.atomic():
        hold_still()
        kept = (*kept, *examples.keep_from_folder(pack.name, folder))
        frame_before = running(pack.name, Document.PACK)
        frame, frame_is_new = _take(papers[0], pack, None, at)
        new, unchanged = ([frame], []) if frame_is_new else ([], [papers[0].number])
        for paper in papers[1:]:
            version, is_new = _take(paper, pack, frame, at)
            if is_new:
                new.append(version)
            else:
                unchanged.append(paper.number)
        withdrawn = _withdraw(pack.name, {paper.kind for paper in papers}, at)
        if new or withdrawn:
            _write(pack, new, withdrawn, frame_before, by, at)
    return Loaded(tuple(new), tuple(unchanged), tuple(withdrawn), tuple(read.findings), kept)


def hold_still() -> None:
    """Whoever changes what is in force does so one after the other, until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])


def _papers(folder: Path, pack: Pack) -> list[Paper]:
    """The pack's own page first, then its procedures in the order of their files."""
    effective = pack.cover.get("effective", "")
    papers = [page_of(pack, (folder / PACK_FILE).read_text(encoding="utf-8"), effective)]
    for definition in pack.procedures.values():
        text = (folder / definition.file).read_text(encoding="utf-8")
        papers.append(paper_of(definition, text, effective))
    return papers


def page_of(pack: Pack, text: str, effective: str) -> Paper:
    """The pack's own page as it is to stand in the register."""
    number = pack.cover.get("file-number") or f"PACK-{pack.name}"
    return Paper(number, Document.PACK, pack.cover.get("edition", ""), pack.title, PACK_FILE, text, effective)


def paper_of(definition: Definition, text: str, effective: str) -> Paper:
    """A procedure's text as it is to stand in the register; ``effective`` where the text names no day itself."""
    return Paper(
        definition.number,
        definition.kind,
        definition.version,
        definition.title,
        definition.file,
        text,
        definition.effective or effective,
    )


def running(pack: str, kind: str) -> Version | None:
    """The version of this document in force, without end."""
    found = Version.objects.filter(document__pack=pack, document__kind=kind, state=Version.EFFECTIVE)
    return found.filter(effective_until__isnull=True).first()


def _take(paper: Paper, pack: Pack, frame: Version | None, at: datetime) -> tuple[Version, bool]:
    """The version in force for ``paper``, and whether it had to be made."""
    document = document_of(paper, pack.name)
    before = running(pack.name, paper.kind)
    if before is not None:
        if before.digest == paper.digest and before.frame_id == (frame.pk if frame else None):
            return before, False
        end_force(before, at)
    return store(document, paper, pack, frame, at), True


def document_of(paper: Paper, pack: str) -> Document:
    """The document of this kind, made or renumbered if need be. Raises NumberTaken."""
    mine = Document.objects.filter(pack=pack, kind=paper.kind).first()
    holder = Document.objects.filter(number=paper.number).first()
    if holder is not None and (holder.pack, holder.kind) != (pack, paper.kind):
        words = Text(f"文件编号 {paper.number} 已被使用", f"The number {paper.number} is another document's")
        raise NumberTaken(words, "number")
    if mine is None:
        return Document.objects.create(number=paper.number, kind=paper.kind, pack=pack)
    if mine.number != paper.number:
        mine.number = paper.number
        mine.save(update_fields=["number"])
    return mine


def store(document: Document, paper: Paper, pack: Pack, frame: Version | None, at: datetime, **given: Any) -> Version:
    """One more version, in force from ``at`` unless ``given`` says otherwise."""
    values = {"state": Version.EFFECTIVE, "effective_from": at, **signers_of(pack), **given}
    cover = pack.cover
    return Version.objects.create(
        id=new_id(at),
        document=document,
        version=paper.version,
        file=paper.file,
        text=paper.text,
        digest=paper.digest,
        frame=frame,
        effective_date=paper.effective,
        company=cover.get("company", ""),
        title=paper.title.zh,
        title_en=paper.title.en,
        **values,
    )


def signers_of(pack: Pack) -> dict[str, str]:
    """Who is to sign as the cover names them: ``prepared_by``, ``reviewed_by``, ``approved_by``; "" for nobody."""
    return {f"{role}_by": pack.cover.get(f"{role}-by") or pack.cover.get(role) or "" for role in SIGNATURES}


def end_force(version: Version, at: datetime) -> None:
    """Out of force from ``at``."""
    version.effective_until, version.state = at, Version.OBSOLETE
    version.save(update_fields=["effective_until", "state"])


def _withdraw(pack: str, kinds: set[str], at: datetime) -> list[str]:
    gone = Version.objects.filter(document__pack=pack, state=Version.EFFECTIVE, effective_until__isnull=True)
    numbers = []
    for version in gone.exclude(document__kind__in=kinds).select_related("document"):
        end_force(version, at)
        numbers.append(version.document.number)
    return numbers


def _write(
    pack: Pack, new: list[Version], withdrawn: list[str], before: Version | None, by: Person | None, at: datetime
) -> None:
    content = {
        "pack": pack.name,
        "replaces": before.digest if before else "",
        "versions": [
            {"number": one.document.number, "version": one.version, "digest": one.digest, "file": one.file}
            for one in new
        ],
        "withdrawn": withdrawn,
    }
    entry(HOUSE, "document", pack.name, "load-pack", by, at, content)

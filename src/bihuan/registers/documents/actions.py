"""Taking a pack into force and handing out controlled copies: each one transaction and one journal entry."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction

from bihuan.ground.ids import new_id
from bihuan.people.actions import HOUSE, entry, managing
from bihuan.people.models import Person
from bihuan.procedure.definition import Definition, Pack, Text
from bihuan.procedure.reading import read_pack

from .errors import CopyTaken, NotIssuable, NumberTaken, PackFaulty
from .models import ControlledCopy, Document, Version

PACK_FILE = "pack.toml"
# Taken while a pack is loaded, so that two loads at once follow each other (any number no other lock uses).
LOAD_LOCK = 0x42_49_48_55_41_4E
SIGNATURES = {"prepared": "编制", "reviewed": "审核", "approved": "核准"}


@dataclass(frozen=True)
class Loaded:
    """What came of loading a pack: the new versions, and the weaknesses of the text that still runs."""

    new: tuple[Version, ...]
    unchanged: tuple[str, ...]
    withdrawn: tuple[str, ...]
    findings: tuple[Any, ...]


@dataclass(frozen=True)
class _Paper:
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
        return hashlib.sha256(self.text.encode()).hexdigest()


def load_pack(folder: Path | str, *, by: Person | None, at: datetime) -> Loaded:
    """Take the pack in ``folder`` into force at ``at``.

    A file whose text has not changed keeps its version, unless the pack's own page (posts, times, numbers) has: that is
    part of what every procedure means, so all of them get a new version. A procedure that is gone from the folder goes
    out of force. Cases under way keep the version they began under. Nothing changed = nothing written, no entry.

    Raises PackFaulty with every fault, NumberTaken, NotAllowed.
    """
    managing(by)
    folder = Path(folder)
    read = read_pack(folder)
    if read.faults or read.pack is None:
        raise PackFaulty(read.faults)
    pack, papers = read.pack, _papers(folder, read.pack)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])
        frame_before = _running(pack.name, Document.PACK)
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
    return Loaded(tuple(new), tuple(unchanged), tuple(withdrawn), tuple(read.findings))


def _papers(folder: Path, pack: Pack) -> list[_Paper]:
    """The pack's own page first, then its procedures in the order of their files."""
    number = pack.cover.get("file-number") or f"PACK-{pack.name}"
    edition, effective = pack.cover.get("edition", ""), pack.cover.get("effective", "")
    own = (folder / PACK_FILE).read_text(encoding="utf-8")
    papers = [_Paper(number, Document.PACK, edition, pack.title, PACK_FILE, own, effective)]
    for definition in pack.procedures.values():
        text = (folder / definition.file).read_text(encoding="utf-8")
        papers.append(_paper(definition, text, effective))
    return papers


def _paper(definition: Definition, text: str, effective: str) -> _Paper:
    return _Paper(
        definition.number,
        definition.kind,
        definition.version,
        definition.title,
        definition.file,
        text,
        definition.effective or effective,
    )


def _running(pack: str, kind: str) -> Version | None:
    found = Version.objects.filter(document__pack=pack, document__kind=kind, state=Version.EFFECTIVE)
    return found.filter(effective_until__isnull=True).first()


def _take(paper: _Paper, pack: Pack, frame: Version | None, at: datetime) -> tuple[Version, bool]:
    """The version in force for ``paper``, and whether it had to be made."""
    document = _document(paper, pack.name)
    before = _running(pack.name, paper.kind)
    if before is not None:
        if before.digest == paper.digest and before.frame_id == (frame.pk if frame else None):
            return before, False
        _end(before, at)
    return _store(document, paper, pack, frame, at), True


def _document(paper: _Paper, pack: str) -> Document:
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


def _store(document: Document, paper: _Paper, pack: Pack, frame: Version | None, at: datetime) -> Version:
    cover = pack.cover
    signatures = {}
    for name in SIGNATURES:
        signer = cover.get(f"{name}-by") or cover.get(name) or ""
        signatures[f"{name}_by"], signatures[f"{name}_at"] = signer, at if signer else None
    return Version.objects.create(
        id=new_id(at),
        document=document,
        version=paper.version,
        file=paper.file,
        text=paper.text,
        digest=paper.digest,
        frame=frame,
        state=Version.EFFECTIVE,
        effective_from=at,
        effective_date=paper.effective,
        company=cover.get("company", ""),
        title=paper.title.zh,
        title_en=paper.title.en,
        **signatures,
    )


def _end(version: Version, at: datetime) -> None:
    version.effective_until, version.state = at, Version.OBSOLETE
    version.save(update_fields=["effective_until", "state"])


def _withdraw(pack: str, kinds: set[str], at: datetime) -> list[str]:
    gone = Version.objects.filter(document__pack=pack, state=Version.EFFECTIVE, effective_until__isnull=True)
    numbers = []
    for version in gone.exclude(document__kind__in=kinds).select_related("document"):
        _end(version, at)
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


def issue_copy(
    version: Version, holder: str, distribution_number: str, *, by: Person | None, at: datetime
) -> ControlledCopy:
    """Hand out a controlled copy of ``version``.

    Raises NotIssuable without holder, distribution number, a full valid effective date or one of the three signatures
    (the cover of a controlled document), CopyTaken for a distribution number already handed out.
    """
    managing(by)
    _issuable(version, holder, distribution_number)
    try:
        with transaction.atomic():
            copy = ControlledCopy.objects.create(
                id=new_id(at),
                version=version,
                holder=holder.strip(),
                distribution_number=distribution_number.strip(),
                issued_at=at,
                issued_by=by.username if by else "",
            )
            number = version.document.number
            content = {"number": number, "version": version.version, "digest": version.digest, "holder": copy.holder}
            content["distribution-number"] = copy.distribution_number
            entry(HOUSE, "document", str(version.pk), "issue-copy", by, at, content)
    except IntegrityError as error:
        if version.copies.filter(distribution_number=distribution_number.strip()).exists():
            words = Text(f"分发号 {distribution_number} 已发放", f"Copy {distribution_number} is handed out already")
            raise CopyTaken(words, "distribution-number") from error
        raise
    return copy


def _issuable(version: Version, holder: str, distribution_number: str) -> None:
    if not holder.strip():
        raise NotIssuable(Text("缺持有者，不得发放", "No holder: it is not issued"), "holder")
    if not distribution_number.strip():
        raise NotIssuable(Text("缺分发号，不得发放", "No distribution number: it is not issued"), "distribution-number")
    if not is_full_date(version.effective_date):
        words = Text("实施日期不是完整有效的日期，不得发放", "No full valid effective date: it is not issued")
        raise NotIssuable(words, "effective")
    for field, word_zh in SIGNATURES.items():
        if not getattr(version, f"{field}_by") or not getattr(version, f"{field}_at"):
            raise NotIssuable(Text(f"缺{word_zh}签名，不得发放", f"Not signed as {field}: it is not issued"), field)


def is_full_date(text: str) -> bool:
    """Whether ``text`` is a day of the calendar written year-month-day."""
    try:
        return len(text) == 10 and date.fromisoformat(text) is not None
    except ValueError:
        return False

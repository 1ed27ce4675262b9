"""The whole pack as it stands in the register, laid out as a folder again: to check it, and to rehearse it.

A draft is never judged alone: what it says about another procedure holds only beside that procedure.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from bihuan.procedure.checking.fault import Fault
from bihuan.procedure.definition import Definition, Pack
from bihuan.procedure.reading import read_pack
from bihuan.procedure.rehearsal import Report, rehearse

from .models import Document, ExampleFile, Version

PACK_FILE = "pack.toml"
EXAMPLES = "examples"
_PLAIN = re.compile(r"[\w.\-]{1,200}\Z")
# an example of a sound pack is about one screen; what lies beside it unasked stays where it is
LONGEST_EXAMPLE = 2_000_000


@dataclass(frozen=True)
class Judged:
    """A pack as it would read with one text in it. ``definition`` is what that text reads as, None if as nothing.

    Of the pack's own page (``file`` is ``PACK_FILE``) there is no definition.
    """

    pack: Pack | None
    definition: Definition | None
    faults: tuple[Fault, ...]
    findings: tuple[Fault, ...]
    file: str

    @property
    def sound(self) -> bool:
        """Whether it may be sent: no fault in the whole pack, and the text is a procedure or the pack's own page."""
        read = self.pack if self.file == PACK_FILE else self.definition
        return read is not None and not self.faults


def digest_of(text: str) -> str:
    """The digest a version carries and a signature is given over."""
    return hashlib.sha256(text.encode()).hexdigest()


def texts_in_force(pack: str) -> dict[str, str]:
    """File → text of everything of ``pack`` that is in force and has no end, the pack's own page with it."""
    found = Version.objects.filter(document__pack=pack, state=Version.EFFECTIVE, effective_until__isnull=True)
    return dict(found.values_list("file", "text"))


def frame_of(pack: str) -> Version | None:
    """The version of the pack's own page in force; every procedure in force was read with it."""
    found = Version.objects.filter(document__pack=pack, document__kind=Document.PACK, state=Version.EFFECTIVE)
    return found.filter(effective_until__isnull=True).first()


def judge(pack: str, file: str, text: str) -> Judged:
    """``bihuan check`` of the whole pack with ``text`` standing in ``file``. Writes nothing; never raises on a text."""
    return _judged(texts_in_force(pack) | {file: text}, file)


def _judged(texts: dict[str, str], file: str) -> Judged:
    key = _key("judged", file, texts)
    kept: Judged | None = _kept(key)
    if kept is None:
        with laid_out(texts) as folder:
            read = read_pack(folder)
        found = [one for one in (read.pack.procedures.values() if read.pack else ()) if one.file == file]
        kept = Judged(read.pack, found[0] if found else None, read.faults, read.findings, file)
        _keep(key, kept)
    return kept


def rehearsed(
    pack: str, file: str, text: str, examples: Mapping[str, str] | None = None, only: str = ""
) -> tuple[Judged, Report | None]:
    """The pack's examples played with ``text`` standing in ``file``; no report where the pack has faults.

    ``examples``: file → text of those to take instead of, or besides, those in force, "" = taken away.
    ``only``: play but this file.
    """
    played = {name: words for name, words in (examples_of(pack) | dict(examples or {})).items() if words}
    if only:
        played = {only: played.get(only, "")}
    texts = texts_in_force(pack) | {file: text}
    judged = _judged(texts, file)
    if judged.pack is None or not judged.sound:
        return judged, None
    key = _key("played", file, texts, played)
    report: Report | None = _kept(key)
    if report is None:
        with laid_out({}, played) as folder:
            report = rehearse(msgspec.structs.replace(judged.pack, folder=str(folder)))
        _keep(key, report)
    return judged, report


# What texts read as, and what came of playing them, follows from the texts alone: the pages of a draft ask it again
# and again, so the last few are kept in the process. Several threads of the web process ask at once.
KEPT_AT_MOST = 6
_results: OrderedDict[str, Any] = OrderedDict()
_lock = Lock()


def _key(what: str, file: str, *texts: Mapping[str, str]) -> str:
    """A name for these very texts."""
    return digest_of(json.dumps([what, file, *(sorted(one.items()) for one in texts)]))


def _kept(key: str) -> Any:
    with _lock:
        if key in _results:
            _results.move_to_end(key)
        return _results.get(key)


def _keep(key: str, result: Any) -> None:
    with _lock:
        _results[key] = result
        while len(_results) > KEPT_AT_MOST:
            _results.popitem(last=False)


@contextmanager
def laid_out(texts: Mapping[str, str], examples: Mapping[str, str] | None = None) -> Iterator[Path]:
    """A folder of its own with these files, gone afterwards. Raises ValueError for a name that is no plain name."""
    with tempfile.TemporaryDirectory(prefix="bihuan-pack-") as name:
        folder = Path(name)
        (folder / EXAMPLES).mkdir()
        for place, files in ((folder, texts), (folder / EXAMPLES, examples or {})):
            for file, text in files.items():
                if not _PLAIN.match(file) or file.startswith("."):
                    raise ValueError(f"no plain file name: {file!r}")
                # bytes, so that a text keeps its line ends and with them its digest
                (place / file).write_bytes(text.encode("utf-8", "surrogatepass"))
        yield folder


def examples_of(pack: str) -> dict[str, str]:
    """File → text of the examples in force."""
    return dict(ExampleFile.objects.filter(pack=pack).order_by("file").values_list("file", "text"))


def folder_examples(folder: Path) -> dict[str, str]:
    """File → text of the examples beside a pack."""
    return {
        path.name: path.read_bytes().decode("utf-8", "replace")
        for path in sorted((folder / EXAMPLES).glob("*.toml"))
        if _PLAIN.match(path.name) and path.stat().st_size <= LONGEST_EXAMPLE
    }


def next_file(pack: str, kind: str) -> str:
    """A file name for a new procedure: after the last number of those in force."""
    numbers = [int(file[:2]) for file in texts_in_force(pack) if file[:2].isdigit()]
    return f"{max(numbers, default=0) + 1:02d}-{kind}.md"

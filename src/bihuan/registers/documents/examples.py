"""Examples drafted beside a text: whole files, laid before the signers with it, in force with it.

A file may show several procedures, so that a file is what is drafted, never a single example: what is signed is then
what is played, to the letter, and no two texts of one file have to be put together. Any file of the pack may be taken
up, because a changed limit can make the example of another procedure fall short. Of one file at most one change is
before its signers at a time, and none is taken into force over a text its author has not seen.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bihuan.ground.ids import new_id
from bihuan.people.models import Person
from bihuan.procedure.definition import Text
from bihuan.procedure.rehearsal import Report

from . import drafting, whole
from .errors import WrongDraft
from .models import Draft, EnclosedExample, ExampleFile, Revision, Version

MOST_FILES = 40
# stands for a digest where a file is taken away
REMOVED = "removed"
NAME = re.compile(r"[\w][\w.\-]{0,90}\.toml\Z")


def texts(draft: Draft) -> dict[str, str]:
    """File → text of the examples this draft changes or adds, "" for one it takes away: as sent, or as saved last."""
    if draft.state == Draft.SENT and draft.version is not None:
        return dict(draft.version.enclosed_examples.order_by("file").values_list("file", "text"))
    return {file: one.text for file, one in drafted(draft).items()}


def drafted(draft: Draft) -> dict[str, Revision]:
    """File → newest revision of every example file that differs from the one in force."""
    newest = {one.file: one for one in draft.revisions.exclude(file="").order_by("number")}
    now = digests(draft.pack)
    return {file: newest[file] for file in sorted(newest) if newest[file].digest != now.get(file, "")}


def digests(pack: str) -> dict[str, str]:
    """File → digest of the examples in force."""
    return {file: whole.digest_of(text) for file, text in whole.examples_of(pack).items()}


def outdated(draft: Draft) -> list[str]:
    """Drafted files whose text in force is no longer the one they were written over."""
    now = digests(draft.pack)
    return [file for file, one in drafted(draft).items() if one.base != now.get(file, "")]


def shows(text: str, kind: str) -> bool:
    """Whether a file of examples plays the procedure for ``kind``; one that cannot be read is looked at as words."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return bool(re.search(rf'procedure\s*=\s*"{re.escape(kind)}(\.|")', text))
    tables = [data]
    for name in ("example", "given"):
        inner = data.get(name)
        tables += list(inner.values()) if isinstance(inner, dict) else inner if isinstance(inner, list) else []
    named = [str(one.get("procedure", "")) for one in tables if isinstance(one, dict)]
    return any(one == kind or one.startswith(f"{kind}.") for one in named)


def name_of(words: str) -> str:
    """A plain file name as typed, with its ending. Raises WrongDraft."""
    said = words.strip()
    said = said if said.endswith(".toml") else f"{said}.toml"
    if not NAME.match(said):
        raise WrongDraft(Text("文件名只用文字、数字、点和连字符", "A name is letters, digits, dots, hyphens"), "file")
    return said


def save(draft: Draft, file: str, text: str, on: int, *, by: Person, at: datetime) -> Revision | None:
    """Keep ``text`` as the next revision of example ``file`` after number ``on`` (0 = the one in force, or none).

    None where nothing differs from what there is. Raises what ``drafting.save`` raises, WrongDraft for a name.
    """
    text = drafting.plain(text)
    if name_of(file) != file:
        raise WrongDraft(Text("文件名须以 .toml 结尾", "The name has to end in .toml"), "file")
    with drafting.held(draft, by, at) as kept:
        newest, now = kept.newest_of(file), whole.examples_of(kept.pack)
        if newest is not None and newest.number != on:
            raise drafting.moved_on(newest)
        if file in now and drafting.plain(now[file]) == text:
            # as it is in force to the letter, so that it counts as unchanged
            text = now[file]
        digest, base = whole.digest_of(text), whole.digest_of(now[file]) if file in now else ""
        if newest is None and digest == base:
            return None
        if newest is not None and (newest.digest, newest.base) == (digest, base):
            return None
        if newest is None and len(drafted(kept)) >= MOST_FILES:
            raise WrongDraft(Text(f"一份草稿最多改 {MOST_FILES} 个例子文件", f"At most {MOST_FILES} files of examples"))
        return drafting.add(kept, text, by, at, file=file, base=base)


def remove(draft: Draft, file: str, on: int, *, by: Person, at: datetime) -> Revision | None:
    """Take a file away with this draft: one more revision, without words. None where it is taken away already.

    ``on`` as with ``save``. Raises what ``save`` raises, WrongDraft where there is no such file.
    """
    with drafting.held(draft, by, at) as kept:
        newest, now = kept.newest_of(file), whole.examples_of(kept.pack)
        if newest is not None and newest.number != on:
            raise drafting.moved_on(newest)
        if file not in now and newest is None:
            raise WrongDraft(Text("没有这个例子文件", "There is no such file of examples"), "file")
        base = whole.digest_of(now[file]) if file in now else ""
        if newest is not None and (newest.digest, newest.base) == ("", base):
            return None
        return _nothing(kept, file, base, by, at)


def discard(draft: Draft, file: str, on: int, *, by: Person, at: datetime) -> Revision | None:
    """Back to the file in force, or to none where it is new: the draft changes it no more. None where it did not.

    ``on`` as with ``save``; raises what ``save`` raises.
    """
    with drafting.held(draft, by, at) as kept:
        newest, now = kept.newest_of(file), whole.examples_of(kept.pack)
        if newest is None or file not in drafted(kept):
            return None
        if newest.number != on:
            raise drafting.moved_on(newest)
        if file not in now:
            return _nothing(kept, file, "", by, at)
        return drafting.add(kept, now[file], by, at, file=file, base=whole.digest_of(now[file]))


def _nothing(draft: Draft, file: str, base: str, by: Person, at: datetime) -> Revision:
    """The revision that says there is no such file: no words, and the digest "" of nothing."""
    return drafting.add(draft, "", by, at, file=file, base=base)


def removed(draft: Draft) -> list[str]:
    """The files this draft takes away."""
    return [file for file, text in texts(draft).items() if not text]


def claimed(files: Mapping[str, str]) -> set[str]:
    """The rules that examples in these texts claim to show; a file that cannot be read claims none."""
    found: set[str] = set()
    for text in files.values():
        try:
            data = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
        tables = data.get("example", [])
        for one in [data, *(tables if isinstance(tables, list) else [])]:
            rules = one.get("rules", []) if isinstance(one, dict) else []
            found.update(str(rule) for rule in rules if isinstance(rules, list))
    return found


def only_in(file: str, files: Mapping[str, str]) -> list[str]:
    """The rules of which ``file`` holds the only examples among ``files``."""
    others = {name: text for name, text in files.items() if name != file}
    return sorted(claimed({file: files.get(file, "")}) - claimed(others))


def unproved(draft: Draft) -> list[str]:
    """The rules that an example shows today and none will with this draft's examples in force."""
    now = whole.examples_of(draft.pack)
    return sorted(claimed(now) - claimed(now | texts(draft)))


def sendable(draft: Draft) -> dict[str, Revision]:
    """The drafted files, if they may go before the signers. Raises WrongDraft."""
    for file in outdated(draft):
        raise WrongDraft(
            Text(
                f"例子 {file} 在起草期间另有更改，请对照后再存一次",
                f"The examples in {file} changed in force meanwhile: compare, and save yours again",
            )
        )
    found = drafted(draft)
    others = EnclosedExample.objects.filter(version__drafts__state=Draft.SENT, version__drafts__pack=draft.pack)
    for other in others.filter(file__in=list(found)).exclude(version__drafts=draft.pk).select_related("version"):
        raise WrongDraft(
            Text(
                f"例子 {other.file} 正随“{other.version.title}”送审，等它生效或退回后再送",
                f"{other.file} is before its signers with “{other.version.title}” already: send this one after it",
            )
        )
    return found


def short_of(report: Report, found: dict[str, Revision]) -> int:
    """How many examples fall short. Raises WrongDraft for a drafted file that cannot be read."""
    for fault in report.faults:
        file = Path(fault.file).name
        if file in found:
            raise WrongDraft(
                Text(
                    f"例子 {file} 第 {fault.line} 行读不了：{fault.words.zh}",
                    f"{file}, line {fault.line} cannot be read: {fault.words.say('en')}",
                )
            )
    return len(report.faults) + sum(not one.passed for one in report.results)


def enclosed_digest(
    files: Mapping[str, str], shortfalls: int, reason: str, standing: Mapping[str, str] | None = None
) -> str:
    """The digest, hex SHA-256, of what goes with a text: each file's name and digest, and why some fall short.

    ``files``: name → digest, "" for one that is removed. ``standing``: of a pack's own page, the procedures that are to
    stand on it, file → digest. "" where nothing goes with it.
    """
    if not files and not shortfalls and not standing:
        return ""
    lines = [f"examples/{file} {digest or REMOVED}" for file, digest in sorted(files.items())]
    lines += [f"{file} {digest}" for file, digest in sorted((standing or {}).items())]
    return whole.digest_of("\n".join([*lines, f"short {shortfalls} {reason}", ""]))


def enclose(version: Version, found: dict[str, Revision], at: datetime) -> None:
    """Lay the drafted files before the signers of ``version``, in the caller's transaction."""
    EnclosedExample.objects.bulk_create(
        EnclosedExample(id=new_id(at), version=version, file=file, text=one.text, digest=one.digest, was=one.base)
        for file, one in found.items()
    )


def hindered(version: Version) -> Text | None:
    """Why what was signed cannot come into force any more: one of its files changed in force since."""
    now = digests(version.document.pack)
    for one in version.enclosed_examples.all():
        if now.get(one.file, "") not in {one.was, one.digest}:
            return Text(
                f"批准后例子 {one.file} 另有更改", f"The examples in {one.file} changed in force after the approval"
            )
    return None


def take_force(version: Version) -> list[dict[str, str]]:
    """The enclosed files become those of the pack, in the caller's transaction; told as the entry keeps it."""
    told = []
    for one in version.enclosed_examples.order_by("file"):
        if one.digest:
            ExampleFile.objects.update_or_create(pack=version.document.pack, file=one.file, defaults={"text": one.text})
        else:
            ExampleFile.objects.filter(pack=version.document.pack, file=one.file).delete()
        told.append({"file": one.file, "digest": one.digest, "replaces": one.was})
    return told


def keep_from_folder(pack: str, folder: Path) -> tuple[str, ...]:
    """Remember the examples beside a pack being loaded, in the caller's transaction.

    A file that came into force with a text drafted here stays while the folder has an older text of it, or none; these
    files are given back.
    """
    lying, now = whole.folder_examples(folder), whole.examples_of(pack)
    lying = {file: text for file, text in lying.items() if file in now or not _is_removed(pack, file, text)}
    kept = {file: text for file, text in now.items() if _is_newer(pack, file, text, lying.get(file))}
    found = lying | kept
    if found != now:
        ExampleFile.objects.filter(pack=pack).delete()
        ExampleFile.objects.bulk_create(ExampleFile(pack=pack, file=file, text=text) for file, text in found.items())
    return tuple(f"{whole.EXAMPLES}/{file}" for file in sorted(kept))


def _is_newer(pack: str, file: str, text: str, lies: str | None) -> bool:
    """Whether the text in force came from a draft, and the folder's is one it replaced, or is missing."""
    signed = EnclosedExample.objects.filter(file=file, version__document__pack=pack)
    signed = signed.filter(version__drafts__state=Draft.DONE)
    digest = whole.digest_of(text)
    if lies == text or not signed.filter(digest=digest).exists():
        return False
    known = {one for pair in signed.values_list("digest", "was") for one in pair}
    return lies is None or whole.digest_of(lies) in known


def _is_removed(pack: str, file: str, lies: str) -> bool:
    """Whether a draft took this very file away, or an older text of it: the folder does not bring it back."""
    signed = EnclosedExample.objects.filter(file=file, version__document__pack=pack)
    pairs = list(signed.filter(version__drafts__state=Draft.DONE).values_list("digest", "was"))
    taken_away = any(not digest for digest, _was in pairs)
    return taken_away and whole.digest_of(lies) in {one for pair in pairs for one in pair}

"""Sending a draft, signing it, giving it back, and taking it into force when its day has come.

Each is one transaction and one journal entry. What is signed is a version with the digest of its text; what comes back
leaves that version behind, and the draft is written on.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from bihuan.people.models import Person
from bihuan.procedure.definition import Pack, Text
from bihuan.procedure.rehearsal import Report

from . import actions, announcing, drafting, examples, frames, issuing, queries, readers, whole
from .errors import DraftFaulty, DraftMoved, NotSigner, PackMoved, VersionTaken, WrongDraft
from .models import SIGNATURES, Document, Draft, Revision, Signature, Version


def send(draft: Draft, *, by: Person, at: datetime, reason: str = "") -> Draft:
    """Lay the newest revision and the drafted examples before those who sign. Refused with any fault of the whole pack.

    Examples that fall short are weaknesses, no faults: with them it is sent only with ``reason``, which is signed too.
    Raises NotDrafter, DraftMoved, DraftFaulty, VersionTaken, NumberTaken, WrongDraft (nobody named to sign, examples
    that cannot be read or were overtaken, no reason for those that fall short).
    """
    with transaction.atomic():
        actions.hold_still()
        kept = drafting.writing(draft, by, at)
        frame = whole.frame_of(kept.pack)
        found, unproved = examples.sendable(kept), examples.unproved(kept)
        judged, report = whole.rehearsed(
            kept.pack, kept.file, kept.newest.text, {file: one.text for file, one in found.items()}
        )
        pack = judged.pack
        if pack is None or report is None or frame is None:
            count = len(judged.faults)
            words = Text(f"整个程序包有 {count} 处错误，不能送审", f"The whole pack has {count} faults: not sent")
            raise DraftFaulty(words, judged.faults)
        standing: dict[str, str] = {}
        if kept.kind == Document.PACK:
            paper, cover, kept.based_on = _page(kept, pack, frame, at), queries.pack_of(frame), frame
            standing = frames.digests(kept.pack)
        else:
            paper, cover, kept.owner = (
                _procedure(kept, judged),
                pack,
                judged.definition.owner if judged.definition else "",
            )
        document = actions.document_of(paper, kept.pack)
        _new(document.pk, paper.version, paper.digest)
        version = actions.store(
            document, paper, pack, None if standing else frame, at, state=Version.DRAFT, effective_from=None,
            **_signers(cover, kept.owner), **_goes_with(found, report, reason, standing),
        )  # fmt: skip
        examples.enclose(version, found, at)
        kept.document, kept.version, kept.state = document, version, Draft.SENT
        kept.save(update_fields=["document", "version", "state", "owner", "based_on"])
        content = {"number": document.number, "version": version.version, "digest": version.digest, "kind": kept.kind}
        content |= _told_with(version, standing)
        content |= {"unproved": unproved} if unproved else {}
        announcing.told(version.pk, "send-draft", by, at, content, _to_next(version, "prepared", at))
    return kept


def _page(draft: Draft, pack: Pack, frame: Version, at: datetime) -> actions.Paper:
    """The pack's own page as it is to stand in the register. Raises WrongDraft where it may not be sent."""
    frames.sendable(draft, queries.pack_of(frame), pack, at)
    return actions.page_of(pack, draft.newest.text, "")


def _procedure(draft: Draft, judged: whole.Judged) -> actions.Paper:
    """A procedure's text as it is to stand in the register. Raises DraftFaulty, WrongDraft."""
    frames.not_beside(draft.pack)
    definition = judged.definition
    if definition is None:
        raise DraftFaulty(Text("正文读不成程序", "The text does not read as a procedure"), judged.faults)
    if definition.kind != draft.kind:
        words = Text(f"事项种类不能从 {draft.kind} 改成 {definition.kind}", f"The kind {draft.kind} cannot change")
        raise WrongDraft(words, "text")
    return actions.paper_of(definition, draft.newest.text, "")


def _goes_with(found: dict[str, Revision], report: Report, reason: str, standing: dict[str, str]) -> dict[str, Any]:
    """What a version keeps of its examples: how many fall short, why it is sent all the same, the digest of it all."""
    count = examples.short_of(report, found)
    said = reason.strip() if count else ""
    if count and (not said or len(said) > drafting.LONGEST_REASON):
        words = Text(f"有 {count} 个例子不符，要送审须写明理由", f"{count} examples fall short: say why it is sent")
        raise WrongDraft(words, "short-reason")
    digests = {file: one.digest for file, one in found.items()}
    return {
        "shortfalls": count,
        "short_reason": said,
        "enclosed": examples.enclosed_digest(digests, count, said, standing),
    }


def _told_with(version: Version, standing: dict[str, str]) -> dict[str, Any]:
    """The same as the book keeps it; nothing where nothing goes with the text."""
    if not version.enclosed:
        return {}
    files = [{"file": one.file, "digest": one.digest} for one in version.enclosed_examples.order_by("file")]
    told: dict[str, Any] = {"enclosed": version.enclosed, "examples": files}
    told |= {"procedures": [{"file": file, "digest": digest} for file, digest in standing.items()]} if standing else {}
    return told | ({"fall-short": version.shortfalls, "why": version.short_reason} if version.shortfalls else {})


def _new(document: object, version: str, digest: str) -> None:
    """Number and version must stand for one text only."""
    known = Version.objects.filter(document=document, effective_from__isnull=False)
    if known.filter(version=version).exists():
        words = Text(f"版本 {version} 已用过，请改版本号", f"Version {version} was used before: give it another")
        raise VersionTaken(words, "text")
    if known.filter(digest=digest, state=Version.EFFECTIVE).exists():
        raise DraftFaulty(Text("和生效版本没有区别", "Nothing differs from the version in force"))


def _signers(pack: Pack, owner: str) -> dict[str, str]:
    """As the cover names them; where it names nobody to have prepared it, the post that owns it has."""
    named = actions.signers_of(pack)
    named["prepared_by"] = named["prepared_by"] or owner
    for role in ("reviewed", "approved"):
        if not named[f"{role}_by"]:
            words = SIGNATURES[role]
            raise WrongDraft(
                Text(
                    f"程序包封面（pack.toml）没有写明{words.zh}人，送审后无人可签",
                    f"The pack's cover (pack.toml) names nobody to have it {words.en}: nobody could sign it",
                )
            )
    return named


def sign(
    draft: Draft, role: str, *, by: Person, password: str, at: datetime, address: str = "", day: date | None = None
) -> Signature:
    """One of the three signatures on what was sent; with the third it is approved, in force from ``day``.

    Nobody signs two of the three unless the cover names the same for both. Raises what ``issuing.sign`` raises, and
    DraftMoved, PackMoved, WrongDraft for a day that is missing or past.
    """
    version = _sent(draft)
    _still_the_pack(version)
    _not_twice(version, role, by)
    start = _start(version, day, at) if role == "approved" else None

    def following(content: dict[str, Any]) -> announcing.Letters:
        held = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        if held.state != Draft.SENT or held.version_id != version.pk:
            raise _moved()
        if role == "reviewed":
            version.state = Version.REVIEWED
        if start is not None and day is not None:
            version.state, version.effective_from, version.effective_date = Version.APPROVED, start, day.isoformat()
            content["effective"] = day.isoformat()
        version.save(update_fields=["state", "effective_from", "effective_date"])
        if start is None:
            return _to_next(version, "reviewed" if role == "prepared" else "approved", at)
        return announcing.to_readers(version, version.effective_date, readers.concerned(version, at))

    return issuing.sign(version, role, by=by, password=password, at=at, address=address, following=following)


def _to_next(version: Version, role: str, at: datetime) -> announcing.Letters:
    return announcing.to_signers(version, role, able(version, role, at))


def able(version: Version, role: str, at: datetime) -> list[Person]:
    """Everybody who could give this signature now: whom the cover names, without those who signed another of three."""
    return [one for one in issuing.may_sign(version, role, at) if not _signed_apart(version, role, one)]


def _sent(draft: Draft) -> Version:
    now = Draft.objects.select_related("version__document").get(pk=draft.pk)
    if now.state != Draft.SENT or now.version is None:
        raise _moved()
    found: Version = now.version
    return found


def _moved() -> DraftMoved:
    return DraftMoved(Text("草稿不在送审中", "The draft is not before its signers"))


def _still_the_pack(version: Version) -> None:
    if frames.is_frame(version):
        _still_under_it(version)
        return
    frame = whole.frame_of(version.document.pack)
    if frame is None or frame.pk != version.frame_id:
        words = Text(
            "程序包（岗位、时间词、编号）在送审后改了，须重新检查再送",
            "The pack (posts, words of time, numbers) changed after it was sent: it has to be checked and sent anew",
        )
        raise PackMoved(words)


def _still_under_it(version: Version) -> None:
    """A change of the pack's page: the page it replaces and the procedures it was signed for are still those."""
    files = dict(version.enclosed_examples.values_list("file", "digest"))
    standing = frames.digests(version.document.pack)
    now = examples.enclosed_digest(files, version.shortfalls, version.short_reason, standing)
    for draft in version.drafts.all():
        moved = frames.moved_on(version, draft, now)
        if moved is not None:
            raise PackMoved(moved)


def _not_twice(version: Version, role: str, by: Person) -> None:
    signed = _signed_apart(version, role, by)
    if signed:
        words = SIGNATURES[signed]
        raise NotSigner(
            Text(f"您已签“{words.zh}”，同一人不能再签另一项", f"You signed “{words.en}”: nobody signs two of three"),
            "role",
        )


def _signed_apart(version: Version, role: str, person: Person) -> str:
    """Which of the other two ``person`` has signed where the cover does not name the same for both; "" for none."""
    named = getattr(version, f"{role}_by", "")
    mine = (one.role for one in version.signatures.all() if one.person == person.username)
    return next((one for one in mine if getattr(version, f"{one}_by") != named), "")


def _start(version: Version, day: date | None, at: datetime) -> datetime:
    """The first moment of its force: the start of ``day`` where the pack is at home, or now if that is today."""
    zone = ZoneInfo(queries.pack_of(version).hours.zone)
    if day is None:
        raise WrongDraft(Text("请填实施日期", "Name the day from which it is in force"), "day")
    if day < at.astimezone(zone).date():
        raise WrongDraft(Text("实施日期已过", "That day is past"), "day")
    return max(at, datetime.combine(day, time(), zone))


def waiting_for(person: Person, at: datetime) -> list[tuple[Version, str]]:
    """What was sent and waits for ``person`` to sign next: the version and which of the three, oldest first."""
    sent = Draft.objects.filter(state=Draft.SENT).select_related("version__document", "version__frame")
    sent = sent.defer("version__text", "version__frame__text").prefetch_related("version__signatures")
    found = []
    for draft in sent.order_by("version_id"):
        version = draft.version
        role = issuing.next_signature(version) if version is not None else ""
        if version is None or not role or version.state not in {Version.DRAFT, Version.REVIEWED}:
            continue
        if issuing.signing_post(version, role, person, at) is not None and not _signed_apart(version, role, person):
            found.append((version, role))
    return found


def give_back(draft: Draft, reason: str, *, by: Person, at: datetime) -> Draft:
    """Back to be written on, with a reason: by whoever may sign it, or its drafters; not once it is in force.

    The version that was laid before the signers, and its signatures, stay as they are and come into force never.
    Raises NotSigner, DraftMoved, WrongDraft.
    """
    said = drafting.reason_of(reason)
    with transaction.atomic():
        actions.hold_still()
        kept = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        version = _sent(kept)
        if not may_give_back(kept, version, by, at):
            words = Text("只有签批人和起草岗位可以退回", "Only those who sign it and those who draft it give it back")
            raise NotSigner(words)
        told = readers.concerned(version, at) if version.state == Version.APPROVED else []
        _back(kept, version, said, by.username, at)
        content = {"number": version.document.number, "version": version.version, "digest": version.digest}
        letters = announcing.to_drafters(kept, version, Text(said), told)
        announcing.told(version.pk, "return-draft", by, at, content | {"reason": said}, letters)
    return kept


def may_give_back(draft: Draft, version: Version, person: Person, at: datetime) -> bool:
    """Whether ``person`` may give back what was sent."""
    signs = any(issuing.signing_post(version, role, person, at) is not None for role in SIGNATURES)
    return signs or drafting.may_draft(draft.owner, person, at)


def _back(draft: Draft, version: Version, reason: str, by: str, at: datetime) -> None:
    version.state = Version.OBSOLETE
    if version.effective_from is not None:
        version.effective_until = version.effective_from
    version.save(update_fields=["state", "effective_until"])
    draft.state, draft.returned, draft.returned_by, draft.returned_at = Draft.WRITING, reason, by, at
    draft.save(update_fields=["state", "returned", "returned_by", "returned_at"])


def take_force(at: datetime, limit: int = 20) -> list[Version]:
    """Everything approved whose day has come, each in a transaction of its own; the sweep calls it.

    A text whose pack has changed since it was signed, or that no longer fits beside the others, goes back to its
    drafters instead, and they are told.
    """
    due = Version.objects.filter(state=Version.APPROVED, effective_from__lte=at, drafts__state=Draft.SENT)
    return [one for pk in list(due.values_list("pk", flat=True)[:limit]) if (one := _take_force(pk, at)) is not None]


def _take_force(pk: object, at: datetime) -> Version | None:
    with transaction.atomic():
        actions.hold_still()
        version = Version.objects.select_for_update(of=("self",)).select_related("document").get(pk=pk)
        draft = version.drafts.select_for_update().filter(state=Draft.SENT).first()
        if draft is None or version.state != Version.APPROVED or version.effective_from is None:
            return None
        content = {"number": version.document.number, "version": version.version, "digest": version.digest}
        hindered = _hindered(version, at)
        if hindered is not None:
            _back(draft, version, hindered.zh, "", at)
            letters = announcing.to_drafters(draft, version, hindered, readers.concerned(version, at))
            announcing.told(pk, "withhold", None, at, content | {"reason": hindered.zh}, letters)
            return None
        before = actions.running(version.document.pack, version.document.kind)
        if before is not None:
            began = before.effective_from or version.effective_from
            actions.end_force(before, max(version.effective_from, began))
            content["replaces"] = before.digest
        version.state = Version.EFFECTIVE
        version.save(update_fields=["state"])
        if frames.is_frame(version):
            content["renewed"] = frames.renew(version, at)
        enclosed = examples.take_force(version)
        if enclosed:
            content["examples"] = enclosed
        draft.state = Draft.DONE
        draft.save(update_fields=["state"])
        announcing.told(pk, "take-force", None, at, content)
    return version


def _hindered(version: Version, at: datetime) -> Text | None:
    """Why an approved text cannot come into force after all; None where it can."""
    try:
        _still_the_pack(version)
    except PackMoved as moved:
        return moved.words
    overtaken = examples.hindered(version)
    if overtaken is not None:
        return overtaken
    judged = whole.judge(version.document.pack, version.file, version.text)
    if judged.sound and judged.pack is not None and frames.is_frame(version):
        before = frames.before(version)
        return frames.still_held(queries.pack_of(before), judged.pack, at) if before is not None else None
    if judged.sound:
        return None
    count = len(judged.faults)
    return Text(
        f"批准后其他程序改了，整个程序包现有 {count} 处错误",
        f"Other procedures changed after it was approved: the whole pack has {count} faults now",
    )

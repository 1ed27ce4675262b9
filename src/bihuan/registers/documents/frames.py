"""The pack's own page (posts, hours, words of time, numbers) changed in the house: before its signers, into force.

A procedure means something only with the page it was read with (``Version.frame``), so a new page gives every procedure
in force a new version of the very same words (``renew``), which ``renews`` the one that was signed. Cases under way
stay with their version and, through it, with the page they began under. What the three sign is the page and, by their
digests, the texts it will stand under; where one of them changes before its day, the page goes back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bihuan.ground.ids import new_id
from bihuan.people import queries as people
from bihuan.people.models import Person
from bihuan.procedure.definition import Pack, Text

from . import issuing, whole
from .errors import WrongDraft
from .models import Document, Draft, Version

NAMES_SHOWN = 5


def is_frame(version: Version) -> bool:
    """Whether a version is one of a pack's own page."""
    return bool(version.document.kind == Document.PACK)


def owner_of(frame: Version) -> str:
    """The post that drafts the pack's page: the one its cover names to have prepared it; "" where it names none.

    Administrators draft it in any case.
    """
    return next(iter(issuing.posts_named(frame, "prepared")), "")


def procedures_of(pack: str) -> list[Version]:
    """The procedures of a pack that are in force and have no end, by number; they stand on its page."""
    found = Version.objects.filter(document__pack=pack, state=Version.EFFECTIVE, effective_until__isnull=True)
    found = found.exclude(document__kind=Document.PACK).select_related("document", "renews")
    return list(found.order_by("document__number"))


def digests(pack: str) -> dict[str, str]:
    """File → digest of these procedures' texts: signed together with the page they are to stand on."""
    return {one.file: one.digest for one in procedures_of(pack)}


def sendable(draft: Draft, before: Pack, after: Pack, at: datetime) -> None:
    """Raises WrongDraft where the page may not go before its signers."""
    if after.name != before.name:
        raise WrongDraft(Text("包名 name 不能改", "The name of the pack cannot change"), "text")
    other = Draft.objects.filter(pack=draft.pack, state=Draft.SENT).exclude(pk=draft.pk).select_related("version")
    for one in other.order_by("opened_at"):
        title = one.version.title if one.version else one.kind
        words = Text(
            f"“{title}”正在送审，组织包一改它就要重签：等它生效或退回后再送",
            f"“{title}” is before its signers and would have to be signed anew: send this after it",
        )
        raise WrongDraft(words)
    held = still_held(before, after, at)
    if held is not None:
        raise WrongDraft(held)


def not_beside(pack: str) -> None:
    """Raises WrongDraft while a change of the pack's page is before its signers: no procedure is sent beside it."""
    if Draft.objects.filter(pack=pack, kind=Document.PACK, state=Draft.SENT).exists():
        words = Text(
            "组织包（pack.toml）的更改正在送审，等它生效或退回后再送",
            "A change of the pack's own page is before its signers: send this after it",
        )
        raise WrongDraft(words)


def still_held(before: Pack, after: Pack, at: datetime) -> Text | None:
    """Which posts the new page lacks though somebody holds them, now or from a later day, with their names."""
    gone = [post for name, post in before.posts.items() if name not in after.posts]
    found = people.keep_holding([post.name for post in gone], at)
    said = [(post, found[post.name]) for post in gone if post.name in found]
    if not said:
        return None
    zh = "；".join(f"岗位“{post.title.zh}”还有人任：{_named(held)}" for post, held in said)
    en = "; ".join(f"the post “{post.title.say('en')}” is still held by {_named(held, 'en')}" for post, held in said)
    return Text(f"{zh}。先撤任，再删岗位", f"{en}. End that first, then remove the post")


def _named(held: list[Person], language: str = "zh") -> str:
    named = [one.called(language) for one in held]
    mark = ", " if language == "en" else "、"
    more = len(named) - NAMES_SHOWN
    rest = "" if more <= 0 else f" +{more}" if language == "en" else f" 等 {len(named)} 人"
    return mark.join(named[:NAMES_SHOWN]) + rest


def moved_on(version: Version, draft: Draft, enclosed: str) -> Text | None:
    """Why what was sent is no longer what would come into force; ``enclosed``: the digest of what goes with it now."""
    frame = whole.frame_of(draft.pack)
    if frame is None or frame.pk != draft.based_on_id:
        return Text("组织包在送审后另有更改，须对照后再送", "The pack's page was changed otherwise after it was sent")
    if enclosed != version.enclosed:
        return Text(
            "送审后有程序换了版，须重新检查再送",
            "A procedure got another version after it was sent: it has to be checked and sent anew",
        )
    return None


def renew(frame: Version, at: datetime) -> list[dict[str, Any]]:
    """Every procedure in force gets a version of the same words under ``frame``, in the caller's transaction.

    Told as the entry keeps it. The old one ends at the very moment from which the page is in force, or, where it began
    later than that, at the moment it began.
    """
    start = frame.effective_from or at
    return [
        _renewed(one, frame, max(start, one.effective_from or start), at) for one in procedures_of(frame.document.pack)
    ]


def _renewed(old: Version, frame: Version, start: datetime, at: datetime) -> dict[str, Any]:
    old.effective_until, old.state = start, Version.OBSOLETE
    old.save(update_fields=["effective_until", "state"])
    same = ("document", "version", "file", "text", "digest", "effective_date", "company", "title", "title_en")
    same += ("controlled", "prepared_by", "reviewed_by", "approved_by", "enclosed", "shortfalls", "short_reason")
    new = Version.objects.create(
        id=new_id(at), frame=frame, renews=old.worded, state=Version.EFFECTIVE, effective_from=start,
        **{name: getattr(old, name) for name in same},
    )  # fmt: skip
    return {"number": new.document.number, "version": new.version, "digest": new.digest, "renews": str(new.renews_id)}


def before(version: Version) -> Version | None:
    """The page that a page changed here replaces; None where it was not drafted here."""
    draft = version.drafts.select_related("based_on__document").first()
    return draft.based_on if draft is not None else None


def stood_on(frame: Version) -> list[Version]:
    """The newest version of every procedure read with ``frame``, in force or past; by number."""
    found = Version.objects.filter(frame=frame, effective_from__isnull=False).exclude(state=Version.APPROVED)
    newest = {one.document_id: one for one in found.select_related("document").order_by("effective_from", "pk")}
    return sorted(newest.values(), key=lambda one: str(one.document.number))

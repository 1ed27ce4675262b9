"""Writing a change of a procedure, or of the pack's own page: begun, saved revision by revision, dropped.

Nothing of it runs. Saving is no act: revisions are only ever added and say who and when. Beginning and dropping
write the book.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction

from bihuan.ground.ids import new_id
from bihuan.people import access
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import Person
from bihuan.procedure.definition import Text
from bihuan.procedure.scaffold import new_procedure

from . import frames, queries, whole
from .errors import DraftMoved, DraftThere, NotDrafter, WrongDraft
from .issuing import posts_of_the_house
from .models import Document, Draft, Revision, Version

LONGEST = 400_000
LONGEST_REASON = 2000
KIND = re.compile(r"[a-z][a-z0-9-]{0,59}\Z")
# words of addresses below /procedures/
RESERVED = ("new", "draft", "drafts", Document.PACK)


def may_draft(owner: str, person: Person, at: datetime) -> bool:
    """Whether ``person`` drafts what the post ``owner`` owns: its holders for the whole house, and administrators."""
    return access.may_manage_people(person) or owner in posts_of_the_house(person, at)


def owned_posts(person: Person, at: datetime) -> list[str]:
    """The posts of the pack in force for which ``person`` may begin a new procedure."""
    pack = queries.current_pack(at)
    posts = [name for name, post in pack[1].posts.items() if post.role != "customer"] if pack else []
    if access.may_manage_people(person):
        return posts
    held = posts_of_the_house(person, at)
    return [name for name in posts if name in held]


def under_way(kind: str) -> Draft | None:
    """The draft of this kind that is being written or signed."""
    found = Draft.objects.filter(kind=kind, state__in=Draft.UNDER_WAY)
    return found.select_related("document", "based_on", "version__document").first()


def start(kind: str, *, by: Person, at: datetime) -> Draft:
    """A change of the procedure for ``kind``, or of the pack's own page, from the text in force.

    Raises NotDrafter, DraftThere, WrongDraft.
    """
    found = _in_force(kind, at)
    if found is None:
        raise WrongDraft(Text("没有生效的这种程序", "No procedure of this kind is in force"), "kind")
    version, owner = found
    _drafting(owner, by, at)
    draft = Draft(
        id=new_id(at), pack=version.document.pack, kind=kind, file=version.file, owner=owner,
        document=version.document, based_on=version, opened_by=by.username, opened_at=at,
    )  # fmt: skip
    return _begun(draft, queries.text_of(version.pk), by, at)


def _in_force(kind: str, at: datetime) -> tuple[Version, str] | None:
    """The text a change begins from, the pack's own page too, and the post that drafts it ("" = administrators)."""
    if kind == Document.PACK:
        page = queries.current_pack(at)
        return None if page is None else (page[0], frames.owner_of(page[0]))
    found = queries.in_force(kind, at)
    return None if found is None else (found[0], found[1].owner)


def begin(kind: str, title: str, owner: str, *, by: Person, at: datetime, english: str = "") -> Draft:
    """Begin a procedure that is still to be, from the small template. Raises NotDrafter, DraftThere, WrongDraft."""
    pack = queries.current_pack(at)
    if pack is None:
        raise WrongDraft(Text("还没有装入程序包", "No pack is in force yet"), "kind")
    if not KIND.match(kind) or kind in RESERVED:
        words = Text("种类须为小写字母开头，只用小写字母、数字和连字符", "A kind is small letters, digits and hyphens")
        raise WrongDraft(words, "kind")
    name = pack[1].name
    if Version.objects.filter(document__pack=name, document__kind=kind, effective_from__isnull=False).exists():
        raise WrongDraft(Text(f"已有种类 {kind} 的程序", f"There is a procedure for {kind} already"), "kind")
    if owner not in pack[1].posts:
        raise WrongDraft(Text("请选择归口岗位", "Choose the post that owns it"), "owner")
    _drafting(owner, by, at)
    try:
        text = new_procedure(kind, title[:120], owner, english[:120])
    except ValueError as wrong:
        raise WrongDraft(Text("请填写名称", "Give it a title"), "title") from wrong
    draft = Draft(
        id=new_id(at), pack=name, kind=kind, file=whole.next_file(name, kind), owner=owner,
        opened_by=by.username, opened_at=at,
    )  # fmt: skip
    return _begun(draft, text, by, at)


def _begun(draft: Draft, text: str, by: Person, at: datetime) -> Draft:
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
            add(draft, text, by, at)
            content = {"kind": draft.kind, "file": draft.file, "owner": draft.owner}
            content |= {"from": draft.based_on.version, "from-digest": draft.based_on.digest} if draft.based_on else {}
            entry(HOUSE, "document", str(draft.pk), "start-draft", by, at, content)
    except IntegrityError as error:
        words = Text("这份程序已有草稿", "A draft of this procedure is under way already")
        raise DraftThere(words, "kind") from error
    return draft


def save(draft: Draft, text: str, on: int, *, by: Person, at: datetime) -> Revision:
    """Keep ``text`` as the next revision after number ``on``; the same text again adds nothing.

    Raises NotDrafter, DraftMoved where somebody saved meanwhile or it is no longer being written, WrongDraft.
    """
    text = plain(text)
    with held(draft, by, at) as kept:
        newest = kept.newest
        if newest.number != on:
            raise moved_on(newest)
        if newest.digest == whole.digest_of(text):
            return newest
        return add(kept, text, by, at)


def files_at(draft: Draft, number: int) -> dict[str, str] | None:
    """The draft's own files as they stood with revision ``number``, by their place in the pack's folder.

    The text comes first; example files the draft had not touched by then, or takes away, are not among them. None for
    no such revision.
    """
    saved = list(draft.revisions.filter(number__lte=number).order_by("number"))
    if not saved or saved[-1].number != number:
        return None
    newest = {one.file: one.text for one in saved}
    found = {draft.file: newest.pop("")}
    return found | {f"{whole.EXAMPLES}/{file}": newest[file] for file in sorted(newest) if newest[file]}


def plain(text: str) -> str:
    """A text as it is kept: one kind of line end, one at its end. Raises WrongDraft for an empty or endless one."""
    said = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").rstrip() + "\n"
    if not said.strip():
        raise WrongDraft(Text("正文是空的", "The text is empty"), "text")
    if len(said) > LONGEST:
        words = Text(f"正文最多 {LONGEST} 字", f"A text has at most {LONGEST} characters")
        raise WrongDraft(words, "text")
    return said


def drop(draft: Draft, reason: str, *, by: Person, at: datetime) -> Draft:
    """Give a draft up; its revisions stay. Raises NotDrafter, DraftMoved, WrongDraft without a reason."""
    said = reason_of(reason)
    with transaction.atomic():
        kept = writing(draft, by, at)
        kept.state = Draft.DROPPED
        kept.save(update_fields=["state"])
        entry(HOUSE, "document", str(kept.pk), "drop-draft", by, at, {"kind": kept.kind, "reason": said})
    return kept


@contextmanager
def held(draft: Draft, by: Person, at: datetime) -> Iterator[Draft]:
    """A transaction in which nobody else writes on the draft. Raises NotDrafter, DraftMoved."""
    with transaction.atomic():
        yield writing(draft, by, at)


def writing(draft: Draft, by: Person, at: datetime) -> Draft:
    """The draft, held for this transaction and still being written. Raises NotDrafter, DraftMoved."""
    kept = Draft.objects.select_for_update(of=("self",)).select_related("document", "based_on").get(pk=draft.pk)
    _drafting(kept.owner, by, at)
    if kept.state != Draft.WRITING:
        raise DraftMoved(Text("草稿已送审或已结束，现在不能改", "The draft was sent or is over: not to be changed now"))
    return kept


def reason_of(words: str) -> str:
    """A reason, trimmed. Raises WrongDraft where there is none."""
    said = words.replace("\x00", "").strip()
    if not said or len(said) > LONGEST_REASON:
        raise WrongDraft(Text("请写明理由", "Say why"), "reason")
    return said


def _drafting(owner: str, by: Person, at: datetime) -> None:
    if not may_draft(owner, by, at):
        pack = queries.current_pack(at)
        if not owner:
            raise NotDrafter(Text("只有管理员可以起草", "Only an administrator drafts it"))
        post = pack[1].posts.get(owner) if pack else None
        title = post.title if post else Text(owner)
        words = Text(
            f"只有归口岗位“{title.zh}”和管理员可以起草", f"Only {title.say('en')} or an administrator drafts it"
        )
        raise NotDrafter(words)


def add(draft: Draft, text: str, by: Person, at: datetime, file: str = "", base: str = "") -> Revision:
    """One more revision of the text, or of an example ``file``, in the caller's transaction, the draft being held.

    An empty text takes an example file away.
    """
    last = draft.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    return Revision.objects.create(
        id=new_id(at), draft=draft, number=last + 1, file=file, text=text, base=base,
        digest=whole.digest_of(text) if text else "",
        by=by.username, at=at,
    )  # fmt: skip


def moved_on(newest: Revision) -> DraftMoved:
    """Somebody saved ``newest`` meanwhile."""
    words = Text(
        f"{newest.by} 已在此期间存了第 {newest.number} 稿，您的改动没有存",
        f"{newest.by} saved revision {newest.number} meanwhile; yours was not saved",
    )
    return DraftMoved(words, "text")

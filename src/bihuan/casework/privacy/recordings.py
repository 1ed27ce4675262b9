"""Recordings: what whoever is heard was told and agreed to, and who hears one meanwhile.

Whether a recording needs consent is PIPL (个人信息保护法) 13 and 14, what the person has to be told 17. ``files`` asks
here by name (``settings.FILE_RECORDINGS``), because it knows neither people's rights nor the site's rules.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from bihuan.files.errors import NotAnnounced
from bihuan.files.kinds import RECORDINGS
from bihuan.files.models import Attachment
from bihuan.people.models import Person
from bihuan.procedure.definition import Text
from bihuan.registers.deeds import RegisterRefusal

from .actions.settling import announce_recording
from .errors import WrongInput
from .models import Policy, Recording
from .queries import may_read, policy

AGREED, TOLD, UNTOLD, NOBODY = "agreed", "told", "untold", "nobody"
SAID = {
    AGREED: Text("已告知录音，本人同意", "Told of it, and agreed"),
    TOLD: Text("已告知录音，本人没有同意", "Told of it, but did not agree"),
    UNTOLD: Text("没有告知", "Not told"),
    NOBODY: Text("没有录到客户（设备、现场）", "No customer is heard: a device, a place"),
}


def judge(said: str) -> None:
    """Whether a recording may be handed in with this said of it. Raises NotAnnounced; nothing is kept yet."""
    settled = policy()
    if said and said not in SAID:
        raise NotAnnounced(Text("没有这种说明", "There is no such thing to say of a recording"))
    if said in {AGREED, TOLD} and not settled.announcement_version:
        raise NotAnnounced(
            Text(
                "本单位还没有定录音告知语，不能说已告知；请管理员先在“个人信息—处理规则”里填写",
                "No announcement is settled here, so nobody can have been told; an administrator settles it first",
            )
        )
    if settled.recordings == Policy.REFUSED and said not in {AGREED, NOBODY}:
        raise NotAnnounced


def note(attachment: Attachment, said: str, at: datetime) -> None:
    """Keep what was said when the recording was handed in; one entry, the last statement of its transaction."""
    if said:
        say(attachment, said, by=Person.objects.get(username=attachment.uploaded_by), at=at)


def say(attachment: Attachment, said: str, *, by: Person, at: datetime) -> Recording:
    """Say one of ``SAID`` of a recording, once. Raises OutOfSight, WrongInput, AlreadyThere."""
    if said not in SAID:
        raise WrongInput(Text("请选择一项", "Choose one"), "said")
    try:
        return announce_recording(
            attachment, announced=said in {AGREED, TOLD}, agreed=said == AGREED, nobody=said == NOBODY, by=by, at=at
        )
    except RegisterRefusal as refusal:
        if refusal.field:
            refusal.field = "said"
        raise


def said_of(attachments: Collection[Attachment]) -> dict[UUID, str]:
    """Recording → what was said of it; who is missing nobody has said anything of."""
    ids = [one.pk for one in attachments if one.kind in RECORDINGS]
    kept = Recording.objects.filter(attachment__in=ids) if ids else ()
    return {one.attachment: _said(one) for one in kept}


def _said(one: Recording) -> str:
    if one.nobody:
        return NOBODY
    if not one.announced:
        return UNTOLD
    return AGREED if one.agreed else TOLD


def withheld(attachments: Collection[Attachment], person: Person, at: datetime) -> set[UUID]:
    """Which of these this person may not hear yet: recordings nobody told and asked for, where the site holds them.

    Whoever handed one in and whoever keeps personal data hears it all the same: somebody has to say what it is.
    """
    found = {one.pk for one in attachments if one.kind in RECORDINGS and one.uploaded_by != person.username}
    if not found or policy().recordings == Policy.NOTED or may_read(person, at):
        return set()
    said = said_of(attachments)
    return {one for one in found if said.get(one) not in {AGREED, NOBODY}}

"""Holds, recordings, consents, the rules of the site: what stands, and the forms that settle more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.files.kinds import RECORDINGS
from bihuan.files.models import Attachment
from bihuan.layout.frames import Crumb, Question
from bihuan.people import access
from bihuan.people.models import Person
from bihuan.procedure.definition import Text
from bihuan.registers.customers.models import Consent, ConsentText, Contact, Customer
from bihuan.registers.customers.queries import consents_of

from .. import queries
from .. import recordings as recordings_said
from ..models import Hold, Policy, Recording
from .frame import SHOWN, WAYS, Cell, moment_words, table

RECORDINGS_WAYS = {
    Policy.HELD: Text("收下，说明以前暂不放出", "Taken, held back until it is said"),
    Policy.REFUSED: Text("不收", "Not taken"),
    Policy.NOTED: Text("收下，只作记录", "Taken, only noted"),
}


def holds(person: Person, at: datetime, language: str) -> dict[str, Any]:
    """Holds in force and lifted ones."""
    rows = []
    for one in Hold.objects.order_by("-lifted_at", "-at")[:SHOWN]:
        address = f"/cases/{one.number}/" if one.about_kind == "case" else f"/customers/{one.number}/"
        lifted = (
            f"{one.lifted_by} · {moment_words(one.lifted_at)} · {one.lifted_because}" if one.lifted_at else _("解除")
        )
        rows.append(
            [
                Cell(one.number, address), Cell(one.reason), Cell(one.by, who=True), Cell(moment_words(one.at)),
                Cell(lifted, "" if one.lifted_at else f"/privacy/holds/{one.pk}/lift/"),
            ]
        )  # fmt: skip
    names = (_("事项或客户"), _("理由"), _("谁"), _("自"), _("解除"))
    return table(_("法律保留"), names, rows, _("没有法律保留。"))


def hold_form() -> list[Question]:
    """What is asked before something is held."""
    choices = [("case", Text("事项", "Case")), ("customer", Text("客户", "Customer"))]
    return [
        Question("kind", _("保留什么"), "choice", required=True, choices=choices),
        Question("number", _("编号"), required=True),
        Question("reason", _("理由"), "long-text", required=True),
    ]


def recordings(person: Person, at: datetime, language: str) -> dict[str, Any]:
    """Recordings handed in within sight, and what is known of their announcement."""
    outlets = None if access.may_manage_people(person) else access.visible_outlets(person, at)
    files = Attachment.objects.filter(kind__in=RECORDINGS).order_by("-id")
    listed = list((files if outlets is None else files.filter(outlet__in=outlets))[:SHOWN])
    said = {one.attachment: one for one in Recording.objects.filter(attachment__in=[one.pk for one in listed])}
    holding = queries.policy().recordings != Policy.NOTED
    rows = []
    for one in listed:
        known = said.get(one.pk)
        words, agreed, free = _told(known)
        heard = _("放出") if free or not holding else _("暂不放出")
        rows.append(
            [
                Cell(one.name, one.address), Cell(moment_words(one.uploaded_at)), Cell(one.uploaded_by, who=True),
                Cell(words, "" if known else f"/privacy/recordings/{one.pk}/", "" if known else "bad"), Cell(agreed),
                Cell(heard, tone="" if free or not holding else "bad"),
            ]
        )  # fmt: skip
    names = (_("录音"), _("时刻"), _("谁"), _("告知"), _("本人"), _("放出"))
    return table(_("录音告知"), names, rows, _("没有录音。")) | {"note": queries.policy().announcement}


def _told(known: Recording | None) -> tuple[str, str, bool]:
    """What is known of the announcement, of the person's answer, and whether both let the recording be heard."""
    if known is None:
        return _("未说明"), "", False
    if known.nobody:
        return _("没有录到客户"), "", True
    agreed = _("同意") if known.agreed else _("不同意")
    if not known.announced:
        return _("未告知"), agreed, False
    return _("已告知（%(version)s）") % {"version": known.announcement_version}, agreed, known.agreed


def why() -> list[Question]:
    """The reason, and nothing else."""
    return [Question("because", _("理由"), "long-text", required=True)]


def recording_form() -> list[Question]:
    """What is asked of a recording."""
    return [
        Question(
            "said", _("告知与同意"), "choice", required=True, choices=list(recordings_said.SAID.items()),
            help=_("说明后不能再改。"),
        ),
    ]  # fmt: skip


def policy_form(policy: Policy) -> list[Question]:
    """What the site settles; every change makes a new version of the notice."""

    def figure(name: str, label: str, **more: Any) -> Question:
        value = getattr(policy, name)
        return Question(name, label, "number", value="" if value is None else str(value), **more)

    return [
        Question("handler", _("处理者名称"), value=policy.handler),
        Question("reached", _("联系方式（行使权利向谁提出）"), value=policy.reached),
        figure("request_days", _("个人请求须在几个工作日内答复"), required=True),
        figure("reveals_a_day", _("每人每天查看完整号码的上限"), help=_("留空为未定；超过的显示给管理员。")),
        figure("exported_rows", _("导出多于多少行算批量")),
        figure("unsaid_months", _("文件未写期限的记录保存几个月"), help=_("留空为不处置。")),
        Question(
            "recordings", _("没有告知并征得同意的录音"), "choice", required=True, value=policy.recordings,
            choices=list(RECORDINGS_WAYS.items()), help=_("个人信息保护法 13、17 条。"),
        ),
        figure("recording_days", _("录音保存几天"), help=_("自上传起；文件给表单另写期限的随文件。留空为随表单。")),
        figure("receipt_years", _("收据保存几年"), help=_("会计档案管理办法；留空为不另算。")),
        figure("log_days", _("网络日志保存几天（至少 180）"), required=True),
        Question("announcement", _("录音告知语"), "long-text", value=policy.announcement),
        Question("announcement_version", _("告知语版本"), value=policy.announcement_version),
    ]  # fmt: skip


def consent_texts(person: Person, at: datetime, language: str) -> dict[str, Any]:
    """The words consent is asked in, the newest first."""
    rows = [
        [
            Cell(one.purpose),
            Cell(one.version),
            Cell(one.text),
            Cell(moment_words(one.made_at)),
            Cell(one.made_by, who=True),
        ]
        for one in ConsentText.objects.order_by("purpose", "-made_at")[:SHOWN]
    ]
    names = (_("用途"), _("版本"), _("文字"), _("时刻"), _("谁"))
    return table(_("同意文本"), names, rows, _("还没有同意文本。维修本身不需要同意；营销等须先有文字。"))


def text_form() -> list[Question]:
    """What is asked for a new version of the words."""
    return [
        Question("purpose", _("用途"), required=True),
        Question("version", _("版本"), required=True),
        Question("text", _("告知与同意的文字"), "long-text", required=True),
    ]


def consents(customer: Customer, contact: Contact, language: str) -> dict[str, Any]:
    """What one contact agreed to, with everything said before."""
    rows = [
        [
            Cell(one.text.purpose), Cell(one.text.version),
            Cell(_("同意") if one.state == Consent.GIVEN else _("撤回"), tone="good" if one.state == "given" else ""),
            Cell(WAYS[one.way].say(language)), Cell(moment_words(one.at)), Cell(one.by, who=True),
        ]
        for one in Consent.objects.filter(contact=contact).select_related("text").order_by("-at", "-id")
    ]  # fmt: skip
    given = [one for one in consents_of(contact).values() if one.state == Consent.GIVEN]
    names = (_("用途"), _("版本"), _("说了什么"), _("方式"), _("时刻"), _("谁"))
    here = Crumb(customer.name, f"/customers/{customer.number}/")
    return table(_("同意记录"), names, rows, _("没有问过这位联系人。")) | {
        "kicker": contact.name or contact.masked,
        "given": given,
        "crumbs": [Crumb(_("客户"), "/customers/"), here, Crumb(_("同意记录"))],
    }


def consent_form() -> list[Question]:
    """Which words were agreed to, and how it was said."""
    newest = {one.purpose: one for one in ConsentText.objects.order_by("made_at", "id")}
    texts = [(str(one.pk), f"{one.purpose} · {one.version}") for one in newest.values()]
    return [
        Question("text", _("同意的文字"), "choice", required=True, choices=texts),
        Question("way", _("方式"), "choice", required=True, choices=list(WAYS.items())),
    ]

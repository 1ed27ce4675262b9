"""What personal data there is, read from the pack in force: which kinds are asked where, what for, kept how long.

What a kind is for and on which ground it stands is a matter of law and of what this software does with it (PIPL 13, 17;
网络数据安全管理条例 21); which forms ask for it and how long they are kept stands in the pack alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import msgspec

from bihuan.procedure.definition import Definition, Form, Pack, Text
from bihuan.registers.customers.models import ConsentText
from bihuan.registers.documents import catalogue
from bihuan.registers.documents import queries as documents

from .models import Policy

CONTRACT = Text("履行合同所必需（个人信息保护法 13 条 2 项）", "needed for the contract (PIPL 13.2)")
DUTY = Text("履行法定义务（13 条 3 项）", "a duty under the law (PIPL 13.3)")
CONSENT = Text("本人同意（13 条 1 项）", "consent (PIPL 13.1)")
OUTLETS = Text("本网点及上级有岗位的人", "whoever holds a post at this outlet or above it")
NUMBERS = Text(
    "本单位非上门岗位；维修与特约网点见掩码，查看完整号码须写理由并留痕",
    "our own posts that are not only at the door; technicians and contracted outlets see it masked, a reveal is logged",
)


@dataclass(frozen=True)
class _Meaning:
    label: Text
    purpose: Text
    basis: Text
    seen: Text = OUTLETS


REACH = Text("联系、上门、回访", "to reach the person, to visit, to ask afterwards")
SERVICE = Text("受理、判断和办理服务", "to take up, judge and carry out the service")
MEANINGS: dict[str, _Meaning] = {
    "contact": _Meaning(Text("联系人", "Contact"), REACH, CONTRACT),
    "phone": _Meaning(Text("电话", "Telephone"), REACH, CONTRACT, NUMBERS),
    "address": _Meaning(Text("地址", "Address"), Text("上门服务", "to come to the place"), CONTRACT),
    "region": _Meaning(Text("地区", "Region"), Text("选派网点", "to choose the outlet"), CONTRACT),
    "customer": _Meaning(Text("客户", "Customer"), SERVICE, CONTRACT),
    "device": _Meaning(Text("设备", "Device"), Text("保修判定、维修履历", "warranty, history of repair"), CONTRACT),
    "fault": _Meaning(Text("故障或诉求", "Fault"), SERVICE, CONTRACT),
    "wish": _Meaning(Text("期望", "Wish"), SERVICE, CONTRACT),
    "text": _Meaning(Text("自由填写的文字", "Words written freely"), SERVICE, CONTRACT),
    "long-text": _Meaning(Text("自由填写的长文", "Long words written freely"), SERVICE, CONTRACT),
    "file": _Meaning(
        Text("附件：照片、签名、录音、单据", "Files: photos, signatures, recordings, papers"),
        Text("证明所做的事", "to prove what was done"),
        CONTRACT,
    ),
}
NOT_COLLECTED = (
    Text(
        "位置轨迹：不收集（默认关闭，须单独同意）", "Location tracks: not collected (off; would need separate consent)"
    ),
    Text("人脸等生物特征：不收集（默认关闭，须单独同意）", "Faces and other biometrics: not collected (off; likewise)"),
    Text("不向境外提供", "Nothing is passed abroad"),
)


@dataclass
class Purpose:
    """One kind of data as it really stands: ``forms`` that ask for it and ``kept`` the terms their documents give."""

    kind: str
    label: Text
    purpose: Text
    basis: Text
    seen: Text
    forms: list[Text] = field(default_factory=list)
    kept: list[Text] = field(default_factory=list)


def purposes(at: datetime) -> list[Purpose]:
    """Every kind some form in force asks for, in the order of ``MEANINGS``."""
    found: dict[str, Purpose] = {}
    for version, definition in documents.all_in_force(at):
        pack = documents.pack_of(version)
        for form in definition.forms.values():
            for kind in _kinds(form):
                meaning = MEANINGS[kind]
                one = found.setdefault(kind, Purpose(kind, meaning.label, meaning.purpose, meaning.basis, meaning.seen))
                _add(one, definition, form, pack)
    return [found[kind] for kind in MEANINGS if kind in found]


def _kinds(form: Form) -> list[str]:
    fields = [*form.fields.values(), *(one for lines in form.lines.values() for one in lines.fields.values())]
    return sorted({one.kind for one in fields if one.kind in MEANINGS and not one.choices})


def _add(one: Purpose, definition: Definition, form: Form, pack: Pack) -> None:
    title = Text(f"{definition.title.zh}·{form.title.zh}", f"{definition.title.en} · {form.title.en}")
    if title not in one.forms:
        one.forms.append(title)
    kept = catalogue.listed(definition, form, pack).kept
    kept = kept if kept.zh else Text("文件未写保存期限", "the document names no term")
    if kept not in one.kept:
        one.kept.append(kept)


@dataclass(frozen=True)
class Separate:
    """What is only done with consent: the newest words it is asked in."""

    purpose: str
    version: str
    text: str
    basis: Text = CONSENT


def separate() -> list[Separate]:
    """Every purpose consent is asked for, with its newest text."""
    newest: dict[str, ConsentText] = {}
    for one in ConsentText.objects.order_by("made_at", "id"):
        newest[one.purpose] = one
    return [Separate(one.purpose, one.version, one.text) for one in newest.values()]


def notice_version(policy: Policy, at: datetime, language: Literal["zh", "en"] = "zh") -> str:
    """The version printed on the notice: that of the site's rules, and the first figures of what the pack says."""
    told = [[one.kind, *(words.say(language) for words in (*one.forms, *one.kept))] for one in purposes(at)] + [
        [one.purpose, one.version] for one in separate()
    ]
    return f"{policy.version}-{hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:8]}"

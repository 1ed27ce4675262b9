"""One person of whom something stands in every room: what an access copy must show and an erasure must take away."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from bihuan.casework import attachments, drafts
from bihuan.casework.actions import act, noting, open_case
from bihuan.casework.audit.models import Sample, Sheet
from bihuan.casework.importing.models import Export
from bihuan.casework.models import Case, View
from bihuan.files import actions as files
from bihuan.files.models import Attachment
from bihuan.ground.ids import new_id
from bihuan.procedure.definition import Text
from bihuan.registers.charges.models import Quote
from bihuan.registers.customers import actions as customers
from bihuan.registers.customers.models import Contact, Customer
from bihuan.registers.documents.actions import load_pack
from bihuan.registers.slips import actions as slips
from bihuan.registers.slips.holders import Holder
from bihuan.registers.surveys.models import Answer, Attempt
from bihuan.registers.visits import actions as visits

from .saying import acting, opening
from .site import OWN_PACK, Site

NAME, PHONE, WRITTEN, PLACE = "欧阳晓棠", "+8613912345678", "139 1234-5678", "桃花坞路 17 号"
INITIALS = "oyxt"
# what the text of the pack says instead, so that records have a term and questions their kinds
ASKED = """fields.phone = { ask = "电话", kind = "phone" }
fields.where = { ask = "地址", kind = "address" }
fields.picture = { ask = "照片", kind = "file" }
fields.device ="""


@dataclass
class Known:
    customer: Customer
    contact: Contact
    case: Case
    picture: Attachment

    @property
    def words(self) -> tuple[str, ...]:
        """What nothing may hold any more, as it is written anywhere: also without blanks and as an index keeps it."""
        return (NAME, "13912345678", "139 1234-5678", "139-1234-5678", "87654321931", INITIALS, "欧阳", "桃花坞")


def keeping_pack(site: Site, folder: Path, keep: str, at: datetime) -> None:
    """The small pack with a term of retention and with the questions that are personal, in force from ``at``."""
    shutil.copytree(OWN_PACK, folder)
    text = (folder / "01-job.md").read_text(encoding="utf-8")
    text = re.sub(r"^keep = .*$", "", text.replace("fields.device =", ASKED), flags=re.MULTILINE)
    text = text.replace("work_order = true\n", f"work_order = true\n{keep}\n", 1)
    (folder / "01-job.md").write_text(text, encoding="utf-8")
    load_pack(folder, by=None, at=at)


def somebody(site: Site, at: datetime, *, ended: bool = True, name: str = NAME, phone: str = WRITTEN) -> Known:
    """A customer with a contact and a place, and a case of theirs with everything that can hang on a case."""
    customer = customers.add_customer(
        f"{name}工作室", outlet="north", by=None, at=at,
        contacts=({"name": name, "phone": phone},), sites=({"address": PLACE, "access": "门卫放行"},),
    )  # fmt: skip
    contact = customer.contacts.get()
    picture = files.take(SimpleUploadedFile("门牌.png", _png()), by="chen", at=at)
    answers = {
        "intake.contact": name, "intake.phone": phone, "intake.where": PLACE, "intake.urgency": "normal",
        "intake.problem": f"{name}家的投影机不亮，打 {phone}", "intake.picture": picture.answer,
    }  # fmt: skip
    answer = open_case(site.people["chen"], opening(at, answers=answers))
    attachments.attach(site.people["chen"], answers, answer.number)
    case = Case.objects.get(number=answer.number)
    _beside(site, case, contact, at, name, phone)
    if ended:
        act(site.people["zhou"], acting(case.number, "drop", at + timedelta(minutes=5)))
    picture.refresh_from_db()
    return Known(customer, contact, Case.objects.get(pk=case.pk), picture)


def _beside(site: Site, case: Case, contact: Contact, at: datetime, name: str, phone: str) -> None:
    """What registers, notes, letters, drafts, kept lists and exports hold of the person."""
    zhou = site.people["zhou"]
    number, whole = case.number, contact.phone
    noting.remark(number, f"@li {name}说下午在家，{phone}", by=zhou, at=at)
    customers.reveal(contact, by=site.people["li"], at=at, reason=f"给{name}回电")
    visits.book(number, "north", "li", at + timedelta(hours=1), by="zhou", at=at, place=PLACE)
    doing = slips.Doing(number, "north", "zhou", at)
    slips.issue("order", Text("派工单"), [slips.NewCopy("main", Text("主联"), Holder("office", name))], doing)
    ids = {"number": number, "outlet": "north", "by": "sun", "at": at}
    Attempt.objects.create(id=new_id(at), result="reached", contact=whole, note=f"{name}很满意", **ids)
    Answer.objects.create(id=new_id(at), visit="1", contact=whole, answers={"words": f"{name}：好"}, **ids)
    Quote.objects.create(id=new_id(at), amount=80, because=f"{name}同意", lines=[{"what": f"给{name}换灯"}], **ids)
    drafts.keep(site.people["chen"], f"intake {number}", {"intake.contact": name}, at)
    View.objects.create(owner=zhou, name=f"找人 {number}", query=f"q={name}")
    View.objects.create(owner=zhou, name=f"{name}的活 {number}")
    _looked_at_by_the_auditor(number, at, name)
    Export.objects.create(
        id=new_id(at), source="cases", form="csv", query=f"q={name}", language="zh", file_name="x.csv", by=zhou, at=at
    )


def _looked_at_by_the_auditor(number: str, at: datetime, name: str) -> None:
    """A closed, frozen sample whose sheet and conclusion name the person."""
    sample = Sample.objects.create(
        id=new_id(at), title="抽查", method="random", seed="1", size=1, population=1, start=at.date(), until=at.date(),
        questions=[], by="wu", at=at, conclusion=f"{name}的单子要补签字",
    )  # fmt: skip
    Sheet.objects.create(sample=sample, place=1, number=number, outlet="north", remark=f"问过{name}")
    Sample.objects.filter(pk=sample.pk).update(closed_by="wu", closed_at=at)


def _png() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(kept, "PNG")
    return kept.getvalue()

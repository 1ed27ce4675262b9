"""A controlled copy as its holder reads it: the eleven fields of its cover, and the text under the watermark."""

from __future__ import annotations

from bihuan.procedure.definition import Text

from .models import SIGNATURES, ControlledCopy, Version

COVER = {
    "file-number": Text("文件编号", "File number"),
    "company": Text("公司", "Company"),
    "title": Text("文件名称", "Title"),
    "edition": Text("版次", "Edition"),
    "status": Text("受控状态", "Controlled status"),
    "holder": Text("持有者", "Holder"),
    "distribution-number": Text("分发号", "Distribution number"),
    "effective": Text("实施日期", "Effective date"),
    "prepared": Text("编制", "Prepared by"),
    "reviewed": Text("审核", "Reviewed by"),
    "approved": Text("核准", "Approved by"),
}


def find_copy(kind: str, number: str) -> ControlledCopy | None:
    """The copy handed out last under this distribution number, of the procedure for this kind of case."""
    found = ControlledCopy.objects.filter(version__document__kind=kind, distribution_number=number.replace("\x00", ""))
    return found.select_related("version__document").order_by("-issued_at", "-pk").first()


def cover_of(copy: ControlledCopy) -> dict[str, str]:
    """The eleven fields of a copy's cover, in the order of ``COVER``. Signatures are those given, not those named."""
    version = copy.version
    names = {role: one.name for role, one in version.given.items()}
    return {
        "file-number": version.document.number,
        "company": version.company,
        "title": version.title,
        "edition": version.version,
        "status": "受控" if version.controlled else "非受控",
        "holder": copy.holder,
        "distribution-number": copy.distribution_number,
        "effective": version.effective_date,
        **{role: names.get(role, "") for role in SIGNATURES},
    }


def as_markdown(copy: ControlledCopy) -> str:
    """The copy as one Markdown text: watermark, cover, the words as signed with what runs, watermark again."""
    mark = f"> {copy.watermark}"
    cover = [f"- {COVER[key].zh}：{value}" for key, value in cover_of(copy).items()]
    text = Version.objects.values_list("text", flat=True).get(pk=copy.version_id)
    return "\n".join([mark, "", *cover, "", text.rstrip(), "", mark, ""])

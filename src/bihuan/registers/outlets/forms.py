"""The questions of this room's pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.layout.frames import Question
from bihuan.people.errors import PeopleRefusal, WrongInput
from bihuan.people.models import OutletKey
from bihuan.procedure.definition import Text

from .models import Outlet


def questions(outlet: Outlet | None) -> list[Question]:
    """What a new outlet asks, or what may be changed of one."""
    detail = [
        Question("name", _("名称"), required=True, value=outlet.key.name if outlet else ""),
        Question("name_en", _("英文名称"), value=outlet.key.name_en if outlet else ""),
        Question(
            "kind",
            _("性质"),
            "choice",
            True,
            outlet.kind if outlet else Outlet.OWN,
            choices=[(Outlet.OWN, _("自有")), (Outlet.CONTRACTED, _("特约"))],
        ),
        Question("from", _("合同起日（特约）"), "date", value=_day(outlet.contract_from if outlet else None)),
        Question("until", _("合同止日（含当天）"), "date", value=_day(outlet.contract_until if outlet else None)),
    ]
    if outlet is not None:
        return detail
    parents = [(one.code, f"{one.name}（{one.code}）") for one in OutletKey.objects.order_by("code")]
    place = [
        Question("code", _("代码"), required=True, help=_("小写字母、数字和连字符，定了不能改")),
        Question("parent", _("上级网点"), "choice", choices=parents),
    ]
    return [*place, *detail]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def read(sent: QueryDict) -> dict[str, Any]:
    """What was sent, as the actions take it. Raises WrongInput for a day that is none."""

    def text(name: str) -> str:
        return sent.get(name, "").replace("\x00", "").strip()[:120]

    days = {}
    for name in ("from", "until"):
        try:
            days[f"contract_{name}"] = date.fromisoformat(text(name)) if text(name) else None
        except ValueError as error:
            raise WrongInput(Text("请填写日期", "This must be a date"), name) from error
    return {"name": text("name"), "name_en": text("name_en"), "kind": text("kind"), **days}


def lay(asked: list[Question], sent: QueryDict, refusal: PeopleRefusal) -> None:
    """What was typed back into the questions, what was refused beside its own."""
    for one in asked:
        one.value = sent.get(one.name, "")[:300]
        if one.name == refusal.field:
            one.errors.append(refusal.words)

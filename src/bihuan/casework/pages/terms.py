"""Terms of warranty: the list with its validity, new ones, and the day old ones end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.layout.frames import Column, Crumb, Question
from bihuan.people.models import Person
from bihuan.people.queries import day_of
from bihuan.procedure.definition import Text
from bihuan.registers.customers import rights
from bihuan.registers.customers.errors import WrongInput
from bihuan.registers.products import queries as products
from bihuan.registers.warranty import actions, queries
from bihuan.registers.warranty.models import Terms

from .records import RecordForm, day, whole


def listed(person: Person, at: datetime, language: str) -> dict[str, Any]:
    """Every set of terms: for what, how long, from when, valid when, where it is written."""
    today = day_of(at)
    heads = (_("适用于"), _("保修"), _("起算"), _("开始有效"), _("有效至"), _("不保情形"), _("出处"), "")
    return {
        "title": _("保修条款"),
        "crumbs": [Crumb(_("设备列表"), "/devices/"), Crumb(_("保修条款"))],
        "rows": [_line(one, today, language) for one in queries.listed()[:500]],
        "columns": [Column(one) for one in heads],
        "governs": rights.may_set_terms(person, at),
    }


def _line(terms: Terms, today: Any, language: str) -> dict[str, Any]:
    scope = _("全部产品")
    if terms.product:
        scope = f"{terms.product.code} {terms.product.called(language)}"
    elif terms.line:
        scope = f"{_('产品线')} {terms.line}"
    if terms.valid_until and terms.valid_until < today:
        state, tone = _("已结束"), "plain"
    else:
        state, tone = (_("未开始"), "plain") if terms.valid_from > today else (_("有效"), "good")
    starts = {"invoice": _("发票日期"), "acceptance": _("验收日期")}
    return {"terms": terms, "scope": scope, "starts": starts[terms.starts], "state": state, "tone": tone}


def new_form(person: Person, at: datetime, language: str) -> RecordForm:
    """New terms. Those of the same scope that still hold have to be ended first."""
    models = [("", _("不限型号")), *((one.code, f"{one.code} {one.called(language)}") for one in products.products())]
    starts = [("invoice", _("发票日期")), ("acceptance", _("验收日期"))]
    questions = [
        Question("product", _("型号"), "choice", choices=models),
        Question("line", _("产品线"), help=_("型号和产品线都不填，即适用于全部产品")),
        Question("months", _("保修月数"), "number", True),
        Question("starts", _("起算"), "choice", True, choices=starts, value="invoice"),
        Question("valid_from", _("开始有效"), "date", True, help=_("起算日落在有效期内的设备适用")),
        Question("valid_until", _("有效至"), "date", help=_("不填即一直有效")),
        Question("exclusions", _("不保情形"), "long-text", help=_("每行一条")),
        Question("document", _("出处（文件）"), required=True),
        Question("clause", _("条款")),
    ]

    def add(given: dict[str, str]) -> str:
        first = day(given["valid_from"], "valid_from")
        if first is None:
            raise WrongInput(Text("请填写开始有效的日期", "Give the first day"), "valid_from")
        model = products.product_of(given["product"]) if given["product"] else None
        if given["product"] and model is None:
            raise WrongInput(Text("没有这个型号", "There is no such model"), "product")
        actions.add_terms(
            whole(given["months"], "months"), given["starts"], first, document=given["document"], by=person, at=at,
            clause=given["clause"], product=model, line=given["line"], exclusions=given["exclusions"].splitlines(),
            valid_until=day(given["valid_until"], "valid_until"),
        )  # fmt: skip
        return "/warranty/"

    return RecordForm(_("新增保修条款"), questions, add, [Crumb(_("保修条款"), "/warranty/")], _("保存"))


def end_form(person: Person, terms: Terms, at: datetime) -> RecordForm:
    """The last day on which a warranty may begin under these terms."""
    until = terms.valid_until.isoformat() if terms.valid_until else ""
    questions = [Question("valid_until", _("有效至"), "date", True, value=until)]

    def end(given: dict[str, str]) -> str:
        last = day(given["valid_until"], "valid_until")
        if last is None:
            raise WrongInput(Text("请填写止日", "Give the last day"), "valid_until")
        actions.end_terms(terms, last, by=person, at=at)
        return "/warranty/"

    back = [Crumb(_("保修条款"), "/warranty/")]
    return RecordForm(_("终止保修条款"), questions, end, back, _("保存"), kicker=str(terms))

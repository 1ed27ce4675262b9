"""What weighs in a decision, reckoned from what the house knows: warranty, grade, the applicant's month, the limit.

No question of any organisation is known by name: amounts are the document's questions of kind ``money``, limits what
its ways and its ``together`` compare them with. Every figure is of cases the reader may open and of answers the reader
may read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from bihuan.journal import queries as journal
from bihuan.layout.numbers import yuan
from bihuan.people import access
from bihuan.people.models import Person
from bihuan.procedure.conditions import test_holds
from bihuan.procedure.definition import Definition, Test
from bihuan.procedure.engine import NOWHERE, Working
from bihuan.procedure.sentences import Speaker
from bihuan.registers.products import queries as products
from bihuan.registers.warranty import queries as warranty

from .. import agreed, queries
from ..definitions import definition_for
from ..marks import marks_of
from ..models import Case
from ..seeing import as_read
from . import cards
from .inbox import Waiting
from .names import Names

LOOKED_AT = 200
ORDERS = frozenset({"at-least", "more-than", "less-than", "at-most"})


@dataclass(frozen=True)
class Weighed:
    """Lines of (label, words), and what calls for a second look."""

    points: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Money:
    """The newest amount of a case that may be read: where it was answered, and how much (yuan)."""

    key: str
    amount: Decimal


def money_of(definition: Definition, case: Case) -> Money | None:
    """The newest answer of kind ``money`` above nothing; None where none was given. ``case`` as its reader reads it."""
    for form_name, filled in reversed(list(case.state.answers.items())):
        form = definition.forms.get(form_name)
        for field in form.fields.values() if form else ():
            found = _figure(filled.get(field.name)) if field.kind == "money" else None
            if found:
                return Money(f"{form_name}.{field.name}", found)
    return None


def weighed(one: Waiting, person: Person, names: Names, history: list[dict[str, Any]]) -> Weighed:
    """Everything that weighs in this decision. ``history``: the entries of the case, oldest first."""
    read = as_read(one.case, person, names.at)
    above = queries.visible_to(person, names.at).filter(pk=read.parent_id).first() if read.parent_id else None
    told = [read, *([as_read(above, person, names.at)] if above else [])]
    money = money_of(one.definition, read)
    asked = _applied(one.definition, money, history)
    month = _same_of_month(one, person, names, asked, money) if asked else []
    points = [
        *_warranty(told, person, names),
        *_grade(told, person, names),
        *([_counted(month, money)] if asked else []),
        *(_authority(one, money, names) if money else ()),
    ]
    split = _split(one, person, names, asked, money) if asked and money else ""
    return Weighed(tuple(points), (split,) if split else ())


def _applied(definition: Definition, money: Money | None, history: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The entry by which somebody applied: that of the amount, else the first of a person; None where nobody did."""
    by_people = [entry for entry in history if entry["doer_kind"] == "person" and entry["verb"] in definition.acts]
    form = money.key.partition(".")[0] if money else ""
    of_money = [entry for entry in by_people if form and definition.acts[entry["verb"]].form == form]
    return next(iter([*of_money[-1:], *by_people[:1]]), None)


def _figure(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value in (None, ""):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and found > 0 else None


# ---- the unit and the customer ----


def _warranty(told: list[Case], person: Person, names: Names) -> Iterator[tuple[str, str]]:
    """How the unit stands today: days out of warranty, or its last day in it."""
    for case in told:
        serial = dict(marks_of(definition_for(case), case.state.answers)).get("device", "")
        unit = products.unit_by_serial(person, serial, names.at) if serial else None
        if unit is None:
            continue
        ends = warranty.computed(unit, "", None, names.at).ends
        if ends is None:
            return
        over = (names.at.astimezone(names.zone).date() - ends).days
        said = _("保内，至 %(day)s") if over <= 0 else _("保外 %(days)s 天（保修至 %(day)s）")
        yield _("保修"), said % {"days": over, "day": ends.isoformat()}
        return


def _grade(told: list[Case], person: Person, names: Names) -> Iterator[tuple[str, str]]:
    for case in told:
        known = cards.customer(person, case, definition_for(case), names.at)
        if known is not None and known.grade:
            yield _("客户等级"), known.grade
            return


# ---- what the same applicant asked for ----


def _same_of_month(
    one: Waiting, person: Person, names: Names, asked: dict[str, Any], money: Money | None
) -> list[tuple[Case, Decimal]]:
    """The cases the applicant did the same act on this month, each once, with what it came to; this one among them."""
    first = names.at.astimezone(names.zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return _same_since(one, person, names, asked, money, first)


def _same_since(
    one: Waiting, person: Person, names: Names, asked: dict[str, Any], money: Money | None, since: datetime
) -> list[tuple[Case, Decimal]]:
    scope = access.visible_outlets(person, names.at)
    entries = journal.entries_by(asked["doer"], "case", LOOKED_AT, scope=scope)
    numbers = {each.about_number for each in entries if each.verb == asked["verb"] and each.done_at >= since}
    seen = queries.visible_to(person, names.at).filter(number__in=numbers, kind=one.case.kind)
    read = [as_read(case, person, names.at) for case in seen.select_related("version").order_by("pk")]
    return [(case, _amount(case, money)) for case in read]


def _amount(case: Case, money: Money | None) -> Decimal:
    form, _dot, field = money.key.partition(".") if money else ("", "", "")
    return _figure(case.state.answers.get(form, {}).get(field)) or Decimal(0)


def _counted(month: list[tuple[Case, Decimal]], money: Money | None) -> tuple[str, str]:
    count, total = len(month), sum((amount for _case, amount in month), Decimal(0))
    words = _("本月第 %(count)s 件") % {"count": count}
    if money and count > 1:
        words = _("本月第 %(count)s 件，累计 %(total)s（含本件）") % {"count": count, "total": yuan(total)}
    return _("同一申请人同类"), words


def _split(one: Waiting, person: Person, names: Names, asked: dict[str, Any], money: Money) -> str:
    """Several of one applicant about the same customer or unit that only together pass a limit; "" where none do."""
    within = agreed.span("split-within", names.at)
    here = _about(as_read(one.case, person, names.at))
    found = _same_since(one, person, names, asked, money, names.at - within) if here else []
    same = [(case, amount) for case, amount in found if amount and _about(case) & here]
    total = sum((amount for _case, amount in same), Decimal(0))
    passed = [limit for limit in _limits(one.definition, money) if money.amount <= limit < total]
    if len(same) < 2 or not passed:
        return ""
    others = "、".join(case.number for case, _amount in same if case.pk != one.case.pk)
    return _(
        "可能是拆开报的：同一申请人 %(within)s内就同一客户或设备还有 %(others)s，合计 %(total)s，过了 %(limit)s 的线。"
    ) % {
        "within": agreed.said(within, names.language),
        "others": others,
        "total": yuan(total),
        "limit": yuan(min(passed)),
    }


def _about(case: Case) -> set[tuple[str, str]]:
    marks = marks_of(definition_for(case), case.state.answers)
    return {(kind, value) for kind, value in marks if kind in {"device", "phone", "contact", "customer"}}


# ---- the limit of authority ----


def _limits(definition: Definition, money: Money) -> list[Decimal]:
    """Every amount this question is compared with where a way is chosen, or where deciding together is allowed."""
    found = [way.condition for act in definition.acts.values() for way in act.ways]
    found += [act.together for act in definition.acts.values() if act.together]
    limits = {
        _figure(test.value) for condition in found for table in condition for test in table if _is_limit(test, money)
    }
    return sorted(limit for limit in limits if limit)


def _is_limit(test: Test, money: Money) -> bool:
    return test.key == money.key and not test.of and test.operator in ORDERS


def _authority(one: Waiting, money: Money, names: Names) -> Iterator[tuple[str, str]]:
    """The limit that brought it to this step, and who decides beyond it."""
    work, here = Working(one.definition, one.case.state, NOWHERE), one.case.step
    ways = [way for act in one.definition.acts.values() for way in act.ways if _leads_to(act.ways, here)]
    limits = [(way.step, test) for way in ways for table in way.condition for test in table if _is_limit(test, money)]
    for step, test in limits:
        line = f"{_limit_word(test.operator)} {yuan(test.value)}"
        if step == here and test_holds(test, work.look):
            yield _("授权线"), _("%(line)s的到这里") % {"line": line}
        elif step != here and _beyond(test, work):
            yield _("再往上"), _("%(line)s的：%(next)s") % {"line": line, "next": _who(one.definition, step, names)}


def _beyond(test: Test, work: Working) -> bool:
    """Whether it speaks of more than this case asks for."""
    return test.operator in {"at-least", "more-than"} and not test_holds(test, work.look)


def _leads_to(ways: tuple[Any, ...], step: str) -> bool:
    return any(way.step == step for way in ways)


def _limit_word(operator: str) -> str:
    return {"at-least": _("满"), "more-than": _("超过"), "less-than": _("不满"), "at-most": _("不超过")}[operator]


def _who(definition: Definition, step: str, names: Names) -> str:
    """Who decides at ``step``: the posts of its first act by hand, else what the step is called."""
    speaker = Speaker(definition, names.language, definition.posts)
    for act in definition.acts.values():
        if step in act.at and not act.standing and (act.who.posts or act.who.each):
            return speaker.posts(act.who.posts or act.who.each)
    return speaker.step(step)

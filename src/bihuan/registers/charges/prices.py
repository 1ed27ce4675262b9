"""Keeping price lists: a new one, a further line, a new dated version. A price in force is replaced, never changed.

``open_list``, ``add_line`` and ``new_version`` are done by hand, each with one entry in the book. ``make_version`` is
what both the page and the effect ``charges.change-tariff`` carry out; it runs in the caller's transaction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from bihuan.ground.ids import new_id
from bihuan.people import queries as people
from bihuan.people.actions import HOUSE, entry
from bihuan.people.models import OutletKey, Person
from bihuan.procedure.definition import Text

from . import access, queries
from .errors import NotThere, NotYours, WrongPrice
from .models import PriceLine, PriceList

CODE = re.compile(r"[A-Za-z0-9一-鿿][A-Za-z0-9一-鿿._-]{0,39}\Z")


@dataclass(frozen=True)
class Price:
    """A line as somebody writes it; ``amount`` in yuan for one ``unit``."""

    code: str
    title: str
    amount: Decimal
    title_en: str = ""
    unit: str = ""
    product: str = ""


def open_list(
    name: str,
    start: date,
    *,
    by: Person,
    at: datetime,
    outlet: str = "",
    until: date | None = None,
    lines: Sequence[Price] = (),
) -> PriceList:
    """A price list of the house or of one outlet, in force from ``start`` to ``until`` (both counted; None = open).

    Raises ``NotYours``, ``WrongPrice`` (no such outlet, days the wrong way round, one of that name in force already).
    """
    _keeping(by, outlet, at)
    if outlet and not OutletKey.objects.filter(pk=outlet).exists():
        raise WrongPrice(Text(f"没有网点 {outlet}", f"There is no outlet {outlet}"), "outlet")
    with transaction.atomic():
        made = _make(name.strip(), outlet, start, until, by.username, at)
        for one in lines:
            _line(made, one, at)
        content = {"list": made.name, "outlet": outlet, "from": str(start), "to": str(until or "")}
        entry(outlet or HOUSE, "price-list", str(made.pk), "open-price-list", by, at, content | _told(made))
    return made


def add_line(made: PriceList, price: Price, *, by: Person, at: datetime) -> PriceLine:
    """A further line of a list that has not ended. Raises ``NotYours``, ``WrongPrice``."""
    _keeping(by, made.outlet, at)
    with transaction.atomic():
        row = PriceList.objects.select_for_update().get(pk=made.pk)
        if row.until is not None and row.until < people.day_of(at):
            raise WrongPrice(Text("这份价目已失效", "This price list has ended"), "code")
        line = _line(row, price, at)
        content = {"list": row.name, "from": str(row.start), "code": line.code, "amount": str(line.amount)}
        entry(row.outlet or HOUSE, "price-list", str(row.pk), "add-price", by, at, content)
    return line


def new_version(made: PriceList, start: date, changes: Sequence[Price], *, by: Person, at: datetime) -> PriceList:
    """The same list from ``start`` on with ``changes``; the version before it ends the day before.

    Raises ``NotYours``, ``WrongPrice``.
    """
    _keeping(by, made.outlet, at)
    with transaction.atomic():
        fresh = make_version(made.name, made.outlet, start, changes, by=by.username, at=at)
        content = {"list": fresh.name, "outlet": fresh.outlet, "from": str(start)}
        entry(fresh.outlet or HOUSE, "price-list", str(fresh.pk), "new-price-list", by, at, content | _told(fresh))
    return fresh


def make_version(name: str, outlet: str, start: date, changes: Sequence[Price], *, by: str, at: datetime) -> PriceList:
    """End the version in force with the day before ``start`` and begin a new one: its lines with ``changes`` laid over.

    Raises ``NotThere`` without a version to begin from, ``WrongPrice`` for a day before today or before the newest
    version's second day.
    """
    _one_at_a_time(name, outlet)
    old = PriceList.objects.filter(name=name, outlet=outlet).order_by("-start").select_for_update().first()
    if old is None:
        raise NotThere(Text(f"没有价目 {name}", f"There is no price list {name}"), "list")
    if start < people.day_of(at):
        raise WrongPrice(Text("新价目不能从过去的日子起算", "A new version cannot begin in the past"), "start")
    if start <= old.start:
        raise WrongPrice(
            Text(f"新版须晚于 {old.start} 开始的一版", f"It must begin after the version of {old.start}"), "start"
        )
    if old.until is None:
        old.until = start - timedelta(days=1)
        old.save(update_fields=["until"])
    kept = {
        one.code: Price(one.code, one.title, one.amount, one.title_en, one.unit, one.product)
        for one in old.lines.order_by("code")
    }
    fresh = _make(name, outlet, start, None, by, at)
    for one in (kept | {one.code: one for one in changes}).values():
        _line(fresh, one, at)
    return fresh


def find(person: Person, key: Any, at: datetime) -> PriceList:
    """One list within the reader's scope. Raises ``NotThere``."""
    found = queries.lists_visible_to(person, at).filter(pk=key).first()
    if found is None:
        raise NotThere(Text("没有这份价目", "There is no such price list"))
    return found


def _make(name: str, outlet: str, start: date, until: date | None, by: str, at: datetime) -> PriceList:
    _one_at_a_time(name, outlet)
    if not name or len(name) > 60:
        raise WrongPrice(Text("请填写价目名称（60 字以内）", "Name the list in 60 characters at most"), "name")
    if until is not None and until < start:
        raise WrongPrice(Text("止日早于起日", "The last day lies before the first"), "until")
    same = PriceList.objects.filter(name=name, outlet=outlet).exclude(until__lt=start)
    other = (same.filter(start__lte=until) if until else same).order_by("start").first()
    if other is not None:
        words = Text(
            f"自 {other.start} 起已有同名价目，请改日期或另出新版",
            f"A list of that name is in force from {other.start}: other days, or a new version of it",
        )
        raise WrongPrice(words, "start")
    return PriceList.objects.create(
        id=new_id(at), name=name, outlet=outlet, start=start, until=until, made_by=by, made_at=at
    )


def _line(made: PriceList, price: Price, at: datetime) -> PriceLine:
    code, title = price.code.strip(), price.title.strip()
    if not CODE.match(code):
        raise WrongPrice(
            Text("代码须为字母、数字或汉字，40 字以内", "A code is letters, digits or characters, 40 at most"), "code"
        )
    if not title:
        raise WrongPrice(Text("请填写项目名称", "Say what it is for"), "title")
    if made.lines.filter(code=code).exists():
        raise WrongPrice(Text(f"这份价目里已有 {code}", f"{code} stands in this list already"), "code")
    return PriceLine.objects.create(
        id=new_id(at),
        list=made,
        code=code,
        title=title[:120],
        title_en=price.title_en.strip()[:120],
        unit=price.unit.strip()[:20],
        amount=price.amount,
        product=price.product.strip()[:60],
    )


def _told(made: PriceList) -> dict[str, Any]:
    return {"lines": {one.code: str(one.amount) for one in made.lines.order_by("code")}}


def _keeping(by: Person, outlet: str, at: datetime) -> None:
    if not access.may_keep_prices(by, outlet, at):
        raise NotYours(
            Text("价目由财务、服务管理岗位或管理员维护", "Finance, service management or administrators keep prices")
        )


def _one_at_a_time(name: str, outlet: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"prices {outlet} {name}"])

"""The catalogue is the house's own: its entries stand in the house's chain, those who govern keep it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from bihuan.ground.ids import new_id
from bihuan.people.models import Person
from bihuan.procedure.definition import Text
from bihuan.registers.customers.actions.writing import changes, entry, filled
from bihuan.registers.customers.errors import AlreadyThere, WrongInput
from bihuan.registers.customers.queries import normal
from bihuan.registers.customers.rights import setting_terms

from ..models import Product

HOUSE = "house"
CODE_MISSING = Text("请填写型号", "Give the model's code")
NAME_MISSING = Text("请填写名称", "Give the name")
_MOST = Decimal("9999999999.99")


@dataclass(frozen=True)
class NewProduct:
    """One line of a catalogue that is brought in. ``replacement_price`` in yuan, "" or None = unknown."""

    code: str
    name: str
    name_en: str = ""
    line: str = ""
    replacement_price: Decimal | str | None = None


def add_product(
    code: str,
    name: str,
    *,
    by: Person | None,
    at: datetime,
    name_en: str = "",
    line: str = "",
    replacement_price: Decimal | str | None = None,
) -> Product:
    """A new model. Raises NotAllowed, WrongInput, AlreadyThere."""
    setting_terms(by, at)
    given = read_product(NewProduct(code, name, name_en, line, replacement_price))
    _free([given["code"]])
    with transaction.atomic():
        product = Product.objects.create(id=new_id(at), **given)
        entry(HOUSE, ("product", product.pk, product.code), "add-product", by, at, _told(given))
    return product


def add_products(new: Sequence[NewProduct], *, by: Person | None, at: datetime, source: str = "") -> list[Product]:
    """Many models, all of them or none, with one entry. ``field`` of a refusal is ``<row>.<field>``, from 0."""
    if not new:
        return []
    setting_terms(by, at)
    given = []
    for row, one in enumerate(new):
        try:
            given.append(read_product(one))
        except WrongInput as error:
            raise WrongInput(error.words, f"{row}.{error.field}") from error
    codes = [one["code"] for one in given]
    for row, code in enumerate(codes):
        if code in codes[:row]:
            raise AlreadyThere(Text(f"型号 {code} 重复", f"Model {code} stands there twice"), f"{row}.code")
    _free(codes)
    with transaction.atomic():
        made = Product.objects.bulk_create([Product(id=new_id(at), **one) for one in given], batch_size=2000)
        content = {"source": source, "count": len(made), "codes": codes}
        entry(HOUSE, ("products", made[0].pk, ""), "add-products", by, at, content)
    return made


def change_product(product: Product, *, by: Person | None, at: datetime, **given: Any) -> Product:
    """New name, name_en, line or replacement_price; the code stays. The entry tells old and new."""
    setting_terms(by, at)
    names = ("name", "name_en", "line", "replacement_price")
    with transaction.atomic():
        product = Product.objects.select_for_update().get(pk=product.pk)
        wanted = {name: given.get(name, getattr(product, name)) for name in names}
        after = read_product(NewProduct(product.code, **wanted))
        differing = changes({name: getattr(product, name) for name in names}, {name: after[name] for name in names})
        if differing:
            Product.objects.filter(pk=product.pk).update(**{name: new for name, (_old, new) in differing.items()})
            told = {name: [_plain(one) for one in pair] for name, pair in differing.items()}
            entry(HOUSE, ("product", product.pk, product.code), "change-product", by, at, told)
    return Product.objects.get(pk=product.pk)


def read_product(new: NewProduct) -> dict[str, Any]:
    """What was typed as it is kept. Raises WrongInput."""
    return {
        "code": filled(normal(new.code), "code", 60, CODE_MISSING),
        "name": filled(normal(new.name), "name", 200, NAME_MISSING),
        "name_en": filled(normal(new.name_en), "name_en", 200),
        "line": filled(normal(new.line), "line", 80),
        "replacement_price": _price(new.replacement_price),
    }


def _price(given: Decimal | str | None) -> Decimal | None:
    if given is None or given == "":
        return None
    try:
        price = Decimal(str(given).replace(",", "").strip()).quantize(Decimal("0.01"))
    except (InvalidOperation, ValueError):
        price = Decimal(0)
    if not price.is_finite() or not 0 < price <= _MOST:
        raise WrongInput(Text("重置价须为正数（元）", "The replacement price is a positive sum"), "replacement_price")
    return price


def _free(codes: Sequence[str]) -> None:
    taken = Product.objects.filter(code__in=codes).values_list("code", flat=True).first()
    if taken:
        raise AlreadyThere(Text(f"型号 {taken} 已存在", f"Model {taken} is already there"), "code")


def _told(given: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in given.items()}


def _plain(value: Any) -> Any:
    """A sum as text, so that no figure is lost on the way into the book."""
    return str(value) if isinstance(value, Decimal) else value

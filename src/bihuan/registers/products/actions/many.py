"""Bringing in many devices at once: one COPY and one entry for the whole batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from bihuan.ground.ids import new_id
from bihuan.people.models import Person
from bihuan.procedure.definition import Text
from bihuan.registers.customers.actions.writing import entry
from bihuan.registers.customers.errors import AlreadyThere, WrongInput
from bihuan.registers.customers.models import Customer, Site
from bihuan.registers.customers.rights import bringing_in

from ..models import Product, Unit
from .devices import read_unit

_COLUMNS = (
    "id", "serial", "model_id", "customer_id", "site_id", "invoice_number", "invoice_on", "accepted_on", "project",
    "batch", "state", "made_at",
)  # fmt: skip


@dataclass(frozen=True)
class NewUnit:
    """One line of what is brought in; ``site`` is one of the customer's."""

    serial: str
    product: Product
    customer: Customer
    site: Site | None = None
    invoice_number: str = ""
    invoice_on: date | None = None
    accepted_on: date | None = None
    project: str = ""
    batch: str = ""
    state: str = Unit.VERIFIED


def add_many(new: Sequence[NewUnit], *, by: Person | None, at: datetime, source: str = "") -> list[UUID]:
    """All of them or none; returns their ids in the order given. ``field`` of a refusal is ``<row>.<field>``, from 0.

    One entry, in the chain of the first customer's outlet; ``source`` says where they come from.
    Raises NotAllowed, WrongInput, AlreadyThere.
    """
    if not new:
        return []
    bringing_in(by, {one.customer.outlet for one in new}, at)
    rows = _rows(new, at)
    with transaction.atomic():
        with connection.cursor() as cursor:
            _none_taken(cursor, new, rows)
            sql = f"COPY products_unit ({', '.join(_COLUMNS)}) FROM STDIN"
            try:
                with transaction.atomic(), cursor.copy(sql) as copy:
                    for row in rows:
                        copy.write_row(row)
            except IntegrityError as error:
                words = Text("有设备刚被别人登记，或客户刚被并入他人", "A device was just added, or a customer merged")
                raise AlreadyThere(words) from error
        ids = [row[0] for row in rows]
        content = {"source": source, "count": len(rows), "ids": [str(one) for one in ids]}
        entry(new[0].customer.outlet, ("units", ids[0], ""), "add-units", by, at, content)
    return ids


def _rows(new: Sequence[NewUnit], at: datetime) -> list[tuple[object, ...]]:
    rows = []
    ids = sorted(new_id(at) for _one in new)  # of one moment, in the order of the list
    for place, one in enumerate(new):
        try:
            if one.customer.merged_into_id is not None:
                words = Text(f"客户 {one.customer.number} 已并入他人", f"Customer {one.customer.number} was merged")
                raise WrongInput(words, "customer")
            given = read_unit(
                one.serial, one.customer, site=one.site, invoice_number=one.invoice_number, invoice_on=one.invoice_on,
                accepted_on=one.accepted_on, project=one.project, batch=one.batch, state=one.state,
            )  # fmt: skip
        except WrongInput as error:
            raise WrongInput(error.words, f"{place}.{error.field}") from error
        rows.append(
            (
                ids[place],
                given["serial"],
                one.product.pk,
                one.customer.pk,
                one.site.pk if one.site else None,
                given["invoice_number"],
                one.invoice_on,
                one.accepted_on,
                given["project"],
                given["batch"],
                one.state,
                at,
            )
        )
    return rows


def _none_taken(cursor, new: Sequence[NewUnit], rows: Sequence[tuple[object, ...]]) -> None:
    """Raise AlreadyThere, naming the row, for a serial that stands twice in the batch or is on the books."""
    seen: set[tuple[object, str]] = set()
    for place, row in enumerate(rows):
        key = (row[2], str(row[1]).upper())
        if key in seen:
            raise AlreadyThere(Text(f"序列号 {row[1]} 重复", f"Serial {row[1]} stands there twice"), f"{place}.serial")
        seen.add(key)
    cursor.execute(
        "SELECT given.place, given.serial FROM unnest(%s::uuid[], %s::text[]) WITH ORDINALITY"
        " AS given(model, serial, place) JOIN products_unit u ON u.model_id = given.model"
        " AND upper(u.serial) = upper(given.serial) ORDER BY given.place LIMIT 1",
        [[row[2] for row in rows], [row[1] for row in rows]],
    )
    taken = cursor.fetchone()
    if taken:
        code = new[taken[0] - 1].product.code
        words = Text(f"{code} 的序列号 {taken[1]} 已在册", f"{code} with serial {taken[1]} is already there")
        raise AlreadyThere(words, f"{taken[0] - 1}.serial")

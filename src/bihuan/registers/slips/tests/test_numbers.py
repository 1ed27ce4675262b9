"""Numbers without a gap: taken inside the act, given back by a refusal, kept by a void slip; held by the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests.cast import at_once, kinds

from bihuan.registers.slips.errors import AlreadyUsed, NoSuchSlip, WrongSlip
from bihuan.registers.slips.models import Copy, Movement, Series, Slip

from .conftest import MONDAY, do

SLIP = """INSERT INTO slips_slip (id, number, form, title, title_en, case_number, outlet, series_id, sequence,
    issued_at, issued_by, state, void_reason, voided_by) VALUES (gen_random_uuid(),
    %s, 'receipt', '', '', 'X', 'north', %s, %s, now(), '', 'open', '', '')"""


def take(number="A-1", **more) -> str:
    return do("slips.issue", slip="receipt", number=number, **more)["number"]


def by_hand(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        # what is only looked at when a transaction ends
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_slip_without_a_series_carries_its_cases_number(house):
    numbers = [do("slips.issue", slip="job")["number"] for _ in range(3)]
    assert numbers == ["A-1", "A-1-2", "A-1-3"]
    assert do("slips.issue", slip="back")["number"] == "A-1"


def test_a_series_counts_per_outlet_and_year(house):
    assert [take(), take("A-2"), take("S-1", outlet="south")] == [
        "RECEIPT-2026-00001",
        "RECEIPT-2026-00002",
        "RECEIPT-2026-00001",
    ]
    assert take(at=MONDAY + timedelta(days=365)) == "RECEIPT-2027-00001"
    # the local day counts: 00:30 on New Year's Day in Shanghai is still December elsewhere
    assert take(at=MONDAY.replace(year=2027, month=12, day=31, hour=16, minute=30)) == "RECEIPT-2028-00001"


def test_a_refused_act_gives_its_number_back(house):
    take()
    with pytest.raises(RuntimeError), transaction.atomic():
        take("A-2")
        raise RuntimeError
    assert take("A-3") == "RECEIPT-2026-00002"


def test_a_void_slip_keeps_its_number_and_its_reason(house):
    take()
    assert do("slips.void", slip="receipt", because="写错了") == {"void": "RECEIPT-2026-00001", "because": "写错了"}
    assert take() == "RECEIPT-2026-00002"
    slip = Slip.objects.get(sequence=1)
    assert (slip.state, slip.void_reason, slip.voided_by, slip.voided_at) == ("void", "写错了", "zhou", MONDAY)
    assert set(slip.copies.values_list("state", flat=True)) == {"void"}


def test_voiding_needs_a_reason_and_a_slip_in_use(house):
    take()
    with pytest.raises(WrongSlip) as refused:
        do("slips.void", slip="receipt", because="  ")
    assert (refused.value.field, Slip.objects.get().state) == ("because", "open")
    do("slips.void", slip="receipt", because="写错了")
    with pytest.raises(NoSuchSlip):
        do("slips.void", slip="receipt", because="再作废")
    with pytest.raises(WrongSlip):
        do("slips.issue", slip="nothing")


def test_a_slip_with_a_copy_used_up_is_not_voided(house):
    take()
    do("slips.use", copies=["receipt.own"])
    with pytest.raises(AlreadyUsed):
        do("slips.void", slip="receipt", because="写错了")
    assert set(Copy.objects.values_list("state", flat=True)) == {"open", "used"}


def test_eight_who_take_a_number_at_the_same_instant_leave_no_gap(real_house):
    found = at_once(*[lambda number=f"A-{one}": take(number) for one in range(8)])
    assert sorted(found) == [f"RECEIPT-2026-0000{one}" for one in range(1, 9)]


def test_a_refusal_among_those_at_the_same_instant_leaves_no_gap(real_house):
    def refused(number):
        with transaction.atomic():
            take(number)
            raise RuntimeError

    found = at_once(lambda: take("A-1"), lambda: refused("A-2"), lambda: take("A-3"), lambda: refused("A-4"))
    assert kinds(found) == ["RuntimeError", "RuntimeError", "str", "str"]
    assert sorted(Slip.objects.values_list("sequence", flat=True)) == [1, 2]


@pytest.mark.parametrize("sequence", [1, 3, 0, None])
def test_the_database_refuses_any_number_but_the_next(house, sequence):
    take()
    series = Series.objects.get().pk
    with pytest.raises(IntegrityError):
        by_hand(SLIP, "by hand", series, sequence)
    by_hand(SLIP, "by hand", series, 2)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM slips_slip",
        "DELETE FROM slips_series",
        "UPDATE slips_series SET period = 'x'",
        "UPDATE slips_slip SET sequence = 5",
        "UPDATE slips_slip SET number = 'other'",
        "UPDATE slips_slip SET outlet = 'south'",
        "UPDATE slips_slip SET state = 'void'",
        "UPDATE slips_slip SET state = 'void', void_reason = '', voided_at = now()",
        "UPDATE slips_copy SET holder = 'sun', holder_kind = 'person'",
        "UPDATE slips_copy SET holder = ''",
        "UPDATE slips_copy SET name = 'blue'",
        "UPDATE slips_copy SET state = 'used'",
        "UPDATE slips_movement SET to_holder = 'sun'",
        "DELETE FROM slips_movement",
        "DELETE FROM slips_copy",
        "TRUNCATE slips_movement",
        """INSERT INTO slips_copy (id, slip_id, name, title, title_en, holder_kind, holder, ends_kind, ends_holder,
           state, used_by, attach_name)
           SELECT gen_random_uuid(), id, 'blue', '', '', 'person', 'sun', '', '', 'open', '', '' FROM slips_slip""",
    ],
)
def test_the_database_refuses_what_would_break_a_slip(house, sql):
    take()
    before = list(Movement.objects.values_list("copy__name", "to_holder").order_by("id"))
    with pytest.raises(DatabaseError):
        by_hand(sql)
    assert list(Movement.objects.values_list("copy__name", "to_holder").order_by("id")) == before
    assert Slip.objects.get().number == "RECEIPT-2026-00001"


@pytest.mark.parametrize(
    ("step", "giver", "fits"),
    [(2, "customer", True), (2, "sun", False), (3, "customer", False), (1, "customer", False)],
)
def test_the_database_moves_a_copy_only_from_the_hand_that_holds_it(house, step, giver, fits):
    take()
    sql = """INSERT INTO slips_movement (id, copy_id, step, from_kind, from_holder, to_kind, to_holder, at, by,
        case_number) SELECT gen_random_uuid(), id, %s, 'customer', %s, 'person', 'sun', now(), '', 'X'
        FROM slips_copy WHERE name = 'customer'"""
    if fits:
        by_hand(sql, step, giver)
    else:
        with pytest.raises(IntegrityError):
            by_hand(sql, step, giver)
    assert Copy.objects.get(name="customer").holder == ("sun" if fits else "customer")


def test_the_database_lets_nothing_that_is_over_begin_again(house):
    take()
    do("slips.use", copies=["receipt.own"])
    for sql in (
        "UPDATE slips_copy SET state = 'open' WHERE name = 'own'",
        """INSERT INTO slips_movement (id, copy_id, step, from_kind, from_holder, to_kind, to_holder, at, by,
           case_number) SELECT gen_random_uuid(), id, 2, holder_kind, holder, 'person', 'sun', now(), '', 'X'
           FROM slips_copy WHERE name = 'own'""",
    ):
        with pytest.raises(IntegrityError):
            by_hand(sql)
    take("A-2")
    do("slips.void", slip="receipt", because="写错了", number="A-2")
    for sql in ("state = 'open', void_reason = '', voided_at = null", "void_reason = '别的理由'"):
        with pytest.raises(IntegrityError):
            by_hand(f"UPDATE slips_slip SET {sql} WHERE sequence = 2")

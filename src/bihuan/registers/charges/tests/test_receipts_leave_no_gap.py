"""Receipt numbers: a machine of random acts and refusals, several connections at once, and SQL written by hand."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tests.cast import MONDAY, at_once

from bihuan.registers.charges import queries
from bihuan.registers.charges.effects import EFFECTS
from bihuan.registers.charges.errors import NoRule, NotNow, NotThere
from bihuan.registers.charges.models import Charge, PriceLine, PriceList, Quote, Receipt, ReceiptSeries, Settlement

from .conftest import deed

CASES = st.sampled_from([("J1", "north"), ("J2", "north"), ("J3", "south")])
CENTS = st.integers(0, 20_000).map(lambda cents: Decimal(cents) / 100)
YEARS = st.sampled_from([MONDAY, MONDAY + timedelta(days=400)])


class Refused(Exception):
    """A later part of the act said no."""


class Money(RuleBasedStateMachine):
    """Beside the database: what every case was charged, paid and let off, and the numbers every series gave."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.charged: dict[str, list[Decimal]] = {}
        self.agreed: dict[str, tuple[Decimal, bool | None]] = {}
        self.given_up: dict[str, Decimal] = {}
        self.papers: list[list] = []  # [name, case, outlet, amount, good]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    def due(self, case: str) -> Decimal:
        paid = sum((one[3] for one in self.papers if one[1] == case and one[4]), Decimal())
        left = sum(self.charged.get(case, []), Decimal()) - paid - self.given_up.get(case, Decimal())
        return max(left, Decimal())

    @rule(case=CASES, amount=CENTS, consent=st.sampled_from([None, True, False]))
    def quote(self, case, amount, consent):
        EFFECTS["charges.quote"](deed(*case, amount=amount, because="约定", consent=consent))
        self.agreed[case[0]] = (amount, consent)

    @rule(case=CASES, answer=st.booleans())
    def answer_the_quote(self, case, answer):
        amount, before = self.agreed.get(case[0], (None, None))
        try:
            with transaction.atomic():
                EFFECTS["charges.quote"](deed(*case, consent=answer))
        except NotThere:
            assert amount is None
        except NotNow:
            assert before is (not answer)
        else:
            assert before in (None, answer)
            self.agreed[case[0]] = (amount, answer)

    @rule(case=CASES, amount=CENTS, ruled=st.booleans())
    def charge(self, case, amount, ruled):
        agreed = self.agreed.get(case[0]) == (amount, True)
        try:
            with transaction.atomic():
                EFFECTS["charges.add"](deed(*case, amount=amount, because="约定" if ruled else ""))
        except NoRule:
            assert not ruled
            assert not agreed
        else:
            assert ruled or agreed
            self.charged.setdefault(case[0], []).append(amount)

    @rule(case=CASES, amount=CENTS, at=YEARS)
    def receipt(self, case, amount, at):
        told = EFFECTS["charges.receipt"](deed(*case, at=at, amount=amount))
        self.papers.append([told["receipt"], case[0], case[1], amount, True])

    @rule(case=CASES, amount=CENTS, at=YEARS, before=st.booleans())
    def receipt_of_an_act_that_is_refused_in_the_end(self, case, amount, at, before):
        with pytest.raises(Refused), transaction.atomic():
            if before:
                EFFECTS["charges.add"](deed(*case, amount=amount, because="约定"))
            EFFECTS["charges.receipt"](deed(*case, at=at, amount=amount))
            raise Refused

    @precondition(lambda self: self.papers)
    @rule(place=st.integers(0, 99), outlet=st.sampled_from(["north", "south"]))
    def void(self, place, outlet):
        paper = self.papers[place % len(self.papers)]
        try:
            with transaction.atomic():
                EFFECTS["charges.void-receipt"](deed("J9", outlet, number_=paper[0], because="写错"))
        except NotThere:
            assert paper[2] != outlet
        except NotNow:
            assert not paper[4]
        else:
            assert paper[4]
            assert paper[2] == outlet
            paper[4] = False

    @rule(case=CASES)
    def take_everything_back(self, case):
        try:
            with transaction.atomic():
                EFFECTS["charges.reverse"](deed(*case, lines="all", because="整单作废"))
        except NotNow:
            assert not self.charged.get(case[0])
        else:
            self.charged[case[0]] = []

    @rule(case=CASES, why=st.sampled_from(["", "免收"]))
    def settle(self, case, why):
        due = self.due(case[0])
        try:
            with transaction.atomic():
                EFFECTS["charges.settle"](deed(*case, because=why))
        except NotNow:
            assert due
            assert not why
        else:
            assert why or not due
            self.given_up[case[0]] = self.given_up.get(case[0], Decimal()) + due

    @invariant()
    def every_case_owes_what_it_owes(self):
        for case in ("J1", "J2", "J3"):
            assert queries.of_case(case).due == self.due(case)

    @invariant()
    def numbers_have_no_gap_and_none_was_lost(self):
        rows = list(Receipt.objects.order_by("place").values_list("name", "number", "outlet", "amount", "state"))
        assert rows == [(*paper[:4], "good" if paper[4] else "void") for paper in self.papers]
        for series in ReceiptSeries.objects.all():
            given = list(series.receipts.order_by("counter").values_list("counter", flat=True))
            assert given == list(range(1, len(given) + 1))


@pytest.mark.django_db
def test_no_act_nor_refused_act_leaves_a_gap_or_another_sum(site):
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def receipted(number: str, amount: int, refuse: bool = False):
    def doing():
        with transaction.atomic():
            told = EFFECTS["charges.receipt"](deed(number, amount=amount))
            if refuse:
                raise Refused
            return told["receipt"]

    return doing


def test_of_several_at_once_each_gets_a_number_and_what_was_refused_gives_its_own_back(real_site):
    found = at_once(*[receipted(f"J{place}", place, refuse=place % 3 == 0) for place in range(9)])
    assert sorted(one for one in found if isinstance(one, str)) == [
        f"SJ-NORTH-2026-{counter:05}" for counter in range(1, 7)
    ]
    assert [type(one) for one in found if not isinstance(one, str)] == [Refused] * 3
    assert list(Receipt.objects.order_by("counter").values_list("counter", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert ReceiptSeries.objects.count() == 1


WAITING = """SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def test_who_gives_up_what_is_due_while_another_does_waits_and_finds_nothing_left(real_site):
    with transaction.atomic():
        EFFECTS["charges.add"](deed(amount=80, because="约定"))
    found: list[str] = []

    def give_up():
        with transaction.atomic():
            found.append(EFFECTS["charges.settle"](deed(because="免收"))["settled"])
        connection.close()

    second = threading.Thread(target=give_up)
    with transaction.atomic(), connection.cursor() as cursor:
        assert EFFECTS["charges.settle"](deed(because="免收"))["settled"] == "80.00"
        second.start()
        waiting = 0
        while second.is_alive() and not waiting:
            second.join(0.01)
            cursor.execute(WAITING)
            waiting = cursor.fetchone()[0]
        assert found == [], "it did not wait for the first to be done"
    second.join(30)
    assert found == ["0.00"]


def test_of_two_who_void_the_same_receipt_at_once_one_is_told_it_is_void(real_site):
    with transaction.atomic():
        name = EFFECTS["charges.receipt"](deed(amount=80))["receipt"]

    def void():
        with transaction.atomic():
            return EFFECTS["charges.void-receipt"](deed(number_=name, because="写错"))["receipt"]

    assert sorted(type(one).__name__ for one in at_once(void, void)) == ["NotNow", "str"]


@pytest.fixture
def written(listed):
    """One row of every table."""
    EFFECTS["charges.quote"](deed(rate="GF-01", consent=True))
    EFFECTS["charges.add"](deed(rate="GF-01"))
    EFFECTS["charges.receipt"](deed(amount=80))
    EFFECTS["charges.receipt"](deed(amount=1))
    EFFECTS["charges.settle"](deed())


def state() -> list:
    tables = (PriceList, PriceLine, Quote, Charge, ReceiptSeries, Receipt, Settlement)
    return [list(table.objects.order_by("pk").values_list()) for table in tables]


RECEIPT = """INSERT INTO charges_receipt (id, series_id, counter, name, outlet, number, amount, payer, lines, state,
    void_because, voided_by, by, at) SELECT gen_random_uuid(), series_id, {counter}, '{name}', outlet, number, {amount},
    '', '[]', '{state}', '{because}', '', by, at FROM charges_receipt WHERE counter = 1"""
CHARGE = """INSERT INTO charges_charge (id, number, outlet, what, quantity, price, amount, payer, line_id, because,
    reverses_id, by, at) SELECT gen_random_uuid(), {number}, outlet, what, quantity, {price}, {amount}, payer, {line},
    '{because}', {reverses}, by, at FROM charges_charge LIMIT 1"""


def receipt_sql(counter=3, name="SJ-NORTH-2026-00003", amount="1", state="good", because=""):
    return RECEIPT.format(counter=counter, name=name, amount=amount, state=state, because=because)


def charge_sql(number="number", price="price", amount="amount", line="line_id", because="", reverses="NULL"):
    return CHARGE.format(number=number, price=price, amount=amount, line=line, because=because, reverses=reverses)


BY_HAND = {
    "a number that skips": receipt_sql(4, "SJ-NORTH-2026-00004"),
    "a number given before": receipt_sql(2, "SJ-NORTH-2026-00002b"),
    "number nought": receipt_sql(0, "SJ-NORTH-2026-00000"),
    "a name that is not the number": receipt_sql(3, "SJ-NORTH-2026-00004"),
    "a receipt below nought": receipt_sql(amount="-1"),
    "a receipt void from birth": receipt_sql(state="void", because="x"),
    "one deleted": "DELETE FROM charges_receipt WHERE counter = 2",
    "all deleted": "DELETE FROM charges_receipt",
    "all emptied": "TRUNCATE charges_receipt CASCADE",
    "another amount": "UPDATE charges_receipt SET amount = 79 WHERE counter = 1",
    "another number": "UPDATE charges_receipt SET counter = 9 WHERE counter = 2",
    "another payer": "UPDATE charges_receipt SET payer = '李' WHERE counter = 2",
    "void without a reason": "UPDATE charges_receipt SET state = 'void', voided_at = now() WHERE counter = 2",
    "void and another amount": "UPDATE charges_receipt SET state = 'void', voided_at = now(), void_because = 'x',"
    " amount = 0 WHERE counter = 2",
    "a series moved": "UPDATE charges_receiptseries SET before = 'X'",
    "a charge without a rule": charge_sql(line="NULL"),
    "a charge that does not add up": charge_sql(amount="amount + 1", because="x"),
    "another price without a reason": charge_sql(price="1", amount="1"),
    "a charge below nought": charge_sql(price="-1", amount="-1", because="x"),
    "half a reversal": charge_sql(price="1", amount="1", because="x", reverses="id"),
    "a reversal in another case": charge_sql(number="'J2'", because="x", reverses="id"),
    "a charge changed": "UPDATE charges_charge SET amount = 0, price = 0",
    "a charge deleted": "DELETE FROM charges_charge",
    "a quote changed": "UPDATE charges_quote SET amount = 1",
    "a consent taken back": "UPDATE charges_quote SET consent = false",
    "a quote without a rule": "INSERT INTO charges_quote (id, number, outlet, amount, because, lines, consent_by, by,"
    " at) VALUES (gen_random_uuid(), 'J1', 'north', 1, '', '[]', '', '', now())",
    "a price changed": "UPDATE charges_priceline SET amount = 1",
    "a price deleted": "DELETE FROM charges_priceline WHERE code = 'GF-02'",
    "a list begun earlier": "UPDATE charges_pricelist SET start = '2025-01-01'",
    "a second list on the same days": "INSERT INTO charges_pricelist (id, name, outlet, start, made_by, made_at)"
    " SELECT gen_random_uuid(), name, outlet, '2027-01-01', '', now() FROM charges_pricelist",
    "a settlement changed": "UPDATE charges_settlement SET because = 'x'",
    "a settlement without a reason": "INSERT INTO charges_settlement (id, number, outlet, amount, because, by, at)"
    " VALUES (gen_random_uuid(), 'J1', 'north', 5, '', '', now())",
}


@pytest.mark.parametrize("what", BY_HAND)
def test_the_database_refuses_by_hand(written, what):
    before = state()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BY_HAND[what])
    assert state() == before


def test_what_the_database_takes_by_hand_is_the_next_number_and_one_void(written):
    """The refusals above refuse for their own reason: the same statements, right, are taken."""
    with connection.cursor() as cursor:
        cursor.execute(receipt_sql())
        cursor.execute(
            "UPDATE charges_receipt SET state = 'void', void_because = 'x', voided_at = now() WHERE counter = 3"
        )
        cursor.execute(charge_sql())
        cursor.execute(charge_sql(because="x", reverses="id"))
    assert Receipt.objects.get(counter=3).state == "void"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE charges_receipt SET void_because = 'y' WHERE counter = 3")


def test_another_outlet_and_another_year_count_for_themselves(site):
    given = [("J1", "north", 0), ("J1", "south", 0), ("J1", "north", 400), ("J2", "north", 0)]
    names = [EFFECTS["charges.receipt"](deed(*one[:2], at=MONDAY + timedelta(days=one[2]), amount=1)) for one in given]
    assert [told["receipt"] for told in names] == [
        "SJ-NORTH-2026-00001",
        "SJ-SOUTH-2026-00001",
        "SJ-NORTH-2027-00001",
        "SJ-NORTH-2026-00002",
    ]


def test_the_year_is_that_of_the_outlets_own_clock(site):
    eve = MONDAY.replace(year=2026, month=12, day=31, hour=17)  # 01:00 on New Year's Day in Shanghai
    assert EFFECTS["charges.receipt"](deed(at=eve, amount=1))["receipt"] == "SJ-NORTH-2027-00001"


def test_a_pack_may_say_how_receipts_are_numbered(site, monkeypatch):
    monkeypatch.setattr("bihuan.registers.charges.numbers._template", lambda at: "{outlet}/{date}-{sequence:3}号")
    names = [EFFECTS["charges.receipt"](deed(amount=1))["receipt"] for _time in range(2)]
    assert names == ["NORTH/20260302-001号", "NORTH/20260302-002号"]

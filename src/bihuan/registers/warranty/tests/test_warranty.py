"""Terms, registrations, decisions: kept by the database too, and always to be reckoned again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests.cast import MONDAY, OWN_PACK

from bihuan.journal.models import Entry
from bihuan.procedure.reading import read_pack
from bihuan.registers.customers import actions as customers
from bihuan.registers.customers.errors import AlreadyThere, NotAllowed, WrongInput
from bihuan.registers.deeds import Deed, Question
from bihuan.registers.products import actions as products
from bihuan.registers.warranty import actions, effects, facts, queries
from bihuan.registers.warranty.actions import NewTerms
from bihuan.registers.warranty.models import Decision, Registration, Terms

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=1)
FROM = date(2020, 1, 1)


@pytest.fixture
def product(site):
    return products.add_product("KF-72L", "柜式空调", by=None, at=MONDAY, line="空调")


@pytest.fixture
def unit(site, product):
    owner = customers.add_customer("宁波奥克斯", outlet="north", by=None, at=MONDAY)
    days = {"invoice_on": date(2025, 3, 2), "invoice_number": "FP-1"}
    return products.add_unit("0A93-17", product, owner, by=None, at=MONDAY, **days)


def term(months=12, starts="invoice", first=FROM, **more) -> Terms:
    return actions.add_terms(months, starts, first, document="保修承诺", clause="2.1", by=None, at=MONDAY, **more)


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Terms, Registration, Decision, Entry))


def test_the_last_day_is_judged_in_the_sites_zone(unit):
    term()
    last = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert queries.computed(unit, "", None, last).status == "in"
    found = queries.computed(unit, "", None, last + timedelta(minutes=1))
    assert (found.status, found.ends, found.rule) == ("out", date(2026, 3, 2), "保修承诺 2.1")
    assert found.proof == "发票 2025-03-02 FP-1"


def test_a_list_says_of_each_device_what_its_card_says(unit, product, django_assert_num_queries):
    term(line="空调")
    term(24, product=product, starts="acceptance")
    term(6)
    other = products.add_product("X", "别的", by=None, at=MONDAY)
    units = [unit, products.add_unit("X1", other, unit.customer, by=None, at=MONDAY, invoice_on=date(2026, 1, 1))]
    units.append(products.add_unit("X2", product, unit.customer, by=None, at=MONDAY, accepted_on=date(2026, 1, 1)))
    actions.register(units[1], date(2025, 6, 1), proof="卡", by=None, at=LATER)
    with django_assert_num_queries(2):
        found = queries.computed_many(units, LATER)
    assert found == {one.pk: queries.computed(one, "", None, LATER) for one in units}
    assert [found[one.pk].status for one in units] == [None, "out", "in"]


def test_a_model_and_a_stated_day_are_enough_and_nothing_is_unknown(product):
    term(24)
    assert queries.computed(None, "KF-72L", date(2025, 3, 2), LATER).status == "in"
    assert queries.computed(None, "KF-72L", None, LATER).status is None
    assert queries.computed(None, "none", date(2025, 3, 2), LATER).status is None


def test_terms_of_one_scope_never_overlap(product):
    term(12, valid_until=date(2020, 12, 31))
    term(24, first=date(2021, 1, 1))
    before = counts()
    for more in ({"first": date(2020, 12, 31), "valid_until": date(2020, 12, 31)}, {"first": date(2030, 1, 1)}):
        with pytest.raises(AlreadyThere) as refused:
            term(12, **more)
        assert (refused.value.field, counts()) == ("valid_from", before)
    term(36, line="空调")
    term(48, product=product)
    with pytest.raises(AlreadyThere):
        term(48, product=product, first=date(2025, 1, 1))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"months": 0}, "months"), ({"months": 1201}, "months"), ({"starts": "sale"}, "starts"),
        ({"document": " "}, "document"), ({"valid_until": date(2019, 12, 31)}, "valid_until"),
        ({"line": "空调", "product": True}, "line"), ({"exclusions": ("长" * 201,)}, "exclusions"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_leave_no_trace(product, given, field):
    whole = {"months": 12, "starts": "invoice", "valid_from": FROM, "document": "D", **given}
    whole |= {"product": product} if given.get("product") else {}
    before = counts()
    with pytest.raises(WrongInput) as refused:
        actions.add_terms(**whole, by=None, at=MONDAY)
    assert (refused.value.field, counts()) == (field, before)
    with pytest.raises(WrongInput) as refused:
        actions.add_many_terms([NewTerms(12, "invoice", FROM, "D"), NewTerms(**whole)], by=None, at=MONDAY)
    assert (refused.value.field, counts()) == (f"1.{field}", before)


def test_only_those_who_govern_set_and_end_terms(site):
    with pytest.raises(NotAllowed):
        actions.add_terms(12, "invoice", FROM, document="D", by=site.chen, at=MONDAY)
    made = actions.add_terms(12, "invoice", FROM, document="D", by=site.zhou, at=MONDAY)
    with pytest.raises(NotAllowed):
        actions.end_terms(made, FROM, by=site.chen, at=LATER)
    actions.end_terms(made, date(2025, 12, 31), by=site.zhou, at=LATER)
    written = Entry.objects.order_by("position").last()
    assert (written.verb, written.chain) == ("end-terms", "house")
    assert written.content["answers"] == {"valid_until": ["", "2025-12-31"]}
    with pytest.raises(WrongInput):
        actions.end_terms(made, FROM - timedelta(days=1), by=site.zhou, at=LATER)


def test_a_registration_is_the_beginning_and_the_newest_counts(site, unit):
    term()
    actions.register(unit, date(2025, 6, 1), proof="保修卡 7", by=site.chen, at=LATER)
    assert queries.computed(unit, "", None, LATER).ends == date(2026, 6, 1)
    actions.register(unit, date(2025, 5, 1), proof="更正", by=site.chen, at=LATER + timedelta(minutes=1))
    assert queries.computed(unit, "", None, LATER).ends == date(2026, 5, 1)
    assert Entry.objects.order_by("position").last().verb == "register-warranty"
    before = counts()
    for wrong in ({"start": date(2026, 3, 3), "proof": "未来"}, {"start": FROM, "proof": " "}):
        with pytest.raises(WrongInput):
            actions.register(unit, by=None, at=LATER, **wrong)
    with pytest.raises(NotAllowed):
        actions.register(unit, FROM, proof="x", by=site.wang, at=LATER)
    assert counts() == before


@pytest.fixture
def definition():
    return read_pack(OWN_PACK).pack.procedures["job"]


def deed(definition, number="J-1", serial="0A93-17", post="clerk", **arguments) -> Deed:
    device = next(name for name, one in definition.forms["intake"].fields.items() if one.kind == "device")
    return Deed(
        definition, {"intake": {device: serial}}, LATER, LATER, "north", number, uuid4(), "chen", post, "intake",
        arguments=arguments,
    )  # fmt: skip


def test_a_decision_keeps_rule_proof_end_and_all_it_rests_on(definition, unit):
    made = term(exclusions=("人为损坏",))
    before = Entry.objects.count()
    assert effects.decide(deed(definition)) == {
        "decision": "in", "computed": "in", "rule": "保修承诺 2.1", "ends": "2026-03-02",
        "proof": "发票 2025-03-02 FP-1",
    }  # fmt: skip
    decision = Decision.objects.get()
    assert (decision.case_number, decision.unit, decision.doer, decision.at) == ("J-1", unit, "chen", LATER)
    assert decision.inputs["terms"][0]["id"] == str(made.pk)
    assert decision.inputs["terms"][0]["exclusions"] == ["人为损坏"]
    assert Entry.objects.count() == before


def test_deciding_otherwise_takes_a_reason_and_a_post(definition, unit):
    term()
    before = counts()
    for wrong, field in (
        (deed(definition, **{"as": "out"}), "because"),
        (deed(definition, post="", **{"as": "out", "because": "进水"}), "post"),
        (deed(definition, **{"as": "maybe", "because": "进水"}), "as"),
    ):
        with pytest.raises(WrongInput) as refused:
            effects.decide(wrong)
        assert (refused.value.field, counts()) == (field, before)
    assert effects.decide(deed(definition, **{"as": "out", "because": "进水"}))["decision"] == "out"
    assert effects.decide(deed(definition, "J-2", **{"as": "in"}))["decision"] == "in"
    explained = queries.explained("J-1")
    assert (explained.agrees, explained.decision.because, "进水" in explained.words.zh) == (True, "进水", True)


def test_what_is_unknown_is_decided_only_by_somebody_who_says_why(definition, unit):
    with pytest.raises(WrongInput) as refused:
        effects.decide(deed(definition))
    assert refused.value.field == "as"
    with pytest.raises(WrongInput):
        effects.decide(deed(definition, **{"as": "in"}))
    came = effects.decide(deed(definition, **{"as": "in", "because": "领导同意"}))
    assert came == {"decision": "in", "computed": None, "rule": "", "ends": None, "proof": ""}
    assert queries.explained("J-1").agrees


def test_what_a_case_is_told(definition, unit):
    asked = deed(definition)
    question = Question(definition, asked.answers, LATER, outlet="north", number="J-1", form="intake")
    assert (facts.status(question), facts.ends(question), facts.decision(question)) == (None, None, None)
    term()
    assert (facts.status(question), facts.ends(question)) == ("in", "2026-03-02")
    assert facts.invoice_date(question) == "2025-03-02"
    elsewhere = Question(definition, asked.answers, LATER, outlet="south", number="J-1", form="intake")
    assert (facts.status(elsewhere), facts.invoice_date(elsewhere)) == (None, None)
    effects.decide(deed(definition, **{"as": "out", "because": "进水"}))
    assert facts.decision(question) == "out"
    effects.decide(deed(definition))
    assert facts.decision(question) == "in"


def test_an_act_registers_a_warranty_proved_by_its_case(definition, unit):
    term()
    before = Entry.objects.count()
    came = effects.register(deed(definition, "J-7", **{"from": "2025-09-01"}))
    assert (came["start"], came["proof"], Entry.objects.count()) == ("2025-09-01", "J-7", before)
    assert effects.register(deed(definition, "J-8"))["start"] == "2026-03-02"
    with pytest.raises(WrongInput):
        effects.register(deed(definition, serial="none"))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE warranty_decision SET decided = 'out'",
        "DELETE FROM warranty_decision",
        "UPDATE warranty_registration SET start = start - 1",
        "DELETE FROM warranty_registration",
        "UPDATE warranty_terms SET months = 60",
        "DELETE FROM warranty_terms",
        "INSERT INTO warranty_terms SELECT gen_random_uuid(), line, months, starts, DATE '2024-05-05', NULL,"
        " exclusions, document, clause, product_id FROM warranty_terms",
        # against what was computed, without a reason
        "INSERT INTO warranty_decision (case_number, outlet, unit_id, computed, ends, rule, proof, decided,"
        " because, doer, post, at, inputs) SELECT case_number, outlet, unit_id, 'in', ends, rule,"
        " proof, 'out', '', doer, post, at, inputs FROM warranty_decision",
    ],
)
def test_the_database_itself_refuses(definition, unit, change):
    term()
    actions.register(unit, date(2025, 6, 1), proof="卡", by=None, at=MONDAY)
    effects.decide(deed(definition))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=some.lists(some.tuples(some.sampled_from("dteur"), some.integers(0, 60)), min_size=2, max_size=10),
)
def test_whatever_changes_afterwards_a_decision_is_reckoned_again_the_same(definition, unit, steps):
    """Terms set and ended, invoices corrected, registrations added: what was decided still comes out as recorded."""
    with transaction.atomic():
        for place, (step, number) in enumerate(steps):
            try:
                with transaction.atomic():
                    _do(step, number, place, definition, unit)
            except (AlreadyThere, WrongInput):
                continue
        for decision in Decision.objects.all():
            explained = queries.explained(decision.case_number)
            assert explained.agrees, explained
        transaction.set_rollback(True)


def _do(step, number, place, definition, unit) -> None:
    day = date(2024, 1, 31) + timedelta(days=30 * number)
    if step == "t":
        term(number + 1, first=day, starts="acceptance" if number % 2 else "invoice")
    elif step == "e" and Terms.objects.exists():
        actions.end_terms(Terms.objects.order_by("id").last(), day, by=None, at=LATER)
    elif step == "u":
        products.change_unit(unit, by=None, at=LATER, invoice_on=day, accepted_on=day + timedelta(days=number))
    elif step == "r":
        actions.register(unit, day, proof="卡", by=None, at=LATER)
    else:
        said = {"as": "in", "because": "试"} if number % 3 == 0 else {}
        effects.decide(deed(definition, f"J-{place}", **said))

"""Which papers a case has follows from what was filled in; each looks as it was agreed on."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image, ImageChops
from tests.cast import MONDAY

from bihuan.casework.definitions import definition_for
from bihuan.casework.models import Case
from bihuan.casework.paper.documents import documents_of, layout_of
from bihuan.casework.paper.models import PrintCount
from bihuan.layout.paper import SIZES, leaves, picture
from bihuan.procedure.reading import duty_definition
from bihuan.registers.charges import actions as charges

from .conftest import EQUIPMENT, MONEY, fill, found, pages, receive

ALIKE = 0.0008
"""The share of pixels that may differ: a corner of one sign, not a figure."""
PICTURES = Path(__file__).parent / "pictures"
SLIP = {"repairer": "li", "skill": "投影机", "priority": "ordinary"}
COUNTER = {"receipt-given": True, "symptom": "不亮", "items": EQUIPMENT["items"]}
JUDGEMENT = {"diagnosis": "启动电容失效，需更换。", "outcome": "on-site", "warranty-decision": "in"}
ON_PAPER = {
    "intake": ("a5", "a4"),
    "slip": ("241x140", "a5", "a4"),
    "equipment": ("a5", "241x140", "a4"),
    "counter": ("a5", "241x140", "a4"),
    "judgement": ("a4", "a5"),
}
PROMISED = [(key, paper) for key, papers in ON_PAPER.items() for paper in papers]


@pytest.fixture
def filled(site, case) -> Case:
    return fill(case, slip=SLIP, equipment=EQUIPMENT, counter=COUNTER, judgement=JUDGEMENT)


@pytest.fixture
def hand_in(site, case) -> Case:
    """The case of a duty, its list filled in: made by hand, because the duty's day is far."""
    return handed_in(case, [case.number, "BX20260302-0777"])


def handed_in(case: Case, numbers: list[str]) -> Case:
    whole = definition_for(case)
    duty = next(one for one in whole.duties.values() if one.form == "slip-hand-in")
    definition = duty_definition(whole, duty)
    act = next(one.name for one in definition.acts.values() if one.form == duty.form)
    state = replace(
        case.state,
        step=next(iter(definition.steps)),
        answers={duty.form: {"cases": numbers, "complete": True}},
        moments={act: MONDAY},
        doers={act: ("sun", "follow-up-clerk")},
        clocks=(),
    )
    made = Case(id=case.pk, number="ZB20260302-001", kind=definition.kind, version=case.version, outlet=case.outlet)
    made.opened_at, made.revision, made.state, made.step = MONDAY, 1, state, state.step
    return made


def keys(site, case: Case, username: str = "zhou") -> dict[str, str]:
    return {one.key: one.layout for one in documents_of(case, site.people[username], MONDAY, "zh")}


def like(drawn: bytes, name: str) -> float:
    """The share of pixels that differ from the stored picture by more than a shade of grey that drawing may vary in."""
    now = Image.open(io.BytesIO(drawn)).convert("L")
    then = Image.open(PICTURES / f"{name}.png").convert("L")
    assert now.size == then.size, name
    differing = ImageChops.difference(now, then).point(lambda shade: 255 if shade > 96 else 0)
    return differing.histogram()[255] / (now.width * now.height)


def test_only_what_was_filled_in_can_be_printed_and_what_it_holds_says_how(site, case):
    assert keys(site, case) == {"intake": "record"}
    fill(case, slip=SLIP, equipment=EQUIPMENT, counter=COUNTER, judgement=JUDGEMENT)
    assert keys(site, case) == {
        "intake": "record", "equipment": "goods", "counter": "goods", "slip": "slip", "judgement": "sheet",
    }  # fmt: skip


def test_no_layout_hangs_on_a_name_of_the_pack(site, case):
    definition = definition_for(case)
    by_layout = {name: layout_of(definition, form) for name, form in definition.forms.items()}
    assert by_layout["slip"] == "slip"
    assert by_layout["equipment"] == by_layout["counter"] == "goods"
    renamed = replace(definition.forms["slip"], name="x", title=definition.forms["intake"].title)
    assert layout_of(definition, renamed) == "slip"
    assert layout_of(definition, replace(renamed, copies={})) == "sheet"
    assert layout_of(definition, replace(renamed, lines=definition.forms["equipment"].lines)) == "goods"


def test_receipts_come_from_the_register_void_ones_too_and_their_form_is_no_sheet(site, case):
    fill(case, **{"money-receipt": MONEY})
    assert "money-receipt" not in keys(site, case)
    receipt = receive(case)
    key = f"receipt:{receipt.name}"
    assert keys(site, case)[key] == "receipt"
    good = pages(site, case, key, "a5")
    charges.void_receipt(receipt.name, "写错金额", by="zhou", at=MONDAY + timedelta(hours=1))
    assert found(site, case, key).void
    assert picture(pages(site, case, key, "a5")) != picture(good)


@pytest.mark.parametrize(("key", "paper"), PROMISED)
def test_each_copy_is_one_page_of_its_size_that_looks_as_agreed(site, filled, key, paper):
    document = found(site, filled, key)
    assert document.papers == ON_PAPER[key]
    pdf = pages(site, filled, key, paper)
    sizes = leaves(pdf)
    assert len(sizes) == len(document.copies)
    width, height = SIZES[paper]
    assert {frozenset(map(round, size)) for size in sizes} == {frozenset((width, height))}
    if paper == document.papers[0]:
        assert like(picture(pdf, 1, 60), key) < ALIKE


@pytest.mark.parametrize("paper", ["241x93", "80mm", "a5"])
def test_a_receipt_is_one_page_with_its_number_and_the_amount_in_capitals(site, case, paper):
    pdf = pages(site, case, f"receipt:{receive(case).name}", paper)
    assert len(leaves(pdf)) == 1
    assert like(picture(pdf, 1, 60), f"receipt-{paper}") < ALIKE


def test_another_amount_or_a_missing_glyph_is_seen_in_the_picture(site, case):
    """The tolerance is no blindfold: one figure more, or boxes for words, lie outside it."""
    other = pages(site, case, f"receipt:{receive(case, '8765.43').name}", "241x93")
    assert like(picture(other, 1, 60), "receipt-241x93") > ALIKE


def test_a_list_handed_in_names_its_cases_but_tells_nothing_of_another_outlets(site, case, hand_in):
    pdf = pages(site, hand_in, "slip-hand-in", "a4")
    assert keys(site, hand_in) == {"slip-hand-in": "hand-in"}
    assert len(leaves(pdf)) == 1
    assert like(picture(pdf, 1, 60), "hand-in") < ALIKE
    Case.objects.filter(pk=case.pk).update(outlet="south")
    assert picture(pages(site, hand_in, "slip-hand-in", "a4"), 1, 60) != picture(pdf, 1, 60)


def test_a_long_list_goes_on_over_several_pages(site, case):
    long = handed_in(case, [f"BX20260302-{number:04}" for number in range(1, 91)])
    assert len(leaves(pages(site, long, "slip-hand-in", "a4"))) == 3


def test_the_code_on_every_paper_leads_to_the_case(site, filled):
    for key in ON_PAPER:
        drawn = Image.open(io.BytesIO(picture(pages(site, filled, key, ON_PAPER[key][0]), 1, 200)))
        told = [one.text for one in zxingcpp.read_barcodes(drawn)]
        assert told == [f"http://127.0.0.1:8100/cases/{filled.number}/"], key


def test_a_form_only_some_may_see_is_printed_by_nobody_else(site, case, monkeypatch):
    fill(case, judgement=JUDGEMENT)
    definition = definition_for(case)
    secret = replace(definition.forms["judgement"], seen_by=("repairer",))
    changed = replace(definition, forms={**definition.forms, "judgement": secret})
    monkeypatch.setattr("bihuan.casework.paper.documents.definition_for", lambda _case: changed)
    assert "judgement" not in keys(site, case)
    assert "judgement" in keys(site, case, "li")


def test_english_readers_get_english_words(site, filled):
    english = pages(site, filled, "slip", "a5", language="en")
    assert picture(english, 1, 60) != picture(pages(site, filled, "slip", "a5"), 1, 60)
    assert not PrintCount.objects.exists()

"""In the real browser: a signature is drawn, survives a refusal, and what is printed is first seen in its true size."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.cast import opening

from bihuan.casework import actions
from bihuan.files.models import Attachment

pytestmark = pytest.mark.browser

INTAKE = {
    "channel": "hotline", "service": "on-site", "belongs": "product", "customer": "城东小学", "contact": "王老师",
    "phone": "13800000001", "address": "城东路 8 号", "region": "city", "product": "投影机", "problem": "不亮",
    "urgency": "ordinary",
}  # fmt: skip


@pytest.fixture
def number(site) -> str:
    return actions.open_case(site.chen, opening(timezone.now(), kind="repair", answers={"intake": INTAKE})).number


def test_a_drawn_signature_stays_with_the_form_when_the_act_is_refused(sit, number):
    desk = sit("li").go(f"/cases/{number}/acts/take-away/")
    canvas = desk.page.locator("[data-signature] canvas")
    expect(canvas).to_be_visible()
    box = canvas.bounding_box()
    desk.page.mouse.move(box["x"] + 40, box["y"] + 40)
    desk.page.mouse.down()
    desk.page.mouse.move(box["x"] + 200, box["y"] + 90, steps=8)
    desk.page.mouse.move(box["x"] + 320, box["y"] + 30, steps=8)
    desk.page.mouse.up()
    field = desk.page.locator('input[type="file"][name="customer-signature"]')
    expect(field).to_have_js_property("files.length", 1)
    desk.page.locator("main .form-end button.primary").click()
    kept = desk.page.locator('input[type="hidden"][name="customer-signature"]')
    expect(kept).to_have_count(1)
    one = Attachment.objects.get(pk=kept.input_value())
    assert (one.name, one.kind, one.width) == ("signature.png", "png", 600)


def test_the_preview_stands_there_in_its_true_size(sit, number):
    desk = sit("zhou").go(f"/cases/{number}/print/")
    desk.page.locator("main .offers a").first.click()
    leaf = desk.page.locator(".paper-leaf")
    expect(leaf).to_have_count(1)
    expect(leaf).to_have_js_property("complete", True)
    # 148 mm at 96 to the inch, and a border of a pixel
    assert leaf.bounding_box()["width"] == pytest.approx(148 / 25.4 * 96, abs=3)
    assert leaf.evaluate("one => one.naturalWidth") > 700
    answer = desk.page.request.post(
        desk.page.url, form={"csrfmiddlewaretoken": desk.page.locator("[name=csrfmiddlewaretoken]").first.input_value()}
    )
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    desk.page.reload()
    expect(desk.page.locator(".paper-form").last).to_contain_text(re.compile("已打印 1 张"))

"""A person at a browser: signs in, reads, fills in what the document asks, presses what it offers.

Questions are found by the names the document gives them, so the same hands work in either language.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect

Answers = dict[str, Any]
# what the page's own policy kept from running or loading, written down from the first moment
REFUSED = """window.refused = [];
document.addEventListener("securitypolicyviolation", (one) => {
  window.refused.push(`${one.effectiveDirective} ${one.blockedURI} ${one.sourceFile}:${one.lineNumber}`);
});"""


class Desk:
    """One browser page of one person."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.add_init_script(REFUSED)
        page.on("console", lambda told: self._heard(told.type, told.text))
        page.on("pageerror", lambda error: self._heard("error", str(error)))

    def _heard(self, kind: str, text: str) -> None:
        # a refused act answers 4xx on purpose, and Chromium notes that as an error of the page
        if kind in {"error", "warning"} and "the server responded with a status of 4" not in text:
            self.complaints.append(text)

    def refused(self) -> list[str]:
        """What the content security policy refused on this page."""
        return self.page.evaluate("window.refused")

    def sign_in(self, username: str, password: str) -> Desk:
        self.go("/sign-in/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(self.address + "/")
        return self

    def go(self, path: str) -> Desk:
        self.page.goto(self.address + path)
        return self

    def fill(self, answers: Answers) -> Desk:
        """Answer by name: text, a choice, "yes"/"no" as True/False, or a list of ticks."""
        for name, value in answers.items():
            self._answer(name, value)
        return self

    def _answer(self, name: str, value: Any) -> None:
        value = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        question = self.page.locator(f'main [name="{name}"]')
        kind = question.first.evaluate("one => one.type || one.tagName.toLowerCase()")
        if kind in {"radio", "checkbox"}:
            for one in value if isinstance(value, list) else [value]:
                self.page.locator(f'main [name="{name}"][value="{one}"]').check()
        elif kind.startswith("select"):
            question.select_option(value)
        else:
            # a signature is typed or a picture: the line for typing stands first
            question.first.fill("\n".join(value) if isinstance(value, list) else str(value))

    def submit(self) -> Desk:
        self.page.locator("main .form-end button[type=submit]").click()
        return self

    def act(self, number: str, title: str, answers: Answers | None = None) -> Desk:
        """Take the act the case offers by that title, answer, submit, and be back at the case."""
        case = f"{self.address}/cases/{number}/"
        offered = self.page.locator(".page-actions, .offers").get_by_role("link", name=title, exact=True)
        if self.page.url != case or not offered.count():
            self.go(f"/cases/{number}/")
        offered.first.click()
        self.fill(answers or {}).submit()
        expect(self.page).to_have_url(case)
        return self

    def sign(self, name: str) -> Desk:
        """Draw a signature with the mouse on the canvas of the question ``name``; it is the form's file then."""
        question = self.page.locator("[data-signature]").filter(has=self.page.locator(f'[name="{name}"]'))
        canvas = question.locator("canvas")
        # where the finger can reach it: not under the bar at the foot of a phone
        canvas.evaluate("one => one.scrollIntoView({ block: 'center', behavior: 'instant' })")
        box = canvas.bounding_box()
        assert box is not None
        mouse = self.page.mouse
        mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.3)
        mouse.down()
        for across, down in ((0.4, 0.8), (0.6, 0.2), (0.9, 0.6)):
            mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * down, steps=6)
        mouse.up()
        field = self.page.locator(f'input[type="file"][name="{name}"]')
        expect(field).to_have_js_property("files.length", 1)
        return self

    def printed(self, number: str, title: str) -> tuple[bytes, int]:
        """(what comes out, pages shown before) when the document ``title`` is printed, chosen from the case's menu."""
        self.go(f"/cases/{number}/print/")
        self.page.locator("main .offers").get_by_role("link", name=title, exact=True).click()
        leaves = self.page.locator(".paper-leaf")
        expect(leaves.first).to_have_js_property("complete", True)
        asked = self.page.locator("form[data-again] input[type=hidden]")
        sent = asked.evaluate_all("all => all.map(one => [one.name, one.value])")
        answer = self.page.request.post(
            self.page.url,
            data=urlencode([(name, value) for name, value in sent]),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
        return answer.body(), leaves.count()

    def chip(self, title: str) -> Locator:
        return self.page.locator("a.chip").filter(has_text=title).first

    @property
    def number(self) -> str:
        """The number of the case on the page."""
        return self.page.url.rstrip("/").rpartition("/")[2]

    def width_needed(self) -> tuple[int, int]:
        """(what the page needs, what it has) in CSS pixels."""
        return tuple(self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]"))

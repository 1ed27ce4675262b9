"""A person at a browser: signs in, reads, fills in what the document asks, presses what it offers.

Questions are found by the names the document gives them, so the same hands work in either language.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

Answers = dict[str, Any]


class Desk:
    """One browser page of one person."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", lambda told: self._heard(told.type, told.text))
        page.on("pageerror", lambda error: self._heard("error", str(error)))

    def _heard(self, kind: str, text: str) -> None:
        # a refused act answers 4xx on purpose, and Chromium notes that as an error of the page
        if kind in {"error", "warning"} and "the server responded with a status of 4" not in text:
            self.complaints.append(text)

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
            question.fill("\n".join(value) if isinstance(value, list) else str(value))

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

    def chip(self, title: str) -> Locator:
        return self.page.locator("a.chip").filter(has_text=title).first

    @property
    def number(self) -> str:
        """The number of the case on the page."""
        return self.page.url.rstrip("/").rpartition("/")[2]

    def width_needed(self) -> tuple[int, int]:
        """(what the page needs, what it has) in CSS pixels."""
        return tuple(self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]"))

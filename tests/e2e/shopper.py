"""Somebody who visits a shop and its chat, and staff who answer without a browser."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.visitor import PASSWORD, Visitor

STAY = "window.stayed = true"


class Shopper(Visitor):
    """A visitor of a shop's page; `site` is where it is."""

    def __init__(self, browser: Browser, site: str, **more: Any) -> None:
        super().__init__(browser, site, **more)

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def launcher(self) -> Locator:
        return self.page.locator(".launcher")

    def open_chat(self) -> None:
        self.launcher.click()
        expect(self.panel).to_be_visible()

    def ask(self, question: str, name: str = "Vera Novak") -> None:
        self.open_chat()
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_label("Your question").fill(question)
        self.page.get_by_role("button", name="Start the chat").click()
        self.expect_lines([question])

    def write(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def expect_lines(self, texts: list[str]) -> None:
        expect(self.panel.locator("[data-key] .text")).to_have_text(texts)

    def expect_delivery(self, state: str) -> None:
        expect(self.panel.locator(".line.own .state").last).to_have_text(state)

    def new_page(self) -> Page:
        page = self.new_tab()
        page.goto("/")
        return page


class Staff:
    """Somebody of the staff at the REST door of a node."""

    def __init__(self, url: str, who: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=15)
        login = {"email": f"{who}@demo.test", "password": PASSWORD}
        granted = self.post("/api/auth/login", login)
        self._http.headers["Authorization"] = f"Bearer {granted['access_token']}"

    def get(self, path: str) -> Any:
        return self._http.get(path).raise_for_status().json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._http.post(path, json=body).raise_for_status().json()

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self._http.put(path, json=body).raise_for_status().json()

    def delete(self, path: str) -> None:
        self._http.delete(path).raise_for_status()

    def ticket(self, title: str) -> dict[str, Any]:
        """The ticket that is called so."""
        found = self.get("/api/tickets?limit=20")["items"]
        return next(each for each in found if each["title"] == title)

    def say(self, title: str, body: str) -> None:
        self.post(f"/api/tickets/{self.ticket(title)['id']}/messages", {"body": body})

    def close(self) -> None:
        self._http.close()

"""Somebody at the demo's page: its frames, its lights, its tour."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from tests.e2e.visitor import PATIENCE_MS, PHONE

DESKTOP = {"width": 1440, "height": 900}


class Spectator:
    """One browser context that looks at `/demo`."""

    def __init__(self, browser: Browser, url: str, *, phone: bool = False) -> None:
        self.problems: list[str] = []
        """What went wrong in the page without anybody seeing it."""
        self.context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            has_touch=phone,
            is_mobile=phone,
            base_url=url,
            reduced_motion="reduce",
        )
        self.context.on("weberror", lambda error: self.problems.append(str(error.error)))
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)

    def open(self, path: str = "/demo") -> Page:
        self.page.goto(path)
        return self.page

    # Frames.

    def pane(self, name: str) -> Locator:
        return self.page.locator(f"[data-frame={name}]")

    def frame(self, name: str) -> FrameLocator:
        return self.pane(name).frame_locator("iframe")

    def served_by(self, name: str) -> str:
        """The node that the page in a frame talks to."""
        served = self.pane(name).locator("[data-served-by]")
        expect(served).to_have_attribute("data-served-by", re.compile("node-[ab]"))
        return served.get_attribute("data-served-by") or ""

    def enter_ticket(self, name: str, title: str) -> None:
        """Open a ticket of a frame's list; by key, since a page drawn smaller has other places."""
        row = self.frame(name).locator("[data-ticket]", has_text=title)
        row.focus()
        row.press("Enter")

    def ask(self, title: str, body: str) -> None:
        """Open a ticket as whoever is in the client's frame."""
        client = self.frame("client")
        client.get_by_role("link", name="New ticket").click()
        client.get_by_label("What is it about?").fill(title)
        client.get_by_label("Tell us more").fill(body)
        client.get_by_role("button", name="Send").click()
        expect(client.get_by_role("heading", name=title)).to_be_visible()

    def say(self, name: str, text: str) -> None:
        """Write in a frame's conversation, key by key, and send it."""
        box = self.frame(name).get_by_role("textbox", name="Your message")
        box.press_sequentially(text)
        box.press("Enter")

    def lines(self, name: str) -> Locator:
        return self.frame(name).locator("[data-key] article .text")

    # The tour.

    @property
    def tour(self) -> Locator:
        return self.page.get_by_role("region", name="Tour")

    def expect_step(self, step: str, *, done: bool = False) -> None:
        expect(self.tour).to_have_attribute("data-step", step)
        expect(self.tour).to_have_attribute("data-done", "true" if done else "false")

    def close(self) -> None:
        self.context.close()

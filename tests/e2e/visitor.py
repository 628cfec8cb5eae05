"""Somebody at a browser: what they do there, and every byte that reaches them."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, WebSocket, expect

from tests.watching.outside import OUTSIDE, Line
from tests.watching.watch import Person

PASSWORD = "deskwire-demo"
DESKTOP = {"width": 1280, "height": 800}
PATIENCE_MS = 15_000
PHONE = {"width": 390, "height": 844}


class Visitor:
    """One person in a browser context of their own, and the tab they look at."""

    def __init__(self, browser: Browser, url: str, *, phone: bool = False) -> None:
        self.url = url
        self.received: list[str] = []
        """Every socket frame and every body of the API that came to this browser."""
        self.sockets = 0
        """How many WebSockets were opened here."""
        self.person = Person()
        """Who they turn out to be; of staff, once staff have logged in here."""
        self.problems: list[str] = []
        """What went wrong in the page without anybody seeing it."""
        self.context: BrowserContext = browser.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            has_touch=phone,
            is_mobile=phone,
            base_url=url,
            reduced_motion="reduce",
        )
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        page = self.context.new_page()
        page.on("websocket", self._watch)
        page.on("response", self._note)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        self.page = page
        return page

    def _watch(self, websocket: WebSocket) -> None:
        self.sockets += 1
        line = Line(self.person)
        websocket.on("framesent", lambda frame: line.sends(str(frame)))
        websocket.on("framereceived", lambda frame: line.gets(str(frame)))
        websocket.on("framereceived", lambda frame: self.received.append(str(frame)))

    def _note(self, response: Response) -> None:
        if "/api/" in response.url and response.status not in (204, 304):
            try:
                body = response.text()
            except Exception as error:  # The page went on before the body was read.
                body = f"unread: {error}"
            self.received.append(body)
            OUTSIDE.browsed(self.person, response, body)

    # Coming in.

    def log_in(self, who: str, *, tab_only: bool = False) -> Page:
        self.page.goto("/")
        self.page.get_by_label("E-mail").fill(f"{who}@demo.test")
        self.page.get_by_label("Password").fill(PASSWORD)
        if tab_only:
            self.page.get_by_label("Only in this tab").check()
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page.get_by_role("navigation", name="Pages")).to_be_visible()
        return self.page

    def log_out(self, page: Page | None = None) -> None:
        """Leave by the menu of one's account, on the present tab or on another."""
        page = page or self.page
        page.get_by_role("button", name="Account of").click()
        page.get_by_role("menuitem", name="Log out").click()

    # A client's acts.

    def open_ticket(self, title: str, body: str) -> None:
        self.write_ticket(title, body)
        self.send_ticket()
        heading = self.page.get_by_role("heading", name=title)
        expect(heading.or_(self.row(title)).first).to_be_visible()
        if not heading.is_visible():  # What is long on its way is waited for in the list.
            self.row(title).click()
        expect(heading).to_be_visible()

    def write_ticket(self, title: str, body: str) -> None:
        self.page.goto("/portal/new")
        self.page.get_by_label("What is it about?").fill(title)
        self.page.get_by_label("Tell us more").fill(body)

    def send_ticket(self) -> None:
        self.page.get_by_role("button", name="Send").click()

    # Staff's acts.

    def row(self, title: str) -> Locator:
        return self.page.locator("[data-ticket]", has_text=title)

    def enter_ticket(self, title: str) -> None:
        self.page.mouse.move(0, 0)  # While one is at the list nothing in it moves.
        self.row(title).click()
        expect(self.page.get_by_role("heading", name=title)).to_be_visible()

    def note(self, text: str) -> None:
        self.page.get_by_role("radio", name="Private note").check(force=True)
        self.page.get_by_role("textbox", name="Private note").fill(text)
        self.page.get_by_role("button", name="Add note").click()
        self.page.get_by_role("radio", name="Reply to the client").check(force=True)

    # In a conversation.

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your message")

    def say(self, text: str) -> None:
        self.read_all()
        self.box.fill(text)
        self.box.press("Enter")

    def read_all(self) -> None:
        """Wait until what is shown counts as read."""
        expect(self.page.locator("[data-seq]")).to_have_attribute("data-read", "true")

    def line(self, text: str) -> Locator:
        return self.page.locator("[data-key]", has_text=text)

    def expect_line(self, text: str) -> None:
        expect(self.line(text)).to_have_count(1)
        expect(self.line(text)).to_be_visible()

    def expect_lines(self, texts: list[str]) -> None:
        """The conversation is exactly these messages, in this order."""
        expect(self.page.locator("[data-key] article .text")).to_have_text(texts)

    def expect_settled(self) -> None:
        """Nothing is on its way any more."""
        expect(self.page.locator("[data-delivery=sending]")).to_have_count(0)

    def expect_nothing_under_way(self) -> None:
        """Every command was answered: what is shown is what holds."""
        self.wait_until(
            "!Object.keys(localStorage).some((key) => key.startsWith('deskwire.outbox'))"
        )

    def wait_until(self, condition: str) -> None:
        """Wait for an expression to be true in the page.

        The page's own policy forbids Playwright's way, which evaluates strings in it.
        """
        met = self.evaluate(
            f"""async (patience) => {{
              const deadline = performance.now() + patience;
              while (!({condition}) && performance.now() < deadline) {{
                await new Promise((resolve) => setTimeout(resolve, 20));
              }}
              return Boolean({condition});
            }}""",
            PATIENCE_MS,
        )
        assert met, f"it did not come true: {condition}"

    def evaluate(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

    def close(self) -> None:
        self.context.close()

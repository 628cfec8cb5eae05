"""Takes the pictures of every page from a demo that runs: `python docs/screenshots/take.py [URL]`.

Each page is seen on a desk and on a phone, light and dark, in English and Spanish; not every
combination is kept, but each of them somewhere. Needs `pip install playwright` and a chromium.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
PASSWORD = "deskwire-demo"
QUALITY = 78
SETTLED_MS = 2_500


class View(NamedTuple):
    """Where a page is looked at."""

    name: str
    width: int
    height: int
    scheme: str
    language: str


VIEWS = (
    View("desk-light-en", 1440, 900, "light", "en-GB"),
    View("desk-dark-es", 1440, 900, "dark", "es-ES"),
    View("phone-dark-en", 390, 844, "dark", "en-GB"),
    View("phone-light-es", 390, 844, "light", "es-ES"),
)


class Shot(NamedTuple):
    """A picture: who looks, at which address; `open` is what is pressed there, `keys` what is
    typed."""

    name: str
    who: str | None
    path: str
    open: str = ""
    keys: str = ""


SHOTS = (
    Shot("log-in", None, "/"),
    Shot("sign-up", None, "/signup"),
    Shot("help-open", None, "/help"),
    Shot("not-found", "client", "/nowhere"),
    Shot("portal", "client", "/portal"),
    Shot("portal-room", "client", "/portal", "a[href*='/portal/t/']"),
    Shot("portal-new", "client", "/portal/new"),
    Shot("help", "client", "/help"),
    Shot("help-article", "client", "/help", "a[href^='/help/']"),
    Shot("console", "agent", "/console"),
    Shot("console-room", "agent", "/console", "a[href*='/console/t/']"),
    Shot("command-bar", "agent", "/console", "a[href*='/console/t/']", "Control+k"),
    Shot("wallboard", "supervisor", "/wallboard"),
    Shot("wallboard-wall", "supervisor", "/wallboard?screen=1"),
    Shot("article-editor", "supervisor", "/help/edit/new"),
    Shot("users", "admin", "/admin"),
    Shot("user", "admin", "/admin", "button[data-user]"),
    Shot("teams", "admin", "/admin/teams"),
    Shot("inboxes", "admin", "/admin/inboxes"),
    Shot("inbox", "admin", "/admin/inboxes", "a[href^='/admin/inboxes/']:not([href$=new])"),
    Shot("demo", None, "/demo"),
    Shot("mail", "agent", "/demo/mail"),
    Shot("mail-letter", "agent", "/demo/mail", "button[data-letter]"),
    Shot("shop", None, "/shop"),
    Shot("shop-chat", None, "/shop", "button[aria-expanded]"),
    Shot("design", None, "/design"),
)


def main(address: str) -> None:
    with chromium() as browser:
        for view in VIEWS:
            for who in dict.fromkeys(shot.who for shot in SHOTS):
                take(browser, address, view, [shot for shot in SHOTS if shot.who == who])


@contextmanager
def chromium() -> Generator[Browser]:
    """The machine's own."""
    with sync_playwright() as playwright:
        names = ("chromium", "chromium-browser", "google-chrome")
        found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)))
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def take(browser: Browser, address: str, view: View, shots: Sequence[Shot]) -> None:
    """What one person sees in one view, in one session."""
    context = browser.new_context(
        viewport={"width": view.width, "height": view.height},
        color_scheme="dark" if view.scheme == "dark" else "light",
        locale=view.language,
        reduced_motion="reduce",
    )
    page = context.new_page()
    if (who := shots[0].who) is not None:
        log_in(page, address, who)
    for shot in shots:
        page.goto(f"{address}{shot.path}")
        page.wait_for_timeout(SETTLED_MS if shot.name != "demo" else 3 * SETTLED_MS)
        if shot.open and (link := page.locator(shot.open)).count():
            link.first.click()
            page.wait_for_timeout(SETTLED_MS)
        if shot.keys:
            page.keyboard.press(shot.keys)
            page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=HERE / f"{shot.name}-{view.name}.jpg", type="jpeg", quality=QUALITY)
    context.close()


def log_in(page: Page, address: str, who: str) -> None:
    """Through the door, as everybody does."""
    page.goto(address)
    page.locator("input[type=email]").fill(f"{who}@demo.test")
    page.locator("input[autocomplete=current-password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.rstrip("/") != address.rstrip("/"))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")

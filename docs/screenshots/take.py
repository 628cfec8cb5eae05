"""Takes the pictures of every page from a demo that runs: `python docs/screenshots/take.py [URL]`.

Each page is seen on a desk and on a phone, light and dark, in English and Spanish: eight pictures.
`python docs/screenshots/take.py URL NAME…` takes only the pages of those names. Needs
`pip install playwright` and a chromium. Pages for which something is made come last, so that the
lists before show the company as it is.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as Timeout

HERE = Path(__file__).parent
PASSWORD = "deskwire-demo"
QUALITY = 72
SETTLED_MS = 1_000
PATIENCE_MS = 8_000
SETTLED = """() => document.readyState === "complete"
  && !document.querySelector("#app:empty")
  && ![...document.querySelectorAll("[role=status]")].some((e) =>
    /^(Loading|Cargando)/.test(e.textContent))"""
NEWCOMER = ("Kim Osei", "kim@demo.test")
"""Whom an admin made, and who has not chosen a password yet."""


class View(NamedTuple):
    """Where a page is looked at."""

    name: str
    width: int
    height: int
    scheme: str
    language: str


SIZES = {"desk": (1440, 900), "phone": (390, 844)}
LANGUAGES = {"en": "en-GB", "es": "es-ES"}
VIEWS = tuple(
    View(f"{size}-{scheme}-{language}", *SIZES[size], scheme, LANGUAGES[language])
    for size, scheme, language in product(SIZES, ("light", "dark"), LANGUAGES)
)


class Shot(NamedTuple):
    """A picture: who looks, at which address; `open` is what is pressed there, `keys` what is
    typed, `then` what else is done; `leaves` where lists have something more afterwards."""

    name: str
    who: str | None
    path: str
    open: str = ""
    keys: str = ""
    then: Callable[[Page], None] | None = None
    leaves: bool = False


def first(name: str, things: str) -> Shot:
    """The first of what an admin has a list of."""
    return Shot(name, "admin", f"/admin/{things}", f"a[href^='/admin/{things}/']:not([href$=new])")


def go_offline(page: Page) -> None:
    """In the middle of a conversation; what is sent now waits."""
    page.context.set_offline(True)
    box = page.locator("textarea").first
    box.fill("1049 · 18:30 ✓")
    box.press("Enter")


def answer_too_late(page: Page) -> None:
    """While an agent looks further up, the client writes once more."""
    page.locator("[data-seq]").evaluate("(list) => (list.scrollTop = 0)")
    ticket_id = page.url.partition("/t/")[2].partition("?")[0]
    say = {"type": "ticket.reply", "ticket_id": ticket_id, "body": SAID[len(said) % len(SAID)]}
    said.append(say["body"])
    address = page.url.partition("/console")[0]
    ask(page, address, "/api/commands", {**say, "command_id": str(uuid4())}, "client")
    page.wait_for_timeout(SETTLED_MS)
    box = page.locator("textarea").first
    box.fill("I have booked it for Thursday.")
    box.press("Enter")


SAID = ("Thursday does not work for me", "Friday, then?", "Or tomorrow morning, before nine?")
said: list[str] = []


def ask_in_chat(page: Page) -> None:
    """Something that an article answers, so that the assistant does."""
    panel = page.get_by_role("dialog")
    if not panel.is_visible():  # It is open again where it was open before.
        page.locator(CHAT).first.click()
    panel.locator("input").first.fill("Vera Novak")
    spanish = page.evaluate("navigator.language").startswith("es")
    panel.locator("textarea").fill("¿Dónde está mi paquete?" if spanish else "Where is my parcel?")
    panel.locator("textarea").press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_timeout(8 * SETTLED_MS)  # Its words come one by one.


def have_proposed(page: Page) -> None:
    """What the copilot would reply, and from which articles."""
    page.get_by_role("button", name=COPILOT, exact=True).click()
    panel = page.get_by_role("group", name=COPILOT, exact=True)
    panel.locator("button").filter(has_text=SUGGEST).click()
    panel.locator("a").first.wait_for()


def let_run_out(page: Page) -> None:
    """Sit there until three offers went by: of a team of one's own, which waits for none long."""
    address = page.url.partition("/console")[0]
    if not missed:
        members = [grant_of(page, address, "agent2")["user"]["id"]]
        quick = {"name": "Call-backs", "routing": "offer", "offer_seconds": 5}
        team = ask(page, address, "/api/teams", {**quick, "member_ids": members}, "admin")
        for title in ("Please call me back", "A call before noon?", "Could somebody ring me?"):
            ticket = {"title": title, "body": "It is quicker than writing."}
            opened = ask(page, address, "/api/tickets", ticket, "client")["id"]
            given = {"team_id": team["id"], "note": "For a call."}
            ask(page, address, f"/api/tickets/{opened}/transfer", given, "admin")
            missed.append(opened)
    page.locator("section p[role=status] + button").wait_for(timeout=60_000)


missed: list[str] = []
"""The tickets that were offered in vain, once they were."""


def hand_over(page: Page) -> None:
    """By its key, where nothing is being written."""
    page.locator("h1").first.click()
    page.keyboard.press("m")


SUGGEST = re.compile("Suggest|Proponer")
COPILOT = re.compile("^(Copilot|Copiloto)$")
CHAT = "button[aria-expanded]"
DETAILS = "header button[aria-expanded]:not([aria-haspopup])"
TOUR = "/the-tour"
"""Stands for the ticket that the tour goes through."""
TO_APPROVE = "/to-approve"
"""Stands for a ticket to which two of the staff have to agree."""
ASKED = "/asked"
"""Stands for a client's question that an article answers."""
ANSWERED = "/answered"
"""Stands for a question that the assistant answered in the portal."""
SHOTS = (
    Shot("log-in", None, "/"),
    Shot("sign-up", None, "/signup"),
    Shot("set-up", None, "/setup#link"),
    Shot("new-password", NEWCOMER[1], "/", leaves=True),
    Shot("help-open", None, "/help"),
    Shot("not-found", "client", "/nowhere"),
    Shot("portal", "client", "/portal"),
    Shot("portal-room", "client", "/portal", "a[href*='/portal/t/']"),
    Shot("portal-assistant", "client", ANSWERED, leaves=True),
    Shot("portal-new", "client", "/portal/new"),
    Shot("help", "client", "/help"),
    Shot("help-article", "client", "/help", "a[href^='/help/']"),
    Shot("console", "agent", "/console"),
    Shot("console-room", "agent", "/console", "a[href*='/console/t/']"),
    Shot("triage", "agent", ASKED, DETAILS, leaves=True),
    Shot("copilot", "agent", ASKED, then=have_proposed, leaves=True),
    Shot("missed", "agent2", "/console", then=let_run_out, leaves=True),
    Shot("command-bar", "agent", "/console", "a[href*='/console/t/']", "Control+k"),
    Shot("wallboard", "supervisor", "/wallboard"),
    Shot("wallboard-wall", "supervisor", "/wallboard?screen=1"),
    Shot("transfer", "supervisor", TOUR, then=hand_over),
    Shot("approval", "supervisor", TO_APPROVE, DETAILS, leaves=True),
    Shot("workload", "supervisor", "/work"),
    Shot("share", "supervisor", "/work", "[data-queue] .acts button"),
    Shot("shifts", "supervisor", "/work/shifts"),
    Shot("knowledge", "supervisor", "/help/desk"),
    Shot("knowledge-questions", "supervisor", "/help/desk/questions"),
    Shot("knowledge-import", "supervisor", "/help/desk/import"),
    Shot("article-editor", "supervisor", "/help/edit/new"),
    Shot("users", "admin", "/admin"),
    Shot("user", "admin", "/admin", "button[data-user]"),
    Shot("teams", "admin", "/admin/teams"),
    Shot("inboxes", "admin", "/admin/inboxes"),
    first("inbox", "inboxes"),
    Shot("categories", "admin", "/admin/categories"),
    first("category", "categories"),
    Shot("assistant", "admin", "/admin/assistant"),
    Shot("promises", "admin", "/admin/promises"),
    first("policy", "promises"),
    Shot("calendars", "admin", "/admin/calendars"),
    first("calendar", "calendars"),
    Shot("demo", None, "/demo"),
    Shot("mail", "agent", "/demo/mail"),
    Shot("mail-letter", "agent", "/demo/mail", "button[data-letter]"),
    Shot("shop", None, "/shop"),
    Shot("shop-chat", None, "/shop", CHAT),
    Shot("shop-assistant", None, "/shop", then=ask_in_chat, leaves=True),
    Shot("design", None, "/design"),
    Shot("offline", "client", "/portal", "a[href*='/portal/t/']", then=go_offline, leaves=True),
    Shot("stale-reply", "agent", TOUR, then=answer_too_late, leaves=True),
)


def main(address: str, *names: str) -> None:
    shots = [shot for shot in SHOTS if not names or shot.name in names]
    with chromium() as browser:
        for leaves, view in product((False, True), VIEWS):
            now = [shot for shot in shots if shot.leaves is leaves]
            for who in dict.fromkeys(shot.who for shot in now):
                take(browser, address, view, [shot for shot in now if shot.who == who])


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
    phone = (view.width, view.height) == SIZES["phone"]
    context = browser.new_context(
        viewport={"width": view.width, "height": view.height},
        color_scheme="dark" if view.scheme == "dark" else "light",
        locale=view.language,
        reduced_motion="reduce",
        has_touch=phone,
        is_mobile=phone,
    )
    page = context.new_page()
    if (who := shots[0].who) is not None:
        log_in(page, address, who)
    for shot in shots:
        look(page, address, shot)
        keep(context, page, HERE / f"{shot.name}-{view.name}.webp")
    context.close()


def look(page: Page, address: str, shot: Shot) -> None:
    """Go there, and do what is to be seen."""
    path = shot.path
    if path == TOUR:
        story = page.request.get(f"{address}/api/demo").json()["story"]
        path = f"/console/t/{story['ticket_id']}"
    if path == TO_APPROVE:
        path = f"/console/t/{to_approve(page, address)}"
    if path == ASKED:
        path = f"/console/t/{asked(page, address)}"
    if path == ANSWERED:
        path = f"/portal/t/{answered(page, address)}"
    page.goto(f"{address}{path}")
    settle(page)
    if shot.name == "demo":
        page.wait_for_timeout(6 * SETTLED_MS)  # Four pages in one.
    if shot.open and (link := page.locator(shot.open)).count():
        link.first.click()
        settle(page)
    if shot.keys:
        page.keyboard.press(shot.keys)
        settle(page)
    if shot.then:
        shot.then(page)
        settle(page)


def settle(page: Page) -> None:
    """Wait until nothing is on its way any more, and has come to rest."""
    for rest in (SETTLED_MS, 0):
        with suppress(Timeout):  # /design shows for ever how something is on its way.
            page.wait_for_function(SETTLED, timeout=PATIENCE_MS)
        page.wait_for_timeout(rest)


def keep(context: BrowserContext, page: Page, path: Path) -> None:
    """As WebP, which Playwright itself does not write."""
    session: Any = context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path.write_bytes(base64.b64decode(shot["data"]))
    session.detach()


def log_in(page: Page, address: str, who: str) -> None:
    """Through the door, as everybody does."""
    new = who == NEWCOMER[1]
    email, password = newcomer(page, address) if new else (f"{who}@demo.test", PASSWORD)
    page.goto(address)
    page.locator("input[type=email]").fill(email)
    page.locator("input[autocomplete=current-password]").fill(password)
    page.keyboard.press("Enter")
    if new:
        page.locator("input[autocomplete=new-password]").wait_for()
    else:
        page.wait_for_url(lambda url: url.rstrip("/") != address.rstrip("/"))


given: list[str] = []
"""The newcomer's address and first password, once there is one."""


def newcomer(page: Page, address: str) -> list[str]:
    """Have an admin make an account whose owner has to choose a password."""
    if not given:
        name, email = NEWCOMER
        wanted = {"name": name, "email": f"{uuid4().hex[:4]}.{email}", "role": "agent"}
        made = ask(page, address, "/api/users", wanted, "admin")
        given.extend((wanted["email"], made["temporary_password"]))
    return given


waiting: list[str] = []
"""The ticket that waits for an approval, once there is one."""


def to_approve(page: Page, address: str) -> str:
    """Have a client open a ticket in a category that demands an approval; its id."""
    if not waiting:
        whom = [grant_of(page, address, who)["user"]["id"] for who in ("supervisor", "agent2")]
        levels = [{"rule": "all", "approver_ids": whom}]
        category = {"name": f"Over €{500 + uuid4().int % 100}", "approval": levels}
        made = ask(page, address, "/api/categories", category, "admin")
        ticket = {"title": "Six helmets for the club", "body": "Could we have an offer, please?"}
        opened = ask(page, address, "/api/tickets", {**ticket, "category": made["id"]}, "client")
        waiting.append(opened["id"])
    return waiting[0]


questions: list[str] = []
"""The ticket with a question, once there is one."""


def asked(page: Page, address: str) -> str:
    """Have a client ask, and give triage its time; the ticket's id."""
    if not questions:
        ticket = {"title": "Where is my parcel?", "body": "It was sent on Monday. Can I track it?"}
        questions.append(ask(page, address, "/api/tickets", ticket, "client")["id"])
        page.wait_for_timeout(15 * SETTLED_MS)
    return questions[0]


QUESTIONS = {
    "en": ("How do I wash a down jacket?", "It smells of smoke after the hut."),
    "es": ("¿Cuánto dura la batería?", "Tengo una Swift Max y hace frío."),
}
answers: dict[str, str] = {}
"""The tickets that the assistant answered, by language."""


def answered(page: Page, address: str) -> str:
    """Have a client ask while an admin lets the assistant speak first; the ticket's id."""
    language = page.evaluate("navigator.language")[:2]
    if language not in answers:
        first_word(page, address, assistant=True)
        title, body = QUESTIONS[language]
        opened = ask(page, address, "/api/tickets", {"title": title, "body": body}, "client")["id"]
        page.wait_for_timeout(8 * SETTLED_MS)
        first_word(page, address, assistant=False)
        answers[language] = opened
    return answers[language]


def first_word(page: Page, address: str, *, assistant: bool) -> None:
    """Who has it in the portal: in the demo people have, and the tour counts on them."""
    inboxes = ask(page, address, "/api/inboxes", None, "admin", method="GET")["items"]
    portal = next(each["id"] for each in inboxes if each["name"] == "Fernhill Shop")
    change = {"assistant": assistant}
    ask(page, address, f"/api/inboxes/{portal}", change, "admin", method="PUT")


def grant_of(page: Page, address: str, who: str) -> dict[str, Any]:
    """What a log-in answers."""
    door = f"{address}/api/auth/login"
    return page.request.post(door, data={"email": f"{who}@demo.test", "password": PASSWORD}).json()


def ask(
    page: Page, address: str, path: str, what: dict[str, Any] | None, who: str, method: str = "POST"
) -> dict[str, Any]:
    """What the API answers to somebody."""
    grant = grant_of(page, address, who)
    headers = {"Authorization": f"Bearer {grant['access_token']}"}
    return page.request.fetch(f"{address}{path}", method=method, data=what, headers=headers).json()


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["http://127.0.0.1:8000"]))

"""Every page fits a phone, and can be used without seeing it or without a mouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.test_live import fresh
from tests.e2e.visitor import Visitor

AXE = Path(__file__).parents[2] / "clients" / "web" / "node_modules" / "axe-core" / "axe.min.js"
WIDTH = "document.scrollingElement.scrollWidth"
RULES = "{rules: {'target-size': {enabled: true}}}"
"""WCAG 2.2 AA's size of what one presses, which axe leaves off."""
PAGES = [
    ("client", "/portal"),
    ("client", "/portal/new"),
    ("agent", "/console"),
    ("supervisor", "/wallboard"),
    ("supervisor", "/work"),
    ("supervisor", "/work/shifts"),
    ("admin", "/admin"),
    ("admin", "/admin/inboxes"),
    ("admin", "/admin/assistant"),
]


def faults(page: Page) -> list[str]:
    """What axe finds, as `rule: element`."""
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate(f"axe.run(document, {RULES})")
    return [
        f"{violation['id']}: {node['html']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize(("who", "path"), PAGES)
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_page_fits_and_axe_finds_nothing(visit: Visit, who: str, path: str, phone: bool):
    visitor = visit(who, phone=phone)
    page = visitor.page
    page.goto(path)
    expect(page.locator("main")).to_be_visible()
    expect(page.get_by_text("Loading…")).to_have_count(0)

    assert visitor.evaluate(WIDTH) <= visitor.evaluate("window.innerWidth")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert faults(page) == []


@pytest.mark.parametrize("path", ["/login", "/signup", "/setup#token"])
def test_a_door_fits_a_phone_and_axe_finds_nothing(stranger: Visitor, path: str):
    page = stranger.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    expect(page.get_by_label("E-mail")).to_be_visible()

    assert stranger.evaluate(WIDTH) <= 390
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_gallery_fits_a_phone_and_axe_finds_nothing(
    stranger: Visitor, scheme: Any, language: str
):
    page = stranger.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/design")
    page.get_by_label("Language", exact=True).select_option(language)
    expect(page.locator("html")).to_have_attribute("lang", language)

    assert stranger.evaluate(WIDTH) <= 390
    assert faults(page) == []
    for name in ("Menu", "Popover") if language == "en" else ("Menú", "Ventana emergente"):
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator(".popup")).to_be_visible()
        assert faults(page) == []
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Dialog" if language == "en" else "Diálogo").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults(page) == []


def test_a_chosen_language_and_theme_hold_after_a_reload(visit: Visit):
    client = visit("client")
    page = client.page
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    page.get_by_role("menuitemradio", name="Español").click()
    expect(page.get_by_role("heading", name="Mis solicitudes")).to_be_visible()
    assert faults(page) == []

    page.reload()
    expect(page.get_by_role("heading", name="Mis solicitudes")).to_be_visible()
    expect(page.locator("html[lang=es][data-theme=dark]")).to_have_count(1)
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_conversation_is_clean_to_axe_in_both_colour_schemes(visit: Visit, scheme: Any):
    client, agent = visit("client"), visit("agent")
    title = fresh("A pale text")
    client.open_ticket(title, "Is this **readable**?\n\n> It `should` be.")
    agent.enter_ticket(title)
    agent.read_all()
    agent.note("Only among us.")
    agent.expect_line("Only among us.")
    agent.say("It is.")
    client.expect_line("It is.")

    for visitor in (client, agent):
        visitor.page.emulate_media(color_scheme=scheme)
        visitor.page.mouse.move(0, 0)
        assert faults(visitor.page) == []


def test_a_whole_conversation_on_two_phones(visit: Visit):
    client, agent = visit("client", phone=True), visit("agent", phone=True)
    title = fresh("From the bus")
    client.open_ticket(title, "A word that is too long: " + "o" * 300)
    agent.enter_ticket(title)
    for visitor, text in ((agent, "I see it."), (client, "Good.")):
        visitor.read_all()
        visitor.box.fill(text)
        visitor.page.get_by_role("button", name="Send").tap()

    for visitor in (client, agent):
        visitor.expect_line("Good.")
        assert visitor.evaluate(WIDTH) <= 390
    agent.page.get_by_role("link", name="Back to the list").tap()
    expect(agent.row(title)).to_be_visible()
    expect(agent.page.get_by_role("button", name="Give me the next")).to_be_in_viewport(ratio=1)


def test_everything_on_the_way_to_a_reply_works_by_keyboard(visit: Visit):
    client = visit("client")
    page = client.page
    title = fresh("By keyboard")

    def tab_to(name: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            focused = "document.activeElement"
            label = page.evaluate(
                f"{focused}.labels?.[0]?.innerText ?? {focused}.ariaLabel ?? {focused}.innerText"
            )
            if label.strip().startswith(name):
                return
        raise AssertionError(f"no Tab leads to {name!r}")

    tab_to("New ticket")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="New ticket")).to_be_visible()
    tab_to("What is it about?")
    page.keyboard.type(title)
    tab_to("Tell us more")
    page.keyboard.type("No mouse here.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    tab_to("Your message")
    page.keyboard.type("Hello")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("there")
    page.keyboard.press("Enter")

    client.expect_lines(["No mouse here.", "Hellothere"])  # Text content knows no line breaks.
    expect(client.line("Hello").locator("br")).to_have_count(1)

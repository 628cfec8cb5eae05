"""The chat widget in the hands of everybody, at any site, whatever is written in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Come
from tests.e2e.shop import Shop
from tests.e2e.shopper import Staff
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults
from tests.e2e.test_safe import SCRIPTS


def test_hostile_content_is_text_and_keeps_its_shape(come: Come, staff: Staff):
    shopper = come()
    question = fresh("<b>Bold</b> <script>window.harmed = 1</script>")
    shopper.ask(question)
    word, code = "o" * 400, "\n".join(f"line {number}" for number in range(1_000))
    hostile = [
        SCRIPTS,
        word,
        "\u202egnol si sihT and \u05e9\u05dc\u05d5\u05dd",
        f"```\n{code}\n```",
    ]
    hostile += ["**" * 500 + "[" * 5_000, "[x](javascript:alert(1)) <https://a.example>"]
    for text in hostile:
        staff.say(question, text)

    lines = shopper.panel.locator("[data-key] .text")
    expect(lines).to_have_count(len(hostile) + 1)
    harmful = lines.locator("script, img, iframe, svg, [onerror], a[href^='javascript']")
    expect(harmful).to_have_count(0)
    expect(lines.nth(1).get_by_role("link", name="a link")).to_have_attribute(
        "rel", "noopener noreferrer nofollow"
    )
    assert shopper.evaluate("window.harmed") is None
    scroll = shopper.panel.locator(".scroll")
    assert scroll.evaluate("(each) => each.scrollWidth <= each.clientWidth")
    assert shopper.panel.locator("pre").evaluate("(each) => each.clientHeight") <= 240


def test_a_site_with_hostile_styles_neither_changes_the_chat_nor_is_changed(come: Come):
    measure = """() => {
      const root = document.querySelector("deskwire-widget").shadowRoot;
      return ["button.launcher", ".panel", ".panel h1", ".panel input", ".primary"].map((each) => {
        const element = root.querySelector(each);
        const { width, height } = element.getBoundingClientRect();
        const { color, fontSize, fontFamily, display, opacity } = getComputedStyle(element);
        return [width, height, color, fontSize, fontFamily, display, opacity].join(" ");
      });
    }"""
    calm, hostile = come(), come(path="/hostile.html")
    for shopper in (calm, hostile):
        shopper.open_chat()
        expect(shopper.page.get_by_label("Your question")).to_be_visible()

    assert hostile.evaluate(measure) == calm.evaluate(measure)
    paragraph = "getComputedStyle(document.querySelector('p')).color"
    assert hostile.evaluate(paragraph) == "rgb(255, 0, 255)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_any_page_of_the_panel(
    come: Come, staff: Staff, phone: bool, scheme: str
):
    shopper = come(phone=phone)
    shopper.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    assert faults(shopper.page) == []
    shopper.open_chat()
    assert faults(shopper.page) == []
    shopper.page.get_by_role("button", name="Start the chat").click()
    expect(shopper.panel.get_by_text("Please fill this in.")).to_have_count(2)
    assert faults(shopper.page) == []
    shopper.page.get_by_role("button", name="Close the chat").first.click()

    question = fresh("Is this readable")
    shopper.ask(question)
    staff.say(question, "It **is**: `code`, a [link](https://example.org)\n\n> quoted")
    expect(shopper.panel.locator("blockquote")).to_be_visible()
    assert shopper.evaluate(WIDTH) <= shopper.evaluate("window.innerWidth")
    assert faults(shopper.page) == []
    shopper.page.get_by_role("button", name="All conversations").click()
    expect(shopper.panel.locator("button.row")).to_have_count(1)
    assert faults(shopper.page) == []


def test_the_keyboard_goes_through_the_panel_and_on_a_phone_stays_in_it(come: Come):
    focused = "document.activeElement.shadowRoot?.activeElement?.className ?? 'outside'"
    shopper = come()
    shopper.launcher.focus()
    shopper.page.keyboard.press("Enter")
    expect(shopper.page.get_by_label("Your name")).to_be_focused()
    shopper.page.keyboard.press("Escape")
    expect(shopper.panel).to_have_count(0)
    expect(shopper.launcher).to_be_focused()

    phone = come(phone=True)
    phone.open_chat()
    seen: set[str] = set()
    for _ in range(12):
        phone.page.keyboard.press("Tab")
        seen.add(phone.evaluate(focused))
    assert "outside" not in seen
    assert phone.panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}


def test_in_spanish_where_the_page_says_so(come: Come, shop: Shop):
    shop.more = 'data-language="es"'
    try:
        shopper = come()
    finally:
        shop.more = ""
    shopper.page.get_by_role("button", name="Abrir el chat").click()
    expect(shopper.page.get_by_role("button", name="Empezar el chat")).to_be_visible()
    assert faults(shopper.page) == []

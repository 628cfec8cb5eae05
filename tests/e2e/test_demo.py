"""The demo's page: four people side by side, each with a session of their own; nodes that fall."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Watch
from tests.e2e.spectator import Spectator
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults
from tests.e2e.visitor import Visitor
from tests.server.processes.commanding import Commanded
from tests.waiting import ANSWER_SECONDS

FRAMES = ("client", "agent", "supervisor", "phone")
SHARED = "localStorage.getItem('deskwire.session')"
END_ALL = """() => {
  for (const key of Object.keys(sessionStorage).filter((each) => each.includes("session"))) {
    const kept = JSON.parse(sessionStorage[key]);
    const ended = { ...kept, access_token: "ended", refresh_token: "ended" };
    sessionStorage[key] = JSON.stringify(ended);
  }
}"""
LINES = """(bar) => {
  const parts = [...bar.children].map((part) => part.getBoundingClientRect());
  let [lines, end] = [0, 0];
  for (const { top, bottom } of parts.sort((one, other) => one.top - other.top)) {
    if (top >= end) lines += 1;
    end = Math.max(end, bottom);
  }
  return lines;
}"""
"""In how many lines a bar's parts stand."""
TOO_WIDE = """(bar) => [bar, ...bar.children]
  .map((part) => part.scrollWidth - part.clientWidth)
  .filter((over) => over > 0)"""
"""By how much a bar or its parts hold more than they have room for."""
BAR_LINES = {
    390: 2,
    720: 2,
    **dict.fromkeys((721, 768, 800, 900, 1000, 1023, 1024, 1100, 1101, 1280, 1440, 1920), 1),
}
"""By the page's width."""
KEPT = "Object.keys(sessionStorage).filter((key) => key.startsWith('deskwire.session')).sort()"


def expect_all_in(spectator: Spectator) -> None:
    """Every frame shows its page and talks to a node."""
    for name in FRAMES:
        spectator.served_by(name)


def test_four_people_are_side_by_side_and_each_has_a_session_of_their_own(watch: Watch):
    spectator = watch()
    page = spectator.open()
    expect_all_in(spectator)

    for name, account in (
        ("client", "Mia Keller"),
        ("agent", "Sam Rivera"),
        ("supervisor", "Petra Lindqvist"),
        ("phone", "Mia Keller"),
    ):
        who = spectator.frame(name).get_by_role("button", name=f"Account of {account}")
        expect(who).to_have_count(1)
    assert page.evaluate(KEPT) == [
        f"deskwire.session.{key}" for key in ("agent", "client", "guide", "phone", "supervisor")
    ]
    assert page.evaluate(SHARED) is None


def test_one_click_changes_who_is_in_a_frame_and_nobody_else(watch: Watch):
    spectator = watch()
    spectator.open()
    expect_all_in(spectator)

    spectator.pane("phone").get_by_role("combobox").select_option("agent2")

    phone, client = spectator.frame("phone"), spectator.frame("client")
    expect(phone.get_by_role("button", name="Account of Noor Haddad")).to_be_visible()
    expect(client.get_by_role("button", name="Account of Mia Keller")).to_be_visible()
    spectator.page.reload()
    expect(phone.get_by_role("button", name="Account of Noor Haddad")).to_be_visible()


def test_logging_out_in_one_frame_leaves_the_others_and_one_click_leads_back(watch: Watch):
    spectator = watch()
    spectator.open()
    expect_all_in(spectator)
    client, phone = spectator.frame("client"), spectator.frame("phone")

    client.get_by_role("button", name="Account of").click()
    client.get_by_role("menuitem", name="Log out").click()

    expect(client.get_by_role("heading", name="Log in")).to_be_visible()
    for name in ("agent", "supervisor", "phone"):
        expect(spectator.frame(name).get_by_role("button", name="Account of")).to_have_count(1)
    expect(phone.get_by_role("heading", name="My tickets")).to_be_visible()
    spectator.pane("client").get_by_role("button", name="Load the frame “Client” anew").click()
    expect(client.get_by_role("button", name="Account of Mia Keller")).to_be_visible()


def test_who_was_in_a_frame_is_in_it_again_though_their_session_has_ended(watch: Watch):
    spectator = watch()
    page = spectator.open()
    expect_all_in(spectator)
    spectator.pane("phone").get_by_role("combobox").select_option("agent2")
    noor = spectator.frame("phone").get_by_role("button", name="Account of Noor Haddad")
    expect(noor).to_be_visible()

    page.evaluate(END_ALL)
    page.reload()

    expect_all_in(spectator)
    expect(noor).to_be_visible()
    spectator.expect_step("ask")
    spectator.ask(fresh("After all"), "Is anybody there?")
    spectator.expect_step("arrive")


def test_a_frame_opens_in_a_tab_of_its_own_where_it_is(watch: Watch):
    spectator = watch()
    page = spectator.open()
    expect_all_in(spectator)

    with page.context.expect_page() as opened:
        spectator.pane("agent").get_by_role("button", name="Open the frame “Agent” in a").click()

    tab = opened.value
    expect(tab.get_by_role("button", name="Account of Sam Rivera")).to_be_visible()
    assert "/console" in tab.url
    assert tab.evaluate(SHARED) is None


def test_one_frame_is_enlarged_and_the_others_stay_as_they_are(watch: Watch):
    spectator = watch()
    page = spectator.open()
    expect_all_in(spectator)
    spectator.frame("supervisor").locator("body").evaluate("window.stayed = true")
    small = spectator.pane("supervisor").bounding_box()

    spectator.pane("supervisor").get_by_role("button", name="Enlarge").first.click()

    expect(page.get_by_role("radio", name="Wallboard")).to_be_checked()
    large = spectator.pane("supervisor").bounding_box()
    assert small
    assert large
    assert large["width"] > 2 * small["width"]
    assert spectator.frame("supervisor").locator("body").evaluate("window.stayed")
    page.get_by_role("radio", name="All four").check(force=True)
    assert spectator.pane("supervisor").bounding_box() == small


def test_a_killed_node_loses_nothing_and_its_light_tells(watch: Watch, demo: Commanded):
    spectator = watch()
    page = spectator.open()
    expect_all_in(spectator)
    title = fresh("A node falls")
    spectator.ask(title, "One")
    spectator.enter_ticket("agent", title)
    client, agent = spectator.lines("client"), spectator.lines("agent")
    expect(agent).to_have_text(["One"])
    page.evaluate("window.stayed = true")
    node = spectator.served_by("client")
    light = page.locator(f"[data-node-name={node}]")

    spectator.say("client", "Two")
    page.get_by_role("button", name=f"Kill this node: {node}").click()
    expect(light).not_to_have_attribute("data-phase", "running")
    spectator.say("client", "Three")

    for lines in (client, agent):
        expect(lines).to_have_text(["One", "Two", "Three"])
    expect(light).to_have_attribute("data-phase", "running")
    expect(light).to_contain_text(f"{demo.states()[node].restarts} restart")
    expect_all_in(spectator)
    assert page.evaluate("window.stayed")


def test_colours_and_language_chosen_on_the_page_hold_in_every_frame(watch: Watch):
    spectator = watch()
    page = spectator.open()
    expect_all_in(spectator)

    page.get_by_role("button", name="Log-ins").click()
    page.get_by_label("Appearance").select_option("dark")
    page.get_by_label("Language").select_option("es")

    expect(page.get_by_role("radio", name="Los cuatro")).to_be_checked()
    for name in FRAMES:
        root = spectator.frame(name).locator("html")
        expect(root).to_have_attribute("lang", "es")
        expect(root).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("path", ["/demo", "/demo/mail"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_page_fits_and_axe_finds_nothing(watch: Watch, path: str, phone: bool):
    spectator = watch(phone=phone)
    page = spectator.open(path)
    if path == "/demo":
        expect_all_in(spectator)
    else:
        page.locator("[data-letter]").first.press("Enter")
        expect(page.locator("iframe")).to_be_visible()

    assert page.evaluate(WIDTH) <= page.evaluate("window.innerWidth")
    schemes: tuple[Any, ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        assert faults(page) == []


def test_on_a_phone_one_frame_is_in_sight_at_a_time(watch: Watch):
    spectator = watch(phone=True)
    page = spectator.open()
    expect_all_in(spectator)
    expect(spectator.pane("client")).to_be_visible()
    expect(spectator.pane("agent")).to_be_hidden()

    page.get_by_role("radio", name="Agent").check(force=True)

    expect(spectator.pane("agent")).to_be_visible()
    expect(spectator.pane("client")).to_be_hidden()


def test_a_letter_is_shown_as_it_looks_and_as_text_and_runs_nothing(watch: Watch):
    spectator = watch()
    spectator.open()
    title = fresh("A letter <b>of</b> mine")
    spectator.ask(title, "Is <script>alert(1)</script> shown?")

    page = spectator.open("/demo/mail")
    page.locator("[data-letter]", has_text=title).click()

    paper = page.locator("iframe")
    expect(paper).to_have_attribute("sandbox", re.compile("^(?!.*(scripts|same-origin))"))
    expect(page.frame_locator("iframe").get_by_text("Is <script>alert(1)</script>")).to_be_visible()
    page.get_by_role("radio", name="Text").check(force=True)
    expect(page.locator("pre")).to_contain_text("Is <script>alert(1)</script> shown?")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the ticket").click()
    expect(opened.value.get_by_role("heading", name=title)).to_be_visible()


def test_the_bar_is_one_line_from_a_tablet_on_and_two_on_a_phone(watch: Watch):
    spectator = watch()
    page = spectator.open()
    for language, traffic in (("en", "Simulated people"), ("es", "Personas simuladas")):
        page.evaluate(f"localStorage['deskwire.language'] = '{language}'")
        page.reload()
        bar = page.get_by_role("banner")
        expect(bar.get_by_text(traffic)).to_be_visible()
        expect(bar.locator(".node")).to_have_count(2)
        for width, lines in BAR_LINES.items():
            page.set_viewport_size({"width": width, "height": 900})
            assert bar.evaluate(LINES) == lines, (language, width)
            assert bar.evaluate(TOO_WIDE) == [], (language, width)


def test_where_there_is_no_demo_the_page_says_so(stranger: Visitor):
    stranger.page.goto("/demo")

    expect(stranger.page.get_by_role("heading", name="This is not a demo")).to_be_visible()
    assert faults(stranger.page) == []


def test_other_sites_may_not_frame_our_pages(demo: Commanded):
    url = demo.wait_for(r"serves (http://\S+)")[1]
    for path in ("/demo", "/console", "/portal"):
        headers = httpx.get(f"{url}{path}", timeout=ANSWER_SECONDS).headers
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "SAMEORIGIN"

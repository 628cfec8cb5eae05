"""The guided tour from start to end; what it tells is what its own session saw."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Watch
from tests.e2e.spectator import Spectator
from tests.e2e.test_demo import expect_all_in
from tests.e2e.test_live import fresh


def ask_and_arrive(spectator: Spectator, title: str) -> None:
    """The first two steps."""
    spectator.ask(title, "The zip is stuck.")
    spectator.expect_step("arrive")
    spectator.enter_ticket("agent", title)
    spectator.expect_step("answer")


def note(spectator: Spectator, text: str) -> None:
    agent = spectator.frame("agent")
    agent.get_by_role("radio", name="Private note").press("Space")
    agent.get_by_role("textbox", name="Private note").fill(text)
    agent.get_by_role("button", name="Add note").press("Enter")


def test_the_tour_from_start_to_end(watch: Watch):
    spectator = watch()
    page = spectator.open()
    expect_all_in(spectator)
    title = fresh("A stuck zip")
    spectator.expect_step("ask")
    expect(spectator.pane("client")).to_have_class(re.compile("pointed"))

    ask_and_arrive(spectator, title)
    expect(spectator.pane("agent")).to_have_class(re.compile("pointed"))
    spectator.say("agent", "A candle helps.")
    spectator.expect_step("note")
    expect(spectator.tour).to_contain_text("The client read your answer.")
    note(spectator, "She has had it for years.")
    spectator.expect_step("board", done=True)
    expect(page.get_by_role("radio", name="Wallboard")).to_be_checked()
    expect(spectator.tour).to_contain_text(re.compile(r"Opened today \d+ → \d+"))
    expect(spectator.lines("client")).to_have_text(["The zip is stuck.", "A candle helps."])

    spectator.tour.get_by_role("button", name="Next").click()
    spectator.expect_step("mail")
    expect(page.get_by_role("radio", name="All four")).to_be_checked()
    page.get_by_role("button", name="Mail", exact=True).click()
    letters = page.locator("[data-letter]")
    expect(letters.filter(has_text=title)).to_be_visible()
    spectator.expect_step("mail", done=True)
    expect(letters.filter(has_not_text="client@demo.test")).to_have_count(0)
    apart = page.get_by_role("link", name="On a page of its own")
    expect(apart).to_have_attribute("href", "/demo/mail?to=client%40demo.test")
    page.get_by_role("button", name="Remove client@demo.test").click()
    expect(apart).to_have_attribute("href", "/demo/mail")
    expect(letters.filter(has_text=title)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary")).to_have_count(0)

    spectator.tour.get_by_role("button", name="Next").click()
    spectator.expect_step("fall")
    node = spectator.served_by("client")
    page.get_by_role("button", name=f"Kill this node: {node}").click()
    spectator.expect_step("fall", done=True)
    told = spectator.tour.locator("[data-seen]")
    expect(told).to_contain_text(re.compile(r"Client: back after [\d,]+ ms, messages 2 → 2\."))
    expect(told).to_contain_text(re.compile(r"Agent: .*, messages 3 → 3\."))

    spectator.say("client", "It does. Thank you!")
    expect(spectator.lines("agent").last).to_have_text("It does. Thank you!")
    spectator.tour.get_by_role("button", name="Next").click()
    spectator.expect_step("end")
    assert "A private note" not in page.content()


def test_the_note_is_told_with_what_the_client_was_given(watch: Watch):
    spectator = watch()
    spectator.open()
    expect_all_in(spectator)
    title = fresh("A quiet word")
    ask_and_arrive(spectator, title)
    spectator.tour.get_by_role("button", name="Skip").click()
    spectator.expect_step("note")

    note(spectator, "Nothing for the client.")

    spectator.expect_step("board", done=True)
    spectator.tour.get_by_role("button", name="Back").click()
    expect(spectator.tour).to_contain_text(
        "The agent sees 2 messages. The client was given 1; the note is not among them."
    )


def test_the_tour_can_be_skipped_through_by_keyboard_and_begun_again(watch: Watch):
    spectator = watch()
    page = spectator.open()
    spectator.expect_step("ask")

    skip = spectator.tour.get_by_role("button", name=re.compile("Skip|Next"))
    for step in ("arrive", "answer", "note", "board", "mail", "fall", "end"):
        skip.focus()
        page.keyboard.press("Enter")
        expect(spectator.tour).to_have_attribute("data-step", step)
    expect(spectator.tour.get_by_role("button", name="Start again")).to_be_focused()
    page.keyboard.press("Enter")

    spectator.expect_step("ask")


def test_the_tour_is_where_it_was_after_a_reload_and_can_be_closed(watch: Watch):
    spectator = watch()
    page = spectator.open()
    expect_all_in(spectator)
    ask_and_arrive(spectator, fresh("Half way"))

    page.reload()
    spectator.expect_step("answer")
    spectator.tour.get_by_role("button", name="Close the tour").click()
    expect(spectator.tour).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="Tour")).to_be_visible()
    page.get_by_role("button", name="Tour").click()

    spectator.expect_step("answer")

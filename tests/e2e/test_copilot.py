"""The copilot beside where an agent writes: it proposes, the agent sends, the client reads."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.house import House
from tests.e2e.shopper import Staff
from tests.e2e.test_assistant import expect_good_looks, publish
from tests.e2e.test_live import fresh


@pytest.fixture
def admin(house: House) -> Iterator[Staff]:
    admin = Staff(house.nodes[1].url, "admin")
    yield admin
    admin.close()


def counted(admin: Staff) -> dict[str, int]:
    return admin.get("/api/assistant")["copilot"]


def expect_counted(admin: Staff, before: dict[str, int], **more: int) -> None:
    """What became of a proposal is told behind the page, once it is sent or thrown away."""
    wanted = {name: before[name] + count for name, count in more.items()}
    deadline = time.monotonic() + 10
    while (now := {name: counted(admin)[name] for name in more}) != wanted:
        assert time.monotonic() < deadline, (now, wanted)
        time.sleep(0.1)


def test_an_agent_sends_what_the_copilot_proposed(visit: Visit, admin: Staff):
    client, agent = visit("client"), visit("agent")
    title = fresh("Rewind the gramophone")
    publish(admin, title)
    before = counted(admin)
    client.open_ticket(title, f"How do I do this: {title}?")
    agent.enter_ticket(title)

    agent.page.get_by_role("button", name="Copilot", exact=True).click()
    panel = agent.page.get_by_role("group", name="Copilot", exact=True)
    expect_good_looks(agent.page, 1280)
    panel.get_by_role("button", name="Rewrite").click()
    agent.page.get_by_role("menuitem", name="Shorter").click()
    expect(panel.get_by_text("Write something first.")).to_be_visible()
    panel.get_by_role("button", name="Suggest a reply").click()
    expect(panel.get_by_role("link", name=title)).to_be_visible()
    expect(panel.get_by_text("From the articles", exact=True)).to_be_visible()
    expect_good_looks(agent.page, 1280)
    panel.get_by_role("button", name="Put into the reply").click()

    expect(agent.box).to_have_value(re.compile("plug it in"))
    expect(client.page.get_by_text("plug it in.")).to_have_count(0)
    agent.page.get_by_role("button", name="Send").click()
    expect(client.page.get_by_text("plug it in.")).to_be_visible()
    expect_counted(admin, before, asked=1, used=1)


def test_what_the_copilot_proposes_never_goes_into_a_message_that_is_edited(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("The gramophone whistles")
    client.open_ticket(title, "It whistles in the morning.")
    agent.enter_ticket(title)
    agent.say("I am on my way.")
    client.expect_line("I am on my way.")
    agent.box.fill("By the way:")
    agent.page.get_by_role("button", name="Copilot", exact=True).click()
    panel = agent.page.get_by_role("group", name="Copilot", exact=True)
    panel.get_by_role("button", name="Summarise").click()
    expect(panel.get_by_text("whistles in the morning")).to_be_visible()

    line = agent.line("I am on my way.")
    line.hover()
    line.get_by_role("button", name="Edit").click()
    expect(agent.box).to_have_value("I am on my way.")
    panel.get_by_role("button", name="Keep as a note").click()

    note = agent.page.get_by_role("textbox", name="Private note")
    expect(note).to_have_value(re.compile("^By the way:\n\n.*whistles in the morning", re.S))
    agent.page.get_by_role("button", name="Add note").click()
    expect(agent.line("By the way:")).to_be_visible()
    client.expect_line("I am on my way.")
    expect(client.page.get_by_text("Edited")).to_have_count(0)
    expect(client.page.get_by_text("By the way:")).to_have_count(0)


def test_a_summary_becomes_a_note_and_what_is_thrown_away_is_counted(visit: Visit, admin: Staff):
    client, agent = visit("client"), visit("agent", phone=True)
    title = fresh("The gramophone hums")
    client.open_ticket(title, "It hums since Monday, and louder at night.")
    before = counted(admin)
    agent.enter_ticket(title)

    agent.page.get_by_role("button", name="Copilot", exact=True).click()
    panel = agent.page.get_by_role("group", name="Copilot", exact=True)
    panel.get_by_role("button", name="Summarise").click()
    expect(panel.get_by_text("louder at night")).to_be_visible()
    expect_good_looks(agent.page, 390)
    panel.get_by_role("button", name="Throw away").click()
    expect(panel.get_by_text("louder at night")).to_have_count(0)
    panel.get_by_role("button", name="Rewrite").click()
    agent.page.keyboard.press("Escape")
    panel.get_by_role("button", name="Summarise").click()
    panel.get_by_role("button", name="Keep as a note").click()
    agent.page.get_by_role("button", name="Add note").click()

    expect(agent.page.locator("[data-key]").get_by_text("louder at night")).to_have_count(2)
    expect(client.page.get_by_text("Asked")).to_have_count(0)
    expect_counted(admin, before, dropped=1, used=1)


def test_without_a_model_a_draft_is_not_rewritten(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("The gramophone is loud")
    client.open_ticket(title, "It is.")
    agent.enter_ticket(title)
    agent.box.fill("Dear sir or madam, turn it down.")

    agent.page.get_by_role("button", name="Copilot", exact=True).click()
    panel = agent.page.get_by_role("group", name="Copilot", exact=True)
    panel.get_by_role("button", name="Rewrite").click()
    agent.page.get_by_role("menuitem", name="More formal").click()

    expect(panel.get_by_text("This needs a language model")).to_be_visible()
    expect(agent.box).to_have_value("Dear sir or madam, turn it down.")


def test_what_was_said_last_stays_in_sight_while_the_copilot_takes_its_room(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("The gramophone crackles")
    client.open_ticket(title, "\n\n".join(["It crackles."] * 40))
    agent.enter_ticket(title)
    client.say("And now it stopped.")
    agent.expect_line("And now it stopped.")

    # Its text comes between two frames, of which the first has just moved to the end.
    agent.evaluate(
        """() => {
          const list = document.querySelector("[data-seq]");
          list.style.maxHeight = "10rem";
          list.dispatchEvent(new Event("scroll"));
        }"""
    )
    expect(agent.line("And now it stopped.")).to_be_in_viewport()
    expect(agent.page.get_by_role("button", name="To the newest")).to_have_count(0)

    agent.page.locator("[data-seq]").hover()
    agent.page.mouse.wheel(0, -200)
    expect(agent.page.get_by_role("button", name="To the newest")).to_be_visible()

"""What supervisors do in the console: look on, whisper, answer, take over, move a queue."""

from __future__ import annotations

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.house import House
from tests.e2e.shopper import Staff
from tests.e2e.test_live import fresh
from tests.e2e.test_notices import bell
from tests.e2e.test_pages import WIDTH, faults
from tests.e2e.test_work import one
from tests.e2e.visitor import Visitor

SUPERVISING = ("Look in", "Whisper to the owner…", "Join the conversation…", "Take it over")


@pytest.fixture
def admin(house: House) -> Generator[Staff]:
    admin = Staff(house.nodes[1].url, "admin")
    yield admin
    admin.close()


@pytest.fixture
def three(visit: Visit) -> tuple[str, Visitor, Visitor, Visitor]:
    """A client and an agent in a ticket of the agent's, and a supervisor who opened it too."""
    client, agent, boss = visit("client"), visit("agent"), visit("supervisor")
    title = fresh("Supervised")
    client.open_ticket(title, "Please help.")
    agent.enter_ticket(title)
    agent.page.get_by_role("button", name="Take it").click()
    expect(agent.page.get_by_role("button", name="Take it")).to_have_count(0)
    boss.enter_ticket(title)
    return title, client, agent, boss


def entry(page: Page, name: str) -> Locator:
    """An act in the menu of a ticket, which is opened for it."""
    page.get_by_role("button", name="More", exact=True).click()
    return page.get_by_role("menuitem", name=name)


def speak(page: Page, act: str, words: str) -> None:
    entry(page, act).click()
    dialog = page.get_by_role("dialog", name=act)
    dialog.get_by_label("Message").fill(words)
    assert faults(page) == []
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_have_count(0)


def test_supervising_is_offered_to_supervisors_only(three: tuple[str, Visitor, Visitor, Visitor]):
    _, _, agent, boss = three
    expect(entry(agent.page, "Snooze for an hour")).to_be_visible()
    for act in SUPERVISING:
        expect(agent.page.get_by_role("menuitem", name=act)).to_have_count(0)
    expect(entry(boss.page, "Snooze for an hour")).to_be_visible()
    for act in SUPERVISING:
        expect(boss.page.get_by_role("menuitem", name=act)).to_be_visible()
    assert faults(boss.page) == []


def test_what_is_snoozed_leaves_the_list_for_one_of_its_own(
    three: tuple[str, Visitor, Visitor, Visitor],
):
    title, _, agent, _ = three
    entry(agent.page, "Snooze for an hour").click()
    expect(agent.page.get_by_text("Snoozed until")).to_be_visible()
    agent.page.goto("/console")
    expect(agent.page.get_by_role("button", name="All active")).to_be_visible()
    expect(agent.row(title)).to_have_count(0)

    agent.page.get_by_role("button", name="Snoozed").click()

    expect(agent.row(title)).to_be_visible()
    assert faults(agent.page) == []


def test_who_looks_in_is_noted_for_staff_and_unknown_to_the_client(
    three: tuple[str, Visitor, Visitor, Visitor],
):
    _, client, agent, boss = three
    entry(boss.page, "Look in").click()

    for each in (agent, boss):
        expect(each.page.get_by_text("looked in as a supervisor")).to_be_visible()
    client.say("Still there?")  # Whatever was to come has come before this.
    agent.expect_line("Still there?")
    expect(client.page.get_by_text("supervisor")).to_have_count(0)
    assert not any("observe" in each for each in client.received)


def test_a_whisper_reaches_the_owner_and_never_the_client(
    three: tuple[str, Visitor, Visitor, Visitor],
):
    title, client, agent, boss = three
    words = fresh("Offer a refund")
    speak(boss.page, "Whisper to the owner…", words)

    agent.expect_line(words)
    boss.expect_line(words)
    bell(agent.page).click()
    notice = agent.page.get_by_role("dialog", name="Notifications").get_by_role("listitem").first
    expect(notice).to_contain_text(title)

    client.say("Any news?")
    agent.expect_line("Any news?")
    client.page.reload()
    client.expect_lines(["Please help.", "Any news?"])
    assert not any(words in each for each in client.received)


def test_a_supervisor_answers_the_client_under_their_own_name(
    three: tuple[str, Visitor, Visitor, Visitor], admin: Staff
):
    title, client, agent, boss = three
    words = fresh("I am sorry")
    speak(boss.page, "Join the conversation…", words)

    for each in (client, agent, boss):
        each.expect_line(words)
    expect(client.line(words)).to_contain_text(one(admin, "supervisor")["name"].split()[0])
    expect(agent.page.get_by_text("joined the conversation as a supervisor")).to_be_visible()
    assert admin.ticket(title)["owner_id"] == one(admin, "agent")["id"]


def test_a_supervisor_takes_a_ticket_over_and_its_owner_is_told(
    three: tuple[str, Visitor, Visitor, Visitor], admin: Staff
):
    title, client, agent, boss = three
    entry(boss.page, "Take it over").click()

    expect(agent.page.get_by_role("button", name="Take it")).to_be_visible()
    expect(agent.page.get_by_text("took this over as a supervisor")).to_be_visible()
    expect(entry(boss.page, "Take it over")).to_have_count(0)
    assert admin.ticket(title)["owner_id"] == one(admin, "supervisor")["id"]
    expect(client.page.get_by_text("as a supervisor")).to_have_count(0)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_queue_is_moved_after_a_look_at_what_would_move(visit: Visit, admin: Staff, phone: bool):
    # Given a ticket that nobody has, in a queue of its own
    client, boss = visit("client"), visit("supervisor", phone=phone)
    page, title = boss.page, fresh("Nobody has me")
    source, target = (admin.post("/api/teams", {"name": fresh(name)}) for name in ("Night", "Day"))
    client.open_ticket(title, "Hello?")
    ticket = admin.ticket(title)["id"]
    admin.post(f"/api/tickets/{ticket}/transfer", {"team_id": source["id"], "note": "Later."})

    # When a supervisor moves the queue
    page.goto("/work")
    queue = page.locator(f"[data-queue='{source['id']}']")
    queue.get_by_role("button", name="Move…").click()
    dialog = page.get_by_role("dialog", name=f"Move the queue of {source['name']}")
    expect(dialog.get_by_text(title)).to_be_visible()
    dialog.get_by_label("To which team").select_option(target["name"])
    assert faults(page) == []
    assert boss.evaluate(WIDTH) <= boss.evaluate("window.innerWidth")
    dialog.get_by_role("button", name="Move 1 ticket").click()

    # Then it waits in the other one
    expect(dialog.get_by_text("1 ticket moved.")).to_be_visible()
    assert admin.ticket(title)["team_id"] == target["id"]
    expect(queue.locator(".count")).to_have_text("0")


def test_agents_move_no_queue(visit: Visit):
    page = visit("agent").page
    page.goto("/work")
    expect(page.locator("[data-queue]").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Move"))).to_have_count(0)

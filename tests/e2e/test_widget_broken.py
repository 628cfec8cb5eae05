"""The chat widget where things break, end, or turn out otherwise; nothing is lost or doubled."""

from __future__ import annotations

import hashlib
import hmac
import json

import httpx
from playwright.sync_api import expect

from tests.e2e.conftest import Come
from tests.e2e.house import House
from tests.e2e.shopper import Staff
from tests.e2e.test_live import fresh
from tests.waiting import ANSWER_SECONDS

REFUSED = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } });"
BLOCKED = """
window.WebSocket = class extends WebSocket {
  constructor() {
    super("wss://blocked.invalid/");
  }
};
"""
TOKEN = """
() => {
  const name = Object.keys(localStorage).find((key) => key.endsWith("deskwire.session"));
  return JSON.parse(localStorage[name]).access_token;
}
"""


def vouched_for(house: House, name: str) -> dict[str, str]:
    """Somebody new, with the word of an inbox's own site for who they are."""
    email = f"{fresh('vera').replace(' ', '-')}@example.org"
    admin = Staff(house.nodes[1].url, "admin")
    inboxes = admin.get("/api/inboxes")["items"]
    inbox = next(each["id"] for each in inboxes if each["name"] == name)
    secret = admin.get(f"/api/inboxes/{inbox}/identity-secret")["secret"]
    admin.close()
    signature = hmac.new(secret.encode(), email.encode(), hashlib.sha256).hexdigest()
    return {"inbox_id": inbox, "email": email, "name": "Vera", "signature": signature}


def test_leaving_in_one_tab_leaves_in_all(come: Come):
    shopper = come()
    first = shopper.page
    shopper.ask(fresh("Two tabs"))
    shopper.new_page()
    shopper.evaluate("deskwire('forget')")
    expect(first.get_by_label("Your name")).to_be_visible()
    assert first.evaluate("Object.keys(localStorage)") == []


def test_a_cut_connection_heals_and_nothing_written_meanwhile_is_lost(
    come: Come, house: House, staff: Staff
):
    shopper = come(cable=True)
    question = fresh("A loose cable")
    shopper.ask(question)

    house.cable.cut()
    shopper.write("Can you hear me?")
    shopper.write("Hello?")
    expect(shopper.panel.get_by_text("No connection.")).to_be_visible()
    staff.say(question, "You are gone for a moment.")
    house.cable.mend()

    said = [question, "You are gone for a moment.", "Can you hear me?", "Hello?"]
    shopper.expect_lines(said)
    expect(shopper.panel.get_by_text("No connection.")).to_have_count(0)
    shopper.expect_settled()
    assert shopper.evaluate("window.stayed === true")


def test_a_question_asked_without_a_connection_arrives_once_when_it_is_back(
    come: Come, house: House, staff: Staff
):
    shopper = come(cable=True)
    question = fresh("From a tunnel")
    shopper.ask(question)
    shopper.page.get_by_role("button", name="All conversations").click()
    shopper.page.get_by_role("button", name="New conversation").click()
    another = fresh("Deeper in the tunnel")
    shopper.page.get_by_label("Your question").fill(another)

    house.cable.cut()
    shopper.page.get_by_role("button", name="Start the chat").click()
    expect(shopper.page.get_by_role("button", name="Sending…")).to_be_visible()
    house.cable.mend()

    shopper.expect_lines([another])
    assert (
        len([each for each in staff.get("/api/tickets")["items"] if each["title"] == another]) == 1
    )


def test_a_node_that_dies_in_mid_conversation_loses_nothing_and_doubles_nothing(
    come: Come, house: House, staff: Staff
):
    shopper = come()
    question = fresh("A falling node")
    shopper.ask(question)
    node, said = house.nodes[0], [question]

    for number in range(1, 9):
        said.append(f"Message {number}")
        shopper.write(said[-1])
        if number == 3:
            node.kill()
        if number == 6:
            node.start()

    shopper.expect_lines(said)
    shopper.expect_settled()
    staff.say(question, "I have all of it.")
    shopper.expect_lines([*said, "I have all of it."])
    assert shopper.evaluate("window.stayed === true")


def test_where_no_websocket_comes_through_long_polling_does(come: Come, staff: Staff):
    shopper = come(init=BLOCKED)
    question = fresh("An old proxy")
    shopper.ask(question)
    staff.say(question, "I hear you.")
    shopper.expect_lines([question, "I hear you."])
    shopper.write("And I you.")
    shopper.expect_settled()
    shopper.expect_lines([question, "I hear you.", "And I you."])


def test_where_the_site_may_keep_nothing_the_chat_works_as_long_as_the_page(
    come: Come, staff: Staff
):
    shopper = come(init=REFUSED)
    question = fresh("No storage")
    shopper.ask(question)
    staff.say(question, "Still fine.")
    shopper.expect_lines([question, "Still fine."])


def test_a_guest_who_turns_out_to_be_somebody_keeps_what_was_asked_and_finds_the_rest(
    come: Come, house: House, staff: Staff
):
    identity = vouched_for(house, "Fernhill Chat")
    first, second = come(), come()
    questions = fresh("Asked at home"), fresh("Asked on the train")
    first.evaluate(f"deskwire('identify', {json.dumps(identity)})")
    first.open_chat()
    expect(first.page.get_by_label("Your name")).to_have_count(0)
    first.page.get_by_label("Your question").fill(questions[0])
    first.page.get_by_role("button", name="Start the chat").click()
    first.expect_lines([questions[0]])

    second.ask(questions[1])
    second.evaluate(f"deskwire('identify', {json.dumps(identity)})")
    staff.say(questions[1], "Here you are.")
    second.expect_lines([questions[1], "Here you are."])
    second.write("And here.")
    second.expect_lines([questions[1], "Here you are.", "And here."])
    second.expect_settled()
    second.page.get_by_role("button", name="All conversations").click()
    expect(second.panel.locator("button.row")).to_have_count(2)


def test_who_the_site_vouches_for_has_their_conversations_on_every_machine(
    come: Come, house: House
):
    identity = vouched_for(house, "Fernhill Chat")
    vouched = f"window.deskwire = {{ identify: {json.dumps(identity)} }}"

    first = come(init=vouched)
    question = fresh("Known by name")
    first.open_chat()
    expect(first.page.get_by_label("Your name")).to_have_count(0)
    first.page.get_by_label("Your question").fill(question)
    first.page.get_by_role("button", name="Start the chat").click()
    first.expect_lines([question])

    second = come(init=vouched)
    second.open_chat()
    second.expect_lines([question])
    second.evaluate("deskwire('forget')")
    expect(second.page.get_by_role("button", name="Start the chat")).to_be_visible()
    assert second.evaluate("Object.keys(localStorage)") == []


def test_a_token_that_ends_says_so_and_loses_nothing_that_was_written(come: Come, house: House):
    shopper = come()
    shopper.ask(fresh("A short visit"))
    shopper.box.fill("A long story that")
    proof = {**vouched_for(house, "Fernhill Chat"), "token": shopper.evaluate(TOKEN)}
    httpx.post(
        f"{house.nodes[1].url}/api/auth/identify", json=proof, timeout=ANSWER_SECONDS
    ).raise_for_status()

    expect(shopper.panel.get_by_text("This chat has ended on this device.")).to_be_visible()
    expect(shopper.page.get_by_label("Your question")).to_have_value("A long story that")
    shopper.page.get_by_label("Your name").fill("Vera")
    shopper.page.get_by_role("button", name="Start the chat").click()
    shopper.expect_lines(["A long story that"])

"""What breaks and heals by itself: cables, nodes, sessions; nothing is lost, nothing doubled."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.house import House
from tests.e2e.test_live import fresh
from tests.e2e.visitor import PASSWORD, Visitor

STAY = "window.stayed = true"
BLOCKED = """
window.WebSocket = class extends WebSocket {
  constructor() {
    super("wss://blocked.invalid/");
  }
};
"""
END_SESSION = """
async () => {
  const { access_token } = JSON.parse(localStorage["deskwire.session"]);
  const headers = { Authorization: `Bearer ${access_token}` };
  const sessions = await (await fetch("/api/auth/sessions", { headers })).json();
  const { id } = sessions.items.find(({ current }) => current);
  return (await fetch(`/api/auth/sessions/${id}`, { method: "DELETE", headers })).ok;
}
"""
STAYED = "window.stayed === true"


def talk(visit: Visit, title: str, *, url: str | None = None) -> tuple[Visitor, Visitor]:
    """A client and an agent in the room of a new ticket."""
    client, agent = visit("client", url=url), visit("agent")
    client.open_ticket(title, "Hello.")
    agent.enter_ticket(title)
    client.evaluate(STAY)
    return client, agent


def test_a_cut_connection_heals_without_a_reload_and_nothing_written_meanwhile_is_lost(
    visit: Visit, house: House
):
    client, agent = talk(visit, fresh("A loose cable"), url=house.cable.url)

    house.cable.cut()
    client.box.fill("Can you hear me?")
    client.box.press("Enter")
    client.box.fill("Hello?")
    client.box.press("Enter")
    expect(client.line("Can you hear me?").get_by_text("Sending…")).to_be_visible()
    expect(client.page.get_by_text("No connection.")).to_be_visible()
    agent.say("You are gone for a moment.")
    house.cable.mend()

    said = ["Hello.", "You are gone for a moment.", "Can you hear me?", "Hello?"]
    client.expect_lines(said)
    agent.expect_lines(said)
    client.expect_settled()
    expect(client.page.get_by_text("No connection.")).to_have_count(0)
    assert client.evaluate(STAYED)


def test_a_ticket_opened_without_a_connection_is_opened_when_it_is_back(visit: Visit, house: House):
    client, agent = visit("client", url=house.cable.url), visit("agent")
    title = fresh("From a tunnel")
    client.write_ticket(title, "No signal here.")

    house.cable.cut()
    client.send_ticket()
    expect(client.page.get_by_role("heading", name="My tickets")).to_be_visible()
    expect(client.page.get_by_text("Sending…")).to_be_visible()
    house.cable.mend()

    expect(agent.row(title)).to_have_count(1)
    expect(client.row(title)).to_have_count(1)
    expect(client.page.get_by_text("Sending…")).to_have_count(0)


def test_a_connection_outlives_its_tokens(visit: Visit, house: House):
    node = house.add_node(DESKWIRE_ACCESS_TOKEN_SECONDS="10")
    try:
        client = visit("client", url=node.url)
        client.open_ticket(fresh("A long afternoon"), "Hello.")
        opened = client.sockets
        kept = "JSON.parse(localStorage['deskwire.session']).granted_at"
        for _ in range(2):
            before = client.evaluate(kept)
            client.wait_until(f"{kept} > {before}")
        client.say("Still here.")
        client.expect_line("Still here.")
        client.expect_settled()
        assert client.sockets == opened
    finally:
        node.stop()


def test_where_no_websocket_comes_through_long_polling_does(visit: Visit):
    client, agent = visit("client"), visit("agent")
    client.context.add_init_script(BLOCKED)
    client.page.reload()
    title = fresh("An old proxy")

    client.open_ticket(title, "Hello.")
    agent.enter_ticket(title)
    agent.say("I hear you.")
    client.expect_line("I hear you.")
    client.say("And I you.")
    agent.expect_line("And I you.")

    names = "performance.getEntriesByType('resource').map(({ name }) => name)"
    assert any("transport=polling" in name for name in client.evaluate(names))


def test_a_reply_written_offline_is_not_sent_past_what_the_client_said_meanwhile(
    visit: Visit, house: House
):
    client, agent = visit("client"), visit("agent", url=house.cable.url)
    title = fresh("Crossing lines")
    client.open_ticket(title, "Send me two.")
    agent.enter_ticket(title)
    agent.read_all()

    house.cable.cut()
    agent.box.fill("Two are on their way.")
    agent.box.press("Enter")
    client.say("Make it three.")
    client.expect_settled()
    house.cable.mend()

    refused = agent.line("Two are on their way.")
    expect(refused.get_by_role("alert")).to_contain_text("Not sent:")
    agent.expect_line("Make it three.")
    refused.get_by_role("button", name="Edit").click()
    expect(agent.box).to_have_value("Two are on their way.")
    agent.box.fill("Three are on their way.")
    agent.read_all()
    agent.box.press("Enter")
    said = ["Send me two.", "Make it three.", "Three are on their way."]
    client.expect_lines(said)
    agent.expect_lines(said)


def test_what_was_not_sent_outlives_the_tab(visit: Visit, house: House):
    title = fresh("A closed tab")
    client, agent = talk(visit, title, url=house.cable.url)

    house.cable.cut()
    client.box.fill("Sent from a tab that is gone.")
    client.box.press("Enter")
    expect(client.page.locator("[data-delivery=sending]")).to_be_visible()
    client.page.close()
    house.cable.mend()
    client.new_tab().goto("/portal")

    agent.expect_lines(["Hello.", "Sent from a tab that is gone."])


def test_a_node_that_dies_in_mid_conversation_loses_nothing_and_doubles_nothing(
    visit: Visit, house: House
):
    client, agent = talk(visit, fresh("A falling node"))
    node = house.nodes[0]
    said = ["Hello."]

    for number in range(1, 11):
        said.append(f"Message {number}")
        client.box.fill(said[-1])
        client.box.press("Enter")
        if number == 4:
            node.kill()
        if number == 7:
            node.start()

    client.expect_lines(said)
    client.expect_settled()
    agent.expect_lines(said)
    assert client.evaluate(STAYED)
    agent.say("I have all of it.")
    client.expect_line("I have all of it.")


def test_a_session_that_ends_while_typing_loses_nothing_of_what_was_typed(visit: Visit):
    client, agent = talk(visit, fresh("An ended session"))
    client.box.fill("A long story that")

    assert client.evaluate(END_SESSION)
    dialog = client.page.get_by_role("dialog", name="Log in again")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Log in").click()

    expect(dialog).to_have_count(0)
    expect(client.box).to_have_value("A long story that")
    client.box.press("End")
    client.box.press_sequentially(" ends well.")
    client.box.press("Enter")
    agent.expect_line("A long story that ends well.")
    assert client.evaluate(STAYED)


def test_a_page_loaded_with_an_ended_session_works_again_after_the_log_in(visit: Visit):
    client = visit("client")
    assert client.evaluate(END_SESSION)
    client.page.reload()

    dialog = client.page.get_by_role("dialog", name="Log in again")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Log in").click()

    expect(client.page.get_by_role("heading", name="My tickets")).to_be_visible()
    client.open_ticket(fresh("Back again"), "Hello.")
    client.expect_line("Hello.")


def test_logging_out_in_one_tab_logs_out_the_others_and_leaves_nothing_behind(visit: Visit):
    client = visit("client")
    first = client.page
    second = client.new_tab()
    second.goto("/portal/new")
    second.get_by_label("What is it about?").fill("Half a thought")

    client.log_out(first)

    for page in (first, second):
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert second.evaluate("Object.keys(localStorage)") == []


def test_two_tabs_share_one_renewal(visit: Visit):
    client = visit("client")
    pages = client.page, client.new_tab()
    pages[1].goto("/portal")
    expect(pages[1].get_by_role("heading", name="My tickets")).to_be_visible()
    age = """() => {
      const kept = JSON.parse(localStorage["deskwire.session"]);
      localStorage["deskwire.session"] = JSON.stringify({ ...kept, granted_at: 0 });
      return kept.refresh_token;
    }"""
    before = client.evaluate(age)

    for page in pages:
        page.evaluate("history.pushState(null, '', '/portal/new')")
        page.evaluate("window.dispatchEvent(new PopStateEvent('popstate'))")
        expect(page.get_by_label("Category")).to_be_visible()

    kept = client.evaluate("JSON.parse(localStorage['deskwire.session'])")
    assert kept["granted_at"] > 0
    assert kept["refresh_token"] != before
    for page in pages:
        expect(page.get_by_role("heading", name="New ticket")).to_be_visible()

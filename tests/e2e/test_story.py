"""What is done to a ticket stands quietly between its messages, live and for who comes later."""

from __future__ import annotations

from playwright.sync_api import Request, expect

from tests.e2e.conftest import Visit
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults
from tests.e2e.visitor import Visitor

ASK = """
async ([method, path, body]) => {
  const { access_token } = JSON.parse(localStorage["deskwire.session"]);
  const headers = { Authorization: `Bearer ${access_token}`, "Content-Type": "application/json" };
  const answer = await fetch(path, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
}
"""


def expect_changes(visitor: Visitor, said: list[str]) -> None:
    """Exactly these changes are told, in this order; when is left out."""
    told = visitor.page.locator("[data-change]")
    expect(told).to_have_count(len(said))
    for place, words in enumerate(said):
        expect(told.nth(place)).to_contain_text(words)


def test_what_is_done_to_a_ticket_is_told_live_and_to_who_comes_later(visit: Visit):
    client, agent = visit("client", phone=True), visit("agent")
    title, secret = fresh("The lift is stuck"), fresh("vip")
    client.open_ticket(title, "Between two floors.")
    ticket = f"/api/tickets/{client.page.url.rsplit('/', 1)[1]}"
    agent.enter_ticket(title)

    agent.page.get_by_role("button", name="Take it").click()
    agent.say("We are coming.")
    client.expect_line("We are coming.")
    agent.page.get_by_label("Priority").select_option("urgent")
    agent.expect_nothing_under_way()
    agent.evaluate(ASK, ["PUT", ticket, {"tags": [secret], "title": f"{title}!"}])
    waiting = {"status": "pending", "reason": "Tell us the floor."}
    agent.evaluate(ASK, ["POST", f"{ticket}/status", waiting])

    taken, urgent = "Sam Rivera took this", "Sam Rivera set the priority to Urgent"
    renamed = f"Sam Rivera renamed this to “{title}!”"
    to_client = "Sam Rivera set the status to “Waiting for you”: “Tell us the floor.”"
    to_staff = [
        taken,
        "Sam Rivera set the priority: Medium → Urgent",
        f"Sam Rivera renamed this: “{title}” → “{title}!”",
        f"Sam Rivera set the tags: nothing → {secret}",
        "Sam Rivera set the status: Open → Pending: “Tell us the floor.”",
    ]
    expect_changes(client, [taken, urgent, renamed, to_client])
    shown = agent.page.locator("[data-change]")
    expect(shown).to_contain_text(to_staff)
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/log?" in request.url:
            asked.append(request.url)

    client.page.on("request", note)
    client.page.reload()

    expect_changes(client, [taken, urgent, renamed, to_client])
    order = client.page.locator("ol > :is([data-key], [data-change])")
    expect(order.nth(1)).to_contain_text(taken)
    expect(order.nth(2)).to_contain_text("We are coming.")
    assert len(asked) == 1
    assert not any(secret in each for each in client.received)
    late = visit("agent2")
    late.enter_ticket(f"{title}!")
    expect(late.page.locator("[data-change]")).to_have_count(5)
    for visitor in (client, late):
        assert faults(visitor.page) == []
    assert client.evaluate(WIDTH) <= 390


def test_where_a_closed_ticket_goes_on_is_told_with_the_way_there(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("The same again")
    client.open_ticket(title, "Fix it.")
    agent.enter_ticket(title)
    for status in ("resolved", "closed"):
        agent.page.get_by_label("Status").select_option(status)
        agent.expect_nothing_under_way()
    expect(client.page.locator("[data-change]")).to_have_count(2)

    client.say("It is back.")

    told = agent.page.locator("[data-change='ticket.followed_up']")
    expect(told).to_contain_text("Mia Keller wrote again; it goes on in a new ticket.")
    told.get_by_role("link", name="Go there").click()
    agent.expect_lines(["It is back."])

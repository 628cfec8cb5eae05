"""A ticket goes live between browsers on two nodes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.shopper import Staff

WATCH = """
(title) => {
  window.shownAt = new Promise((resolve) => {
    const look = () => {
      if (!document.body.innerText.includes(title)) return;
      observer.disconnect();
      resolve(performance.timeOrigin + performance.now());
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  window.addEventListener(
    "click",
    () => (window.sentAt ??= performance.timeOrigin + performance.now()),
    { capture: true },
  );
}
"""

REQUESTS = """
([from, to]) =>
  performance
    .getEntriesByType("resource")
    .filter(({ startTime, initiatorType }) => {
      const at = performance.timeOrigin + startTime;
      return initiatorType !== "other" && from <= at && at <= to; // Other: the tab's picture.
    })
    .map(({ name }) => name)
"""


def fresh(what: str) -> str:
    """A text that stands nowhere else."""
    return f"{what} {uuid4().hex[:8]}"


def counter(page: Page, name: str) -> int:
    shown = page.locator(f"[data-counter='{name}']")
    return int(shown.inner_text())


def expect_counter(page: Page, name: str, value: int) -> None:
    expect(page.locator(f"[data-counter='{name}']")).to_have_text(str(value))


def test_a_new_ticket_shows_in_the_agents_inbox_and_nothing_but_socket_frames_carried_it(
    visit: Visit,
):
    client, agent = visit("client"), visit("agent")
    title = fresh("The printer is on fire")
    agent.page.goto("/console?view=unassigned")
    expect(agent.page.locator("[data-ticket]").first).to_be_visible()
    client.write_ticket(title, "It burns.")
    for page in (client.page, agent.page):
        page.evaluate(WATCH, title)

    client.send_ticket()

    expect(agent.row(title)).to_be_visible()
    sent_at: float = client.evaluate("window.sentAt")
    shown_at: float = agent.evaluate("window.shownAt")
    assert shown_at > sent_at
    for page in (client.page, agent.page):
        asked: list[Any] = page.evaluate(REQUESTS, [sent_at, shown_at])
        assert asked == [], f"between send and show, this was asked for by HTTP: {asked}"


def test_five_messages_go_each_way_in_one_order_and_are_read(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("The lamp is dark")
    client.open_ticket(title, "No light.")
    agent.enter_ticket(title)
    said = ["No light."]

    for turn in range(1, 6):
        for speaker, listener, who in ((client, agent, "client"), (agent, client, "agent")):
            said.append(fresh(f"{who} says {turn}"))
            speaker.say(said[-1])
            listener.expect_line(said[-1])

    for visitor in (client, agent):
        visitor.expect_lines(said)
        visitor.expect_settled()
    expect(client.line(said[-2]).locator("[data-delivery]")).to_have_text("Read")
    expect(agent.line(said[-1]).locator("[data-delivery]")).to_have_text("Read")


def test_where_something_happens_all_the_time_what_is_looked_at_is_read(visit: Visit, staff: Staff):
    client, agent = visit("client"), visit("agent")
    subject = fresh("A busy room")
    client.open_ticket(subject, "Is anybody there?")
    agent.enter_ticket(subject)
    notes = f"/api/tickets/{staff.ticket(subject)['id']}/messages"
    said = client.line("I wait.").locator("[data-delivery]")
    for at in range(30):
        staff.post(notes, {"body": f"Note {at}", "visibility": "private"})
        if at == 0:
            client.say("I wait.")
        client.page.wait_for_timeout(150)
        if said.inner_text() == "Read":
            break
    assert at < 29


def test_a_private_note_reaches_staff_and_no_byte_of_it_the_client(visit: Visit):
    client, agent, other = visit("client"), visit("agent"), visit("agent2")
    title = fresh("A question about the bill")
    secret = fresh("They owe us from last year")
    client.open_ticket(title, "Why so much?")
    for colleague in (agent, other):
        colleague.enter_ticket(title)

    agent.read_all()
    agent.note(secret)
    other.expect_line(secret)
    agent.say("We look into it.")
    client.expect_line("We look into it.")
    client.page.reload()
    client.expect_lines(["Why so much?", "We look into it."])

    expect(other.line(secret).get_by_text("Private note")).to_be_visible()
    assert any(secret in each for each in other.received)
    assert not any(secret in each for each in client.received)
    assert any("We look into it." in each for each in client.received)
    assert secret not in client.page.content()


def test_the_wallboard_counts_what_happens(visit: Visit):
    client, agent, supervisor = visit("client"), visit("agent"), visit("supervisor")
    board = supervisor.page
    board.goto("/wallboard")
    expect(board.locator("dl:not(.loading)")).to_be_visible()
    opened, waiting = counter(board, "tickets.open"), counter(board, "tickets.unassigned")
    title = fresh("The door squeaks")

    client.open_ticket(title, "All day.")
    expect_counter(board, "tickets.open", opened + 1)
    expect_counter(board, "tickets.unassigned", waiting + 1)

    agent.enter_ticket(title)
    agent.page.get_by_role("button", name="Take it").click()
    expect_counter(board, "tickets.unassigned", waiting)
    agent.page.get_by_label("Status").select_option("in_progress")
    expect_counter(board, "tickets.open", opened)
    expect(client.page.get_by_text("In progress", exact=True)).to_be_visible()


def test_somebody_typing_is_shown_while_they_type(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("A slow afternoon")
    client.open_ticket(title, "Are you there?")
    agent.enter_ticket(title)

    agent.box.fill("Yes, I")
    expect(client.page.get_by_text("Sam Rivera is typing…")).to_be_visible()

    agent.read_all()
    agent.box.press("Enter")
    client.expect_line("Yes, I")
    expect(client.page.get_by_text("is typing…")).to_have_count(0)


def test_an_agent_who_answers_without_having_seen_the_newest_is_told_first(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("It is urgent")
    client.open_ticket(title, "\n\n".join(f"Line {number}" for number in range(80)))
    agent.enter_ticket(title)
    agent.read_all()
    agent.page.locator("[data-seq]").evaluate("(list) => (list.scrollTop = 0)")
    missed = fresh("Never mind, it works again")
    agent.box.fill("I send a technician.")

    client.say(missed)
    expect(agent.line(missed)).to_have_count(1)
    agent.box.press("Enter")

    asking = agent.page.get_by_role("alertdialog", name="Someone wrote in the meantime")
    expect(asking).to_contain_text(missed)
    asking.get_by_role("button", name="Change my reply").click()
    expect(agent.box).to_have_value("I send a technician.")
    agent.box.press("Enter")
    asking.get_by_role("button", name="Send anyway").click()
    client.expect_line("I send a technician.")


def test_one_edits_and_removes_ones_own_message_for_everybody(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("A typo")
    client.open_ticket(title, "Hello.")
    agent.enter_ticket(title)
    agent.say("Please wiat.")
    client.expect_line("Please wiat.")

    agent.line("Please wiat.").hover()
    agent.line("Please wiat.").get_by_role("button", name="Edit").click()
    agent.box.fill("Please wait.")
    agent.box.press("Enter")
    client.expect_line("Please wait.")
    expect(client.page.get_by_text("Edited")).to_be_visible()

    agent.line("Please wait.").hover()
    agent.line("Please wait.").get_by_role("button", name="Remove the text for good").click()
    sure = agent.page.get_by_role("dialog", name="Remove this text for good")
    expect(sure).to_be_visible()
    sure.get_by_role("button", name="Remove it").click()
    expect(client.page.get_by_text("This message was removed.")).to_be_visible()
    expect(client.page.get_by_text("Please wait.")).to_have_count(0)


def test_a_reply_to_a_closed_ticket_goes_on_in_one_that_follows_it(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("It was fixed")
    client.open_ticket(title, "Fix it.")
    agent.enter_ticket(title)
    for status in ("resolved", "closed"):
        agent.page.get_by_label("Status").select_option(status)
        expect(agent.page.get_by_label("Status")).to_have_value(status)

    expect(client.page.get_by_text("If you write, a new ticket follows this one.")).to_be_visible()
    client.say("It is broken again.")
    client.page.get_by_role("link", name="the ticket that follows it").click()

    client.expect_lines(["It is broken again."])


def test_a_refused_change_says_why_and_shows_what_holds(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("Closed for good")
    client.open_ticket(title, "Close it.")
    agent.enter_ticket(title)
    status = agent.page.get_by_label("Status")
    for step in ("resolved", "closed"):
        status.select_option(step)
        expect(status).to_have_value(step)
        agent.expect_nothing_under_way()

    agent.page.get_by_role("button", name="Details").click()
    owner = agent.page.get_by_role("combobox", name="Owner")
    owner.click()
    agent.page.get_by_role("option", name="Noor Haddad").click()

    said = agent.page.get_by_role("alert").filter(has_text="The ticket was not assigned.")
    expect(said).to_contain_text("reopen it before you assign it")
    expect(owner).to_have_value("Unassigned")
    said.get_by_role("button", name="Dismiss").click()
    expect(said).to_have_count(0)

    agent.page.get_by_role("link", name="Inbox").click()
    expect(agent.row(title)).to_have_count(0)
    agent.page.get_by_role("button", name="Closed").click()
    expect(agent.row(title)).to_be_visible()


POST = """
async ([ticketId, count]) => {
  const { access_token } = JSON.parse(localStorage["deskwire.session"]);
  const headers = { Authorization: `Bearer ${access_token}`, "Content-Type": "application/json" };
  for (let number = 1; number <= count; number += 1) {
    const body = JSON.stringify({ body: `Number ${number}.` });
    const path = `/api/tickets/${ticketId}/messages`;
    const { ok } = await fetch(path, { method: "POST", headers, body });
    if (!ok) throw new Error(`message ${number} was refused`);
  }
}
"""


def test_a_long_conversation_opens_at_its_end_and_goes_back_page_by_page(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("A long story")
    client.open_ticket(title, "Once upon a time.")
    ticket_id = client.page.url.rsplit("/", 1)[1]
    client.evaluate(POST, [ticket_id, 120])

    agent.enter_ticket(title)
    agent.expect_lines([f"Number {number}." for number in range(71, 121)])
    expect(agent.line("Number 120.")).to_be_in_viewport()
    earlier = agent.page.get_by_role("button", name="Show earlier messages")
    for first in (21, 1):
        earlier.click()
        expect(agent.line(f"Number {first}.")).to_have_count(1)

    agent.expect_lines(["Once upon a time.", *(f"Number {number}." for number in range(1, 121))])
    expect(earlier).to_have_count(0)

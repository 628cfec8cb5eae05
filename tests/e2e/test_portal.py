"""A client at home: own tickets live, answers while one writes, a room that holds any file."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.test_files import attach, chips
from tests.e2e.test_help import find, write_article
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults
from tests.e2e.visitor import Visitor

MANY = 230
OPEN_MANY = """
async (count) => {
  const { access_token } = JSON.parse(localStorage["deskwire.session"]);
  const headers = { Authorization: `Bearer ${access_token}`, "Content-Type": "application/json" };
  const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  for (let at = 1; at <= count; at += 1) {
    const body = JSON.stringify({ title: `Parcel ${at}`, body: "Where is it?" });
    const answer = await fetch("/api/tickets", { method: "POST", headers, body });
    if (answer.status === 429) at -= 1;
    else if (!answer.ok) throw new Error(await answer.text());
    if (answer.status === 429) await pause(Number(answer.headers.get("Retry-After")));
  }
}
"""
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HAND_OVER = """
([place, how, count]) => {
  const data = new DataTransfer();
  for (let at = 1; at <= count; at += 1) data.items.add(new File(["x"], `${how} ${at}.txt`));
  const more = { bubbles: true, cancelable: true };
  const event = how === "drop" ? new DragEvent("drop", { ...more, dataTransfer: data })
    : new ClipboardEvent("paste", { ...more, clipboardData: data });
  document.querySelector(place).dispatchEvent(event);
}
"""


def sign_up(stranger: Visitor) -> Visitor:
    page = stranger.page
    page.goto("/signup")
    page.get_by_label("Your name").fill("Vera Novak")
    page.get_by_label("E-mail").fill(f"{fresh('vera').replace(' ', '-')}@demo.test")
    page.get_by_label("Password").fill("long enough")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="No tickets yet")).to_be_visible()
    return stranger


def test_an_answer_marks_the_ticket_at_home_until_it_was_read(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("The bell does not ring")
    client.open_ticket(title, "Hello.")
    client.page.get_by_role("link", name="Back to my tickets").click()
    row = client.row(title)
    expect(row).to_contain_text("You wrote")
    expect(row).to_have_attribute("data-unread", "false")

    agent.enter_ticket(title)
    agent.say("Press harder.")

    expect(row).to_have_attribute("data-unread", "true")
    expect(row).to_contain_text("Sam Rivera wrote")
    client.page.reload()
    expect(row).to_have_attribute("data-unread", "true")
    row.click()
    client.read_all()
    client.page.get_by_role("link", name="Back to my tickets").click()
    expect(row).to_have_attribute("data-unread", "false")


def test_tickets_are_chosen_by_where_they_stand(visit: Visit):
    client, agent = visit("client"), visit("agent")
    waiting, running = fresh("It waits"), fresh("It runs")
    for title in (waiting, running):
        client.open_ticket(title, "Hello.")
    agent.enter_ticket(waiting)
    agent.page.get_by_label("Status").select_option("pending")
    agent.expect_nothing_under_way()

    client.page.goto("/portal")
    expect(client.row(waiting)).to_contain_text("Waiting for you")
    client.page.get_by_role("radio", name="Waiting for you").check(force=True)
    expect(client.row(running)).to_have_count(0)
    expect(client.row(waiting)).to_have_count(1)
    client.page.get_by_role("radio", name="Open").check(force=True)
    expect(client.row(running)).to_have_count(1)
    expect(client.row(waiting)).to_have_count(0)


def test_hundreds_of_tickets_are_one_quick_list(stranger: Visitor):
    client = sign_up(stranger)
    client.evaluate(OPEN_MANY, MANY)
    page = client.page
    newest, oldest = client.row(f"Parcel {MANY}"), page.get_by_text("Parcel 1", exact=True)
    expect(newest).to_be_visible()
    assert page.locator("[data-ticket]").count() < 60

    page.get_by_role("searchbox", name="Title or number").fill("parcel 1")
    expect(newest).to_have_count(0)
    page.locator("main").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    expect(oldest).to_be_visible()
    assert page.locator("[data-ticket]").count() < 60
    assert faults(page) == []


def test_an_article_that_answers_is_offered_while_one_writes_and_leads_away_kindly(visit: Visit):
    staff, client = visit("supervisor"), visit("client")
    title = fresh("Xylophone tuning")
    write_article(staff, title, "Use the small hammer.", State="published")
    page = client.page
    page.goto("/help")
    expect(find(client, "xylophone", title)).to_be_visible()  # By now the client's node knows it.
    page.goto("/portal/new")
    about, more = page.get_by_label("What is it about?"), page.get_by_label("Tell us more")

    about.press_sequentially("My xylophone needs tuning")
    offered = page.get_by_role("complementary").locator("details", has_text=title)
    expect(offered).to_be_visible()
    expect(about).to_be_focused()
    more.fill("It sounds sour.")
    offered.locator("summary").click()
    expect(offered.get_by_text("Use the small hammer.")).to_be_visible()
    assert faults(page) == []
    offered.get_by_role("button", name="This solved it").click()

    expect(page.get_by_role("heading", name="My tickets")).to_be_visible()
    expect(page.get_by_text("Nothing was sent.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(more).to_have_value("It sounds sour.")
    page.reload()
    expect(about).to_have_value("My xylophone needs tuning")
    page.get_by_role("button", name="Start over").click()
    expect(about).to_have_value("")


def test_files_are_chosen_dropped_and_pasted_up_to_ten(visit: Visit):
    client = visit("client")
    page = client.page
    page.goto("/portal/new")
    page.get_by_label("What is it about?").fill(fresh("Many files"))
    page.get_by_label("Tell us more").fill("Here they are.")
    attach(client, {"name": "chosen.txt", "mimeType": "text/plain", "buffer": b"x"})
    client.evaluate(HAND_OVER, ["form", "drop", 5])
    client.evaluate(HAND_OVER, ["textarea", "paste", 8])

    expect(chips(client, "there")).to_have_count(10)
    expect(page.get_by_text("10 of 10 files")).to_be_visible()
    expect(page.get_by_role("button", name="Attach files")).to_be_disabled()
    client.send_ticket()
    expect(page.locator("[data-key]").get_by_role("button", name=".txt")).to_have_count(10)


def test_a_picture_is_seen_at_once_and_looked_at_in_full(visit: Visit):
    client, agent = visit("client"), visit("agent", phone=True)
    title = fresh("See for yourself")
    client.write_ticket(title, "Look.")
    attach(client, {"name": "dot.png", "mimeType": "image/png", "buffer": DOT})
    expect(chips(client, "there")).to_have_count(1)
    client.send_ticket()
    agent.enter_ticket(title)

    for visitor in (client, agent):
        picture = visitor.line("Look.").get_by_role("button", name="Look at dot.png")
        expect(picture.locator("img")).to_be_visible()
        assert picture.locator("img").evaluate("image => image.naturalWidth") == 1
        picture.click()
        shown = visitor.page.get_by_role("dialog", name="dot.png")
        expect(shown.get_by_role("img", name="dot.png")).to_be_visible()
        assert faults(visitor.page) == []
        with visitor.page.expect_download() as download:
            shown.get_by_role("button", name="Save the file").click()
        assert download.value.suggested_filename == "dot.png"
        visitor.page.keyboard.press("Escape")
        expect(shown).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_portal_is_clean_to_axe(visit: Visit, scheme: Any, language: str):
    client = visit("client", phone=scheme == "dark")
    page = client.page
    page.emulate_media(color_scheme=scheme)
    client.evaluate(f"localStorage['deskwire.language'] = '{language}'")
    for path in ("/portal", "/portal/new"):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("[role=status]", has_text="…")).to_have_count(0)
        assert faults(page) == []
        assert client.evaluate(WIDTH) <= client.evaluate("window.innerWidth")
    page.goto("/portal")
    page.locator("[data-ticket]").first.click()
    expect(page.locator("[data-key]").first).to_be_visible()
    assert faults(page) == []

"""The assistant's turn: asked, answered from articles before one's eyes, left to people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

import pytest
from playwright.sync_api import Page, expect

from domain.inbox.state import DEFAULT_INBOX_ID
from tests.e2e.conftest import Come, Visit
from tests.e2e.house import House
from tests.e2e.shopper import Shopper, Staff
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults
from tests.e2e.visitor import Visitor

# What grows before one's eyes, each time it is more.
WATCH = """
() => {
  window.seen = [];
  new MutationObserver(() => {
    const text = document.querySelector(".growing .text")?.textContent.trim();
    if (text && text !== window.seen.at(-1)) window.seen.push(text);
  }).observe(document, { childList: true, characterData: true, subtree: true });
}
"""
CHAT = "document.querySelector('deskwire-widget').shadowRoot"
ANSWERED_MS = 60_000
SHORT = "Unplug it, wait for **ten minutes**, plug it in."
LONG = f"{'Then turn it once more, and listen whether it sings. ' * 12}{SHORT}"
"""It takes longer to be said than to be heard of."""


def switch(admin: Staff, inbox: str, *, on: bool) -> None:
    kept = admin.get(f"/api/inboxes/{inbox}")
    written = {key: kept[key] for key in ("name", "team_id", "sites", "colour", "version")}
    admin.put(f"/api/inboxes/{inbox}", {**written, "assistant": on})


@pytest.fixture
def admin(house: House) -> Iterator[Staff]:
    admin = Staff(house.nodes[1].url, "admin")
    yield admin
    admin.close()


@pytest.fixture
def inbox(admin: Staff) -> Iterator[str]:
    """Where clients of the portal ask, with the assistant on."""
    switch(admin, DEFAULT_INBOX_ID, on=True)
    yield DEFAULT_INBOX_ID
    switch(admin, DEFAULT_INBOX_ID, on=False)


def publish(admin: Staff, *titles: str, body: str = SHORT) -> None:
    """Articles of these titles, until the assistant knows them."""
    publish_written(
        admin,
        *(
            {
                "title": title,
                "summary": f"How it is done: {title.lower()}.",
                "body": f"## {title}\n\n{body}",
            }
            for title in titles
        ),
    )


def publish_written(admin: Staff, *articles: dict[str, str]) -> None:
    """Until the worker, who answers, has said that it knows them."""

    def known() -> int:
        return admin.get("/api/assistant")["articles"]

    before, deadline = known(), monotonic() + ANSWERED_MS / 1_000
    for article in articles:
        admin.post("/api/articles", {**article, "reach": "public", "stage": "published"})
    while known() < before + len(articles):
        assert monotonic() < deadline
        sleep(0.2)


@contextmanager
def mid_answer(house: House) -> Iterator[None]:
    """Whoever answers stands still, so that one can look around in the middle of it."""
    house.worker.suspend()
    try:
        yield
    finally:
        house.worker.resume()


def expect_answer(visitor: Visitor, title: str) -> None:
    """It names an article of this title as where it has it from."""
    source = visitor.page.get_by_role("list", name="Sources").last.get_by_role("link")
    expect(source).to_have_text(title, timeout=ANSWERED_MS)
    expect(visitor.page.locator(".growing")).to_have_count(0)


def expect_good_looks(page: Page, width: int) -> None:
    assert page.evaluate(WIDTH) <= width
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert faults(page) == []
    page.emulate_media(color_scheme="light")


@pytest.mark.usefixtures("inbox")
def test_what_did_not_help_is_left_to_people_who_know_what_was_tried(visit: Visit, admin: Staff):
    client, agent = visit("client", phone=True), visit("agent")
    one, two = fresh("Defrost the icebox"), fresh("Descale the samovar")
    publish(admin, one, two)
    for visitor in (client, agent):
        visitor.evaluate(WATCH)

    client.page.goto("/portal/new")
    client.evaluate(WATCH)
    client.page.get_by_label("What is it about?").fill(one)
    client.page.get_by_label("Tell us more").fill(f"How do I do this: {one}?")
    client.send_ticket()
    row = agent.row(one)
    expect(row.get_by_text("Assistant", exact=True)).to_be_visible()
    expect_answer(client, one)
    expect(client.page.get_by_text("from our articles")).to_be_visible()
    seen: list[str] = client.evaluate("window.seen")
    assert len(seen) > 2
    assert [len(each) for each in seen] == sorted(len(each) for each in seen)
    last = client.page.locator("[data-key] .text").last
    expect(last).to_contain_text("plug it in.")
    expect_good_looks(client.page, 390)

    agent.enter_ticket(one)
    expect(agent.page.get_by_text("The assistant’s turn.")).to_be_visible()
    expect_answer(agent, one)
    client.page.get_by_role("button", name="Not yet").click()
    expect(agent.page.get_by_text("It did not help").first).to_be_visible()
    client.box.fill(f"And this: {two}?")
    client.page.get_by_role("button", name="Send").click()
    expect_answer(client, two)
    assert len(agent.evaluate("window.seen")) > 2
    client.page.get_by_role("button", name="Not yet").click()

    over = "[data-change='assistant.handed_over']"
    expect(client.page.locator(over)).to_contain_text("A person goes on from here.")
    expect(client.page.get_by_role("button", name="A person, please")).to_have_count(0)
    expect(agent.page.locator(over)).to_contain_text("The assistant’s answers did not help.")
    expect(row.get_by_text("Assistant", exact=True)).to_have_count(0)
    if (details := agent.page.get_by_role("button", name="Details")).count():
        details.click()
    briefing = agent.page.locator("[data-briefing]")
    expect(briefing).to_contain_text("The assistant’s answers did not help.")
    expect(briefing.get_by_role("listitem")).to_have_text(
        [
            re.compile(f"How do I do this: {re.escape(one)}"),
            re.compile(f"And this: {re.escape(two)}"),
            re.compile(f"{re.escape(one)}.*It did not help"),
            re.compile(f"{re.escape(two)}.*It did not help"),
        ]
    )
    expect_good_looks(agent.page, 1280)
    agent.page.keyboard.press("Escape")

    agent.page.get_by_role("button", name="Take it").click()
    agent.say("Let me look at it with you.")
    client.expect_line("Let me look at it with you.")
    expect(client.page.get_by_text("looks after this")).to_be_visible()
    expect(client.page.get_by_role("list", name="Sources")).to_have_count(2)


@pytest.mark.usefixtures("inbox")
def test_what_helped_is_solved_and_an_article_is_opened_from_its_citation(
    visit: Visit, admin: Staff
):
    client = visit("client")
    title = fresh("Rewind the gramophone")
    publish(admin, title)
    client.open_ticket(title, f"How do I do this: {title}?")
    expect_answer(client, title)
    client.page.get_by_role("button", name="Yes", exact=True).click()
    expect(client.page.get_by_text("It helped")).to_be_visible()
    expect(client.page.get_by_text("Solved. If it comes back")).to_be_visible()
    client.page.get_by_role("list", name="Sources").get_by_role("link").click()
    expect(client.page.get_by_role("heading", level=1, name=title)).to_be_visible()


@pytest.mark.usefixtures("inbox")
def test_who_takes_a_ticket_ends_the_assistants_turn(visit: Visit, admin: Staff):
    client, agent = visit("client"), visit("agent")
    title = fresh("Polish the periscope")
    publish(admin, title)
    client.open_ticket(title, f"How do I do this: {title}?")
    expect_answer(client, title)
    agent.enter_ticket(title)
    agent.page.get_by_role("button", name="Take over").click()

    expect(agent.page.get_by_text("The assistant’s turn.")).to_have_count(0)
    expect(client.page.get_by_role("button", name="A person, please")).to_have_count(0)
    expect(client.page.get_by_text("A person goes on from here.")).to_be_visible()
    expect(client.page.get_by_text("Did that help?")).to_have_count(0)


@pytest.mark.usefixtures("inbox")
def test_who_comes_or_comes_back_in_mid_answer_reads_it_from_the_start_to_the_same_end(
    visit: Visit, admin: Staff, house: House
):
    client, agent = visit("client", url=house.cable.url), visit("agent")
    title = fresh("Tune the carillon")
    publish(admin, title, body=LONG)
    client.write_ticket(title, f"How do I do this: {title}?")
    client.evaluate(WATCH)
    client.send_ticket()
    client.wait_until("window.seen.at(-1)?.includes('listen')")
    with mid_answer(house):
        first, late = client.page, client.new_tab()
        expect(first.get_by_role("heading", name=title)).to_be_visible()
        late.goto(first.url)
        growing = late.locator(".growing .text")
        expect(growing).to_be_visible()
        so_far = (growing.text_content() or "").strip()
        with first.expect_websocket(), late.expect_websocket():
            house.cable.cut()
            house.cable.mend()
        for page in (first, late):
            expect(page.locator(".growing .text")).to_have_text(so_far)
            expect(page.locator(".growing")).to_contain_text("from our articles")
        agent.enter_ticket(title)
        for page in (late, agent.page):
            page.evaluate(WATCH)

    pages = (first, late, agent.page)
    last = [page.locator("[data-key] .text").last for page in pages]
    for page, text in zip(pages, last, strict=True):
        expect(page.locator(".growing")).to_have_count(0)
        expect(text).to_contain_text("plug it in.")
        seen: list[str] = page.evaluate("window.seen")
        assert len(seen) > 2
        assert [len(each) for each in seen] == sorted(len(each) for each in seen)
        assert seen[-1].startswith(so_far)
        assert len(seen[-1]) > len(so_far)
    assert all(each.startswith(so_far) for each in agent.evaluate("window.seen"))
    assert len({text.inner_text() for text in last}) == 1


def test_a_visitor_of_a_shop_is_answered_and_asks_for_a_person(
    come: Come, visit: Visit, admin: Staff, house: House
):
    shops = admin.get("/api/inboxes")["items"]
    [inbox] = [each["id"] for each in shops if each["name"] == "Fernhill Chat"]
    title = fresh("Patch the gaiter")
    publish(admin, title, body=LONG)
    switch(admin, inbox, on=True)
    try:
        shopper = come(phone=True)
        ask_in_chat(shopper, f"How do I do this: {title}?")
        shopper.wait_until(f"{CHAT}.querySelector('.growing')?.textContent.includes('listen')")
        with mid_answer(house):
            growing = shopper.panel.locator(".growing")
            expect(growing).to_contain_text("from our articles")
            so_far = growing.inner_text()
            shopper.page.reload()
            expect(growing).to_have_text(so_far, use_inner_text=True)
        ask_for_a_person(shopper, title)
    finally:
        switch(admin, inbox, on=False)
    agent = visit("agent")
    agent.enter_ticket(f"How do I do this: {title}?")
    expect(agent.page.get_by_text("The client asked for a person.").first).to_be_visible()


def ask_in_chat(shopper: Shopper, question: str) -> None:
    shopper.open_chat()
    shopper.page.get_by_label("Your name").fill("Vera Novak")
    shopper.page.get_by_label("Your question").fill(question)
    shopper.page.get_by_role("button", name="Start the chat").click()


def ask_for_a_person(shopper: Shopper, title: str) -> None:
    panel = shopper.panel
    source = panel.locator("[data-key] summary")
    expect(source).to_have_text(title, timeout=ANSWERED_MS)
    source.click()
    expect(panel.locator("[data-key] details")).to_contain_text("Unplug it")
    expect(panel.get_by_role("group", name="Did that help?")).to_be_visible()
    assert faults(shopper.page) == []
    panel.get_by_role("button", name="A person, please").click()
    expect(panel.get_by_text("A person goes on from here.")).to_be_visible()
    expect(panel.get_by_role("group", name="Did that help?")).to_have_count(0)


def test_admins_see_what_the_assistant_can_do(visit: Visit, admin: Staff, inbox: str):
    publish(admin, fresh("Tune the theremin"))
    visitor = visit("admin")
    visitor.page.goto("/admin/assistant")
    expect(visitor.page.locator("[data-level=passages]")).to_be_visible(timeout=ANSWERED_MS)
    expect_good_looks(visitor.page, 1280)
    visitor.page.goto(f"/admin/inboxes/{inbox}")
    expect(visitor.page.get_by_role("switch", name="It answers first")).to_be_checked()
    visitor.page.get_by_label("What it finds nothing about").select_option("general")
    visitor.page.get_by_role("button", name="Save").click()
    expect(visitor.page.get_by_text("The inbox is saved.")).to_be_visible()
    assert admin.get(f"/api/inboxes/{inbox}")["fallback"] == "general"

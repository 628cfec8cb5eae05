"""What is guessed of a new ticket, beside it: taken with a click, dismissed, taken back."""

from __future__ import annotations

from collections.abc import Generator
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.house import House
from tests.e2e.shopper import Staff
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults

GUESSED_MS = 60_000


@pytest.fixture
def admin(house: House) -> Generator[Staff]:
    admin = Staff(house.nodes[1].url, "admin")
    yield admin
    admin.close()


@pytest.fixture
def category(admin: Staff) -> Generator[dict[str, Any]]:
    """One with a keyword that no other has."""
    keyword = f"zorb{uuid4().hex[:12]}"
    name = fresh("Zorbulators")
    made = admin.post("/api/categories", {"name": name, "keywords": [keyword]})
    yield {**made, "name": name, "keyword": keyword}
    admin.delete(f"/api/categories/{made['id']}")


@pytest.fixture
def ticket(house: House, admin: Staff, category: dict[str, Any]) -> Generator[dict[str, Any]]:
    """A guess of this category is in it: one opened before a worker knew the category has none."""
    client = Staff(house.nodes[0].url, "client")
    words = {"title": fresh("Help"), "body": f"My {category['keyword']} is a broken one."}
    deadline = monotonic() + GUESSED_MS / 1_000
    ticket = client.post("/api/tickets", words)
    while not (triage := guessed(admin, ticket)) or category["id"] not in str(triage["guesses"]):
        assert monotonic() < deadline
        sleep(0.2)
        if triage is not None:
            admin.delete(f"/api/tickets/{ticket['id']}")
            ticket = client.post("/api/tickets", words)
    yield ticket
    admin.delete(f"/api/tickets/{ticket['id']}")
    client.close()


def guessed(admin: Staff, ticket: dict[str, Any]) -> dict[str, Any] | None:
    return admin.get(f"/api/tickets/{ticket['id']}")["private"]["triage"]


def look(page: Page, ticket: dict[str, Any]) -> None:
    page.goto(f"/console/t/{ticket['id']}")
    page.get_by_role("button", name="Details").click()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_category_is_guessed_and_taken_with_a_click(
    visit: Visit, ticket: dict[str, Any], category: dict[str, Any], phone: bool
):
    supervisor = visit("supervisor", phone=phone)
    page = supervisor.page
    look(page, ticket)
    guess = page.locator("[data-guess=category]")
    expect(guess).to_contain_text(category["name"], timeout=GUESSED_MS)
    assert faults(page) == []
    assert supervisor.evaluate(WIDTH) <= supervisor.evaluate("window.innerWidth")

    guess.get_by_role("button", name=f"Take {category['name']}").click()

    expect(guess).to_have_count(0)
    expect(page.get_by_role("combobox", name="Category")).to_have_value(category["name"])


def test_a_guess_that_is_dismissed_is_gone_and_changes_nothing(
    visit: Visit, ticket: dict[str, Any], category: dict[str, Any]
):
    page = visit("supervisor").page
    look(page, ticket)
    guess = page.locator("[data-guess=category]")
    expect(guess).to_be_visible(timeout=GUESSED_MS)

    guess.get_by_role("button", name=f"Dismiss {category['name']}").click()

    expect(guess).to_have_count(0)
    expect(page.get_by_role("combobox", name="Category")).not_to_have_value(category["name"])


def test_a_guess_that_comes_late_moves_nothing_under_the_pointer(
    visit: Visit, house: House, admin: Staff, category: dict[str, Any]
):
    supervisor = visit("supervisor")
    page = supervisor.page
    house.worker.suspend()
    try:
        client = Staff(house.nodes[0].url, "client")
        words = {"title": fresh("Late"), "body": f"My {category['keyword']} is a broken one."}
        ticket = client.post("/api/tickets", words)
        client.close()
        look(page, ticket)
        requester = page.get_by_role("heading", name="Requester")
        requester.hover()
        before = requester.bounding_box()
        assert before is not None
    finally:
        house.worker.resume()

    deadline = monotonic() + GUESSED_MS / 1_000
    while not any('"ticket.triaged"' in frame for frame in supervisor.received):
        assert monotonic() < deadline
        page.mouse.move(before["x"] + monotonic() % 5, before["y"])
        page.wait_for_timeout(50)  # The hand goes on moving.
    page.mouse.move(before["x"] + 9, before["y"])
    assert requester.bounding_box() == before
    expect(page.locator("[data-triage]")).to_be_visible()  # It rests.
    admin.delete(f"/api/tickets/{ticket['id']}")


def test_an_admin_says_what_becomes_of_guesses_in_an_inbox(visit: Visit, admin: Staff):
    page = visit("admin").page
    inbox = admin.get("/api/inboxes")["items"][0]
    page.goto(f"/admin/inboxes/{inbox['id']}")
    expect(page.get_by_label("Guesses about new tickets")).to_have_value(inbox["triage"])

    page.get_by_label("Guesses about new tickets").select_option("off")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The inbox is saved.")).to_be_visible()

    assert admin.get(f"/api/inboxes/{inbox['id']}")["triage"] == "off"
    page.get_by_label("Guesses about new tickets").select_option(inbox["triage"])
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        page.get_by_role("button", name="Save").click()

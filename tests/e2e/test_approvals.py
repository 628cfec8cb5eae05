"""A ticket that must be agreed to: asked, decided in the console, and seen by each as they may."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.house import House
from tests.e2e.shopper import Staff
from tests.e2e.test_console import open_details
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults
from tests.e2e.test_work import one
from tests.e2e.visitor import Visitor

Demand = Callable[..., str]


@pytest.fixture
def admin(house: House) -> Generator[Staff]:
    admin = Staff(house.nodes[1].url, "admin")
    yield admin
    admin.close()


@pytest.fixture
def demand(admin: Staff) -> Generator[Demand]:
    """Makes a category whose levels name log-ins; answers with its name."""
    made: list[str] = []

    def demand(*levels: tuple[str, list[str]]) -> str:
        name = fresh("Purchases")
        asked = [
            {"rule": rule, "approver_ids": [one(admin, who)["id"] for who in whom]}
            for rule, whom in levels
        ]
        made.append(admin.post("/api/categories", {"name": name, "approval": asked})["id"])
        return name

    yield demand
    for category in made:
        admin.put(f"/api/categories/{category}", {"approval": []})


def ask_for(client: Visitor, category: str) -> str:
    """A client opens a ticket in a category; answers with its title."""
    title = fresh("A laptop")
    client.write_ticket(title, "Mine is slow.")
    client.page.get_by_label("Category").select_option(category)
    client.send_ticket()
    expect(client.page.get_by_role("heading", name=title)).to_be_visible()
    return title


def panel(page: Page) -> Locator:
    return page.locator("[data-approval]")


def test_all_of_a_level_agree_and_the_ticket_goes_on_as_everybody_sees(
    visit: Visit, admin: Staff, demand: Demand
):
    # Given a ticket that two must agree to, and somebody who only looks on
    client, sam, noor = visit("client"), visit("agent"), visit("agent2")
    boss = visit("supervisor")
    title = ask_for(client, demand(("all", ["agent", "agent2"])))
    expect(client.page.get_by_text("Waiting for approval")).to_be_visible()
    assert faults(client.page) == []
    for each in (sam, noor, boss):
        each.enter_ticket(title)
        open_details(each)
        expect(panel(each.page)).to_have_attribute("data-approval", "waiting")
        expect(panel(each.page).get_by_text("Is asked", exact=True)).to_have_count(2)
    expect(panel(boss.page).get_by_role("button", name="Approve")).to_have_count(0)

    # When the first agrees
    panel(sam.page).get_by_role("button", name="Approve").click()

    # Then the others see it at once, and the second is still asked
    for each in (sam, noor, boss):
        expect(panel(each.page).get_by_text("Approved", exact=True)).to_have_count(1)
    expect(panel(sam.page).get_by_role("button", name="Approve")).to_have_count(0)
    expect(panel(noor.page).get_by_text("Your decision is asked")).to_be_visible()
    assert faults(noor.page) == []

    # When the second does too
    panel(noor.page).get_by_role("button", name="Approve").click()

    # Then it is settled, also for the client, who learns nobody's name
    for each in (sam, noor, boss):
        expect(panel(each.page)).to_have_attribute("data-approval", "approved")
    expect(client.page.get_by_text("Waiting for approval")).to_have_count(0)
    expect(client.page.get_by_text("Haddad")).to_have_count(0)
    assert admin.ticket(title)["status"] == "open"


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_refusal_needs_a_reason_and_closes_the_ticket_with_it(
    visit: Visit, admin: Staff, demand: Demand, phone: bool
):
    client, noor = visit("client"), visit("agent2", phone=phone)
    page = noor.page
    title = ask_for(client, demand(("any", ["agent2"]), ("all", ["agent"])))
    noor.enter_ticket(title)
    open_details(noor)
    expect(panel(page).get_by_text("Step 1 of 2")).to_be_visible()
    expect(panel(page).get_by_text("Comes later")).to_be_visible()
    panel(page).get_by_role("button", name="Refuse").click()
    dialog = page.get_by_role("dialog", name="Refuse and close this?")
    refuse = dialog.get_by_role("button", name="Refuse")
    expect(refuse).to_be_disabled()
    reason = fresh("Not this year")
    dialog.get_by_label("Reason").fill(reason)
    assert faults(page) == []
    assert noor.evaluate(WIDTH) <= noor.evaluate("window.innerWidth")
    refuse.click()

    expect(dialog).to_have_count(0)
    expect(panel(page)).to_have_attribute("data-approval", "refused")
    expect(panel(page).get_by_text("Not needed")).to_be_visible()
    expect(client.page.get_by_text(reason).first).to_be_visible()
    assert admin.ticket(title)["status"] == "closed"


def test_what_is_approved_elsewhere_meanwhile_cannot_be_decided_again(
    visit: Visit, admin: Staff, demand: Demand
):
    client, sam = visit("client"), visit("agent")
    title = ask_for(client, demand(("any", ["agent", "agent2"])))
    sam.enter_ticket(title)
    open_details(sam)
    panel(sam.page).get_by_role("button", name="Refuse").click()
    dialog = sam.page.get_by_role("dialog", name="Refuse and close this?")
    dialog.get_by_label("Reason").fill("Too dear.")
    noor = Staff(admin.url, "agent2")
    noor.post(f"/api/tickets/{admin.ticket(title)['id']}/approve", {})
    noor.close()
    expect(panel(sam.page)).to_have_attribute("data-approval", "approved")
    dialog.get_by_role("button", name="Refuse").click()

    expect(dialog.get_by_role("alert")).to_have_text(re.compile("approved already"))
    assert admin.ticket(title)["status"] == "open"

"""People at work: one's own status and break, offers, transfers, the queue, the week of shifts."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.house import House
from tests.e2e.shopper import Staff
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults

END, START = "bar => bar.getBoundingClientRect().bottom", "main => main.getBoundingClientRect().top"
OWN = re.compile("^Your status:")


@pytest.fixture
def admin(house: House) -> Generator[Staff]:
    admin = Staff(house.nodes[1].url, "admin")
    yield admin
    admin.close()


@pytest.fixture
def offered_to_sam(admin: Staff) -> Generator[Callable[..., None]]:
    """Has a ticket offered to the agent: by a team of theirs alone, which offers what it gets."""
    sam = one(admin, "agent")["id"]
    wanted = {"member_ids": [sam], "routing": "offer", "offer_seconds": 120}
    team = admin.post("/api/teams", {"name": fresh("Callers"), **wanted})["id"]

    def offer(title: str, seconds: int = 120) -> None:
        admin.put(f"/api/teams/{team}", {"offer_seconds": seconds})
        ticket = admin.ticket(title)["id"]
        admin.post(f"/api/tickets/{ticket}/transfer", {"team_id": team, "note": "For you."})

    yield offer
    admin.put(f"/api/teams/{team}", {"routing": "manual", "member_ids": []})


def one(admin: Staff, who: str) -> dict[str, Any]:
    return next(iter(admin.get(f"/api/users?q={who}@")["items"]))


def own_status(page: Page) -> Any:
    return page.get_by_role("dialog", name="Your status")


def test_a_break_counts_down_on_every_page_and_ends(visit: Visit):
    page = visit("agent2").page
    page.goto("/console")
    page.get_by_role("button", name=OWN).click()
    own_status(page).get_by_role("button", name="15 min").click()

    status = page.get_by_role("button", name="Your status: On a break")
    expect(status).to_contain_text(re.compile(r"14:\d\d"))
    assert faults(page) == []
    page.goto("/help")
    expect(status).to_contain_text(re.compile(r"14:\d\d"))
    status.click()
    own_status(page).get_by_role("button", name="End the break").click()
    expect(page.get_by_role("button", name="Your status: Available")).to_be_visible()


def test_a_supervisor_sees_and_sets_how_somebody_is_who_sees_it_at_once(visit: Visit, admin: Staff):
    page, boss = visit("agent2").page, visit("supervisor").page
    noor = one(admin, "agent2")["id"]
    boss.goto("/work")
    row = boss.locator(f"[data-agent='{noor}']")
    expect(row).to_have_attribute("data-reason", "available")
    try:
        row.get_by_role("button", name="What to do for").click()
        boss.get_by_role("menuitemradio", name="Away").click()
        expect(row).to_have_attribute("data-reason", "away")
        expect(page.get_by_role("button", name="Your status: Away")).to_be_visible()

        boss.get_by_role("menuitem", name="What was set").click()
        log = boss.get_by_role("dialog", name="What was set for Noor Haddad")
        expect(log.get_by_role("listitem").first).to_contain_text("set “Away”")
        assert faults(boss) == []
    finally:
        admin.post(f"/api/agents/{noor}/status", {"status": "available"})


def test_what_is_offered_is_shown_anywhere_and_accepted_by_a_key(
    visit: Visit, offered_to_sam: Callable[..., None]
):
    client, agent = visit("client"), visit("agent")
    page = agent.page
    page.goto("/help")
    expect(page.get_by_role("button", name="Your status: Available")).to_be_visible()
    title = fresh("Offered")
    client.open_ticket(title, "Who takes me?")
    offered_to_sam(title)

    offered = page.locator("[data-offer]", has_text=title)
    expect(offered.get_by_role("timer")).to_have_text(re.compile(r"\d+"))
    expect(page.get_by_role("alert").filter(has_text=f"Offered to you: {title}")).to_have_count(1)
    assert faults(page) == []
    page.locator("body").press("y")

    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_role("button", name="Take it")).to_have_count(0)
    expect(offered).to_have_count(0)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_an_offer_covers_nothing_and_leaves_what_is_read_where_it_is(
    visit: Visit, offered_to_sam: Callable[..., None], phone: bool
):
    client, agent = visit("client"), visit("agent", phone=phone)
    page, title, read = agent.page, fresh("Offered while reading"), fresh("A long story")
    client.open_ticket(title, "Who takes me?")
    client.page.goto("/portal")
    client.open_ticket(read, "\n\n".join(f"Part {part}." for part in range(40)))
    agent.enter_ticket(read)
    line = page.get_by_text("Part 20.", exact=True)
    line.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('[data-seq]').scrollTop > 0")
    before = line.bounding_box()
    offered_to_sam(title)

    offered = page.locator("[data-offer]", has_text=title)
    expect(offered).to_be_visible()
    assert offered.evaluate(END) <= page.get_by_role("main").evaluate(START)
    assert line.bounding_box() == before
    offered.get_by_role("button", name="Decline").click()
    expect(offered).to_have_count(0)
    assert line.bounding_box() == before


def test_an_offer_that_is_declined_is_gone_and_the_ticket_waits_on(
    visit: Visit, admin: Staff, offered_to_sam: Callable[..., None]
):
    client, agent = visit("client"), visit("agent")
    page = agent.page
    title = fresh("Declined")
    client.open_ticket(title, "Nobody wants me.")
    offered_to_sam(title)
    offered = page.locator("[data-offer]", has_text=title)
    offered.get_by_role("button", name="Decline").click()

    expect(offered).to_have_count(0)
    assert admin.ticket(title)["owner_id"] is None


@pytest.mark.parametrize("phone", [False, True])
def test_who_answers_no_offer_is_told_so_and_comes_back(
    visit: Visit, offered_to_sam: Callable[..., None], phone: bool
):
    client, page = visit("client"), visit("agent", phone=phone).page
    page.goto("/console")
    expect(page.get_by_role("button", name=OWN)).to_be_visible()
    for _ in range(3):
        title = fresh("Nobody picks it up")
        client.open_ticket(title, "Is anybody there?")
        offered_to_sam(title, seconds=5)

    told = page.get_by_text("You let 3 offers in a row run out.")
    expect(told).to_be_visible(timeout=40_000)
    expect(page.get_by_role("button", name="Your status: Not answering")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="I am here").click()

    expect(told).to_have_count(0)
    expect(page.get_by_role("button", name="Your status: Available")).to_be_visible()


def test_a_ticket_is_handed_over_with_a_note(visit: Visit, admin: Staff):
    client, agent = visit("client"), visit("agent")
    page, title = agent.page, fresh("Hand me over")
    client.open_ticket(title, "Please.")
    agent.enter_ticket(title)
    page.locator("body").press("m")
    dialog = page.get_by_role("dialog", name="Hand over")
    dialog.get_by_role("combobox", name="To whom").press_sequentially("Noor")
    page.get_by_role("option", name="Noor Haddad").click()
    dialog.get_by_label("What they should know").fill("You know her bike.")
    assert faults(page) == []
    dialog.get_by_role("button", name="Hand over").click()

    expect(dialog).to_have_count(0)
    expect(page.get_by_text("You know her bike.")).to_be_visible()
    assert admin.ticket(title)["owner_id"] == one(admin, "agent2")["id"]


def test_the_next_of_the_queue_is_given_to_who_asks(visit: Visit):
    client, agent = visit("client"), visit("agent")
    page = agent.page
    client.open_ticket(fresh("In the queue"), "Next, please.")
    page.goto("/console")
    page.get_by_role("button", name="Give me the next").click()

    expect(page.get_by_text(re.compile("The next of .+ is yours"))).to_be_visible()
    expect(page).to_have_url(re.compile("/console/t/"))


def test_work_is_shared_anew_only_after_a_look(visit: Visit):
    boss = visit("supervisor").page
    boss.goto("/work")
    boss.get_by_role("button", name="Share anew").first.click()
    dialog = boss.get_by_role("dialog", name=re.compile("Share the tickets of"))
    expect(dialog.get_by_text(re.compile("Move|as well as it can be")).first).to_be_visible()
    assert faults(boss) == []


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_leave_and_another_day_stand_in_the_week(visit: Visit, admin: Staff, phone: bool):
    visitor = visit("admin", phone=phone)
    page = visitor.page
    noor = one(admin, "agent2")["id"]
    page.goto("/work/shifts")
    row = page.locator(f"tr[data-agent='{noor}']")
    row.get_by_role("button").click()
    dialog = page.get_by_role("dialog", name="Noor Haddad")
    dialog.get_by_label("Note", exact=True).fill("Dentist")
    dialog.get_by_role("button", name="Add leave").click()
    try:
        expect(dialog.get_by_role("listitem").filter(has_text="Dentist")).to_be_visible()
        expect(row.get_by_text("On leave").first).to_be_visible()
        assert faults(page) == []
        dialog.get_by_role("tab", name="Other hours").click()
        dialog.get_by_label("Note", exact=True).fill("Fair")
        dialog.get_by_role("button", name="Add", exact=True).click()
        expect(dialog.get_by_role("listitem").filter(has_text="Fair")).to_be_visible()
        assert faults(page) == []
        assert visitor.evaluate(WIDTH) <= visitor.evaluate("window.innerWidth")
        page.keyboard.press("Escape")
        expect(row.get_by_text("Fair").first).to_be_visible()
    finally:
        for leave in admin.get(f"/api/leave?user_id={noor}")["items"]:
            admin._http.delete(f"/api/leave/{leave['id']}")
        admin.put(f"/api/users/{noor}", {"exceptions": []})


def test_the_week_shows_at_once_what_another_plans(visit: Visit, admin: Staff):
    # Given a supervisor who looks at a week, and at somebody in it
    page = visit("supervisor").page
    noor = one(admin, "agent2")
    page.goto("/work/shifts")
    row = page.locator(f"tr[data-agent='{noor['id']}']")
    row.get_by_role("button").click()
    dialog = page.get_by_role("dialog", name=noor["name"])
    expect(dialog.get_by_text("No leave to come.")).to_be_visible()
    dialog.get_by_label("Note", exact=True).fill("Half written")

    # When an admin notes leave, and another day
    now = int(datetime.now(UTC).timestamp() * 1000)
    span = {"start": now, "end": now + 3_600_000, "note": "Dentist"}
    leave = admin.post("/api/leave", {"user_id": noor["id"], **span})
    try:
        expect(row.get_by_text("On leave").first).to_be_visible()
        expect(dialog.get_by_role("listitem").filter(has_text="Dentist")).to_be_visible()
        expect(dialog.get_by_label("Note", exact=True)).to_have_value("Half written")
        today = {"date": datetime.now(UTC).date().isoformat(), "hours": [], "note": "Fair"}
        admin.put(f"/api/users/{noor['id']}", {"exceptions": [today]})
        expect(row.get_by_text("Fair").first).to_be_visible()
    finally:
        admin.delete(f"/api/leave/{leave['id']}")
        admin.put(f"/api/users/{noor['id']}", {"exceptions": []})
    expect(row.get_by_text("On leave")).to_have_count(0)


def test_the_week_turns_and_a_day_is_today(visit: Visit):
    page = visit("agent").page
    page.goto("/work/shifts")
    now = datetime.now(UTC)
    expect(page.locator("thead th.today")).to_contain_text(str(now.day))
    page.get_by_role("button", name="Week after").click()
    expect(page.locator("thead th.today")).to_have_count(0)
    page.get_by_role("button", name="This week").click()
    expect(page.locator("thead th.today")).to_have_count(1)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_client_sees_their_place_in_the_queue_until_somebody_takes_it(visit: Visit, phone: bool):
    client, agent = visit("client", phone=phone), visit("agent")
    title = fresh("Where am I")
    client.open_ticket(title, "How long?")
    place = client.page.get_by_text(re.compile(r"Number [\d,]+ in the queue"))
    expect(place).to_be_visible()
    line = place.locator("..")
    assert line.evaluate("line => line.scrollWidth <= line.clientWidth")
    assert line.inner_text().startswith("·") is not phone
    assert faults(client.page) == []
    agent.enter_ticket(title)
    agent.page.get_by_role("button", name="Take it").click()
    expect(place).to_have_count(0)
    expect(client.page.get_by_text("looks after this")).to_be_visible()

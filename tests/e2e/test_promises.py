"""What is promised: calendars and promises as admins make them, and a ticket's clock explained."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from tests.e2e.conftest import Visit
from tests.e2e.house import House
from tests.e2e.shopper import Staff
from tests.e2e.test_console import open_details
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults

EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ALWAYS = {"zone": "UTC", "hours": [{"days": EVERY_DAY, "start": "00:00", "end": "00:00"}]}


@pytest.fixture
def admin(house: House) -> Generator[Staff]:
    admin = Staff(house.nodes[1].url, "admin")
    yield admin
    admin.close()


@pytest.fixture
def calendar(admin: Staff) -> Generator[dict[str, Any]]:
    made = admin.post("/api/calendars", {"name": fresh("Round the clock"), **ALWAYS})
    yield made
    admin.delete(f"/api/calendars/{made['id']}")


def promise(admin: Staff, calendar: dict[str, Any], **more: Any) -> dict[str, Any]:
    targets = {each: {"resolution": 240} for each in ("low", "medium", "high", "urgent")}
    given = {"name": fresh("Promise"), "calendar_id": calendar["id"], "targets": targets}
    return admin.post("/api/sla", {**given, **more})


def test_an_admin_types_a_calendar_and_sees_its_next_days(visit: Visit):
    page = visit("admin").page
    name = fresh("Office")
    page.goto("/admin/calendars/new")
    page.get_by_label("Name", exact=True).fill(name)
    monday = page.get_by_label("Monday", exact=True)
    monday.fill("14-18:30, 9-13")
    monday.press("Tab")
    expect(monday).to_have_value("09:00–13:00, 14:00–18:30")
    page.get_by_role("button", name="Monday’s hours on all workdays").click()
    expect(page.get_by_label("Friday", exact=True)).to_have_value("09:00–13:00, 14:00–18:30")
    page.get_by_label("Saturday", exact=True).fill("ten to two")
    page.get_by_label("Saturday", exact=True).press("Tab")
    expect(page.get_by_text("This is not understood.")).to_be_visible()
    page.get_by_label("Saturday", exact=True).fill("")
    ahead = page.get_by_role("group", name="The next days").get_by_role("listitem")
    expect(ahead).to_have_count(14)
    expect(ahead.filter(has_text="09:00–13:00, 14:00–18:30")).to_have_count(10)

    page.get_by_role("combobox", name="Country").click()
    page.get_by_role("combobox", name="Country").fill("Spa")
    page.get_by_role("option", name="Spain").click()
    expect(page.get_by_role("checkbox", name="Christmas Day")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Add calendar").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()

    for day in ("Mon", "Tues", "Wednes", "Thurs", "Fri"):
        page.get_by_label(f"{day}day", exact=True).fill("")
    page.get_by_role("button", name="Save").click()
    week = page.get_by_role("group", name="Opening hours")
    expect(week.get_by_text("A calendar without hours is never open.")).to_be_visible()
    page.get_by_label("Sunday", exact=True).fill("22-4")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The calendar is saved.")).to_be_visible()
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("heading", level=1, name="Calendars")).to_be_visible()
    expect(page.get_by_role("link", name=name)).to_have_count(0)


def test_in_spanish_holidays_and_refusals_are_spanish(visit: Visit):
    visitor = visit("admin")
    page = visitor.page
    visitor.evaluate("localStorage['deskwire.language'] = 'es'")
    page.goto("/admin/calendars/new")
    page.get_by_label("Nombre", exact=True).fill(fresh("Oficina"))
    page.get_by_role("combobox", name="País").click()
    page.get_by_role("combobox", name="País").fill("Espa")
    page.get_by_role("option", name="España").click()
    expect(page.get_by_role("checkbox", name="Natividad del Señor")).to_be_visible()
    week = page.get_by_role("group", name="Horario de atención")
    for line in week.get_by_role("textbox").all():
        line.fill("")
    page.get_by_role("button", name="Añadir calendario").click()

    expect(week.get_by_text("Sin horas no se atiende nunca.")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="Sin horas")).to_be_visible()
    expect(page.get_by_text("A calendar without")).to_have_count(0)


def is_list(response: Response) -> bool:
    return response.request.method == "GET" and response.url.partition("?")[0].endswith("/api/sla")


def test_an_admin_makes_a_promise_tries_it_and_puts_it_first(
    visit: Visit, admin: Staff, calendar: dict[str, Any]
):
    page = visit("admin").page
    other = promise(admin, calendar, active=False, position=5_000)
    name = fresh("Gold")
    page.goto("/admin/promises/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Calendar", exact=True).select_option(calendar["name"])
    page.get_by_role("textbox", name="Tags of the client").fill("gold")
    page.get_by_role("textbox", name="Tags of the client").press("Enter")
    page.get_by_label("Solution, Urgent").fill("1 h 30")
    page.get_by_label("Solution, Urgent").press("Tab")
    expect(page.get_by_label("Solution, Urgent")).to_have_value("1 hr 30 min")
    page.get_by_role("button", name="Add a step").click()
    page.get_by_label("What is done").select_option("Raise the priority")

    trial = page.get_by_role("group", name="What would this ticket get?")
    trial.get_by_label("Priority").select_option("Urgent")
    expect(trial.get_by_text(f"It gets “{name}”.")).to_be_visible()
    expect(trial.locator("[data-foreseen=resolution]")).to_contain_text("1 hr 30 min, due")
    trial.get_by_text("How it is counted: Solution").click()
    expect(trial.get_by_role("listitem").filter(has_text="Open")).to_contain_text("1 hr 30 min")
    assert faults(page) == []
    page.get_by_role("button", name="Add promise").click()

    rows = page.locator("[data-policy]")
    mine = rows.filter(has_text=name)
    expect(mine).to_contain_text("Urgent: – · – · 1 hr 30 min")
    expect(rows.last).to_contain_text(name)
    with page.expect_response(is_list):  # It is shown moved at once, and asked for when it is.
        page.get_by_role("button", name=f"Move {name} up").press("Enter")
    expect(rows.last).to_contain_text(other["name"])
    page.reload()
    expect(rows.last).to_contain_text(other["name"])

    mine.get_by_role("link").click()
    page.get_by_label("Solution, Urgent").fill("0")
    page.get_by_role("button", name="Save").click()
    cell = page.get_by_role("cell").filter(has=page.get_by_label("Solution, Urgent"))
    expect(cell.get_by_text("Nobody can meet a target of no time.")).to_be_visible()
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete it").click()
    expect(rows.filter(has_text=name)).to_have_count(0)
    admin.delete(f"/api/sla/{other['id']}")


def test_a_tagged_clients_ticket_has_a_clock_that_explains_itself(
    visit: Visit, admin: Staff, calendar: dict[str, Any]
):
    tag = fresh("gold").lower()
    made = promise(admin, calendar, contact_tags=[tag])
    client, agent = visit("client"), visit("agent")
    page = agent.page
    client.open_ticket(title := fresh("Not gold yet"), "Am I promised anything?")
    agent.enter_ticket(title)
    open_details(agent)
    page.get_by_label("Mark the client").fill(tag)
    page.get_by_label("Mark the client").press("Enter")
    marks = page.get_by_role("list", name="What the client is to us")
    expect(marks.get_by_text(tag)).to_be_visible()
    page.keyboard.press("Escape")

    client.open_ticket(title := fresh("Gold"), "And now?")
    # The client's other tickets change too, and the list moves: this one is looked for.
    page.get_by_role("searchbox", name="Search titles, or a number").fill(title)
    clock = agent.row(title).locator("[data-clock=resolution]")
    expect(clock).to_contain_text("left")
    agent.enter_ticket(title)
    open_details(agent)
    page.get_by_role("button", name="Explain this deadline: Solution").click()
    told = page.get_by_role("dialog", name="Why this deadline")
    expect(told).to_contain_text(made["name"])
    expect(told.locator("[data-explained=resolution]")).to_contain_text("4 hr")
    expect(told.get_by_role("listitem").filter(has_text="Now")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(told).to_have_count(0)

    page.get_by_role("button", name=f"Remove {tag}").click()
    expect(marks).to_have_count(0)
    admin.delete(f"/api/sla/{made['id']}")


def whole(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main").get_by_text(re.compile("^(Loading|Cargando)…$"))).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "es"])
def test_calendars_and_promises_fit_and_axe_finds_nothing(
    visit: Visit, admin: Staff, calendar: dict[str, Any], language: str
):
    ladder = [
        {"act": "reassign", "percent": 80},
        {"act": "supervisor", "minutes_after": 30},
    ]
    made = promise(admin, calendar, ladder=ladder, active=False)
    visitor = visit("admin", phone=language == "es")
    page = visitor.page
    visitor.evaluate(f"localStorage['deskwire.language'] = '{language}'")
    for path in (
        *("calendars", "calendars/new", f"calendars/{calendar['id']}"),
        *("promises", "promises/new", f"promises/{made['id']}"),
    ):
        page.goto(f"/admin/{path}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        whole(page)
        assert visitor.evaluate(WIDTH) <= visitor.evaluate("window.innerWidth")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert faults(page) == []
    admin.delete(f"/api/sla/{made['id']}")

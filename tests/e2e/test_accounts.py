"""Coming in: signing up, being given an account, setting up an empty house."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Visit
from tests.e2e.house import House
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults
from tests.e2e.visitor import PASSWORD, Visitor


def test_somebody_signs_up_and_opens_a_ticket(stranger: Visitor):
    page = stranger.page
    page.goto("/")
    page.get_by_role("link", name="Sign up").click()
    page.get_by_label("Your name").fill("Vera Novak")
    page.get_by_label("E-mail").fill(f"{fresh('vera').replace(' ', '-')}@demo.test")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Sign up")).to_be_visible()
    page.get_by_label("Password").fill("long enough")
    page.get_by_role("button", name="Sign up").click()

    expect(page.get_by_role("heading", name="No tickets yet")).to_be_visible()
    stranger.open_ticket("My first", "Hello.")
    stranger.expect_line("Hello.")


def test_a_wrong_password_is_said_and_the_address_stays(stranger: Visitor):
    page = stranger.page
    page.goto("/console")
    page.get_by_label("E-mail").fill("agent@demo.test")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("alert")).to_have_text("The address or the password is not right.")
    expect(page.get_by_label("E-mail")).to_have_value("agent@demo.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("region", name="Tickets")).to_be_visible()


def test_an_admin_makes_an_agent_who_first_chooses_a_password(visit: Visit, stranger: Visitor):
    admin = visit("admin").page
    email = f"{fresh('kim').replace(' ', '-')}@demo.test"
    admin.goto("/admin")
    admin.get_by_role("button", name="Add user").click()
    form = admin.get_by_role("dialog", name="Add user")
    form.get_by_label("Name", exact=True).fill("Kim Osei")
    form.get_by_label("E-mail", exact=True).fill(email)
    form.get_by_label("Role", exact=True).select_option("agent")
    form.get_by_role("button", name="Add user").click()
    told = admin.get_by_role("dialog", name="A password for Kim Osei")
    given = told.locator("code").inner_text()
    told.get_by_role("button", name="I have it").click()

    page = stranger.page
    page.goto("/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(given)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("The password you were given").fill(given)
    page.get_by_label("Your own password").fill("a better one")
    page.get_by_role("button", name="Keep this password").click()

    expect(page.get_by_role("region", name="Tickets")).to_be_visible()
    expect(page.locator("[data-ticket]").first).to_be_visible()


def test_two_people_are_logged_in_side_by_side_in_tabs_of_one_browser(house: House, visit: Visit):
    client = visit("client")
    first = client.page
    client.new_tab()
    first.evaluate("localStorage.clear()")
    first.goto("/")

    client.log_in("agent", tab_only=True)
    first.get_by_label("E-mail").fill("client@demo.test")
    first.get_by_label("Password").fill(PASSWORD)
    first.get_by_role("button", name="Log in").click()
    expect(first.get_by_role("heading", name="My tickets")).to_be_visible()

    client.page.reload()
    expect(client.page.get_by_role("region", name="Tickets")).to_be_visible()
    client.log_out(first)
    expect(first.get_by_role("heading", name="Log in")).to_be_visible()
    client.page.reload()
    expect(client.page.get_by_role("region", name="Tickets")).to_be_visible()


def test_the_set_up_link_of_an_empty_house_makes_the_first_admin_once(
    house: House, browser: Browser
):
    link, node = house.empty_node()
    try:
        owner = Visitor(browser, node.url)
        page = owner.page
        page.goto(link)
        page.get_by_label("Your name").fill("Olga Owner")
        page.get_by_label("E-mail").fill("olga@demo.test")
        page.get_by_label("Password").fill("all of this is mine")
        page.get_by_role("button", name="Make the first admin").click()
        expect(page.get_by_role("link", name="Admin")).to_be_visible()

        owner.log_out()
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
        page.goto(link)
        page.get_by_label("Your name").fill("Second Owner")
        page.get_by_label("E-mail").fill("second@demo.test")
        page.get_by_label("Password").fill("this is mine too")
        page.get_by_role("button", name="Make the first admin").click()
        expect(page.get_by_role("alert")).to_have_text(re.compile("This link was used"))
        owner.close()
    finally:
        node.stop()


TOO_SOON = {
    "error": {
        "code": "rate_limited",
        "message": "Too many tries: wait 2 s.",
        "fields": {"retry_after": 2},
        "retryable": True,
    }
}


def test_who_tries_too_often_sees_for_how_long_to_wait(stranger: Visitor):
    page = stranger.page
    page.goto("/login")
    page.route("**/api/auth/login", lambda route: route.fulfill(status=429, json=TOO_SOON))
    page.get_by_label("E-mail").fill("client@demo.test")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Log in").click()

    expect(page.locator("[data-wait='2']")).to_be_visible()
    expect(page.get_by_role("button", name="Log in")).to_be_disabled()
    expect(page.locator("[data-wait='1']")).to_be_visible()
    assert faults(page) == []
    expect(page.get_by_text("You can try again now.")).to_be_visible()
    page.unroute("**/api/auth/login")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="My tickets")).to_be_visible()


def test_a_password_is_shown_on_demand_and_managers_know_the_fields(stranger: Visitor):
    page = stranger.page
    page.goto("/login")
    email, password = page.get_by_label("E-mail"), page.get_by_label("Password")
    expect(email).to_have_attribute("autocomplete", "username")
    expect(password).to_have_attribute("autocomplete", "current-password")
    password.fill("Secret words")
    expect(password).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show what I type").click()
    expect(password).to_have_attribute("type", "text")
    expect(password).to_have_value("Secret words")
    page.goto("/signup")
    expect(page.get_by_label("Password")).to_have_attribute("autocomplete", "new-password")


def test_an_admin_changes_closes_and_erases_an_account(visit: Visit, house: House):
    admin = visit("admin").page
    name = fresh("Ida Falk")
    email = f"{name.replace(' ', '-').lower()}@demo.test"
    admin.goto("/admin")
    admin.get_by_role("button", name="Add user").click()
    form = admin.get_by_role("dialog")
    form.get_by_label("Name", exact=True).fill(name)
    form.get_by_label("E-mail", exact=True).fill("client@demo.test")
    form.get_by_role("button", name="Add user").click()
    expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_label("E-mail", exact=True).fill(email)
    form.get_by_role("button", name="Add user").click()
    admin.get_by_role("button", name="I have it").click()

    row = admin.locator("[data-user]", has_text=name)
    admin.get_by_label("Name or address").fill(name)
    expect(row).to_contain_text("Has not logged in")
    row.click()
    form = admin.get_by_role("dialog", name=name)
    form.get_by_role("checkbox").first.check()
    team = form.get_by_role("checkbox").first.evaluate("box => box.labels[0].innerText")
    form.get_by_label("Capacity").fill("7")
    assert faults(admin) == []
    form.get_by_role("button", name="Save").click()
    expect(admin.get_by_text("The account is saved.")).to_be_visible()
    expect(row).to_contain_text(team)
    row.click()
    expect(form.get_by_label("Capacity")).to_have_value("7")
    form.get_by_role("button", name="Close the account").click()
    expect(row).to_contain_text("Closed")

    row.click()
    form.get_by_role("button", name="Erase…").click()
    sure = admin.get_by_role("dialog", name=f"Erase {name}?")
    expect(sure).to_contain_text("Tickets and messages stay")
    expect(sure.get_by_role("button", name="Erase for good")).to_be_disabled()
    assert faults(admin) == []
    sure.get_by_label("To go on").fill(email)
    sure.get_by_role("button", name="Erase for good").click()
    expect(admin.get_by_text("The account is erased.")).to_be_visible()
    expect(row).to_have_count(0)


def test_an_admin_makes_a_team_and_moves_people(visit: Visit):
    admin = visit("admin").page
    team = fresh("Night watch")
    admin.goto("/admin/teams")
    admin.get_by_label("Name of a new team").fill(team)
    admin.get_by_role("button", name="Add team").click()
    card = admin.get_by_role("group", name=team)
    expect(card).to_contain_text("0 members")
    field = card.get_by_role("combobox", name="Put somebody into")
    field.press_sequentially("Sam")
    admin.get_by_role("option", name="Sam Rivera").click()
    expect(card).to_contain_text("One member")
    assert faults(admin) == []
    card.get_by_role("button", name="Remove Sam Rivera").click()
    expect(card).to_contain_text("0 members")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_an_admin_gives_somebody_hours_which_the_list_shows(visit: Visit, phone: bool):
    visitor = visit("admin", phone=phone)
    admin, name = visitor.page, fresh("Rut Sol")
    admin.goto("/admin")
    admin.get_by_role("button", name="Add user").click()
    form = admin.get_by_role("dialog")
    form.get_by_label("Name", exact=True).fill(name)
    form.get_by_label("E-mail", exact=True).fill(f"{name.replace(' ', '-').lower()}@demo.test")
    expect(form).to_contain_text("No set hours: always on shift.")

    # Given two shifts, the later of which has no day yet
    form.get_by_role("button", name="Add hours").click()
    first, second = (form.get_by_role("group", name=f"Shift {place}") for place in (1, 2))
    expect(first.get_by_role("checkbox", checked=True)).to_have_count(5)
    first.get_by_role("checkbox", name="Friday").uncheck()
    first.get_by_label("To").fill("16:30")
    form.get_by_role("button", name="Add hours").click()
    second.get_by_label("From").fill("16:00")
    second.get_by_label("To").fill("02:00")
    expect(second).to_contain_text("on the next day")
    zone = form.get_by_role("combobox", name="Time zone")
    zone.click()
    zone.press_sequentially("lisb")
    admin.get_by_role("option", name="Europe/Lisbon").click()
    form.get_by_role("button", name="Add user").click()
    expect(form).to_be_visible()
    assert second.get_by_role("checkbox").first.evaluate("box => box.validationMessage")

    # When it overlaps, and does not any more
    second.get_by_role("checkbox", name="Thursday").check()
    form.get_by_role("button", name="Add user").click()
    expect(form.get_by_text("Two of these hours overlap.", exact=True)).to_be_visible()
    assert faults(admin) == []
    assert visitor.evaluate(WIDTH) <= visitor.evaluate("window.innerWidth")
    second.get_by_role("checkbox", name="Thursday").uncheck()
    second.get_by_role("checkbox", name="Friday").check()
    form.get_by_role("button", name="Add user").click()
    admin.get_by_role("button", name="I have it").click()

    # Then it is kept
    row = admin.locator("[data-user]", has_text=name)
    admin.get_by_label("Name or address").fill(name)
    if not phone:
        expect(row).to_contain_text(re.compile(r"Mon–Thu 9:00\sAM–4:30\sPM; Fri 4:00\sPM–2:00\sAM"))
        expect(row).to_contain_text("Lisbon")
    row.click()
    expect(second.get_by_label("To")).to_have_value("02:00")
    expect(zone).to_have_value("Europe/Lisbon")
    form.get_by_role("button", name="Remove shift 1").click()
    expect(first.get_by_label("To")).to_have_value("02:00")
    form.get_by_role("button", name="Remove shift 1").click()
    form.get_by_role("button", name="Save").click()
    row.click()
    expect(form).to_contain_text("No set hours: always on shift.")

"""Coming in: signing up, being given an account, setting up an empty house."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Visit
from tests.e2e.house import House
from tests.e2e.test_live import fresh
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
    admin.get_by_label("Name", exact=True).fill("Kim Osei")
    admin.get_by_label("E-mail", exact=True).fill(email)
    admin.locator("form").get_by_role("combobox").select_option("agent")
    admin.get_by_role("button", name="Add user").click()
    given = admin.get_by_text("Kim Osei logs in with the password").locator("code").inner_text()

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
    first.get_by_role("button", name="Log out").click()
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
        expect(page.get_by_role("link", name="Users")).to_be_visible()

        page.get_by_role("button", name="Log out").click()
        page.goto(link)
        page.get_by_label("Your name").fill("Second Owner")
        page.get_by_label("E-mail").fill("second@demo.test")
        page.get_by_label("Password").fill("this is mine too")
        page.get_by_role("button", name="Make the first admin").click()
        expect(page.get_by_role("alert")).to_have_text(re.compile("This link was used"))
        owner.close()
    finally:
        node.stop()

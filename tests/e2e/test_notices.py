"""What somebody is told: the count at the bell, the list behind it, how they want to be told."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import faults


def bell(page: Page):
    return page.get_by_role("button", name=re.compile("^Notifications"))


def test_who_took_a_ticket_is_told_of_the_clients_answer_and_reading_it_takes_the_count_away(
    visit: Visit,
):
    client, agent = visit("client"), visit("agent")
    page, title = agent.page, fresh("Told")
    client.open_ticket(title, "Tell me.")
    agent.enter_ticket(title)
    page.get_by_role("button", name="Take it").click()
    page.goto("/help")
    expect(bell(page)).to_be_visible()

    client.say("Is anybody there?")

    expect(bell(page)).to_have_accessible_name(re.compile(r"\d+ unread"))
    bell(page).click()
    notice = page.get_by_role("dialog", name="Notifications").get_by_role("listitem").first
    expect(notice).to_contain_text("wrote to you")
    expect(notice).to_contain_text(title)
    assert faults(page) == []

    notice.get_by_role("link").click()
    agent.expect_line("Is anybody there?")
    bell(page).click()
    expect(notice).to_contain_text(title)
    expect(notice.get_by_text("New", exact=True)).to_have_count(0)


def test_a_notice_of_the_ticket_one_looks_at_is_read_already(visit: Visit):
    client, agent = visit("client"), visit("agent")
    page, title = agent.page, fresh("Looking")
    client.open_ticket(title, "Look.")
    agent.enter_ticket(title)
    page.get_by_role("button", name="Take it").click()

    client.say("And now?")
    agent.expect_line("And now?")

    bell(page).click()
    notice = page.get_by_role("dialog", name="Notifications").get_by_role("listitem").first
    expect(notice).to_contain_text(title)
    expect(notice.get_by_text("New", exact=True)).to_have_count(0)


def test_how_one_is_told_is_ones_own_choice_and_stays(visit: Visit):
    page = visit("agent").page
    page.goto("/me/notifications")
    mail = page.get_by_role("checkbox", name="By mail: Somebody mentions me")
    expect(mail).to_be_checked()

    mail.uncheck()
    page.get_by_role("switch", name="Quiet hours").check()
    page.get_by_label("From").fill("21:30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    assert faults(page) == []

    page.reload()
    expect(mail).not_to_be_checked()
    expect(page.get_by_label("From")).to_have_value("21:30")

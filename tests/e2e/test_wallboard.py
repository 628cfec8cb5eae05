"""The wall: numbers of all and of every team, agents, the day's volume, what just happened."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.test_console import settle
from tests.e2e.test_live import counter, expect_counter, fresh
from tests.e2e.test_pages import WIDTH, faults


def test_what_happens_is_told_by_the_ticker_and_counted(visit: Visit):
    client, agent, boss = visit("client"), visit("agent"), visit("supervisor")
    board = boss.page
    board.goto("/wallboard?screen=1")
    expect(board.locator("dl:not(.loading)")).to_be_visible()
    expect(board.get_by_role("rowheader").first).to_be_visible()
    settle(board, "[data-counter='tickets.opened_today']")
    opened = counter(board, "tickets.opened_today")
    title = fresh("On the wall")

    client.open_ticket(title, "See me there.")
    agent.enter_ticket(title)
    agent.page.get_by_role("button", name="Take it").click()
    agent.page.get_by_label("Priority").select_option("urgent")
    agent.page.get_by_label("Status").select_option("resolved")

    told = board.locator("[data-happened]", has_text=title)
    expect(told).to_have_count(4)
    expect(board.locator("[data-happened=opened]", has_text=title)).to_be_visible()
    expect(board.locator("[data-happened=assigned]", has_text=title)).to_contain_text("Sam Rivera")
    expect(board.locator("[data-happened=urgent]", has_text=title)).to_be_visible()
    expect(board.locator("[data-happened=resolved]", has_text=title)).to_be_visible()
    expect_counter(board, "tickets.opened_today", opened + 1)

    board.reload()  # Of what was before, only the times of these two are known.
    expect(told).to_have_count(2)
    expect(board.locator("[data-happened=opened]", has_text=title)).to_be_visible()
    expect(board.locator("[data-happened=resolved]", has_text=title)).to_be_visible()


def test_an_agent_who_comes_is_shown_with_their_load(visit: Visit):
    boss = visit("supervisor")
    board = boss.page
    board.goto("/wallboard")
    agent = visit("agent2")
    me: str = agent.evaluate("JSON.parse(localStorage['deskwire.session']).user.id")

    shown = board.locator(f"[data-agent='{me}']")
    expect(shown).to_have_attribute("data-state", "online")
    expect(shown).to_contain_text("Noor Haddad")
    expect(shown.get_by_role("meter")).to_be_visible()


def test_on_a_wall_it_is_dark_and_alone_until_one_leaves_the_full_screen(visit: Visit):
    boss = visit("supervisor")
    board = boss.page
    board.emulate_media(color_scheme="light")
    board.goto("/wallboard?screen=1")
    expect(board.locator("main[data-theme=dark]")).to_be_visible()
    expect(board.get_by_role("navigation")).to_have_count(0)

    board.get_by_role("button", name="Leave full screen").click()

    expect(board.get_by_role("navigation", name="Pages")).to_be_visible()
    expect(board.locator("main[data-theme]")).to_have_count(0)


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)], ids=["wall", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_wall_fits_and_axe_finds_nothing(visit: Visit, size: tuple[int, int], scheme: Any):
    boss = visit("supervisor")
    board = boss.page
    board.set_viewport_size({"width": size[0], "height": size[1]})
    board.emulate_media(color_scheme=scheme)
    board.goto("/wallboard")
    expect(board.locator("dl:not(.loading)")).to_be_visible()
    expect(board.get_by_role("rowheader").first).to_be_visible()

    assert boss.evaluate(WIDTH) <= size[0]
    assert faults(board) == []

"""The wall: numbers of all and of every team, agents, the day's volume, what just happened."""

from __future__ import annotations

import re
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.house import House
from tests.e2e.shopper import Staff
from tests.e2e.test_console import settle
from tests.e2e.test_live import counter, expect_counter, fresh
from tests.e2e.test_pages import WIDTH, faults

HEIGHT = "Math.max(...['main', 'html'].map((each) => document.querySelector(each).scrollHeight))"


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


@pytest.fixture
def admin(house: House) -> Generator[Staff]:
    admin = Staff(house.nodes[1].url, "admin")
    yield admin
    admin.close()


def test_who_is_on_shift_is_shown_until_when_by_the_clock_of_who_looks(visit: Visit, admin: Staff):
    boss = visit("supervisor")
    board = boss.page
    looks = {"timezoneId": "Asia/Kolkata"}  # Five and a half hours ahead of UTC.
    boss.context.new_cdp_session(board).send("Emulation.setTimezoneOverride", looks)
    board.goto("/wallboard")
    noor = next(u for u in admin.get("/api/users?q=agent2@")["items"])
    shown = board.locator(f"[data-agent='{noor['id']}']")
    expect(shown).not_to_contain_text(re.compile("until|shift"))

    ends = datetime.now(UTC) + timedelta(hours=2)
    try:
        work(admin, noor["id"], ends - timedelta(hours=4), ends)
        there = (ends + timedelta(hours=5, minutes=30)).strftime(r"%-I:%M\s%p")
        expect(shown).to_contain_text(re.compile(f"until {there}"))
        assert faults(board) == []
        work(admin, noor["id"], ends, ends + timedelta(hours=4))
        expect(shown).to_contain_text("off shift")
    finally:
        admin.put(f"/api/users/{noor['id']}", {"shifts": []})
    expect(shown).not_to_contain_text(re.compile("until|shift"))


def work(admin: Staff, user_id: str, start: datetime, end: datetime) -> None:
    """Have somebody work every day between these times of UTC."""
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    shift = {"days": days, "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
    admin.put(f"/api/users/{user_id}", {"zone": "UTC", "shifts": [shift]})


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


def test_on_a_wall_everything_is_in_sight_at_once(visit: Visit):
    boss = visit("supervisor")
    board = boss.page
    board.goto("/wallboard?screen=1")
    expect(board.get_by_role("rowheader").first).to_be_visible()

    for width, height in ((1920, 1080), (1280, 720)):
        board.set_viewport_size({"width": width, "height": height})
        assert boss.evaluate(HEIGHT) <= height
        for name in ("Opened in the last 24 hours", "What just happened"):
            part = board.locator("section", has=board.get_by_role("heading", name=name))
            expect(part.get_by_role("list")).to_be_in_viewport(ratio=1)
        expect(board.locator("dd .yesterday")).to_have_count(2)


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

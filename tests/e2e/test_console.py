"""The agents' desk: views with counts, search, keys, a ticket's details, mentions, who looks on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults
from tests.e2e.test_story import ASK
from tests.e2e.visitor import Visitor

SPREAD = """
async ([count, title]) => {
  const { access_token } = JSON.parse(localStorage["deskwire.session"]);
  const headers = { Authorization: `Bearer ${access_token}`, "Content-Type": "application/json" };
  for (let number = 1; number <= count; number += 1) {
    const body = JSON.stringify({ title: `${title} ${number}`, body: "One of many." });
    for (;;) {
      const answer = await fetch("/api/tickets", { method: "POST", headers, body });
      if (answer.ok) break;
      if (answer.status !== 429) throw new Error(await answer.text());
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
"""
SCROLL = "(list, top) => (list.scrollTop = top)"
TOPS = """
(list) => {
  const edge = list.getBoundingClientRect().top;
  return Object.fromEntries([...list.querySelectorAll("[data-ticket]")]
    .map((row) => [row.dataset.ticket, row.getBoundingClientRect().top - edge])
    .filter(([, top]) => top > 0 && top < 400));
}
"""


def count_of(page: Page, view: str) -> int:
    return int(page.locator(f"[data-view={view}] .numbers").inner_text() or 0)


SETTLED = """
(numbers) => {
  const shown = document.querySelectorAll(numbers);
  const now = [...shown].map((each) => each.innerText).join();
  if (window.counted !== now) [window.counted, window.countedAt] = [now, performance.now()];
  return /\\d/.test(now) && performance.now() - window.countedAt > 3000;
}
"""


def settle(page: Page, numbers: str) -> None:
    """Wait until numbers are there, and say what was done before: some seconds behind it."""
    page.wait_for_function(SETTLED, arg=numbers, polling=200)


def open_details(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Details").click()
    expect(visitor.page.get_by_role("heading", name="Requester")).to_be_visible()


def test_the_counts_are_the_servers_and_move_by_themselves(visit: Visit):
    client, agent = visit("client"), visit("agent")
    page = agent.page
    expect(page.locator("[data-ticket]").first).to_be_visible()
    settle(page, "[data-view] .numbers")
    active, free, mine = (count_of(page, view) for view in ("active", "unassigned", "mine"))
    title = fresh("Counted")

    client.open_ticket(title, "Count me.")
    expect(page.locator("[data-view=active] .numbers")).to_have_text(str(active + 1))
    expect(page.locator("[data-view=unassigned] .numbers")).to_have_text(str(free + 1))
    agent.enter_ticket(title)
    page.get_by_role("button", name="Take it").click()

    expect(page.locator("[data-view=mine] .numbers")).to_have_text(str(mine + 1))
    expect(page.locator("[data-view=unassigned] .numbers")).to_have_text(str(free or ""))


def test_a_search_and_a_filter_stand_in_the_address_and_find_what_fits(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("A needle")
    client.open_ticket(title, "In the hay.")
    page = agent.page
    expect(agent.row(title)).to_be_visible()

    page.keyboard.press("/")
    page.keyboard.type(title.upper())
    expect(page.locator("[data-ticket]")).to_have_count(1)
    page.reload()
    expect(page.locator("[data-ticket]")).to_have_count(1)
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Priority").select_option("urgent")
    expect(page.get_by_role("heading", name="No ticket fits")).to_be_visible()
    page.get_by_role("button", name="Show all again").first.click()

    expect(agent.row(title)).to_be_visible()
    assert "priority" not in page.url


def test_the_list_is_gone_through_by_keys(visit: Visit):
    client, agent = visit("client"), visit("agent")
    first, second = fresh("The lower one"), fresh("The upper one")
    for title in (first, second):
        client.open_ticket(title, "By keys.")
    page = agent.page
    expect(page.locator("[data-ticket]").first).to_contain_text(second)

    page.keyboard.press("j")
    expect(agent.row(second)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(agent.row(first)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("j")
    expect(agent.row(first)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=first)).to_be_visible()
    page.keyboard.press("?")

    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert faults(page) == []


def test_no_row_moves_under_the_pointer_and_what_comes_is_announced(visit: Visit):
    client, agent = visit("client"), visit("agent")
    first, second, third = (fresh(f"{name} in line") for name in ("First", "Second", "Third"))
    for title in (first, second):
        client.open_ticket(title, "In order, please.")
    page = agent.page
    rows = page.locator("[data-ticket]")
    expect(rows.first).to_contain_text(second)

    agent.row(second).hover()
    client.open_ticket(third, "Me too.")

    page.get_by_role("button", name="1 new above").wait_for()
    expect(rows.first).to_contain_text(second)
    expect(rows.nth(1)).to_contain_text(first)
    page.get_by_role("button", name="1 new above").click()
    expect(rows.first).to_contain_text(third)
    page.get_by_role("button", name="new above").wait_for(state="hidden")
    client.page.goto("/portal")
    client.row(first).click()
    client.say("I was first.")
    page.get_by_role("button", name="1 new above").wait_for()
    expect(rows.first).to_contain_text(third)
    page.mouse.move(0, 0)
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    expect(rows.first).to_contain_text(first)


def test_a_ticket_is_worked_by_keys_and_each_act_can_be_taken_back(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("Without a mouse")
    client.open_ticket(title, "By keys only.")
    agent.enter_ticket(title)
    page = agent.page
    take = page.get_by_role("button", name="Take it")
    undo = page.get_by_role("button", name="Undo")
    status, priority = page.get_by_label("Status"), page.get_by_label("Priority")
    asked = page.get_by_role("combobox", expanded=True)

    page.keyboard.press("t")
    expect(take).to_have_count(0)
    expect(page.get_by_text("It is yours now.")).to_be_visible()
    undo.click()
    expect(take).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_role("dialog", name="Status")).to_be_visible()
    assert faults(page) == []
    expect(asked).to_be_focused()
    page.keyboard.type("pend")
    page.keyboard.press("Enter")
    expect(status).to_have_value("pending")
    undo.click()
    expect(status).to_have_value("open")
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="Private note")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(asked).to_be_focused()
    page.keyboard.type("urg")
    page.keyboard.press("Enter")
    expect(priority).to_have_value("urgent")
    undo.click()
    expect(priority).not_to_have_value("urgent")
    page.get_by_role("button", name="Commands").click()
    expect(asked).to_be_focused()
    page.keyboard.type("reply")
    page.keyboard.press("Enter")
    expect(agent.box).to_be_focused()
    agent.say("I look after it.")  # Who answers what nobody has takes it.

    expect(page.get_by_text("It is yours now.")).to_be_visible()
    expect(take).to_have_count(0)
    expect(client.page.get_by_text("looks after this")).to_be_visible()
    undo.click()
    expect(take).to_be_visible()


def scroll_on(rows: Locator, reached: int) -> None:
    """Scroll to the end, again and again as one does, until so many rows are known."""
    last = rows.get_by_role("listitem").last

    def is_reached() -> bool:
        rows.evaluate(SCROLL, 1_000_000)
        return int(last.get_attribute("aria-setsize") or 0) >= reached

    for _ in range(100):
        if is_reached():
            break
        rows.page.wait_for_timeout(100)  # Its height grows a frame after its rows are known.
    expect(last).to_have_attribute("aria-setsize", str(reached))


def test_a_long_list_goes_on_as_one_scrolls_and_stays_where_one_reads(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("One of many")
    client.evaluate(SPREAD, [130, title])
    page = agent.page
    page.goto(f"/console?q={title}")
    rows = page.get_by_role("group", name="Tickets")
    expect(rows.get_by_role("listitem").first).to_have_attribute("aria-setsize", "100")
    for _ in range(3):
        scroll_on(rows, 130)
    rows.evaluate(SCROLL, 5_000)
    expect(agent.row(f"{title} 70")).to_be_visible()
    before: dict[str, float] = rows.evaluate(TOPS)

    client.open_ticket(f"{title} new", "It comes in above.")

    expect(rows.get_by_role("listitem").last).to_have_attribute("aria-setsize", "131")
    after: dict[str, float] = rows.evaluate(TOPS)
    kept = before.keys() & after.keys()
    assert len(kept) >= len(before) - 1 > 1
    assert all(abs(before[ticket] - after[ticket]) < 2 for ticket in kept)
    page.get_by_role("button", name="1 new above").click()
    expect(agent.row(f"{title} new")).to_be_in_viewport()
    expect(page.get_by_role("button", name="new above")).to_have_count(0)


def test_details_are_changed_beside_the_conversation_and_others_see_them(visit: Visit):
    client, agent, other = visit("client"), visit("agent"), visit("agent2")
    title = fresh("Details")
    client.open_ticket(title, "There is more to say.")
    for colleague in (agent, other):
        colleague.enter_ticket(title)
        open_details(colleague)
    page = agent.page

    page.get_by_role("textbox", name="Add a tag").fill("vip")
    page.get_by_role("textbox", name="Add a tag").press("Enter")
    page.get_by_role("button", name="Due: No due date").click()
    assert faults(page) == []
    page.get_by_role("button", name="Tomorrow").click()
    page.get_by_role("button", name="Due:").click()
    page.get_by_role("spinbutton", name="hour").press_sequentially("7")
    page.keyboard.type("08")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add a field").click()
    page.get_by_label("Name of the field").fill("Order no")
    page.get_by_label("Value of the field").fill("A-17")
    page.get_by_role("button", name="Add a field").click()
    page.get_by_role("combobox", name="Owner").click()
    page.get_by_role("option", name="Noor Haddad").click()

    expect(other.page.get_by_label("Tags").get_by_text("vip")).to_be_visible()
    expect(other.page.get_by_role("button", name="Due:")).to_contain_text("7:08")
    expect(other.page.get_by_label("order_no", exact=True)).to_have_value("A-17")
    expect(other.page.get_by_role("combobox", name="Owner")).to_have_value("Noor Haddad (me)")
    expect(agent.row(title)).to_contain_text("vip")


def test_a_day_that_is_chosen_is_said_in_the_reader_s_language(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("En español")
    client.open_ticket(title, "Until when?")
    agent.enter_ticket(title)
    page = agent.page
    page.evaluate("localStorage['deskwire.language'] = 'es'")
    page.reload()

    page.get_by_role("button", name="Detalles").click()
    page.get_by_role("button", name="Vencimiento: ").click()
    expect(page.get_by_role("spinbutton").first).to_have_attribute("aria-valuetext", "Vacío")
    page.locator("[data-calendar-day][data-today]").first.click()

    expect(page.get_by_role("log").filter(has_text="Elegido: ")).to_have_count(1)


def test_a_title_is_renamed_where_it_stands(visit: Visit):
    client, agent = visit("client"), visit("agent")
    title = fresh("Wrong name")
    client.open_ticket(title, "Name me well.")
    agent.enter_ticket(title)
    better = fresh("Better name")

    agent.page.get_by_role("button", name="Rename this ticket").click()
    agent.page.get_by_role("textbox", name="Title").fill(better)
    agent.page.get_by_role("textbox", name="Title").press("Enter")

    expect(client.page.get_by_role("heading", name=better)).to_be_visible()
    expect(agent.row(better)).to_be_visible()


def test_a_colleague_is_mentioned_by_the_beginning_of_a_name_and_sees_it(visit: Visit):
    client, agent, colleague = visit("client"), visit("agent"), visit("agent2")
    title = fresh("Ask a colleague")
    client.open_ticket(title, "Who knows this?")
    for each in (agent, colleague):
        each.enter_ticket(title)
    page = agent.page

    page.get_by_role("radio", name="Private note").check(force=True)
    box = page.get_by_role("textbox", name="Private note")
    box.press_sequentially("Please look, @noo")
    expect(page.get_by_role("option", name="Noor Haddad")).to_be_visible()
    assert faults(page) == []
    box.press("Enter")
    expect(box).to_have_value("Please look, @Noor Haddad ")
    box.press_sequentially("<mark>not @Sam</mark>")
    box.press("Enter")

    for each, strong in ((agent, 0), (colleague, 1)):
        each.expect_line("Please look, @Noor Haddad <mark>not @Sam</mark>")
        marked = each.page.locator("[data-key] article .text mark")
        expect(marked).to_have_text(["@Noor Haddad"])
        expect(marked.locator("strong")).to_have_count(strong)
        assert faults(each.page) == []
    agent.expect_settled()
    assert any('"mentions":["' in frame for frame in agent.received)


def test_who_looks_at_the_same_ticket_is_shown_to_staff_only(visit: Visit):
    client, agent, other = visit("client"), visit("agent"), visit("agent2")
    title = fresh("Seen by two")
    client.open_ticket(title, "Who is there?")
    agent.enter_ticket(title)
    expect(agent.page.locator(".viewing")).to_have_count(0)

    other.enter_ticket(title)

    expect(agent.page.get_by_text("Noor Haddad is looking at this too")).to_be_attached()
    expect(other.page.get_by_text("Sam Rivera is looking at this too")).to_be_attached()
    other.page.goto("/console")
    expect(agent.page.locator(".viewing")).to_have_count(0)
    assert not any('"viewing"' in frame for frame in client.received)


def test_an_article_is_found_by_the_title_and_put_into_the_reply(visit: Visit):
    client, agent, admin = visit("client"), visit("agent"), visit("admin")
    word = fresh("Gearbox").replace(" ", "")
    article = {
        "title": f"Cleaning the {word}",
        "body": "Use **a dry cloth**.",
        "stage": "published",
        "reach": "public",
    }
    admin.evaluate(ASK, ["POST", "/api/articles", article])
    client.open_ticket(f"My {word} is dirty", "What now?")
    agent.enter_ticket(word)
    open_details(agent)

    answer = agent.page.get_by_role("listitem").filter(has_text=article["title"])
    answer.get_by_role("button", name="Insert its text").click()
    expect(agent.box).to_have_value("Use **a dry cloth**.")
    open_details(agent)
    answer.get_by_role("button", name="Insert its link").click()

    link = re.escape(f"Use **a dry cloth**.\n\n[{article['title']}]({agent.url}/help/")
    expect(agent.box).to_have_value(re.compile(link))


@pytest.mark.parametrize("phone", [False, True], ids=["laptop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_ticket_with_its_details_is_clean_to_axe(visit: Visit, phone: bool, scheme: Any):
    client, agent = visit("client"), visit("agent", phone=phone)
    agent.page.emulate_media(color_scheme=scheme)
    title = fresh("Clean " + "o" * 150)
    client.open_ticket(title, "Look at all of it.")
    agent.enter_ticket(title)
    open_details(agent)

    assert faults(agent.page) == []
    assert agent.evaluate(WIDTH) <= agent.evaluate("window.innerWidth")
    if not phone:  # There is room for the details beside it.
        agent.page.set_viewport_size({"width": 1440, "height": 900})
        expect(agent.page.get_by_role("heading", name="Custom fields")).to_be_visible()
        assert faults(agent.page) == []

"""The assistant's whole story in two browsers: from a question to the article drafted of it.

It is told at the level of passages, and with a tiny language model: trained to say sixteen words
after one, it proves the way of a model's words, and says nothing of their quality. With
`PICTURES=FOLDER` the steps are photographed into it, at the level of passages.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import pytest
from playwright.sync_api import Locator, expect

from domain.assistant.state import AssistantLevel
from domain.inbox.state import DEFAULT_INBOX_ID
from server.demo.content import load_articles
from tests.ai.llm.conftest import needs_llama
from tests.e2e.conftest import Visit
from tests.e2e.house import House
from tests.e2e.shopper import Staff
from tests.e2e.test_assistant import ANSWERED_MS, WATCH, mid_answer, publish_written, switch
from tests.e2e.visitor import Visitor

TITLE = "E07 on the display"
QUESTION = "My bike shows the error code E07 on the display. What can I do?"
AGAIN = "E07 keeps coming back on every bump."
MORE = "May I ride on with E07?"
ARTICLE = "Error codes on the display"
OUR_OWN = "Tomorrow between 8 and 10 we come to you and mend the cradle, free of charge."
THANKS = "The new cradle is in, and it runs again. Thank you!"
WIDE = {"width": 1440, "height": 900}
LEVELS = [
    AssistantLevel.PASSAGES,
    pytest.param(AssistantLevel.MODEL, marks=needs_llama),
]

Picture = Callable[..., None]


@pytest.fixture(scope="module", params=LEVELS)
def level(request: pytest.FixtureRequest) -> AssistantLevel:
    return request.param


@pytest.fixture(scope="module")
def house(level: AssistantLevel) -> Generator[House]:
    """One of its own: nothing else is asked there, and the model is in it or is not."""
    if level is not AssistantLevel.MODEL:
        with House() as house:
            yield house
        return
    from tests.ai.llm.tiny import tiny_model

    with TemporaryDirectory(prefix="dw-") as folder:  # A socket's path may not be long.
        place = Path(folder) / "llm.sock"
        with House(LLM_URL=f"unix://{place}") as house:
            options = ("--model", str(tiny_model()), "--socket", str(place), "--threads", "1")
            model = house.program("llm", "ai.llm.serve", *options, answers=place.exists)
            try:
                model.start()
                yield house
            finally:
                model.kill()


@pytest.fixture
def admin(house: House, level: AssistantLevel) -> Iterator[Staff]:
    """Has let the assistant speak first, and brought in what the demo has about its bikes."""
    admin = Staff(house.nodes[1].url, "admin")
    switch(admin, DEFAULT_INBOX_ID, on=True)
    bikes = [each for each in load_articles() if (each.language, each.category) == ("en", "bike")]
    publish_written(
        admin, *({"title": e.title, "summary": e.summary, "body": e.body} for e in bikes)
    )
    deadline = monotonic() + ANSWERED_MS / 1_000
    while admin.get("/api/assistant")["level"] != level:
        assert monotonic() < deadline
        sleep(0.2)
    yield admin
    admin.close()


@pytest.fixture
def picture(level: AssistantLevel) -> Picture:
    """Photographs what somebody sees, if anybody wants pictures."""
    folder = os.environ.get("PICTURES")
    if folder is None or level is not AssistantLevel.PASSAGES:
        return lambda name, *visitors: None
    from docs.screenshots.take import keep

    def photograph(name: str, *visitors: Visitor) -> None:
        for visitor in visitors:
            at = "phone" if visitor.evaluate("innerWidth < 600") else "desk"
            keep(visitor.context, visitor.page, Path(folder) / f"{name}-{at}.webp")

    return photograph


def test_from_a_question_to_the_article_drafted_of_it(
    visit: Visit, admin: Staff, house: House, level: AssistantLevel, picture: Picture
):
    client, agent = visit("client", phone=True), visit("agent")
    agent.page.set_viewport_size(WIDE)

    client.open_ticket(TITLE, QUESTION)
    expect(agent.row(TITLE).get_by_text("Assistant", exact=True)).to_be_visible()
    agent.enter_ticket(TITLE)
    for visitor in (client, agent):
        expect_answers(visitor, level, 1)
    expect(agent.page.get_by_text("The assistant’s turn.")).to_be_visible()
    picture("1-answered", client, agent)

    client.page.get_by_role("button", name="Not yet").click()
    expect(agent.page.get_by_text("It did not help").first).to_be_visible()
    for visitor in (client, agent):
        visitor.evaluate(WATCH)
    send(client, AGAIN)
    if level is AssistantLevel.PASSAGES:
        look_at_it_growing(client, agent, house, picture)
    for visitor in (client, agent):
        expect_answers(visitor, level, 2)
        expect_it_grew(visitor)
    picture("3-answered-again", client, agent)

    client.page.get_by_role("button", name="Not yet").click()
    expect_handed_over(client, agent)
    send(client, MORE)
    agent.expect_line(MORE)
    picture("4-handed-over", client, agent)

    agent.page.get_by_role("button", name="Take it").click()
    expect(client.page.get_by_text("looks after this")).to_be_visible()
    panel = have_proposed(agent, level)
    picture("5-proposed", agent)
    reply = use_it(panel, agent, client)
    picture("6-in-the-editor", agent)
    agent.read_all()
    agent.page.get_by_role("button", name="Send").click()
    for visitor in (client, agent):
        expect(visitor.line(OUR_OWN)).to_contain_text(reply)
    picture("7-replied", client)

    send(client, THANKS)
    agent.expect_line(THANKS)
    agent.page.get_by_label("Status").select_option("resolved")
    expect(agent.page.get_by_label("Status")).to_have_value("resolved")
    expect(client.page.get_by_text("Solved. If it comes back")).to_be_visible()
    picture("8-solved", client, agent)

    draft_article(agent)
    picture("9-drafted", agent)


def send(client: Visitor, text: str) -> None:
    client.box.fill(text)
    client.page.get_by_role("button", name="Send").click()


def look_at_it_growing(client: Visitor, agent: Visitor, house: House, picture: Picture) -> None:
    """The answer so far, which both read while the rest of it is on its way."""
    client.wait_until("document.querySelector('.growing')?.textContent.includes('After rain')")
    with mid_answer(house):
        for visitor in (client, agent):
            expect(visitor.page.locator(".growing")).to_contain_text("from our articles")
        picture("2-growing", client, agent)


def answers(visitor: Visitor) -> Locator:
    """What the assistant said, with what stands below it."""
    return visitor.page.locator("[data-key]", has_text="from our articles")


def expect_answers(visitor: Visitor, level: AssistantLevel, count: int) -> None:
    """So many by now, each with its source; quoted, or in a model's own words."""
    expect(answers(visitor)).to_have_count(count, timeout=ANSWERED_MS)
    last = answers(visitor).last
    expect(
        last.get_by_role("list", name="Sources").get_by_role("link", name=ARTICLE)
    ).to_be_visible()
    expect(visitor.page.locator(".growing")).to_have_count(0)
    quoted = last.get_by_role("blockquote")
    expect(quoted).to_have_count(1 if level is AssistantLevel.PASSAGES else 0)


def expect_it_grew(visitor: Visitor) -> None:
    """It was read as it came, and not at its end only."""
    seen: list[str] = visitor.evaluate("window.seen")
    assert len(seen) >= 3, seen
    assert len(seen[0]) < len(seen[-1])


def expect_handed_over(client: Visitor, agent: Visitor) -> None:
    over = "[data-change='assistant.handed_over']"
    expect(client.page.locator(over)).to_contain_text("That was not it. A person goes on")
    expect(client.page.get_by_role("button", name="A person, please")).to_have_count(0)
    briefing = agent.page.locator("[data-briefing]")
    expect(briefing).to_contain_text("The assistant’s answers did not help.")
    asked, shown = briefing.get_by_role("list").all()
    expect(asked.get_by_role("listitem")).to_have_text([QUESTION, AGAIN])
    shown = shown.get_by_role("listitem").filter(has_text=ARTICLE)
    expect(shown).to_have_text(2 * [re.compile(f"{ARTICLE}.*It did not help")])


def have_proposed(agent: Visitor, level: AssistantLevel) -> Locator:
    agent.page.get_by_role("button", name="Copilot", exact=True).click()
    panel = agent.page.get_by_role("group", name="Copilot", exact=True)
    panel.get_by_role("button", name="Suggest a reply").click()
    by = "Language model" if level is AssistantLevel.MODEL else "From the articles"
    expect(panel.get_by_text(by, exact=True)).to_be_visible(timeout=ANSWERED_MS)
    expect(panel.get_by_role("link", name=ARTICLE)).to_be_visible()
    expect(panel.get_by_role("button", name="Put into the reply")).to_be_visible()
    expect(agent.line(MORE)).to_be_in_viewport()  # What it is about can be read beside it.
    return panel


def use_it(panel: Locator, agent: Visitor, client: Visitor) -> str:
    """Put it into the reply by hand, and add what only people know; what was proposed."""
    proposed = panel.locator(".text .text").inner_text()
    expect(agent.box).to_have_value("")
    panel.get_by_role("button", name="Put into the reply").click()
    expect(agent.box).not_to_have_value("")
    agent.box.fill(f"{agent.box.input_value()}\n\n{OUR_OWN}")
    expect(client.line(OUR_OWN)).to_have_count(0)
    return proposed


def draft_article(agent: Visitor) -> None:
    agent.page.get_by_role("button", name="More").click()
    agent.page.get_by_role("menuitem", name="Write an article from this").click()
    expect(agent.page.get_by_label("Title")).to_have_value(TITLE)
    drafted = f"## What was asked\n\n{QUESTION}\n\n## What to do\n\n"
    said = re.compile(f"^{re.escape(drafted)}.*{re.escape(OUR_OWN)}$", re.DOTALL)
    expect(agent.page.get_by_label("Text")).to_have_value(said)

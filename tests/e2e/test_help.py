"""The help centre: written by staff, found and read by everybody, safe and in shape."""

from __future__ import annotations

import re
from contextlib import suppress
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults
from tests.e2e.visitor import PASSWORD, PATIENCE_MS, Visitor

ARTICLE = re.compile(r"/help/[0-9a-f-]{32,}$")
LONG = """
Before anything else, breathe.

## First part

Some **words**. <script>window.harmed = 1</script>

### A detail

More words.

## Second part

The last words.
"""


def write_article(visitor: Visitor, title: str, text: str, **choices: str) -> None:
    """Save a new article as staff do; `choices` are the options of the selects by label."""
    page = visitor.page
    page.goto("/help")
    page.get_by_role("link", name="New article").click()
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Summary", exact=True).fill(f"All about: {title}")
    page.get_by_label("Text", exact=True).fill(text)
    for label, option in choices.items():
        page.get_by_label(label, exact=True).select_option(option)
    page.get_by_role("button", name="Publish" if choices.get("State") else "Save").click()
    page.wait_for_url(ARTICLE)
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def identity(page: Page) -> str:
    return page.url.rsplit("/", 1)[1]


def search(visitor: Visitor, words: str) -> None:
    field = visitor.page.get_by_role("combobox", name="Search the help centre")
    field.fill("")
    with visitor.page.expect_response(lambda response: "/articles/search" in response.url):
        field.fill(words)


def find(visitor: Visitor, words: str, title: str) -> Locator:
    """Search until an article is found: every node knows it within two seconds."""
    found = visitor.page.get_by_role("option", name=title)
    deadline = monotonic() + PATIENCE_MS / 1_000
    while monotonic() < deadline:
        search(visitor, words)
        with suppress(AssertionError):
            expect(found).to_be_visible(timeout=500)
            break
    expect(found).to_be_visible()
    return found


def test_a_draft_is_for_staff_and_once_published_everybody_finds_it(visit: Visit):
    staff, client = visit("supervisor"), visit("client", phone=True)
    title = fresh("Zwieback for sailors")
    write_article(staff, title, LONG)
    expect(staff.page.get_by_text("Draft", exact=True)).to_be_visible()
    path = f"/help/{identity(staff.page)}"
    client.page.goto(path)
    expect(client.page.get_by_role("alert")).to_be_visible()

    staff.page.get_by_role("link", name="Edit").click()
    staff.page.get_by_label("State").select_option("published")
    staff.page.get_by_role("button", name="Publish").click()
    staff.page.wait_for_url(ARTICLE)
    expect(staff.page.get_by_role("heading", name=title)).to_be_visible()

    client.page.goto("/portal")
    found = find(client, "zwieback sail", title)
    expect(found.locator("mark").first).to_be_visible()
    assert client.evaluate(WIDTH) <= 390
    assert faults(client.page) == []
    client.page.keyboard.press("ArrowDown")
    client.page.keyboard.press("Enter")
    expect(client.page.get_by_role("heading", name=title)).to_be_visible()

    assert client.evaluate("window.harmed") is None
    expect(client.page.get_by_text("<script>window.harmed = 1</script>")).to_be_visible()
    parts = client.page.get_by_role("navigation", name="On this page").get_by_role("button")
    expect(parts).to_have_text(["First part", "A detail", "Second part"])
    parts.nth(2).click()
    expect(client.page.get_by_role("heading", name="Second part")).to_be_focused()
    assert faults(client.page) == []

    client.page.get_by_role("link", name="Open a ticket").click()
    expect(client.page.get_by_label("What is it about?")).to_have_value(title)


def test_what_is_for_staff_only_is_found_by_no_client(visit: Visit):
    staff, client = visit("supervisor"), visit("client")
    title = fresh("Quagga discounts")
    choices = {"State": "published", "Who may read it": "staff"}
    write_article(staff, title, "Ten percent.", **choices)
    path = f"/help/{identity(staff.page)}"
    staff.page.goto("/help")
    staff.page.get_by_role("radio", name="Staff only").check(force=True)
    expect(staff.page.get_by_role("link", name=title)).to_be_visible()

    client.page.goto("/help")
    expect(client.page.get_by_text("Loading…")).to_have_count(0)
    search(client, "quagga")
    expect(client.page.get_by_text("No article fits.")).to_be_visible()
    client.page.goto(path)
    expect(client.page.get_by_role("alert")).to_be_visible()
    assert not any("Ten percent." in each for each in client.received)


def test_a_stranger_finds_and_reads_what_is_public_and_asks_after_the_log_in(
    visit: Visit, stranger: Visitor
):
    staff = visit("supervisor")
    title = fresh("Yodelling at night")
    write_article(staff, title, "Until ten, please.", State="published")
    page = stranger.page
    page.goto("/help")
    expect(page.get_by_role("main").get_by_role("listitem").first).to_be_visible()
    find(stranger, "yodelling", title).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_text("Until ten, please.")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Open a ticket").click()
    page.get_by_label("E-mail").fill("client@demo.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_label("What is it about?")).to_have_value(title)


def test_two_who_change_one_article_choose_and_nothing_is_lost(visit: Visit):
    one, other = visit("supervisor"), visit("admin")
    title = fresh("Two cooks")
    write_article(one, title, "Salt.")
    path = f"/help/edit/{identity(one.page)}"
    for visitor in (one, other):
        visitor.page.goto(path)
        expect(visitor.page.get_by_label("Text", exact=True)).to_have_value("Salt.")
    text = other.page.get_by_label("Text", exact=True)

    one.page.get_by_label("Text", exact=True).fill("Salt and pepper.")
    one.page.get_by_role("button", name="Save").click()
    one.page.wait_for_url(ARTICLE)  # What was written stands beside the editor before.
    text.fill("Salt and sugar.")
    other.page.get_by_role("button", name="Save").click()

    collision = other.page.get_by_text("Somebody changed this while")
    expect(collision).to_be_visible()
    expect(other.page.get_by_text("Salt and pepper.")).to_be_visible()
    expect(text).to_have_value("Salt and sugar.")
    assert faults(other.page) == []
    other.page.get_by_role("button", name="Take theirs").click()
    expect(text).to_have_value("Salt and pepper.")
    other.page.get_by_role("button", name="Undo").click()
    expect(text).to_have_value("Salt and sugar.")
    other.page.reload()  # What is not saved outlives the page.
    expect(text).to_have_value("Salt and sugar.")
    expect(collision).to_be_visible()
    other.page.get_by_role("button", name="Go on with mine").click()
    other.page.get_by_role("button", name="Save").click()

    other.page.wait_for_url(ARTICLE)
    expect(other.page.get_by_role("heading", name=title)).to_be_visible()
    expect(other.page.get_by_text("Salt and sugar.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("language", "title"), [("en", "Help centre"), ("es", "Centro de ayuda")])
def test_the_help_centre_is_clean_to_axe(visit: Visit, scheme: Any, language: str, title: str):
    staff = visit("supervisor", phone=language == "es")
    page = staff.page
    page.emulate_media(color_scheme=scheme)
    staff.evaluate(f"localStorage['deskwire.language'] = '{language}'")
    for path in ("/help", "/help/edit/new"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert faults(page) == []
        assert staff.evaluate(WIDTH) <= staff.evaluate("window.innerWidth")
    page.goto("/help")
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def test_a_change_waits_for_its_publication_and_every_version_comes_back(visit: Visit):
    staff, client = visit("supervisor"), visit("client")
    page, title = staff.page, fresh("Versions of soup")
    write_article(staff, title, "Leek, and a **potato**.", State="published")
    path = f"/help/{identity(page)}"
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Text", exact=True).fill("Leek, and a **turnip**.")
    page.get_by_role("button", name="Save for later").click()
    expect(page.get_by_text("Changes to this article wait")).to_be_visible()
    expect(page.get_by_text("potato")).to_be_visible()
    client.page.goto(path)
    expect(client.page.get_by_text("potato")).to_be_visible()

    page.get_by_role("link", name="Edit").first.click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Leek, and a **turnip**.")
    assert faults(page) == []
    page.get_by_role("button", name="Publish the changes").click()
    page.wait_for_url(ARTICLE)  # The editor's own preview shows the words before they are kept.
    expect(page.get_by_text("turnip")).to_be_visible()
    client.page.reload()
    expect(client.page.get_by_text("turnip")).to_be_visible()
    assert not any("wait to be published" in each for each in client.received)

    page.get_by_role("link", name="Edit").click()
    page.get_by_role("link", name="Versions").click()
    versions = page.get_by_role("navigation", name="Versions").get_by_role("button")
    expect(versions).to_have_count(3)
    expect(page.locator("ins")).to_have_count(0)  # What was published had been written before.
    versions.nth(1).click()
    expect(page.locator("ins")).to_have_text("turnip")
    expect(page.locator("del")).to_have_text("potato")
    assert faults(page) == []
    versions.nth(2).click()
    page.get_by_role("button", name="Restore this version").click()
    page.wait_for_url(ARTICLE)
    expect(page.get_by_text("potato")).to_be_visible()
    client.page.reload()
    expect(client.page.get_by_text("potato")).to_be_visible()


def test_readers_say_whether_it_helped_and_writers_see_it_counted(visit: Visit, stranger: Visitor):
    staff, client = visit("supervisor"), visit("client", phone=True)
    page, title = staff.page, fresh("Whether it helps")
    write_article(staff, title, "Perhaps.", State="published")
    path = f"/help/{identity(page)}"
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_text("Nobody said anything yet.")).to_be_visible()

    stranger.page.goto(path)
    asked = stranger.page.get_by_role("region", name="Did it help?")
    asked.get_by_role("button", name="Yes").click()
    expect(asked.get_by_text("Thank you.")).to_be_visible()
    client.page.goto(path)
    asked = client.page.get_by_role("region", name="Did it help?")
    asked.get_by_role("button", name="No").click()
    asked.get_by_label("What was missing?").fill("A number.")
    assert faults(client.page) == []
    asked.get_by_role("button", name="Send").click()
    expect(asked.get_by_text("that helps us")).to_be_visible()

    expect(page.get_by_text("1 of 2 say it helped")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("A number.")).to_be_visible()
    assert faults(page) == []
    page.goto("/help")
    page.get_by_role("link", name="Knowledge base").click()
    row = page.get_by_role("link", name=title)
    expect(row).to_contain_text("1 of 2 say it helped")
    assert faults(page) == []


def test_what_was_searched_in_vain_is_written(visit: Visit, stranger: Visitor):
    staff, page = visit("supervisor"), stranger.page
    # In letters: what looks like an order's number is kept of no search.
    question = fresh("Quills for penguins").translate(str.maketrans("0123456789", "ghijklmnop"))
    page.goto("/help")
    search(stranger, question)
    with page.expect_response(lambda response: "/questions/searched" in response.url) as told:
        page.get_by_role("heading", level=1).click()
    assert told.value.status == 204
    search(stranger, question)
    page.get_by_role("heading", level=1).click()  # The same again is told once.

    page = staff.page
    page.goto("/help/desk/questions")
    row = page.get_by_role("listitem").filter(has_text=question)
    expect(row).to_contain_text("asked once")
    assert faults(page) == []
    row.get_by_role("button", name="Not for us").click()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    row.get_by_role("link", name="Write an article").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value(question)
    page.get_by_label("Text", exact=True).fill("There are none.")
    page.get_by_role("button", name="Save the draft").click()
    page.wait_for_url(ARTICLE)
    page.goto("/help/desk/questions")
    expect(page.get_by_role("heading", name="Unanswered")).to_be_visible()
    expect(page.get_by_text("Loading…")).to_have_count(0)
    expect(row).to_have_count(0)


def test_files_are_tried_and_then_brought_in(visit: Visit):
    page, title = visit("supervisor").page, fresh("Brought in")
    table = f"title,body,stage\n{title},A text.,published\nEmpty,,\n"
    page.goto("/help/desk/import")
    page.get_by_label("Choose a file").first.set_input_files(
        {"name": f"{title}.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    lines = page.get_by_role("list", name="The articles of the file").get_by_role("listitem")
    expect(lines.nth(0)).to_contain_text("new")
    expect(lines.nth(1)).to_contain_text("There is no text in it.")
    assert faults(page) == []
    page.get_by_role("button", name="Bring 1 article in").click()
    expect(page.get_by_text("This happened:")).to_be_visible()
    lines.nth(0).get_by_role("link", name=title).click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("A text.")


def test_what_helped_in_a_ticket_becomes_an_article(visit: Visit):
    client, writer = visit("client"), visit("supervisor")
    subject = fresh("Squeaking brakes")
    client.open_ticket(subject, "The brakes squeak. Call me: ada.byron@example.com.")
    writer.enter_ticket(subject)
    page = writer.page
    more = page.get_by_role("button", name="More", exact=True)
    write = page.get_by_role("menuitem", name="Write an article from this")
    more.click()
    expect(page.get_by_role("menuitem", name="Look in")).to_be_visible()
    expect(write).to_have_count(0)  # Nothing has helped yet.
    page.keyboard.press("Escape")
    writer.say("Clean the rims with alcohol, then ride and brake ten times.")
    page.get_by_label("Status", exact=True).select_option("resolved")

    more.click()
    write.click()

    page.wait_for_url(re.compile(r"/help/edit/"))
    # The mark that makes it unlike others may look like an order's, and be taken out.
    expect(page.get_by_label("Title", exact=True)).to_have_value(re.compile("^Squeaking brakes "))
    text = page.get_by_label("Text", exact=True)
    expect(text).to_have_value(re.compile("Clean the rims with alcohol"))
    expect(text).not_to_have_value(re.compile("ada.byron"))
    expect(page.get_by_text("read it before you publish it")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Written from this ticket").click()
    expect(page.get_by_role("heading", name=subject)).to_be_visible()

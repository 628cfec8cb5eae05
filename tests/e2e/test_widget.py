"""The chat widget at a shop of another origin: asked there, answered in the console."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import Come, Visit
from tests.e2e.house import House
from tests.e2e.shopper import Staff
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import faults


def test_a_visitor_of_a_shop_asks_and_is_answered_live(come: Come, visit: Visit):
    shopper, agent = come(), visit("agent")
    question = fresh("Does the Talus 2 stand in wind")
    shopper.ask(question)
    shopper.expect_delivery("Sent")
    expect(shopper.panel.get_by_text("in the queue")).to_be_visible()
    expect(shopper.panel.get_by_role("heading", name="Fernhill Chat")).to_be_visible()

    agent.enter_ticket(question)
    shopper.expect_delivery("Read")
    agent.box.press_sequentially("It does")
    expect(shopper.panel.get_by_text("is typing…")).to_be_visible()
    shopper.box.press_sequentially("And")
    expect(agent.page.get_by_text("Vera Novak is typing…")).to_be_visible()
    shopper.box.fill("")
    agent.say("It does, up to **80 km/h**.")

    shopper.expect_lines([question, "It does, up to 80 km/h."])
    expect(shopper.panel.locator(".text strong")).to_have_text("80 km/h")
    # Who answers it looks after it.
    expect(shopper.panel.get_by_role("heading", name="Sam Rivera")).to_be_visible()
    expect(shopper.panel.get_by_text("is typing…")).to_have_count(0)
    shopper.write("Thank you!")
    agent.expect_line("Thank you!")


def test_a_conversation_outlives_the_page_and_is_the_same_in_two_tabs(come: Come, staff: Staff):
    shopper = come()
    question = fresh("Where is my parcel")
    shopper.ask(question)
    shopper.box.fill("Half a thought")
    shopper.page.reload()
    expect(shopper.box).to_have_value("Half a thought")
    shopper.expect_lines([question])

    first = shopper.page
    shopper.new_page()
    expect(shopper.launcher).to_be_visible()
    staff.say(question, "In Utrecht.")
    expect(shopper.launcher).to_have_accessible_name("Open the chat, 1 unread")
    shopper.open_chat()
    shopper.expect_lines([question, "In Utrecht."])
    shopper.write("Thanks.")
    expect(first.locator("[data-key] .text")).to_have_text([question, "In Utrecht.", "Thanks."])
    shopper.page.keyboard.press("Escape")
    expect(shopper.launcher).to_have_accessible_name("Open the chat")


def test_what_was_said_earlier_is_fetched_when_it_is_asked_for(come: Come, staff: Staff):
    shopper = come()
    question = fresh("A long story")
    shopper.ask(question)
    ticket = staff.ticket(question)["id"]
    said = [f"Chapter {number}" for number in range(60)]
    for text in said:
        staff.post(f"/api/tickets/{ticket}/messages", {"body": text})
    expect(shopper.panel.locator("[data-key]")).to_have_count(61)
    shopper.page.reload()
    expect(shopper.panel.locator("[data-key]")).to_have_count(50)

    shopper.page.get_by_role("button", name="Earlier messages").click()
    shopper.expect_lines([question, *said])
    expect(shopper.page.get_by_role("button", name="Earlier messages")).to_have_count(0)


def test_articles_that_may_answer_come_up_while_one_types(come: Come, house: House):
    word = fresh("zip").replace(" ", "")
    admin = Staff(house.nodes[1].url, "admin")
    article = {"title": f"A {word} that sticks", "summary": "Wax helps.", "body": "Rub **wax** on."}
    admin.post("/api/articles", {**article, "reach": "public", "stage": "published"})
    admin.close()
    shopper = come()
    shopper.open_chat()
    found = shopper.panel.locator("summary")

    def ask() -> bool:
        """Every node knows an article within two seconds."""
        shopper.page.get_by_label("Your question").fill("")
        shopper.page.get_by_label("Your question").fill(f"My {word} sticks")
        with suppress(AssertionError):
            expect(found).to_have_text([article["title"]], timeout=1_500)
            return True
        return False

    assert any(ask() for _ in range(10))
    found.click()
    expect(shopper.panel.locator("details strong")).to_have_text("wax")
    assert faults(shopper.page) == []


def test_several_conversations_are_a_list_of_which_the_unread_stand_out(come: Come, staff: Staff):
    shopper = come()
    questions = fresh("First question"), fresh("Second question")
    shopper.ask(questions[0])
    shopper.page.get_by_role("button", name="All conversations").click()
    shopper.page.get_by_role("button", name="New conversation").click()
    shopper.page.get_by_label("Your question").fill(questions[1])
    shopper.page.get_by_role("button", name="Start the chat").click()
    shopper.expect_lines([questions[1]])

    staff.say(questions[0], "The first answer.")
    shopper.page.get_by_role("button", name="All conversations").click()
    rows = shopper.panel.locator("button.row")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(questions[0])
    expect(rows.first.locator(".count")).to_have_text("1")
    rows.first.click()
    shopper.expect_lines([questions[0], "The first answer."])


def test_a_reply_to_a_closed_conversation_goes_on_in_a_new_one(come: Come, staff: Staff):
    shopper = come()
    question = fresh("An old question")
    shopper.ask(question)
    ticket = staff.ticket(question)
    for status in ("resolved", "closed"):
        staff.post(f"/api/tickets/{ticket['id']}/status", {"status": status})
    expect(shopper.panel.get_by_text("This conversation is closed.")).to_be_visible()

    shopper.write("One more thing.")
    shopper.expect_lines(["One more thing."])
    shopper.page.get_by_role("button", name="All conversations").click()
    expect(shopper.panel.locator("button.row")).to_have_count(2)


def test_files_go_up_and_come_back_at_another_origin(come: Come, house: House, staff: Staff):
    shopper = come()
    question = fresh("A torn seam")
    shopper.ask(question)
    photo = b"not a picture, but bytes\n" * 100
    with shopper.page.expect_file_chooser() as chooser:
        shopper.page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files([{"name": "seam.txt", "mimeType": "text/plain", "buffer": photo}])
    expect(shopper.panel.locator(".file.there")).to_contain_text("seam.txt")
    shopper.write("Here it is.")
    shopper.expect_settled()

    with shopper.page.expect_download() as download:
        shopper.page.get_by_role("button", name="Download seam.txt").click()
    assert Path(download.value.path()).read_bytes() == photo
    ticket = staff.ticket(question)
    said = staff.get(f"/api/tickets/{ticket['id']}/messages")["items"][-1]
    assert [each["name"] for each in said["attachments"]] == ["seam.txt"]


def test_a_page_opens_closes_and_counts_through_its_handle(come: Come, staff: Staff):
    shopper = come()
    shopper.evaluate("deskwire('on', 'unread', (count) => (window.unread = count))")
    shopper.evaluate("deskwire('open')")
    expect(shopper.panel).to_be_visible()
    shopper.evaluate("deskwire('close')")
    expect(shopper.panel).to_have_count(0)
    question = fresh("By handle")
    shopper.ask(question)
    shopper.page.keyboard.press("Escape")
    staff.say(question, "Twice.")
    staff.say(question, "Said.")
    shopper.wait_until("window.unread === 2")

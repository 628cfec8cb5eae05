"""Files go along with what is written, and arrive at the other side as they were."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import FilePayload, Locator, expect

from tests.e2e.conftest import Visit
from tests.e2e.house import House
from tests.e2e.test_live import fresh
from tests.e2e.test_pages import WIDTH, faults
from tests.e2e.visitor import Visitor

DOOR = "**/api/attachments"


def a_file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": content}


def attach(visitor: Visitor, *files: FilePayload) -> None:
    """Choose files as a person does: by the paper clip."""
    with visitor.page.expect_file_chooser() as chooser:
        visitor.page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files(list(files))


def chips(visitor: Visitor, status: str) -> Locator:
    return visitor.page.locator(f"[data-upload={status}]")


def downloaded(visitor: Visitor, line: str, name: str) -> bytes:
    with visitor.page.expect_download() as download:
        visitor.line(line).get_by_role("button", name=name).click()
    assert download.value.suggested_filename == name
    return Path(download.value.path()).read_bytes()


def test_files_go_with_a_new_ticket_a_reply_and_a_note_and_come_back_byte_for_byte(visit: Visit):
    client, agent = visit("client", phone=True), visit("agent")
    title, log = fresh("It prints nothing"), b"paper jam\n" * 1_000
    client.write_ticket(title, "See the log.")
    attach(client, a_file("printer.log", log))
    expect(chips(client, "there")).to_contain_text("printer.log")
    client.page.reload()  # What was uploaded stays with the draft.
    expect(chips(client, "there")).to_contain_text("printer.log")
    assert client.evaluate(WIDTH) <= 390
    assert faults(client.page) == []
    client.send_ticket()
    agent.enter_ticket(title)
    assert downloaded(agent, "See the log.", "printer.log") == log

    attach(agent, a_file("one.txt", b"1"), a_file("two.txt", b"2"))
    expect(chips(agent, "there")).to_have_count(2)
    agent.page.get_by_role("button", name="Remove one.txt").click()
    assert faults(agent.page) == []
    agent.say("Do as it says there.")
    client.expect_line("Do as it says there.")
    expect(client.line("Do as it").get_by_role("button")).to_contain_text(["two.txt"])
    assert downloaded(client, "Do as it", "two.txt") == b"2"
    expect(chips(agent, "there")).to_have_count(0)

    attach(agent, a_file("among-us.txt", b"secret"))
    expect(chips(agent, "there")).to_have_count(1)
    agent.note("Only we read this.")
    assert downloaded(agent, "Only we", "among-us.txt") == b"secret"
    assert not any("among-us" in each for each in client.received)


def test_a_file_that_does_not_go_up_says_why_and_the_message_waits_for_it(
    visit: Visit, house: House
):
    node = house.add_node(DESKWIRE_ATTACHMENT_MAX_BYTES=str(1024 * 1024))
    try:
        client = visit("client", url=node.url, phone=True)
        client.open_ticket(fresh("A heavy parcel"), "Here it comes.")

        client.page.route(DOOR, lambda route: route.abort())
        attach(client, a_file("lost.txt", b"lost"))
        expect(chips(client, "failed").get_by_role("alert")).to_contain_text("cannot be reached")
        client.box.fill("With both.")
        expect(client.page.get_by_role("button", name="Send")).to_be_disabled()
        client.page.unroute(DOOR)
        client.page.get_by_role("button", name="Try lost.txt again").click()
        expect(chips(client, "there")).to_contain_text("lost.txt")

        attach(client, a_file("huge.bin", b"x" * 3 * 1024 * 1024))
        expect(chips(client, "failed").get_by_role("alert")).to_contain_text("Larger than 1.")
        assert client.evaluate(WIDTH) <= 390
        assert faults(client.page) == []
        client.page.get_by_role("button", name="Remove huge.bin").click()
        client.page.get_by_role("button", name="Send").tap()

        client.expect_line("With both.")
        client.expect_settled()
        assert downloaded(client, "With both.", "lost.txt") == b"lost"
    finally:
        node.stop()

"""The watch over all other tests sees a leak wherever it comes out, and nothing where none is."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from pydantic import BaseModel

from domain.audience import staff_room, ticket_room
from domain.ticket.commands import EditMessage, Reply
from domain.ticket.state import Ticket
from server.app import make_http
from server.http.operation import Call, Who, operation
from server.mail.letters import Letter
from tests.realtime.conftest import (
    Enter,
    enter,
    node,
    redis_url,
    start_node,
    store,
    websockets,
)
from tests.realtime.memory import MemoryStore
from tests.realtime.nodes import Client, Node, until
from tests.server.conftest import mongodb_url
from tests.server.http.desk import Desk, open_desk
from tests.watching.watch import Leaked, Watch

__all__ = ["enter", "mongodb_url", "node", "redis_url", "start_node", "store", "websockets"]

NOTE = 'She owes "us" for März'
ROOT = Path(__file__).parents[2]


@pytest.fixture
def ticket(store: MemoryStore) -> Ticket:
    return store.desk.open()


def careless(store: MemoryStore) -> None:
    """From now on the client's room shows what the staff's does, as if nobody looked at
    audiences."""
    shown = store.envelopes

    def envelopes(room: str):
        if room.endswith(":staff"):
            return shown(room)
        return [each.model_copy(update={"room": room}) for each in shown(f"{room}:staff")]

    store.envelopes = envelopes


async def note(node: Node, store: MemoryStore, ticket: Ticket, text: str = NOTE) -> None:
    command = store.desk.ask(ticket, Reply, body=text, visibility="private")
    await node.dispatch.dispatch(command, store.desk.ada)


async def enter_both(node: Node, store: MemoryStore, ticket: Ticket, enter: Enter) -> list[Client]:
    """The client and an agent, each in their room of a ticket."""
    client, agent = await enter(node, store.desk.carl), await enter(node, store.desk.ada)
    await client.join(ticket_room(ticket.id))
    await agent.join(staff_room(ticket.id))
    return [client, agent]


# Sockets.


async def test_a_note_that_is_fanned_out_to_the_client_is_seen(
    watch: Watch, node: Node, store: MemoryStore, ticket: Ticket, enter: Enter
):
    client, _ = await enter_both(node, store, ticket, enter)
    careless(store)

    await note(node, store, ticket)
    await until(lambda: client.events(ticket_room(ticket.id)))

    with pytest.raises(Leaked, match=r"a note .* reached client .* in an event of ticket:") as leak:
        watch.judge()
    assert repr(NOTE) in str(leak.value)
    assert ticket_room(ticket.id) in str(leak.value)
    assert store.desk.carl.id in str(leak.value)
    watch.judge()  # A leak is told once.


async def test_a_note_in_the_answer_to_a_join_is_seen(
    watch: Watch, node: Node, store: MemoryStore, ticket: Ticket, enter: Enter
):
    await note(node, store, ticket)
    careless(store)
    client = await enter(node, store.desk.carl)

    await client.join({"room": ticket_room(ticket.id), "epoch": store.epoch, "after": 0})

    with pytest.raises(Leaked, match=r"a note .* reached client .* in an answer of ticket:"):
        watch.judge()


async def test_a_note_that_a_long_poll_fetches_is_seen(
    watch: Watch, node: Node, store: MemoryStore, ticket: Ticket, enter: Enter
):
    client = await enter(node, store.desk.carl, "polling")
    await client.join(ticket_room(ticket.id))
    careless(store)

    await note(node, store, ticket)
    await until(lambda: client.events(ticket_room(ticket.id)))

    with pytest.raises(Leaked, match="a note"):
        watch.judge()


async def test_what_a_note_says_after_an_edit_is_private_too(
    watch: Watch, node: Node, store: MemoryStore, ticket: Ticket, enter: Enter
):
    await note(node, store, ticket)
    (message,) = [m for m in store.desk.messages.values() if m.body == NOTE]
    client, _ = await enter_both(node, store, ticket, enter)
    careless(store)

    edit = store.desk.ask(ticket, EditMessage, message_id=message.id, body="She has paid.")
    await node.dispatch.dispatch(edit, store.desk.ada)
    await until(lambda: client.events(ticket_room(ticket.id)))

    with pytest.raises(Leaked, match=r"an edited note 'She has paid\.' reached client"):
        watch.judge()


async def test_notes_that_reach_staff_only_are_no_leak_and_what_the_client_gets_is_counted(
    watch: Watch, node: Node, store: MemoryStore, ticket: Ticket, enter: Enter
):
    client, agent = await enter_both(node, store, ticket, enter)
    before = watch.counts.copy()

    await note(node, store, ticket)
    await until(lambda: agent.events(staff_room(ticket.id)))
    await client.settled()

    watch.judge()
    seen = watch.counts - before
    assert (seen["packets"], seen["texts"]) == (1, 2)  # The time; the note and its id.


async def test_what_was_said_in_public_as_well_is_no_leak(
    watch: Watch, node: Node, store: MemoryStore, ticket: Ticket, enter: Enter
):
    client, _ = await enter_both(node, store, ticket, enter)
    await note(node, store, ticket, "the left one")

    reply = store.desk.ask(ticket, Reply, body="Is it the left one?")
    await node.dispatch.dispatch(reply, store.desk.ada)
    await until(lambda: client.events(ticket_room(ticket.id)))

    watch.judge()


# REST.


class Everything(BaseModel):
    text: str


@operation("GET", "/api/leak", "Tell anybody with a session everything", answers=Everything)
async def tell_session(call: Call) -> Everything:
    return Everything(text=f"They say: {NOTE}")


@operation("GET", "/api/leak/open", "Tell anybody", answers=Everything, who=Who.ANYBODY)
async def tell_anybody(call: Call) -> Everything:
    return Everything(text=NOTE)


@pytest.fixture
async def desk(mongodb_url: str, redis_url: str, tmp_path: Path) -> AsyncGenerator[Desk]:
    """A desk with a ticket that has a note, and two operations that tell it."""
    async with open_desk(mongodb_url, redis_url, tmp_path) as desk:
        ticket = await desk.open()
        await desk.say("agent", ticket, NOTE, visibility="private")
        await desk.put("agent", f"/api/tickets/{ticket['id']}", {"tags": ["bad payer"]})
        desk.http._transport.app = make_http(desk.parts, (tell_session, tell_anybody))
        yield desk


@pytest.mark.parametrize(
    ("who", "path", "whom"),
    [
        ("client", "/api/leak", "client "),
        ("client", "/api/leak/open", "client "),
        (None, "/api/leak/open", "a stranger"),
    ],
)
async def test_a_note_in_an_answer_over_rest_is_seen(
    watch: Watch, desk: Desk, who: str | None, path: str, whom: str
):
    assert (await desk.get(who, path)).status_code == 200

    with pytest.raises(Leaked, match=rf"a note .* reached {whom}.* in GET {path}"):
        watch.judge()


async def test_a_note_in_an_answer_to_staff_is_no_leak(watch: Watch, desk: Desk):
    before = watch.counts["answers"]

    assert NOTE in (await desk.get("agent", "/api/leak")).json()["text"]

    watch.judge()
    assert watch.counts["answers"] == before


# Pytest.


def test_a_test_in_which_something_leaks_fails_and_all_is_counted(tmp_path: Path):
    written = tmp_path / "test_leak.py"
    written.write_text(
        "from tests.watching.watch import Person\n"
        "def test_a_leak(watch):\n"
        "    watch.hide('a note', 'between us')\n"
        "    watch.sent('packets', 'it is between us', Person('Ann'), 'an event')\n"
        "def test_none(watch):\n"
        "    watch.sent('answers', 'it is between us', Person('Ann'), '/')\n"
    )
    run = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    for workers, counted in ((), 1), (("-n", "2", "--dist", "each"), 2):
        ended = subprocess.run(
            [*run, "--rootdir", str(tmp_path), *workers, str(written)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )

        assert ended.returncode == 1, ended.stdout + ended.stderr
        assert "Leaked: a note 'between us' reached Ann in an event" in ended.stdout
        assert re.search(rf"\b{counted} failed, {counted} passed", ended.stdout), ended.stdout
        said = f"watched: {counted} packets, {counted} answers and 0 letters to others than staff"
        assert f"{said}, for {counted} private texts" in ended.stdout


def test_a_note_that_is_written_into_a_letter_is_seen(watch: Watch):
    watch.asked({"type": "ticket.reply", "visibility": "private", "body": NOTE}, by_staff=True)
    letter = Letter(id="7", to="cleo@client.test", subject="Re: Hello", parts=("Hello.", NOTE))

    letter.to_mail("desk@house.test")

    with pytest.raises(Leaked, match=r"a note .* reached cleo@client\.test in a letter of 7"):
        watch.judge()

"""Old and new release side by side: a new command and event, new fields, a raised state version.

The first node and the worker are today's code; the second node is a newer release. Then the
worker and the first node are replaced, as a rolling restart does it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from uuid import uuid4

import pytest

from domain.ticket.state import STATE_VERSION
from tests.house import House
from tests.releases.desk import Desk, said, star, tries
from tests.waiting import until

NEWER = "tests.releases.newer"
OLD_SHAPE, NEW_SHAPE = STATE_VERSION, STATE_VERSION + 1


@pytest.fixture(scope="module")
def product() -> Generator[House]:
    with House((NEWER, "node")) as product:
        yield product
        for part in (*product.nodes, product.worker):  # Those that came later, too.
            part.kill()


@pytest.fixture
async def desk(product: House) -> AsyncGenerator[Desk]:
    desk = Desk(product)
    async with desk.open():
        yield desk
    print(product.complaints())  # Shown where a test failed.


async def test_members_on_both_nodes_have_every_envelope_with_what_is_new_in_order(desk: Desk):
    ticket = await desk.ticket(desk.client_old, *desk.members)

    # When both releases write, the newer one with its field and its event
    assert (await desk.client_old.ask(said(ticket, "Hello?")))["ok"]
    assert (await desk.agent_new.ask(said(ticket, "Bonjour.", language="fr")))["ok"]
    assert (await desk.client_old.ask(said(ticket, "Yes?")))["ok"]
    assert (await desk.agent_new.ask(star(ticket)))["ok"]
    last = await desk.agent_new.ask(said(ticket, "Je regarde.", language="fr"))

    # Then everybody has the same, whichever node they are on
    await desk.everybody_has(ticket, last["seq"], *desk.members)
    kinds = ["message.posted"] * 3 + ["ticket.starred", "message.posted"]
    for member in desk.members:
        events = desk.events(member, ticket)
        assert [event["type"] for event in events] == kinds
        assert [event.get("language", "") for event in events] == ["", "fr", "", "", "fr"]
        seqs = [each["seq"] for each in desk.envelopes(member, ticket)]
        assert seqs == list(range(last["seq"] - 4, last["seq"] + 1))
        assert member.rooms[desk.room(member, ticket)].snapshots == 1


async def test_an_old_node_decides_nothing_after_an_event_it_does_not_know(desk: Desk):
    ticket = await desk.ticket(desk.client_old, *desk.members)
    assert (await desk.agent_new.ask(star(ticket)))["ok"]

    # When a client asks the old node
    command = said(ticket, "Still there?")
    refused = await desk.client_old.ask(command)

    # Then it is told to ask again, and nothing was done
    assert (refused["ok"], refused["error"]["code"]) == (False, "retryable")
    assert refused["error"]["retryable"]
    assert [commit["seq"] for commit in await desk.commits(ticket)] == [1, 2]

    # And the newer node does it under the same id, once, whoever is asked again
    answer = await desk.client_new.ask(command)
    assert answer["ok"]
    assert await desk.client_new.ask(command) == answer
    assert await desk.client_old.ask(command) == answer
    await desk.everybody_has(ticket, answer["seq"], *desk.members)
    message = answer["result"]["message_id"]
    assert all(member.said(desk.room(member, ticket)) == [message] for member in desk.members)


async def test_an_old_node_shows_a_room_that_it_cannot_fold_as_the_newer_one_kept_it(desk: Desk):
    ticket = await desk.ticket(desk.client_new)
    await desk.agent_new.ask(said(ticket, "Bonjour.", language="fr"))
    await desk.agent_new.ask(said(ticket, "Il paie ?", visibility="private"))
    await desk.agent_new.ask(star(ticket))

    # When everybody joins
    for member in desk.members:
        await member.follow(desk.room(member, ticket))

    # Then who is on the old node sees what those on the newer one see, and nothing more
    shown = [member.rooms[desk.room(member, ticket)].snapshot for member in desk.members]
    assert shown[0] == shown[1]
    assert shown[2] == shown[3]
    assert all(each["ticket"]["starred"] for each in shown)
    assert [message["language"] for message in shown[0]["messages"]] == ["", "fr"]
    assert len(shown[2]["messages"]) == 3
    assert (shown[0]["ticket"]["staff"], shown[0]["ticket"]["private"]) == (None, None)


async def test_who_comes_back_to_an_old_node_gets_what_they_missed(desk: Desk):
    ticket = await desk.ticket(desk.client_old, *desk.members)
    await asyncio.gather(desk.client_old.drop(), desk.agent_old.drop())
    await desk.agent_new.ask(star(ticket))
    last = await desk.agent_new.ask(said(ticket, "Bonjour.", language="fr"))

    await desk.everybody_has(ticket, last["seq"], *desk.members)
    for member in desk.members:
        kinds = [event["type"] for event in desk.events(member, ticket)]
        assert kinds == ["ticket.starred", "message.posted"]
        assert member.rooms[desk.room(member, ticket)].snapshots == 1


async def test_lists_and_pages_of_an_old_node_have_what_only_the_newer_one_can_fold(desk: Desk):
    ticket = await desk.ticket(desk.client_new)
    await desk.agent_new.ask(star(ticket))
    await desk.agent_new.ask(
        {"command_id": str(uuid4()), "type": "ticket.update", "ticket_id": ticket, "title": "Toner"}
    )

    listed = (await desk.get(desk.agent_old, "/api/tickets"))["items"]
    one = await desk.get(desk.client_old, f"/api/tickets/{ticket}")
    messages = await desk.get(desk.client_old, f"/api/tickets/{ticket}/messages")
    log = await desk.get(desk.client_old, f"/api/tickets/{ticket}/log")
    await desk.agent_old.follow(f"team:{desk.team}")

    assert {each["id"]: each["title"] for each in listed}[ticket] == "Toner"
    assert one["title"] == "Toner"
    assert [each["body"] for each in messages["items"]] == ["It leaks."]
    assert [each["events"][0]["type"] for each in log["items"]][-2] == "ticket.starred"
    rows = {each["ticket_id"]: each["row"] for each in desk.feed(desk.agent_old)}
    assert rows[ticket]["title"] == "Toner"


async def test_an_old_node_goes_on_where_it_can_but_leaves_a_newer_header_alone(desk: Desk):
    # Given a ticket of the newer shape, with nothing in it that the old node does not know
    ticket = await desk.ticket(desk.client_new, *desk.members)
    newer = await desk.header(ticket)
    assert (newer["version"], newer["state"]["starred"]) == (NEW_SHAPE, False)

    # When the old node changes it
    await desk.client_old.ask(said(ticket, "Hello?"))
    moved = {"type": "ticket.set_status", "ticket_id": ticket, "status": "pending"}
    last = await desk.agent_old.ask({"command_id": str(uuid4()), **moved})

    # Then everybody reads that at once, the header is as it was, and what it lacks is owed
    await desk.everybody_has(ticket, last["seq"], *desk.members)
    for member in desk.members:
        assert (await desk.get(member, f"/api/tickets/{ticket}"))["status"] == "pending"
        await member.follow(desk.room(member, ticket))
        snapshot = member.rooms[desk.room(member, ticket)].snapshot
        assert (snapshot["ticket"]["status"], len(snapshot["messages"])) == ("pending", 2)
    assert await desk.owed(ticket) >= {"project"}


async def test_the_newer_node_folds_headers_of_the_older_shape_anew(desk: Desk):
    written, listed = [await desk.ticket(desk.client_old) for _ in range(2)]
    assert (await desk.header(written))["version"] == OLD_SHAPE

    # When one is written to through the newer node, and the other is only looked at
    await desk.agent_new.ask(star(written))
    await desk.get(desk.agent_new, "/api/tickets?limit=100")

    for ticket, starred in ((written, True), (listed, False)):
        header = await desk.header(ticket)
        assert (header["version"], header["state"]["starred"]) == (NEW_SHAPE, starred)
        assert header["seq"] == (await desk.commits(ticket))[-1]["seq"]


async def test_an_event_of_an_older_version_is_brought_to_todays_shape(desk: Desk):
    raised = {"type": "ticket.set_priority", "priority": "urgent"}
    lowered = {"type": "ticket.set_priority", "priority": "low"}
    ticket = await desk.ticket(desk.client_old, *desk.members)
    await desk.agent_old.ask({"command_id": str(uuid4()), "ticket_id": ticket, **raised})

    # When the newer node reads what the old one wrote, and writes its own
    lower = {"command_id": str(uuid4()), "ticket_id": ticket, **lowered}
    last = await desk.agent_new.ask(lower)

    # Then it tells of both in its own shape, and the old one passes that on, and does not guess
    history = (await desk.get(desk.agent_new, f"/api/tickets/{ticket}/log"))["items"]
    changes = [each["events"][0] for each in history][-2:]
    assert [(each["v"], each["why"]) for each in changes] == [(2, ""), (2, "asked")]
    await desk.everybody_has(ticket, last["seq"], *desk.members)
    assert [each["v"] for each in desk.events(desk.agent_old, ticket)] == [1, 2]
    refused = await desk.agent_old.ask(said(ticket, "Why?"))
    assert refused["error"]["code"] == "retryable"


async def test_what_an_old_worker_cannot_do_waits_for_a_newer_one(desk: Desk, product: House):
    ticket = await desk.ticket(desk.client_new)
    for member in (desk.agent_old, desk.agent_new):
        await member.follow(f"team:{desk.team}")
    began = asyncio.get_running_loop().time()
    starred = await desk.agent_new.ask(star(ticket))

    # Given an old worker that tried, more than once, and meanwhile did what it can
    await until(lambda: tries(product, ticket) >= 3, "the old worker tries again", 20)
    other = await desk.ticket(desk.client_old)
    await desk.settled(other)
    assert "react:rows" in await desk.owed(ticket)
    assert tries(product, ticket) <= 4 + 2 * (asyncio.get_running_loop().time() - began)

    # When a newer one takes its place
    product.worker.kill()
    product.worker = product.program("newer-worker", NEWER, "worker")
    await asyncio.to_thread(product.worker.start)

    # Then nothing is owed any more, and the row is at both nodes
    await desk.settled(ticket)
    for member in (desk.agent_old, desk.agent_new):
        await until(
            lambda member=member: desk.row_seqs(member, ticket)[-1:] == [starred["seq"]],
            f"{member.url} has the row",
        )


async def test_once_the_old_node_is_replaced_everything_is_current(desk: Desk, product: House):
    # Given tickets that each release wrote to, and members in their rooms
    both = await desk.ticket(desk.client_new, *desk.members)
    await desk.client_old.ask(said(both, "Hello?"))
    old_only = await desk.ticket(desk.client_old, *desk.members)

    # When the old node is replaced while something is said through the other
    old = product.nodes[0]
    await asyncio.to_thread(old.kill)
    await desk.agent_new.ask(star(both))
    port = int(old.url.rpartition(":")[2])
    product.nodes[0] = product.node(NEWER, "node", port=port)
    await asyncio.to_thread(product.nodes[0].start)

    # Then its members come back with their cursors, and may do all that is new
    answer = await desk.client_old.send(said(both, "Oui ?", language="fr"))
    await desk.everybody_has(both, answer["seq"], *desk.members)
    answer = await desk.agent_old.send(star(old_only))
    await desk.everybody_has(old_only, answer["seq"], *desk.members)
    for ticket in (both, old_only):
        for member in desk.members:
            assert member.rooms[desk.room(member, ticket)].snapshots == 1
    assert desk.events(desk.agent_old, both) == desk.events(desk.agent_new, both)

    # And every header is of the newer shape, at the end of its log, and nothing is owed
    shown = (await desk.get(desk.agent_old, "/api/tickets?limit=100"))["items"]
    for ticket in (each["id"] for each in shown):
        await desk.settled(ticket)
        header, commits = await desk.header(ticket), await desk.commits(ticket)
        assert (header["version"], header["seq"]) == (NEW_SHAPE, commits[-1]["seq"])
        events = [event["type"] for commit in commits for event in commit["events"]]
        assert header["state"]["starred"] is ("ticket.starred" in events)

"""Not one byte of what is private reaches a client, whatever becomes of their tickets."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from tests.attacks.conftest import People
from tests.attacks.witness import Witness


class Planted:
    """Words that stand nowhere else, each under the name of where it was put."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}

    def __call__(self, place: str) -> str:
        return self.words.setdefault(place, f"zq{uuid4().hex}")

    def heard_by(self, witness: Witness) -> list[str]:
        """The places whose words somebody was sent."""
        return [place for place, word in self.words.items() if word.encode() in witness.heard]


@pytest.fixture
def private() -> Planted:
    return Planted()


@pytest.fixture
def public() -> Planted:
    return Planted()


async def test_a_client_is_sent_nothing_private_through_a_whole_story(
    people: People, private: Planted, public: Planted
):
    client, agent, chief, admin = [
        await people.known(name) for name in ("client", "agent", "supervisor", "admin")
    ]
    # Given a ticket that the client watches from both nodes
    opened = await client.command("ticket.open", title=public("title"), body=public("body"))
    ticket_id = opened["result"]["ticket_id"]
    mine = f"user:{client.user['contact_id']}"
    await client.listen(f"ticket:{ticket_id}", mine)
    await agent.listen(f"ticket:{ticket_id}:staff")

    # When staff work on it behind the client's back
    file_id = await confide(agent, ticket_id, private, "note")
    await move(agent, admin, ticket_id, private)
    await agent.say(ticket_id, public("reply"))
    await expect_refusals(client, agent, ticket_id, file_id)

    # And it is closed, noted on, followed up, and noted on again
    for status in ("resolved", "closed"):
        await chief.command("ticket.set_status", ticket_id=ticket_id, status=status)
    await confide(chief, ticket_id, private, "note on the closed one")
    reply = await client.command("ticket.reply", ticket_id=ticket_id, body=public("follow-up"))
    follow_up = reply["result"]["ticket_id"]
    assert follow_up != ticket_id
    await client.listen(f"ticket:{follow_up}", mine)
    await confide(chief, follow_up, private, "note on the follow-up")

    # And a caller's ticket becomes the client's, and another client's does not
    merged = await merge_a_caller(client, chief, private, public)
    others = await open_as_a_stranger(await people.stranger(), private)

    # And words of theirs are taken back while they watch
    said = await chief.say(follow_up, public("redacted"))
    note = await chief.say(follow_up, private("redacted note"), visibility="private")
    for message_id in (said, note):
        await chief.command("ticket.redact_message", ticket_id=follow_up, message_id=message_id)

    # Then nothing of all that reached them, however they look
    tickets = [ticket_id, follow_up, merged]
    await client.listen(*(f"ticket:{each}" for each in tickets), mine)
    assert set(await client.look(*addresses(client, agent, tickets))) == {200}
    hidden = (f"/api/attachments/{file_id}", f"/api/tickets/{others}")
    assert set(await client.look(*hidden, f"/api/tickets/{others}/log")) == {404}
    assert set(await client.look("/api/contacts", "/api/users", "/api/teams")) == {403}
    await until_told(client, public)
    assert private.heard_by(client) == []

    # And what was taken back reaches nobody who comes later
    later = await people.known("client")
    await later.listen(*(f"ticket:{each}" for each in tickets), mine)
    await later.look(*addresses(client, agent, tickets))
    assert private.heard_by(later) == []
    assert set(public.words) - set(public.heard_by(later)) == {"redacted"}


async def confide(staff: Witness, ticket_id: str, private: Planted, place: str) -> str:
    """Leave a note with a file, and edit it; the file's id."""
    file_id = await staff.upload(f"{private(f'{place}: file')}.txt", private(f"{place}: bytes"))
    note = {"visibility": "private", "attachments": [file_id], "mentions": [staff.user["id"]]}
    said = await staff.say(ticket_id, private(place), **note)
    await staff.command(
        "ticket.edit_message",
        ticket_id=ticket_id,
        message_id=said,
        body=private(f"{place}: edited"),
    )
    return file_id


async def move(agent: Witness, admin: Witness, ticket_id: str, private: Planted) -> None:
    """Tag it, describe it, and pass it through other hands and another team."""
    await agent.command(
        "ticket.update",
        ticket_id=ticket_id,
        tags=[private("tag")],
        fields={private("field"): private("value")},
    )
    skill = await admin.post("/api/skills", {"name": private("skill")})
    own = (await agent.get("/api/auth/me"))["teams"][0]["id"]
    team = await admin.post("/api/teams", {"name": private("team")})
    await agent.command(
        "ticket.update", ticket_id=ticket_id, required_skills=[skill["id"]], priority="high"
    )
    for to in (team["id"], own):
        await admin.command("ticket.assign", ticket_id=ticket_id, agent_id=None, team_id=to)
    await admin.command("ticket.assign", ticket_id=ticket_id, agent_id=agent.user["id"])


async def expect_refusals(client: Witness, agent: Witness, ticket_id: str, file_id: str) -> None:
    """A stale reply tells what was missed; the note's file is in no public message."""
    asked = {"ticket_id": ticket_id, "body": "And?", "type": "ticket.reply"}
    stale = {**asked, "command_id": str(uuid4()), "seen_seq": 1}
    answer = await client.wires[0].question("command", stale)
    assert answer["error"]["code"] == "stale"
    for who in (client, agent):
        named = {**asked, "command_id": str(uuid4()), "attachments": [file_id]}
        answer = await who.wires[0].question("command", named)
        assert answer["error"]["code"] == "invalid"


async def merge_a_caller(client: Witness, chief: Witness, private: Planted, public: Planted) -> str:
    """Make a caller, with a ticket and notes on both, the same person as a client."""
    caller = await chief.post(
        "/api/contacts",
        {
            "name": "A caller",
            "notes": private("notes on the contact"),
            "emails": [f"{private('address')}@caller.test"],
        },
    )
    opened = await chief.command(
        "ticket.open",
        requester_id=caller["id"],
        title=public("caller's title"),
        body=public("caller's body"),
        tags=[private("caller's tag")],
    )
    ticket_id = opened["result"]["ticket_id"]
    await confide(chief, ticket_id, private, "note on the caller")
    into = {"into_id": client.user["contact_id"]}
    await chief.post(f"/api/contacts/{caller['id']}/merge", into)
    return ticket_id


async def open_as_a_stranger(stranger: Witness, private: Planted) -> str:
    title, body = private("another's title"), private("another's body")
    opened = await stranger.command("ticket.open", title=title, body=body)
    return opened["result"]["ticket_id"]


def addresses(client: Witness, agent: Witness, tickets: list[str]) -> list[str]:
    """Everything that a client may read over REST."""
    of_tickets = [
        f"/api/tickets/{each}{what}" for each in tickets for what in ("", "/log", "/messages")
    ]
    people = f"/api/people?ids={agent.user['id']},{client.user['contact_id']}"
    sorts = [f"/api/tickets?sort={sort}" for sort in ("updated", "-due", "-priority", "number")]
    return [*of_tickets, *sorts, people, "/api/auth/me", "/api/categories", "/api/inboxes"]


async def until_told(client: Witness, public: Planted) -> None:
    """Wait until the client has heard all that is meant for them: who listens to nothing
    would be told nothing private either."""
    async with asyncio.timeout(15):
        while set(public.heard_by(client)) != set(public.words):  # noqa: ASYNC110
            await asyncio.sleep(0.05)

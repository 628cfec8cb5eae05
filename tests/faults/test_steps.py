"""A node that dies after a step: the others heal it, at their own pace, within ten seconds."""

from __future__ import annotations

from collections.abc import Generator
from uuid import uuid4

import httpx
import pytest

from tests.faults.member import Member
from tests.house import House
from tests.waiting import ANSWER_SECONDS, until


@pytest.fixture(scope="module")
def product() -> Generator[House]:
    with House() as product:
        yield product


@pytest.mark.parametrize("step", ["after_commit", "after_publish", "after_project"])
async def test_a_reply_whose_node_died_is_everywhere_without_being_repeated(
    product: House, step: str
):
    agent = Member(product.nodes[1].url, "agent@demo.test")
    client = Member(product.nodes[1].url, "client@demo.test")
    try:
        await client.enter()
        await agent.enter()
        opened = await client.send({"type": "ticket.open", "title": "Broken", "body": "It is."})
        ticket = opened["result"]["ticket_id"]
        await client.follow(f"ticket:{ticket}")
        async with asked(agent) as http:
            team = (await http.get("/api/auth/me")).json()["teams"][0]["id"]
        await agent.follow(
            f"ticket:{ticket}:staff",
            f"team:{team}",
        )

        # When a node dies in the middle of a reply, and nobody sends it again
        dying = product.add_node(DESKWIRE_FAULT=step)
        async with httpx.AsyncClient(base_url=dying.url, timeout=ANSWER_SECONDS) as http:
            with pytest.raises(httpx.TransportError):
                await http.post(
                    f"/api/tickets/{ticket}/messages",
                    json={"body": "Hello?"},
                    headers={**bearer(client), "Idempotency-Key": str(uuid4())},
                )
        assert dying.process is not None
        assert dying.process.wait() == 137

        # Then both see it and the list has it, each within ten seconds
        await until(lambda: len(client.said(f"ticket:{ticket}")) == 1, "the client sees it")
        await until(lambda: len(agent.said(f"ticket:{ticket}:staff")) == 1, "the agent sees it")
        await until(lambda: messages_of(agent, team, ticket) == 2, "the list counts it")
    except BaseException:
        print(product.complaints())
        raise
    finally:
        await client.leave()
        await agent.leave()


def bearer(member: Member) -> dict[str, str]:
    return {"Authorization": f"Bearer {member.token}"}


def asked(member: Member) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=member.url, headers=bearer(member), timeout=20)


def messages_of(agent: Member, team: str, ticket: str) -> int:
    """How many messages of a ticket the agent's list shows by now."""
    shown = agent.rooms[f"team:{team}"].shown
    counts = [each["row"]["messages"] for each in shown if each.get("ticket_id") == ticket]
    return counts[-1] if counts else 0

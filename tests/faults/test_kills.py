"""Whatever is killed in the middle of the work: every acknowledged message once, in order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Generator
from typing import Any

import httpx
import pytest

from tests.faults.member import Member
from tests.house import House
from tests.watching.outside import OUTSIDE

TICKETS = 20
IN_FLIGHT = 50
HEAL_SECONDS = 10.0
"""What the product promises: so long after the end everybody has everything."""
TALK_SECONDS = 180.0

short = pytest.param(400, id="short")
long = pytest.param(2_000, id="long", marks=pytest.mark.long)


@pytest.fixture(scope="module")
def product() -> Generator[House]:
    with House() as product:
        yield product


@pytest.mark.parametrize("messages", [short, long])
@pytest.mark.parametrize("victim", ["node", "valkey", "mongodb", "worker"])
async def test_a_killed_part_loses_and_doubles_nothing(product: House, victim: str, messages: int):
    desk = await Desk.open(product)
    try:
        sent = asyncio.create_task(desk.talk(messages))
        await until(
            lambda: len(desk.acknowledged) >= messages // 3, "a third is sent", TALK_SECONDS
        )
        part = product.part(victim)
        await asyncio.to_thread(part.kill)
        await asyncio.to_thread(part.start)
        await asyncio.wait_for(sent, TALK_SECONDS)
        await desk.check_everybody_has_everything()
        await desk.check_lists_and_counters()
    except BaseException:
        print(product.complaints())
        raise
    finally:
        await desk.close()


class Desk:
    """Clients on one node, agents and a supervisor on the other, and twenty tickets."""

    def __init__(self, product: House) -> None:
        self.product = product
        first, second = (node.url for node in product.nodes)
        self.client = Member(first, "client@demo.test")
        self.agent = Member(second, "agent@demo.test")
        self.second_agent = Member(first, "agent2@demo.test")
        self.supervisor = Member(second, "supervisor@demo.test")
        self.tickets: list[str] = []
        self.acknowledged: list[tuple[str, str]] = []
        self.team = ""

    @classmethod
    async def open(cls, product: House) -> Desk:
        desk = cls(product)
        await desk.client.enter()
        await desk.agent.enter()
        await desk.second_agent.enter()
        await desk.supervisor.enter("wallboard")
        async with desk.http(desk.agent) as http:
            desk.team = (await http.get("/api/auth/me")).json()["teams"][0]["id"]
        await desk.agent.follow(f"team:{desk.team}")
        opened = await asyncio.gather(*(desk.open_ticket(number) for number in range(TICKETS)))
        desk.tickets = list(opened)
        await desk.client.follow(*(f"ticket:{each}" for each in desk.tickets))
        for agent in (desk.agent, desk.second_agent):
            await agent.follow(*(f"ticket:{each}:staff" for each in desk.tickets))
        return desk

    async def open_ticket(self, number: int) -> str:
        answer = await self.client.send(
            {"type": "ticket.open", "title": f"Ticket {number}", "body": "It does not work."}
        )
        assert answer["ok"], answer
        return answer["result"]["ticket_id"]

    async def talk(self, messages: int) -> None:
        """Send messages, fifty at a time, from both sides; one in five is a private note."""
        numbers = iter(range(messages))

        async def speaker(sender: Member, turn: int) -> None:
            for number in numbers:
                ticket = self.tickets[number % TICKETS]
                private = sender is not self.client and number % 5 == 0
                answer = await sender.send(
                    {
                        "type": "ticket.reply",
                        "ticket_id": ticket,
                        "body": f"message {number} of {turn}",
                        "visibility": "private" if private else "public",
                    }
                )
                assert answer["ok"], answer
                self.acknowledged.append((ticket, answer["result"]["message_id"]))

        speakers = [self.client, self.agent, self.second_agent]
        await asyncio.gather(*(speaker(speakers[i % 3], i) for i in range(IN_FLIGHT)))

    async def check_everybody_has_everything(self) -> None:
        """Every member of every room: the log's messages, each once, in the log's order."""
        for ticket in self.tickets:
            logged = await self.logged(ticket)
            counted = Counter(logged)
            assert all(times == 1 for times in counted.values()), "a message was applied twice"
            acknowledged = {message for at, message in self.acknowledged if at == ticket}
            assert acknowledged <= set(logged), "an acknowledged message is not in the log"
            public = await self.logged(ticket, public_only=True)
            for member, room, expected in (
                (self.client, f"ticket:{ticket}", public),
                (self.agent, f"ticket:{ticket}:staff", logged),
                (self.second_agent, f"ticket:{ticket}:staff", logged),
            ):
                await until(
                    lambda member=member, room=room, expected=expected: (
                        member.said(room) == expected
                    ),
                    f"{member.email} has all of {room}",
                )
                assert member.rooms[room].snapshots == 1, "a snapshot in place of a replay"

    async def check_lists_and_counters(self) -> None:
        """Within ten seconds the live rows and counters equal a recount of the tickets."""
        await self.agent.send(
            {"type": "ticket.set_status", "ticket_id": self.tickets[0], "status": "resolved"}
        )
        async with self.http(self.supervisor) as http:
            tickets = (await http.get("/api/tickets", params={"limit": 100})).json()["items"]
        # How many are closed is not told.
        present = [ticket["status"] for ticket in tickets if ticket["status"] != "closed"]
        statuses = Counter(f"tickets.{status}" for status in present)
        await until(
            lambda: not self._missing(self._counters(), statuses), "the wallboard equals a recount"
        )
        rows = {ticket["id"]: ticket["status"] for ticket in tickets}
        await until(
            lambda: self._row_statuses().items() >= {t: rows[t] for t in self.tickets}.items(),
            "the rows equal the tickets",
        )

    def _missing(self, shown: dict[str, int], counted: Counter[str]) -> set[str]:
        return {name for name, count in counted.items() if shown.get(name) != count}

    def _counters(self) -> dict[str, int]:
        return {
            event["name"]: event["value"]
            for event in self.supervisor.rooms["wallboard"].shown
            if event["type"] == "feed.counter"
        }

    def _row_statuses(self) -> dict[str, str]:
        return {
            event["ticket_id"]: event["row"]["status"]
            for event in self.agent.rooms[f"team:{self.team}"].shown
            if event["type"] == "feed.row" and event["row"] is not None
        }

    async def logged(self, ticket: str, *, public_only: bool = False) -> list[str]:
        """The ids of a ticket's messages after the first, in the log's own order."""
        asker = self.client if public_only else self.agent
        async with self.http(asker) as http:
            envelopes: list[dict[str, Any]] = []
            after: int | None = 0
            while after is not None:
                page = await http.get(f"/api/tickets/{ticket}/log", params={"after": after})
                page.raise_for_status()
                envelopes += page.json()["items"]
                after = page.json()["next"]
        messages = [
            event["message_id"]
            for envelope in envelopes
            for event in envelope["events"]
            if event["type"] == "message.posted"
        ]
        return messages[1:]

    def http(self, member: Member) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=member.url,
            headers={"Authorization": f"Bearer {member.token}"},
            event_hooks=OUTSIDE.hooks,
            timeout=20,
        )

    async def close(self) -> None:
        for member in (self.client, self.agent, self.second_agent, self.supervisor):
            await member.leave()


async def until(true: Callable[[], bool], what: str, seconds: float = HEAL_SECONDS) -> None:
    """Wait until something is so; fails with what it was where it does not become so."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not true():
        assert asyncio.get_running_loop().time() < deadline, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.02)

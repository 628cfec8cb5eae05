"""A desk on two releases: the same people on the nodes of both, and the documents behind them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
from pymongo import AsyncMongoClient

from tests.faults.member import Member
from tests.house import House
from tests.waiting import until
from tests.watching.outside import OUTSIDE


class Desk:
    """The same two people on both nodes, and the documents behind them."""

    def __init__(self, product: House) -> None:
        self.product = product
        old, new = (node.url for node in product.nodes)
        self.client_old, self.client_new = (Member(url, "client@demo.test") for url in (old, new))
        self.agent_old, self.agent_new = (Member(url, "agent@demo.test") for url in (old, new))
        self.members = (self.client_old, self.client_new, self.agent_old, self.agent_new)
        self.team = ""

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        self._mongo: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(self.product.mongodb.url)
        for member in self.members:
            await member.enter()
        me = await self.get(self.agent_old, "/api/auth/me")
        self.team = me["teams"][0]["id"]
        # The machine's own commits would come between those that are looked at.
        await self._database()["inboxes"].update_many({}, {"$set": {"state.triage": "off"}})
        try:
            yield
        finally:
            await asyncio.gather(*(member.leave() for member in self.members))
            await self._mongo.close()

    async def get(self, member: Member, path: str) -> Any:
        headers = {"Authorization": f"Bearer {member.token}"}
        more = {"headers": headers, "event_hooks": OUTSIDE.hooks, "timeout": 20}
        async with httpx.AsyncClient(base_url=member.url, **more) as http:
            answer = await http.get(path)
        answer.raise_for_status()
        return answer.json()

    async def ticket(self, opener: Member, *guests: Member) -> str:
        """A fresh ticket, with everybody who is named in its room."""
        answer = await opener.send({"type": "ticket.open", "title": "Ink", "body": "It leaks."})
        ticket = answer["result"]["ticket_id"]
        await asyncio.gather(*(guest.follow(self.room(guest, ticket)) for guest in guests))
        return ticket

    def room(self, member: Member, ticket: str) -> str:
        client = member in (self.client_old, self.client_new)
        return f"ticket:{ticket}" if client else f"ticket:{ticket}:staff"

    def envelopes(self, member: Member, ticket: str) -> list[dict[str, Any]]:
        return member.rooms[self.room(member, ticket)].envelopes

    def events(self, member: Member, ticket: str) -> list[dict[str, Any]]:
        return [event for each in self.envelopes(member, ticket) for event in each["events"]]

    async def everybody_has(self, ticket: str, seq: int, *members: Member) -> None:
        for member in members:
            room = member.rooms[self.room(member, ticket)]
            await until(lambda room=room: room.seq == seq, f"{member.email} is at {seq}")

    def feed(self, member: Member) -> list[dict[str, Any]]:
        """Every row that the team's list showed, the newest last."""
        shown = member.rooms[f"team:{self.team}"].shown
        return [event for event in shown if event["type"] == "feed.row"]

    def row_seqs(self, member: Member, ticket: str) -> list[int]:
        return [each["seq"] for each in self.feed(member) if each["ticket_id"] == ticket]

    async def header(self, ticket: str) -> dict[str, Any]:
        found = await self._database()["tickets"].find_one({"_id": ticket})
        assert found is not None
        return found

    async def commits(self, ticket: str) -> list[dict[str, Any]]:
        log = self._database()["log"]
        return await log.find({"stream": f"ticket:{ticket}"}).sort("_id").to_list()

    async def owed(self, ticket: str) -> set[str]:
        return {work for commit in await self.commits(ticket) for work in commit["pending"]}

    async def settled(self, ticket: str) -> None:
        """Wait until nothing of a ticket is owed any more."""
        deadline = asyncio.get_running_loop().time() + 20
        while owed := await self.owed(ticket):
            assert asyncio.get_running_loop().time() < deadline, f"still owed: {owed}"
            await asyncio.sleep(0.05)

    def _database(self) -> Any:
        return self._mongo["deskwire"]


def said(ticket: str, body: str, **more: Any) -> dict[str, Any]:
    command = {"type": "ticket.reply", "ticket_id": ticket, "body": body}
    return {"command_id": str(uuid4()), **command, **more}


def star(ticket: str) -> dict[str, Any]:
    return {"command_id": str(uuid4()), "type": "ticket.star", "ticket_id": ticket}


def tries(product: House, ticket: str) -> int:
    """How often the old worker said that it cannot fold a ticket."""
    log = (product.folder / "worker.log").read_text()
    return log.count(f"ticket:{ticket} cannot be folded")

"""A crowd in the rooms of some tickets, on both nodes, that sends at a steady rate."""

from __future__ import annotations

import asyncio
import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from statistics import quantiles
from time import monotonic
from typing import Any
from uuid import uuid4

from tests.faults.member import Envelope, Grant, Member, Reader, log_in
from tests.house import House
from tests.waiting import until

STAFF = ("agent", "agent2", "supervisor")
EVERY_TENTH = 10
"""One command in so many changes a ticket; the others say something."""
QUIET_TICKETS = 10
"""Tickets in which nothing is said: they go through every status, closed ones too."""
BODY = "It says that the parcel was delivered, but nobody was at home."
AT_ONCE = 50
LONGEST = 180.0
"""Seconds in which what is to be said must have been said."""
QUIET_SECONDS = 2.0
"""After so long without a late message the deployment has healed."""


@dataclass
class Tally:
    """What became of every command, by its number."""

    offered: list[float] = field(default_factory=list)
    """When it was to be sent."""
    complete: list[float] = field(default_factory=list)
    """When it had come to the last who got it, so far."""
    acknowledged: dict[int, str] = field(default_factory=dict)
    """By number: the ticket."""
    refused: int = 0
    waits: list[tuple[float, float]] = field(default_factory=list)
    """Of each acknowledgement: when it was asked for, and the seconds until it came."""
    heard: int = 0
    offered_at: array[float] = field(default_factory=lambda: array("d"))
    seconds: array[float] = field(default_factory=lambda: array("f"))
    """Of every delivery over a connection that stood: when the message was offered, and after how
    many seconds it came."""

    def healed_at(self, fault: float, over: float, late: float) -> float:
        """When the last of those had come that took longer than so many seconds: of all that were
        offered, or under way, while the fault lasted, and of those after it until a while without
        any. What is late after that is not the fault's."""
        healed, quiet_since = over, over
        for at, done in zip(self.offered, self.complete, strict=True):
            if at > quiet_since + QUIET_SECONDS:
                break
            if at >= fault - late and done - at > late:
                healed = max(healed, done)
                quiet_since = max(over, at)
        return healed

    def spread(self, since: float, until: float) -> tuple[float, float]:
        """The median and the 99th percentile, in milliseconds, of what was offered meanwhile."""
        both = zip(self.offered_at, self.seconds, strict=True)
        found = [seconds * 1_000 for at, seconds in both if since <= at < until]
        if len(found) < 2:
            return 0.0, 0.0
        cut = quantiles(found, n=100)
        return cut[49], cut[98]


class Crowd:
    """`size` members, spread over tickets and both nodes: half of them the client, half staff.

    Beside them stand `watchers` of the lists and counters.
    """

    def __init__(self, house: House, size: int, tickets: int, *, watched: bool) -> None:
        self.house = house
        self.tally = Tally()
        self.tickets: list[str] = []
        self.quiet_tickets: list[str] = []
        self.members: list[Member] = []
        self.watchers: list[Member] = []
        self.extras: list[Member] = []
        """Who came later."""
        self.team = ""
        self._size = size
        self._ticket_count = tickets
        self._watched = watched
        self._read = Reader()
        self._grants: dict[str, Grant] = {}
        self._by_ticket: dict[str, list[Member]] = {}
        self._prefix = str(uuid4())[:23]
        self._chance = random.Random(size)
        self._changes = self._make_changes()
        self._under_way: set[asyncio.Task[None]] = set()
        self._silent = False

    async def enter(self) -> None:
        """Log in, open the tickets, and let everybody join."""
        url = self.house.nodes[0].url
        for who in ("client", *STAFF):
            self._grants[who] = await log_in(url, f"{who}@demo.test")
        await self._watch_lists()
        count = self._ticket_count + QUIET_TICKETS
        opened = [self.open_ticket(f"Ticket {number}") for number in range(count)]
        tickets = await asyncio.gather(*opened)
        self.tickets = list(tickets[: self._ticket_count])
        self.quiet_tickets = list(tickets[self._ticket_count :])
        slots = asyncio.Semaphore(AT_ONCE)

        async def enter(member: Member, room: str) -> None:
            async with slots:
                await member.enter(room)

        places = [(place, self.tickets[place % len(self.tickets)]) for place in range(self._size)]
        async with asyncio.TaskGroup() as entering:
            for place, ticket in places:
                turn = place // len(self.tickets)
                who = "client" if turn % 2 else STAFF[turn // 2 % len(STAFF)]
                member = self._member(who, turn // 2 % 2)
                member.heard = self._hear
                self.members.append(member)
                self._by_ticket.setdefault(ticket, []).append(member)
                room = f"ticket:{ticket}" if who == "client" else f"ticket:{ticket}:staff"
                entering.create_task(enter(member, room))

    async def leave(self) -> None:
        self._silent = True
        for task in self._under_way:
            task.cancel()
        for member in (*self.members, *self.watchers, *self.extras):
            await member.leave()

    async def open_ticket(self, title: str) -> str:
        """Let the client open a ticket."""
        asked = {"type": "ticket.open", "title": title, "body": "It does not work."}
        answer = await self.watchers[-1].send(asked)
        assert answer["ok"], answer
        return answer["result"]["ticket_id"]

    def extra(self, who: str, place: int) -> Member:
        """One more person, who has not entered yet, at the first or second node."""
        member = self._member(who, place)
        self.extras.append(member)
        return member

    # Talking.

    async def talk(self, rate: float, in_flight: int) -> None:
        """Offer so many commands a second until `hush`, none while so many have no answer."""
        due = monotonic()
        while not self._silent:
            while due <= monotonic():
                if len(self._under_way) < in_flight:
                    self._offer(due)
                due += 1 / rate
            await asyncio.sleep(0.005)

    async def acknowledged(self, count: int) -> None:
        """Wait until so many more commands are acknowledged."""
        wanted = len(self.tally.acknowledged) + count
        await until(
            lambda: len(self.tally.acknowledged) >= wanted,
            f"{wanted} commands are acknowledged",
            LONGEST,
        )

    async def hush(self, within: float) -> None:
        """Offer no more, and wait until every command has its answer."""
        self._silent = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within)
        assert not self._under_way, f"{len(self._under_way)} commands have no answer"

    def id_of(self, number: int) -> str:
        """The command id of a number."""
        return f"{self._prefix}-{number:012x}"

    def number_of(self, command_id: str) -> int | None:
        """Which command of ours it was."""
        return int(command_id[24:], 16) if command_id.startswith(self._prefix) else None

    def _offer(self, due: float) -> None:
        tally = self.tally
        number = len(tally.offered)
        tally.offered.append(due)
        tally.complete.append(due)
        turn, place = divmod(number, len(self.tickets))
        ticket = self.tickets[place]
        speaker = self._by_ticket[ticket][turn % len(self._by_ticket[ticket])]
        if number % EVERY_TENTH == EVERY_TENTH - 1:
            speaker, command = next(self._changes)
        else:
            private = speaker.user["staff"] and turn % 7 == 0
            command = {
                "type": "ticket.reply",
                "ticket_id": ticket,
                "body": f"Message {number}. {BODY}",
                "visibility": "private" if private else "public",
            }
        command["command_id"] = self.id_of(number)
        task = asyncio.create_task(self._ask(number, speaker, command))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _ask(self, number: int, speaker: Member, command: dict[str, Any]) -> None:
        async with speaker.turn:
            began = monotonic()
            answer = await speaker.send(command)
        self.tally.waits.append((began, monotonic() - began))
        if answer["ok"]:
            self.tally.acknowledged[number] = command["ticket_id"]
        else:
            assert answer["error"]["code"] == "conflict", answer
            self.tally.refused += 1

    def _make_changes(self) -> Iterator[tuple[Member, dict[str, Any]]]:
        """Changes of status, owner and priority, by staff on both nodes."""
        kinds = cycle(("ticket.set_status", "ticket.assign", "ticket.set_priority"))
        staff = cycle([each for each in self.watchers if each.user["staff"]])
        owners = [self._grants[who].user["id"] for who in ("agent", "agent2")]
        chance = self._chance
        for turn, kind in enumerate(kinds):
            quiet = turn % 2 == 0
            command = {
                "type": kind,
                "ticket_id": chance.choice(self.quiet_tickets if quiet else self.tickets),
            }
            match kind:
                case "ticket.set_status":
                    statuses = ["open", "in_progress", "pending"]
                    statuses += ["resolved", "closed"] if quiet else []
                    command["status"] = chance.choice(statuses)
                case "ticket.assign":
                    command["agent_id"] = chance.choice([*owners, None])
                case _:
                    command["priority"] = chance.choice(["low", "medium", "high", "urgent"])
            yield next(staff), command

    # Hearing.

    def _hear(self, envelope: Envelope, live: bool) -> None:
        number = self.number_of(envelope["command_id"])
        if number is None:
            return
        tally, now = self.tally, monotonic()
        tally.heard += 1
        tally.complete[number] = now
        if live:
            tally.offered_at.append(tally.offered[number])
            tally.seconds.append(now - tally.offered[number])

    # Entering.

    def _member(self, who: str, place: int) -> Member:
        urls = [node.url for node in self.house.nodes[:2]]
        return Member(
            urls[place],
            f"{who}@demo.test",
            others=(urls[1 - place],),
            grant=self._grants[who],
            read=self._read,
            watched=self._watched,
        )

    async def _watch_lists(self) -> None:
        """Both agents and the supervisor, on both nodes, look at lists and counters."""
        for place, who in enumerate(("agent", "agent2", "supervisor", "supervisor", "client")):
            watcher = self._member(who, place % 2)
            await watcher.enter()
            self.watchers.append(watcher)
        agent, agent2, *supervisors, client = self.watchers
        self.team = (await agent.get("/api/auth/me"))["teams"][0]["id"]
        for each in (agent, agent2):
            await each.follow(f"team:{self.team}", f"user:{each.user['id']}")
        for each in supervisors:
            await each.follow("wallboard")
        await client.follow(f"user:{client.user['contact_id']}")

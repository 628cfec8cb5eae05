"""What the load generator does to the servers under test, and the one figure each time gives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import NAMESPACE_OID, uuid5

from domain.audience import staff_room
from loadtests.crowd import AT_ONCE, Circle, Client, assemble, join, leave, note, typing
from loadtests.processes import cpu_seconds, resident_bytes
from server.auth.tokens import TokenKind, Tokens
from server.clock import SystemClock

LAST = 20.0
"""Seconds in which what was sent must have come, on a machine with other work too."""
STILL = 0.5
"""Seconds without work after which a server has done what there was to do."""
TOKEN_SECONDS = 3_600


class LostError(Exception):
    """Not everything that was sent has come: the run is worth nothing."""


@dataclass(frozen=True)
class Servers:
    """The servers under test as the generator sees them: where they listen, what they cost.

    `pids` are those whose CPU time counts, the nodes first, in the order of their `ports`.
    """

    ports: Sequence[int]
    pids: Sequence[int]
    secret: str

    def cpu(self) -> float:
        return sum(cpu_seconds(pid) for pid in self.pids)

    async def enter(self, people: int, offset: int = 0, *, at_once: int = AT_ONCE) -> list[Client]:
        """Connect people, in turn to each of the nodes; so many at the same time."""
        tokens = Tokens(self.secret.encode(), SystemClock())
        signed = [
            tokens.sign(TokenKind.ACCESS, uid(f"user {n}"), uid(f"session {n}"), TOKEN_SECONDS)
            for n in range(offset, offset + people)
        ]
        return await assemble(self.ports, signed, lambda place: place % len(self.ports), at_once)


class Load(NamedTuple):
    """How much of a scenario: people, the seconds it is measured for."""

    people: int
    seconds: float

    @property
    def warm(self) -> float:
        """Seconds that a scenario runs before it counts: Node compiles meanwhile."""
        return self.seconds / 4


@dataclass(frozen=True)
class Measured:
    """One figure, and what it was made of."""

    figure: float
    facts: Mapping[str, float] = field(default_factory=dict[str, float])


def uid(name: str) -> str:
    return str(uuid5(NAMESPACE_OID, name))


# Fan-out.


async def broadcast(servers: Servers, load: Load) -> Measured:
    """One speaker to a room of everybody; deliveries per CPU second."""
    clients = await servers.enter(load.people)
    ticket = uid("ticket")
    await join(clients, lambda _: staff_room(ticket))
    return await _deliveries(servers, [_podium(clients, ticket)], load)


async def rooms_of_four(servers: Servers, load: Load) -> Measured:
    """Everybody speaks in turn in a room of four; deliveries per CPU second."""
    return await _deliveries(servers, await _fours(servers, load, "command"), load)


async def signals_of_four(servers: Servers, load: Load) -> Measured:
    """The same with what is of the moment: nothing is stored, and the speaker hears nothing."""
    return await _deliveries(servers, await _fours(servers, load, "signal"), load)


async def _fours(servers: Servers, load: Load, event: str) -> list[Circle]:
    clients = await servers.enter(load.people)
    tickets = [uid(f"ticket {n}") for n in range(load.people // 4)]
    await join(clients, lambda place: staff_room(tickets[place // 4]))
    circles: list[Circle] = []
    for n, ticket in enumerate(tickets):
        members = clients[4 * n : 4 * n + 4]
        # A room's log is written by one node here: those of the other listen.
        nodes = len(servers.ports)
        speakers = [each for place, each in enumerate(members) if place % nodes == n % nodes]
        staff = staff_room(ticket)
        message = note(ticket) if event == "command" else typing(staff, len(speakers))
        circles.append(Circle(members, speakers, event, message))
    return circles


def _podium(clients: Sequence[Client], ticket: str) -> Circle:
    """One who speaks to all, without waiting until everybody has heard the last word."""
    return Circle(clients, clients[:1], "command", note(ticket), under_way=4)


async def _deliveries(servers: Servers, circles: Sequence[Circle], load: Load) -> Measured:
    await speak(circles, load.warm)
    before, spent = heard(circles), servers.cpu()
    await speak(circles, load.seconds)
    deliveries, spent = heard(circles) - before, servers.cpu() - spent
    return Measured(deliveries / spent, {"deliveries": deliveries, "cpu": spent})


async def speak(circles: Sequence[Circle], seconds: float) -> None:
    """Let circles speak for a time, until all that was said has come; raises LostError."""
    for circle in circles:
        circle.open()
    await asyncio.sleep(seconds)
    for circle in circles:
        circle.close()
    try:
        async with asyncio.timeout(LAST):
            for circle in circles:
                await circle.completed()
    except TimeoutError:
        lost = sum(circle.lost for circle in circles)
        raise LostError(f"{lost} of {sum(circle.sent for circle in circles)} messages") from None


def heard(circles: Sequence[Circle]) -> int:
    return sum(circle.heard for circle in circles)


async def longest_block(servers: Servers, load: Load) -> Measured:
    """The longest that a fan-out keeps the loop from everything else; milliseconds of CPU."""
    clients = await servers.enter(load.people)
    ticket = uid("ticket")
    await join(clients, lambda _: staff_room(ticket))
    circle = _podium(clients, ticket)
    await speak([circle], load.warm)
    await _get(servers.ports[0], "/longest")  # Begins the watch; the next ends it.
    circle.sent = circle.heard = 0
    await speak([circle], load.seconds)
    longest = float(await _get(servers.ports[0], "/longest"))
    return Measured(longest * 1_000, {"messages": circle.sent})


async def elsewhere(servers: Servers, load: Load) -> Measured:
    """What an emit costs a node that has no member of its room; microseconds."""
    members = await replace(servers, ports=servers.ports[:1]).enter(load.people)
    [stranger] = await replace(servers, ports=servers.ports[1:]).enter(1)  # Who makes it a node.
    ticket = uid("ticket")
    await join(members, lambda _: staff_room(ticket))
    circle = Circle(members, members, "command", note(ticket))
    await speak([circle], load.warm)
    before = cpu_seconds(servers.pids[1])
    await asyncio.sleep(load.seconds)
    idle = cpu_seconds(servers.pids[1]) - before
    sent, before = circle.sent, cpu_seconds(servers.pids[1])
    await speak([circle], load.seconds)
    spent = cpu_seconds(servers.pids[1]) - before - idle
    emits = circle.sent - sent
    stranger.transport.close()
    return Measured(max(0.0, spent) / emits * 1e6, {"emits": emits, "idle": idle, "spent": spent})


# One client.


async def echo(servers: Servers, load: Load) -> Measured:
    """One client asks and waits, again and again; answers per CPU second."""
    [client] = await servers.enter(1)
    await _ask_for(client, load.warm)
    before = servers.cpu()
    answers = await _ask_for(client, load.seconds)
    spent = servers.cpu() - before
    return Measured(answers / spent, {"answers": answers, "cpu": spent})


async def _ask_for(client: Client, seconds: float) -> int:
    loop, answers = asyncio.get_running_loop(), 0
    end = loop.time() + seconds
    while loop.time() < end:
        await client.ask("time", {})
        answers += 1
    return answers


# Coming, being there, leaving.


async def connect(servers: Servers, load: Load) -> Measured:
    """Connections that are let in by their token, per CPU second."""
    warm = load.people // 4
    kept = await servers.enter(warm)
    before = servers.cpu()
    kept += await servers.enter(load.people, warm)
    spent = servers.cpu() - before
    return Measured(load.people / spent, {"connections": load.people, "cpu": spent})


async def idle_memory(servers: Servers, load: Load) -> Measured:
    """What a connection holds of the server's memory while nothing happens; bytes."""
    warm = load.people // 4
    kept = await servers.enter(warm)
    await rest(servers)
    before = resident_bytes(servers.pids[0])
    kept += await servers.enter(load.people, warm)
    await rest(servers)
    held = resident_bytes(servers.pids[0]) - before
    return Measured(held / load.people, {"connections": len(kept), "bytes": held})


async def idle_cpu(servers: Servers, load: Load) -> Measured:
    """What it costs to know of everybody that they are still there; milliseconds a minute."""
    kept = await servers.enter(load.people)
    await rest(servers)
    before = servers.cpu()
    await asyncio.sleep(load.seconds)
    spent = servers.cpu() - before
    gone = sum(each.gone for each in kept)
    if gone:
        raise LostError(f"{gone} of {len(kept)} connections")
    facts = {"connections": len(kept), "bytes": resident_bytes(servers.pids[0]), "cpu": spent}
    return Measured(spent * 60_000 / load.seconds, facts)


async def leaving(servers: Servers, load: Load) -> Measured:
    """Everybody, in rooms of four, leaves at once; those who are gone per CPU second."""
    clients = await servers.enter(load.people)
    await join(clients, lambda place: staff_room(uid(f"ticket {place // 4}")))
    await rest(servers)
    before = servers.cpu()
    leave(clients)
    await rest(servers)
    spent = servers.cpu() - before
    return Measured(load.people / spent, {"connections": load.people, "cpu": spent})


async def rest(servers: Servers) -> None:
    """Wait until the servers do next to nothing."""
    async with asyncio.timeout(LAST):
        while True:
            before = servers.cpu()
            await asyncio.sleep(STILL)
            if servers.cpu() - before < STILL / 20:
                return


async def _get(port: int, path: str) -> str:
    """The body of a small answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    return answer.partition("\r\n\r\n")[2]


SCENARIOS: Mapping[str, Callable[[Servers, Load], Awaitable[Measured]]] = {
    each.__name__: each
    for each in (
        broadcast,
        rooms_of_four,
        signals_of_four,
        longest_block,
        elsewhere,
        echo,
        connect,
        idle_memory,
        idle_cpu,
        leaving,
    )
}

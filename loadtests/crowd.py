"""Thousands of Socket.IO clients in one process, as lean as they can be: they count."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from itertools import count, cycle
from typing import Any, cast

import orjson

from loadtests.frames import CLOSE, PING, PONG, TEXT, Frames, frame, text

AT_ONCE = 128
"""So many connect at the same time."""
PATIENCE = 40.0
"""Seconds in which a connection or an answer must come."""

_REQUEST = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bG9hZHRlc3RzIGFyZSBsZQ==\r\n\r\n"
)

_commands = count(1)


class Refused(Exception):
    """A server did not do what was asked."""


class Client(asyncio.Protocol):
    """One connection: Engine.IO and Socket.IO over a WebSocket, only as far as they are needed.

    `heard` is called for every event; pings are answered.
    """

    __slots__ = ("_answer", "_asked", "_frames", "_head", "_token", "gone", "heard", "transport")

    def __init__(self, token: str) -> None:
        self._token = token
        self._frames = Frames()
        self._head: bytes | None = b""
        self._asked = 0
        self._answer: asyncio.Future[bytes] | None = None
        self.heard: Callable[[], None] = _unheard
        self.gone = False
        self.transport: asyncio.Transport

    async def enter(self, port: int) -> None:
        """Connect and be let in."""
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        await loop.create_connection(lambda: self, "127.0.0.1", port)
        await asyncio.wait_for(self._answer, PATIENCE)

    async def ask(self, event: str, payload: Any) -> Any:  # noqa: ANN401 - any JSON
        """Send an event and wait for its answer; raises Refused for one that is not ok."""
        self._answer = asyncio.get_running_loop().create_future()
        self.send(event, orjson.dumps(payload))
        told = orjson.loads(await asyncio.wait_for(self._answer, PATIENCE))[0]
        if told["ok"] is not True:
            raise Refused(told)
        return told

    def send(self, event: str, payload: bytes) -> None:
        """Send an event with a payload that is JSON; the answer is checked, not waited for."""
        self._asked += 1
        self.transport.write(text(b'42%d["%b",%b]' % (self._asked, event.encode(), payload)))

    # asyncio calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        port = transport.get_extra_info("peername")[1]
        self.transport.write(_REQUEST.format(port=port).encode())

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += data
            if b"\r\n\r\n" not in self._head:
                return
            head, _, data = self._head.partition(b"\r\n\r\n")
            self._head = None
            if not head.startswith(b"HTTP/1.1 101 "):
                self._fail(Refused(head.decode()))
                return
        for opcode, payload in self._frames.feed(data):
            if opcode == TEXT:
                self._take(payload)
            elif opcode == PING:
                self.transport.write(frame(PONG, payload))
            elif opcode == CLOSE:
                self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone = True
        self._fail(Refused(f"the server closed the connection: {exc}"))

    def _take(self, packet: bytes) -> None:
        match packet[:2]:
            case b"42":
                self.heard()
            case b"43":
                self._answered(packet[packet.index(b"[") :])
            case b"40":
                self._answered(packet)
            case b"44":
                self._fail(Refused(packet.decode()))
            case b"2":
                self.transport.write(text(b"3"))
            case _ if packet.startswith(b"0"):
                hello = orjson.dumps({"token": self._token, "protocol": 1})
                self.transport.write(text(b"40" + hello))
            case _:
                self._fail(Refused(packet.decode()))

    def _answered(self, answer: bytes) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)
        elif b'"ok":true' not in answer:
            raise Refused(answer.decode())

    def _fail(self, error: Refused) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


def _unheard() -> None:
    """What is heard outside of a measurement is not counted."""


class Circle:
    """A room's members, who keep a number of messages under way until the circle is still.

    A message is sent whenever one has come to everybody who is to get it. So never more is under
    way than was agreed, and what was sent and has not come in the end was lost.
    """

    def __init__(
        self,
        members: Sequence[Client],
        speakers: Iterable[Client],
        event: str,
        message: Message,
        under_way: int = 1,
    ) -> None:
        self._speakers = cycle(speakers)
        self._event = event
        self._message = message
        self._each = len(members) - (1 if event == "signal" else 0)
        self._due = self._each
        self._under_way = under_way
        self._open = False
        self._complete = asyncio.Event()
        self.sent = 0
        self.heard = 0
        for member in members:
            member.heard = self._hear

    @property
    def lost(self) -> int:
        return self.sent * self._each - self.heard

    def open(self) -> None:
        """Begin to speak."""
        self._open = True
        self._complete.clear()
        for _ in range(self._under_way):
            self._say()

    def close(self) -> None:
        """Say nothing more; what is under way still comes."""
        self._open = False

    async def completed(self) -> None:
        """Wait until, after the close, everything that was said has come."""
        if self.lost:
            await self._complete.wait()

    def _say(self) -> None:
        self.sent += 1
        next(self._speakers).send(self._event, self._message())

    def _hear(self) -> None:
        self.heard += 1
        self._due -= 1
        if not self._due:
            self._due = self._each
            if self._open:
                self._say()
            elif not self.lost:
                self._complete.set()


Message = Callable[[], bytes]
"""Makes the next message's payload."""

BODY = "It says that the parcel was delivered, but nobody was at home. " * 2


def note(ticket_id: str) -> Message:
    """A command of the product: an internal note, for the members of the staff's room."""
    fields = {"ticket_id": ticket_id, "visibility": "private", "body": BODY}
    head = orjson.dumps({"type": "ticket.reply", **fields})[:-1]

    def message() -> bytes:
        return b'%b,"command_id":"00000000-0000-4000-8000-%012x"}' % (head, next(_commands))

    return message


def typing(room: str, speakers: int) -> Message:
    """A signal of the product: of the moment, to the others in the staff's room.

    Each of the speakers in turn begins to type, then each of them ends: others hear of changes.
    """
    payloads = [
        orjson.dumps({"room": room, "type": "typing", "active": active, "visibility": "private"})
        for active in (True, False)
    ]
    said = count()
    return lambda: payloads[next(said) // speakers % 2]


async def assemble(
    ports: Sequence[int], tokens: Iterable[str], port_of: PortOf, at_once: int = AT_ONCE
) -> list[Client]:
    """Connect a client for every token, to the node that `port_of` names by the client's place."""
    slots = asyncio.Semaphore(at_once)

    async def enter(place: int, token: str) -> Client:
        client = Client(token)
        async with slots:
            await client.enter(ports[port_of(place)])
        return client

    return await asyncio.gather(*(enter(place, token) for place, token in enumerate(tokens)))


PortOf = Callable[[int], int]


async def join(clients: Iterable[Client], room_of: Callable[[int], str]) -> None:
    """Everybody joins one room, the one that `room_of` names by the client's place."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def enter(client: Client, room: str) -> None:
        async with slots:
            answer = await client.ask("join", {"rooms": [{"room": room}]})
        if "error" in answer["rooms"][0]:
            raise Refused(answer["rooms"][0])

    await asyncio.gather(*(enter(client, room_of(place)) for place, client in enumerate(clients)))


def leave(clients: Iterable[Client]) -> None:
    """Everybody is gone at once, without a farewell."""
    for client in clients:
        client.transport.abort()

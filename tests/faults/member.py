"""A client that follows the rules of the wire: cursors, gaps, repeats with the same id."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
import httpx
import socketio
from socketio.exceptions import SocketIOError

from tests.watching.outside import OUTSIDE, Line

PASSWORD = "deskwire-demo"
ASK_AGAIN_SECONDS = 2.0
"""Clients wait for ten seconds before they repeat; tests have less patience."""


class WatchedClient(socketio.AsyncClient):
    """Shows every frame to the watch."""

    def __init__(self, line: Line | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._line = line or Line()

    async def _send_packet(self, pkt: Any) -> None:
        self._line.sends(f"4{pkt.encode()}")
        await super()._send_packet(pkt)

    async def _handle_eio_message(self, data: str) -> None:
        self._line.gets(f"4{data}")
        await super()._handle_eio_message(data)


@dataclass
class Followed:
    """What a member has of one room: every envelope once, in order."""

    epoch: str | None = None
    seq: int | None = None
    shown: list[dict[str, Any]] = field(default_factory=list)
    """Of a feed room: every row and counter that it showed, the newest last."""
    envelopes: list[dict[str, Any]] = field(default_factory=list)
    snapshots: int = 0
    snapshot: dict[str, Any] = field(default_factory=dict)
    """The last one."""
    asking: bool = False

    def take(self, envelope: dict[str, Any]) -> bool:
        """Whether the envelope was known or fits; False where one before it is missing."""
        if self.seq is None or envelope["epoch"] != self.epoch:
            return False
        if envelope["seq"] <= self.seq:
            return True
        if envelope["prev"] > self.seq:
            return False
        self.envelopes.append(envelope)
        self.shown += envelope["events"]
        self.seq = envelope["seq"]
        return True


class Member:
    """One person with one connection to one node."""

    def __init__(self, url: str, email: str) -> None:
        self.url = url
        self.email = email
        self.user: dict[str, Any] = {}
        self.token = ""
        self.rooms: dict[str, Followed] = {}
        self.left: list[dict[str, Any]] = []
        self.connected = 0
        """How often it came in."""
        self._session: aiohttp.ClientSession | None = None
        self._socket: socketio.AsyncClient | None = None
        self._ready = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def enter(self, *rooms: str) -> None:
        """Log in, connect, and from now on stay connected and joined."""
        async with httpx.AsyncClient(base_url=self.url, event_hooks=OUTSIDE.hooks) as http:
            answer = await http.post(
                "/api/auth/login", json={"email": self.email, "password": PASSWORD}
            )
            answer.raise_for_status()
        body = answer.json()
        self.user, self.token = body["user"], body["access_token"]
        self.rooms |= {room: Followed() for room in rooms}
        self._session = aiohttp.ClientSession()
        self._keeper = asyncio.create_task(self._stay())
        await self._ready.wait()

    async def follow(self, *rooms: str) -> None:
        """Join more rooms."""
        self.rooms |= {room: Followed() for room in rooms}
        await self._join(list(rooms))

    async def send(self, command: dict[str, Any]) -> dict[str, Any]:
        """Send until there is an answer for good; every repeat has the same id."""
        command = {"command_id": str(uuid4()), **command}
        while True:
            await self._ready.wait()
            try:
                answer = await self._call("command", command)
            except (SocketIOError, asyncio.CancelledError):
                if self._keeper is None or self._keeper.done():
                    raise
                await asyncio.sleep(0.05)
                continue
            if answer["ok"] or not answer["error"]["retryable"]:
                return answer
            await asyncio.sleep(random.uniform(0.05, 0.3))

    async def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        """Send once, whatever the answer is."""
        return await self._call("command", command)

    async def drop(self) -> None:
        """Lose the connection; it comes back by itself."""
        assert self._socket is not None
        self._ready.clear()
        await self._socket.disconnect()

    async def leave(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._socket is not None:
            await self._socket.disconnect()
        if self._session is not None:
            await self._session.close()

    def said(self, room: str) -> list[str]:
        """The ids of the messages posted in a room, in the order in which they came."""
        return [
            event["message_id"]
            for envelope in self.rooms[room].envelopes
            for event in envelope["events"]
            if event["type"] == "message.posted"
        ]

    async def _stay(self) -> None:
        while True:
            gone = asyncio.Event()
            try:
                self._socket = await self._connect(gone)
                await self._join(list(self.rooms))
                self.connected += 1
                self._ready.set()
                await gone.wait()
            except SocketIOError:
                pass
            self._ready.clear()
            await asyncio.sleep(random.uniform(0.02, 0.1))

    async def _connect(self, gone: asyncio.Event) -> socketio.AsyncClient:
        connection = WatchedClient(reconnection=False, http_session=self._session)
        connection.on("event", self._take)
        connection.on("left", self._left)
        connection.on("disconnect", lambda *_: gone.set())
        await connection.connect(
            self.url,
            auth={"token": self.token, "protocol": 1, "client": "faults"},
            transports=["websocket"],
        )
        return connection

    async def _join(self, names: list[str]) -> None:
        waiting = names
        while waiting:
            asked = [self._cursor(name) for name in waiting[:50]]
            answer = await self._call("join", {"rooms": asked})
            if not answer["ok"]:
                await asyncio.sleep(0.05)
                continue
            again = [each["room"] for each in answer["rooms"] if not self._joined(each)]
            waiting = again + waiting[50:]
            if again:
                await asyncio.sleep(0.05)

    def _cursor(self, name: str) -> dict[str, Any]:
        room = self.rooms[name]
        if room.seq is None:
            return {"room": name}
        return {"room": name, "epoch": room.epoch, "after": room.seq}

    def _joined(self, answer: dict[str, Any]) -> bool:
        if error := answer.get("error"):
            assert error["retryable"], f"{self.email} may not join {answer['room']}: {error}"
            return False
        room = self.rooms[answer["room"]]
        if answer["snapshot"] is not None:
            room.epoch, room.seq = answer["epoch"], answer["seq"]
            room.snapshots += 1
            room.snapshot = answer["snapshot"]
            for row in answer["snapshot"].get("rows", ()):
                room.shown.append({"type": "feed.row", **row})
            for counter in answer["snapshot"].get("counters", ()):
                room.shown.append({"type": "feed.counter", **counter})
        for envelope in answer["envelopes"]:
            assert room.take(envelope), f"a hole in the replay of {answer['room']}"
        return not answer["more"]

    async def _take(self, envelope: dict[str, Any]) -> None:
        name = envelope["room"]
        room = self.rooms.get(name)
        if room is None or room.take(envelope) or room.asking:
            return
        room.asking = True
        task = asyncio.ensure_future(self._ask(name, room))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, name: str, room: Followed) -> None:
        """A hole that the node did not heal within its time: ask for what is missing."""
        await asyncio.sleep(random.uniform(0.5, 1.0))
        room.asking = False
        try:
            await self._join([name])
        except SocketIOError:
            return  # The next connection joins every room anew.

    def _left(self, notice: dict[str, Any]) -> None:
        self.left.append(notice)
        if notice.get("reason") == "resync":
            task = asyncio.ensure_future(self._join([notice["room"]]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _call(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        assert self._socket is not None
        return await self._socket.call(event, payload, timeout=ASK_AGAIN_SECONDS)

"""A client that follows the rules of the wire: cursors, gaps, repeats with the same id."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import orjson

from tests.faults.connection import Connection, Gone
from tests.watching.outside import OUTSIDE, Line

PASSWORD = "deskwire-demo"
ASK_AGAIN_SECONDS = 10.0
"""After which a command that has no answer is sent again, as `docs/wire.md` says."""

Envelope = dict[str, Any]


@dataclass(slots=True)
class Followed:
    """What a member has of one room: every envelope once, in order."""

    epoch: str | None = None
    seq: int | None = None
    since: int = 0
    """What the first snapshot showed already."""
    envelopes: list[Envelope] = field(default_factory=list)
    snapshots: int = 0
    snapshot: dict[str, Any] = field(default_factory=dict)
    """The last one."""
    asking: bool = False

    def take(self, envelope: Envelope) -> bool | None:
        """True where the envelope is the next, None where it is known; False where one before it
        is missing."""
        if self.seq is None or envelope["epoch"] != self.epoch:
            return False
        if envelope["seq"] <= self.seq:
            return None
        if envelope["prev"] > self.seq:
            return False
        self.envelopes.append(envelope)
        self.seq = envelope["seq"]
        return True

    def start(self, answer: dict[str, Any]) -> None:
        """Begin with the snapshot of a join."""
        self.epoch, self.seq = answer["epoch"], answer["seq"]
        if not self.snapshots:
            self.since = answer["seq"]
        self.snapshots += 1
        self.snapshot = answer["snapshot"]
        if "rows" in self.snapshot:
            self.envelopes.clear()  # Of a feed room: its items are absolute.

    @property
    def shown(self) -> list[dict[str, Any]]:
        """Of a feed room: every row and counter that it showed since the last snapshot, the
        newest last."""
        rows = [{"type": "feed.row", **each} for each in self.snapshot.get("rows", ())]
        counters = [{"type": "feed.counter", **each} for each in self.snapshot.get("counters", ())]
        return [*rows, *counters, *(event for each in self.envelopes for event in each["events"])]


@dataclass(frozen=True)
class Grant:
    """What a log-in gave."""

    token: str
    user: dict[str, Any]


async def log_in(url: str, email: str) -> Grant:
    async with httpx.AsyncClient(base_url=url, event_hooks=OUTSIDE.hooks, timeout=20) as http:
        answer = await http.post("/api/auth/login", json={"email": email, "password": PASSWORD})
        answer.raise_for_status()
    return Grant(answer.json()["access_token"], answer.json()["user"])


class Reader:
    """Reads envelopes; what the same bytes say is one object for all who are sent them."""

    MOST = 4_000

    def __init__(self) -> None:
        self._known: dict[bytes, Any] = {}

    def __call__(self, event: bytes) -> Any:
        known = self._known.get(event)
        if known is None:
            if len(self._known) > self.MOST:
                self._known.clear()
            known = self._known[event] = orjson.loads(event)
        return known


class Member:
    """One person with one connection: to their node, or to the next of `others` while that one
    lets nobody in.

    `heard` is called with every envelope that was taken, and whether it came as an event.
    """

    def __init__(
        self,
        url: str,
        email: str,
        *,
        others: tuple[str, ...] = (),
        grant: Grant | None = None,
        read: Reader | None = None,
        watched: bool = True,
    ) -> None:
        self.url = url
        self.email = email
        self.grant = grant
        self.rooms: dict[str, Followed] = {}
        self.left: list[dict[str, Any]] = []
        self.closings: list[tuple[str, int | None]] = []
        """How the server ended connections: the reason it gave, '' for none, and the close code."""
        self.turn = asyncio.Lock()
        """Held while a command has no answer: who speaks in one ticket has one at a time."""
        self.heard: Callable[[Envelope, bool], None] = _unheard
        self.receive_buffer: int | None = None
        self.stays_away = 0.0
        """How many seconds longer than usual the next break lasts."""
        self._urls = (url, *others)
        self._read = read or Reader()
        self._watched = watched
        self._closing: dict[str, Any] = {}
        self._connection: Connection | None = None
        self._ready = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def user(self) -> dict[str, Any]:
        assert self.grant is not None
        return self.grant.user

    @property
    def token(self) -> str:
        assert self.grant is not None
        return self.grant.token

    @property
    def connection(self) -> Connection:
        assert self._connection is not None
        return self._connection

    async def enter(self, *rooms: str) -> None:
        """Log in, connect, and from now on stay connected and joined."""
        self.grant = self.grant or await log_in(self.url, self.email)
        self.rooms |= {room: Followed() for room in rooms}
        self._keeper = asyncio.create_task(self._stay())
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait([ready, self._keeper], return_when=asyncio.FIRST_COMPLETED)
        if self._keeper.done():
            ready.cancel()
            self._keeper.result()

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
                answer = await self.ask(command)
            except (Gone, TimeoutError):
                continue
            if answer["ok"] or not answer["error"]["retryable"]:
                return answer
            fields = answer["error"].get("fields") or {}
            await asyncio.sleep(fields.get("retry_after", 0.05) + random.uniform(0, 0.25))

    async def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        """Send once, whatever the answer is."""
        return await self.connection.ask("command", command, ASK_AGAIN_SECONDS)

    async def drop(self) -> None:
        """Lose the connection; it comes back by itself."""
        self._ready.clear()
        self.connection.cut()
        await self.connection.gone.wait()

    async def ready(self) -> None:
        """Wait until they are connected and in all their rooms."""
        await self._ready.wait()

    async def leave(self) -> None:
        for task in (self._keeper, *self._tasks):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._connection is not None and not self._connection.gone.is_set():
            self._connection.cut()

    async def get(self, path: str) -> Any:
        """Ask their node over REST."""
        headers = {"Authorization": f"Bearer {self.token}"}
        more: dict[str, Any] = {"headers": headers, "event_hooks": OUTSIDE.hooks, "timeout": 20}
        async with httpx.AsyncClient(base_url=self.url, **more) as http:
            answer = await http.get(path)
        answer.raise_for_status()
        return answer.json()

    def said(self, room: str) -> list[str]:
        """The ids of the messages posted in a room, in the order in which they came."""
        return [
            event["message_id"]
            for envelope in self.rooms[room].envelopes
            for event in envelope["events"]
            if event["type"] == "message.posted"
        ]

    # Staying connected.

    async def _stay(self) -> None:
        tries = 0
        while True:
            try:
                await self._live(self._urls[tries % len(self._urls)])
                tries = 0
            except (Gone, TimeoutError):
                tries += 1
            self._ready.clear()
            longest = min(2.0, 0.2 * 2**tries)
            wait, self.stays_away = self.stays_away, 0.0
            wait += self._closing.get("retry_after", 0.0)
            await asyncio.sleep(wait + random.uniform(0.02, longest))

    async def _live(self, url: str) -> None:
        """Connect, join and stay until the connection ends; raises Gone where it never came."""
        connection = Connection(self.token, self._hear, Line() if self._watched else None)
        self._closing = {}
        await connection.open(url, self.receive_buffer)
        self._connection = connection
        try:
            await self._join(list(self.rooms))
            self._ready.set()
            await connection.gone.wait()
        except BaseException:
            if not connection.gone.is_set():
                connection.cut()
            raise
        finally:
            self.closings.append((self._closing.get("reason", ""), connection.code))

    # Rooms.

    async def _join(self, names: list[str]) -> None:
        waiting = names
        while waiting:
            asked = [self._cursor(name) for name in waiting[:50]]
            answer = await self.connection.ask("join", {"rooms": asked}, ASK_AGAIN_SECONDS)
            if not answer["ok"]:
                fields = answer["error"].get("fields") or {}
                await asyncio.sleep(fields.get("retry_after", 0.05))
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
            room.start(answer)
        for envelope in answer["envelopes"]:
            taken = room.take(envelope)
            assert taken is not False, f"a hole in the replay of {answer['room']}"
            if taken:
                self.heard(envelope, False)
        return not answer["more"]

    def _hear(self, event: bytes) -> None:
        name, payload = self._read(event)
        if name == "event":
            self._take(payload)
        elif name == "closing":
            self._closing = payload
        elif name == "left":
            self.left.append(payload)
            if payload.get("reason") == "resync":
                self._spawn(self._join([payload["room"]]))

    def _take(self, envelope: Envelope) -> None:
        room = self.rooms.get(envelope["room"])
        if room is None:
            return
        taken = room.take(envelope)
        if taken:
            self.heard(envelope, True)
        elif taken is False and not room.asking:
            room.asking = True
            self._spawn(self._ask(envelope["room"], room))

    async def _ask(self, name: str, room: Followed) -> None:
        """A hole that the node did not heal within its time: ask for what is missing."""
        await asyncio.sleep(random.uniform(1.0, 1.5))
        room.asking = False
        await self._join([name])

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        async def until_gone() -> None:
            try:
                await work
            except (Gone, TimeoutError):
                return  # The next connection joins every room anew.

        task = asyncio.create_task(until_gone())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _unheard(_envelope: Envelope, _live: bool) -> None:
    """Nobody counts."""

"""A simulated person: logs in as everybody does, and holds a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import socketio  # pyright: ignore[reportMissingTypeStubs]
from socketio.exceptions import (  # pyright: ignore[reportMissingTypeStubs]
    SocketIOError,
)

from server.demo.marks import fresh_id, is_demos
from server.demo.people import PASSWORD

ANSWER_SECONDS = 8.0
PATIENCE_SECONDS = 60.0
"""For how long a command is repeated, under its id, while nodes come and go."""
PAUSE_SECONDS = 0.5

Envelope = Mapping[str, Any]


class Refused(Exception):
    """The server said no; `code` is why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Away(Exception):
    """The server did not answer for too long."""


class Member:
    """Somebody at a desk or a phone; `interrupted` is set where a real person takes part."""

    def __init__(self, key: str, email: str, address: str, http: aiohttp.ClientSession) -> None:
        self.key, self.id = key, ""
        self._email, self._address, self._http = email, address, http
        self._tokens: dict[str, Any] = {}
        self._rooms: set[str] = set()
        self._cursors: dict[str, dict[str, Any]] = {}
        self._watchers: dict[str, Callable[[], None]] = {}
        self._listeners: dict[str, Callable[[Envelope], None]] = {}
        self._renewing: asyncio.Task[None] | None = None
        self._returning: asyncio.Task[None] | None = None
        self._socket: Any = socketio.AsyncClient(
            http_session=http, reconnection_delay=1, reconnection_delay_max=5
        )
        self._socket.on("connect", self._connected)
        self._socket.on("event", self._heard)

    @asynccontextmanager
    async def present(self) -> AsyncGenerator[Member]:
        """Log in, be connected, and log out again; raises Refused, Away."""
        await self._log_in()
        try:
            yield self
        finally:
            await self._go()

    async def command(self, kind: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
        """Have something done, once: repeated under its id until it is answered."""
        asked = {"type": kind, "command_id": fresh_id(), **fields}
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_SECONDS
        while loop.time() < deadline:
            answer = await self._ask("command", asked)
            if answer is not None and answer["ok"]:
                return answer["result"]
            if answer is not None and not answer["error"].get("retryable"):
                raise Refused(answer["error"]["code"], answer["error"]["message"])
            await asyncio.sleep(PAUSE_SECONDS)
        raise Away(kind)

    async def join(
        self,
        room: str,
        interrupted: Callable[[], None] | None = None,
        heard: Callable[[Envelope], None] | None = None,
    ) -> dict[str, Any]:
        """Enter a room and stay in it; its snapshot. What a real person does there from then on
        calls `interrupted`, and whatever is told there `heard`."""
        self._rooms.add(room)
        if heard:
            self._listeners[room] = heard
        if interrupted:
            self._watchers[room] = interrupted
        (told,) = await self._enter(room)
        return told["snapshot"] or {}

    async def leave(self, room: str) -> None:
        """Leave a room."""
        self._rooms.discard(room)
        self._cursors.pop(room, None)
        self._watchers.pop(room, None)
        self._listeners.pop(room, None)
        await self._ask("leave", {"rooms": [room]})

    async def type(self, room: str, seconds: float) -> None:
        """Be seen typing for a while."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (left := until - loop.time()) > 0:
            await self._ask("signal", {"room": room, "type": "typing", "active": True})
            await asyncio.sleep(min(left, 2.5))
        await self._ask("signal", {"room": room, "type": "typing", "active": False})

    async def read(self, ticket_id: str, room: str) -> None:
        """Have read a ticket as far as its room has told."""
        seq = self._cursors[room]["after"]
        await self._ask("mark", {"ticket_id": ticket_id, "delivered": seq, "read": seq})

    async def _ask(self, event: str, payload: Any) -> dict[str, Any] | None:  # noqa: ANN401
        """What the server answers; None where it did not, or there is no connection just now."""
        try:
            return await self._socket.call(event, payload, timeout=ANSWER_SECONDS)
        except (SocketIOError, aiohttp.ClientError, OSError):
            return None

    async def _enter(self, *rooms: str) -> list[dict[str, Any]]:
        """Be in some rooms, and what is told of each; raises Refused, or Away where no node lets
        anybody in for long."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_SECONDS
        while loop.time() < deadline:
            cursors = [{"room": room, **self._cursors.get(room, {})} for room in rooms]
            answer = await self._ask("join", {"rooms": cursors})
            if answer is not None and answer["ok"]:
                errors = [told["error"] for told in answer["rooms"] if told.get("error")]
                if not errors:
                    await self._catch_up(answer["rooms"])
                    return answer["rooms"]
                if not errors[0].get("retryable"):
                    raise Refused(errors[0]["code"], errors[0]["message"])
            await asyncio.sleep(PAUSE_SECONDS)
        raise Away("join")

    async def _catch_up(self, rooms: Iterable[Mapping[str, Any]]) -> None:
        """Hear what was said while one was away, and remember how far one is."""
        for told in rooms:
            for envelope in told.get("envelopes") or ():
                await self._heard(envelope)
            self._cursors[told["room"]] = {"epoch": told["epoch"], "after": told["seq"]}

    async def _log_in(self) -> None:
        granted = await self._post("login", {"email": self._email, "password": PASSWORD})
        self._tokens = granted
        self.id = granted["user"]["contact_id"] or granted["user"]["id"]
        self._renewing = asyncio.create_task(self._renew())
        try:
            await self._socket.connect(
                self._address, auth=self._hello, transports=["websocket"], retry=True
            )
        except SocketIOError as error:
            raise Away(str(error)) from None

    def _hello(self) -> dict[str, Any]:
        return {"token": self._tokens["access_token"], "protocol": 1, "client": "simulated"}

    async def _renew(self) -> None:
        """Have a fresh token before the old one ends."""
        while True:
            await asyncio.sleep(self._tokens.get("expires_in", 600) * 0.7)
            with suppress(Refused, Away):
                token = {"refresh_token": self._tokens["refresh_token"]}
                self._tokens = {**self._tokens, **await self._post("refresh", token)}
                await self._ask("renew", {"token": self._tokens["access_token"]})

    async def _go(self) -> None:
        for task in (self._renewing, self._returning):
            if task:
                task.cancel()
        with suppress(Refused, Away):
            await self._post("logout", {})
        with suppress(SocketIOError, aiohttp.ClientError, OSError):
            await self._socket.shutdown()

    async def _post(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        token = self._tokens.get("access_token")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            async with self._http.post(
                f"{self._address}/api/auth/{what}", json=body, headers=headers
            ) as answer:
                content: dict[str, Any] = await answer.json() if answer.status != 204 else {}
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Away(str(error)) from None
        if answer.status >= 400:
            raise Refused(content["error"]["code"], content["error"]["message"])
        return content

    async def _connected(self) -> None:
        """After a node was lost, another has to be told where one was."""
        if self._rooms:
            self._returning = asyncio.create_task(self._return())

    async def _return(self) -> None:
        with suppress(Refused, Away):  # Whoever is waited for in a room notices it then.
            await self._enter(*self._rooms)

    async def _heard(self, envelope: Envelope) -> None:
        room = envelope["room"]
        if room in self._rooms:
            self._cursors[room] = {"epoch": envelope["epoch"], "after": envelope["seq"]}
        if heard := self._listeners.get(room):
            heard(envelope)
        interrupted = self._watchers.get(room)
        if interrupted and not is_demos(envelope["command_id"]):
            interrupted()

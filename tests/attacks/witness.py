"""Somebody who keeps every byte that the product sends them, over REST and over sockets."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.connection import Connection
from tests.watching.outside import OUTSIDE, Line

PASSWORD = "deskwire-demo"
ANSWER_SECONDS = 15.0


class Wire(Connection):
    """A connection whose packets are kept as they came."""

    def __init__(self, token: str, heard: bytearray) -> None:
        super().__init__(token, _nobody, Line())
        self._heard = heard

    def take(self, packet: bytes) -> None:
        self._heard += packet + b"\n"
        super().take(packet)

    async def question(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        return await self.ask(event, payload, ANSWER_SECONDS)


class Witness:
    """One person on every node at once. `heard` is all they were ever sent, as UTF-8."""

    def __init__(self, nodes: list[str]) -> None:
        self.heard = bytearray()
        self.token = ""
        self.user: dict[str, Any] = {}
        self.wires: list[Wire] = []
        self._nodes = nodes
        hooks = {**OUTSIDE.hooks, "response": [*OUTSIDE.hooks["response"], self._keep]}
        self._https = [
            httpx.AsyncClient(base_url=url, event_hooks=hooks, timeout=ANSWER_SECONDS)
            for url in nodes
        ]

    async def log_in(self, email: str) -> Witness:
        grant = await self.post("/api/auth/login", {"email": email, "password": PASSWORD})
        self.token, self.user = grant["access_token"], grant["user"]
        return self

    async def sign_up(self) -> None:
        """Become a client; a guest keeps what they have, and comes back without sockets."""
        given = {"email": f"{uuid4().hex}@stranger.test", "name": "Ivo", "password": PASSWORD}
        if self.token:
            given["guest_token"] = self.token
        self.wires.clear()
        grant = await self.post("/api/auth/signup", given)
        self.token, self.user = grant["access_token"], grant["user"]

    async def listen(self, *rooms: str) -> None:
        """Connect to every node and join rooms, each as a newcomer and again from the start."""
        for url in self._nodes:
            wire = Wire(self.token, self.heard)
            await wire.open(url)
            self.wires.append(wire)
            joined = await self.join(wire, *({"room": room} for room in rooms))
            cursors = [{"room": r["room"], "epoch": r["epoch"], "after": 0} for r in joined]
            await self.join(wire, *cursors)

    async def join(self, wire: Wire, *cursors: dict[str, Any]) -> list[dict[str, Any]]:
        answer = await wire.question("join", {"rooms": list(cursors)})
        assert all("error" not in each for each in answer["rooms"]), answer
        return answer["rooms"]

    async def command(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a command through the first socket, or by REST where there is none."""
        asked = {"type": kind, "command_id": str(uuid4()), **fields}
        if not self.wires:
            return await self.post("/api/commands", asked)
        answer = await self.wires[0].question("command", asked)
        assert answer["ok"], answer
        return answer

    async def say(self, ticket_id: str, body: str, **fields: Any) -> str:
        """Reply, and give the id of the message."""
        done = await self.command("ticket.reply", ticket_id=ticket_id, body=body, **fields)
        return done["result"]["message_id"]

    async def upload(self, name: str, content: str) -> str:
        files = {"file": (name, content.encode())}
        answer = await self._https[0].post("/api/attachments", files=files, headers=self._headers)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def look(self, *paths: str) -> list[int]:
        """Get every path from every node; the statuses."""
        return [
            (await http.get(path, headers=self._headers)).status_code
            for path in paths
            for http in self._https
        ]

    async def get(self, path: str) -> dict[str, Any]:
        answer = await self._https[0].get(path, headers=self._headers)
        answer.raise_for_status()
        return answer.json()

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self._https[0].post(path, json=body, headers=self._headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else {}

    async def leave(self) -> None:
        for wire in self.wires:
            wire.cut()
        await asyncio.gather(*(http.aclose() for http in self._https))

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def _keep(self, response: httpx.Response) -> None:
        self.heard += b"\n".join(value for pair in response.headers.raw for value in pair)
        self.heard += await response.aread() + b"\n"


def _nobody(_event: bytes) -> None:
    """What comes is kept already."""

"""A transport and an engine on paper, for a session without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from realtime.transport.packets import Event
from realtime.transport.websocket import WebSocket


class PaperTransport(asyncio.Transport):
    """Calls `when_full` at the write that makes it `full_after` writes."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.reading = True
        self.aborted = False
        self.closed = False
        self.full_after = 0
        self.when_full: Callable[[], None] = lambda: None

    def write(self, data: Any) -> None:
        self.written.append(data)
        if len(self.written) == self.full_after:
            self.when_full()

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.aborted = self.closed = True


class PaperEngine:
    """Notes what its sessions tell it."""

    frame_bytes = 1_000_000
    outbox_bytes = 1_000_000
    messages_in_window = 3_000.0

    def __init__(self) -> None:
        self.heard: list[tuple[str, Event]] = []
        self.over: list[WebSocket] = []
        self.gone: list[tuple[WebSocket, str]] = []
        self.told: list[WebSocket] = []

    def hear(self, sid: str, event: Event) -> None:
        self.heard.append((sid, event))

    async def receive(self, socket: WebSocket, data: str | bytes) -> None:
        raise AssertionError("nothing but events is expected")

    def write_soon(self) -> None:
        """Tests say when the step is over."""

    def probe(self, polling: Any) -> bool:
        return False

    def upgrade(self, socket: WebSocket, polling: Any) -> bool:
        return False

    def give_up(self, polling: Any) -> None: ...

    def overflowed(self, socket: WebSocket) -> None:
        self.over.append(socket)

    def lost(self, socket: WebSocket, reason: str) -> None:
        self.gone.append((socket, reason))

    def release(self, address: str) -> None: ...

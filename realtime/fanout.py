"""From an event to the members' sockets: encoded once, handed to each, never waiting for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Any, Protocol, cast

import socketio  # pyright: ignore[reportMissingTypeStubs]
from engineio.packet import CLOSE, MESSAGE, Packet  # pyright: ignore[reportMissingTypeStubs]

RESYNC = "resync"

LAST_WORDS = 5.0
"""Seconds in which a polling client can still fetch why it is closed."""


class Fanout(Protocol):
    """The seam between rooms and sockets. Payloads are JSON; nothing here waits or raises."""

    def emit(self, event: str, payload: bytes, sids: Collection[str]) -> None:
        """Queue an event for sockets; one whose buffer is over its cap is closed to resync."""
        ...

    def ack(self, sid: str, ack_id: int, payload: bytes) -> None:
        """Queue the answer to what a socket asked under `ack_id`, in this loop step."""
        ...

    def close(self, sid: str, farewell: bytes, *, drop: bool = False) -> None:
        """Send `closing` with the farewell, then end the transport, so that clients reconnect.

        `drop` throws away what still waits.
        """
        ...

    def alive(self, sid: str) -> bool:
        """Whether the socket is still there."""
        ...


class Outbox(asyncio.Queue[Any]):
    """A socket's queue of packets that knows how many bytes wait in it."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0

    def _put(self, item: Any) -> None:  # noqa: ANN401 - packets of an untyped library
        self.waiting += _weight(item)
        super()._put(item)

    def _get(self) -> Any:  # noqa: ANN401
        item = super()._get()
        self.waiting -= _weight(item)
        return item

    def drop(self) -> None:
        """Throw away everything that waits."""
        while not self.empty():
            self.get_nowait()
            self.task_done()


def _weight(packet: Any) -> int:  # noqa: ANN401
    data = getattr(packet, "data", None)
    return len(data) if isinstance(data, str | bytes) else 64


class EngineFanout:
    """Hands packets to python-engineio's queues, without a task or a copy per recipient.

    `overflowed` is told of a socket that did not read fast enough.
    """

    def __init__(
        self, server: socketio.AsyncServer, cap: int, overflowed: Callable[[str], None]
    ) -> None:
        self._server: Any = server
        self._cap = cap
        self._overflowed = overflowed

    def emit(self, event: str, payload: bytes, sids: Collection[str]) -> None:
        if not sids:
            return
        packet = Packet(MESSAGE, f'2["{event}",{payload.decode()}]')
        overflowed: list[str] = []
        for sid in sids:
            if (engine := self._engine(sid)) is not None:
                engine.queue.put_nowait(packet)
                if engine.queue.waiting > self._cap:
                    overflowed.append(sid)
        for sid in overflowed:
            self._overflowed(sid)

    def ack(self, sid: str, ack_id: int, payload: bytes) -> None:
        if (engine := self._engine(sid)) is not None:
            engine.queue.put_nowait(Packet(MESSAGE, f"3{ack_id}[{payload.decode()}]"))

    def close(self, sid: str, farewell: bytes, *, drop: bool = False) -> None:
        engine = self._engine(sid)
        if engine is None:
            return
        queue = cast(Outbox, engine.queue)
        if drop:
            queue.drop()
        queue.put_nowait(Packet(MESSAGE, f'2["closing",{farewell.decode()}]'))
        if engine.upgraded:
            # The end of the queue ends the writer, which closes the WebSocket. An engine CLOSE
            # packet would tell some clients never to come back.
            queue.put_nowait(None)
        else:
            queue.put_nowait(Packet(CLOSE))
            asyncio.get_running_loop().call_later(LAST_WORDS, _end, engine)

    def alive(self, sid: str) -> bool:
        return self._engine(sid) is not None

    def _engine(self, sid: str) -> Any | None:  # noqa: ANN401
        engine = self._server.eio.sockets.get(self._server.manager.eio_sid_from_sid(sid, "/"))
        return None if engine is None or engine.closed or engine.closing else engine


_ending: set[asyncio.Task[None]] = set()


def end_soon(closing: Any) -> None:  # noqa: ANN401 - a coroutine of an untyped library
    """Carry out an ending that nobody waits for."""
    task: asyncio.Task[None] = asyncio.ensure_future(closing)
    _ending.add(task)
    task.add_done_callback(_ending.discard)


def _end(engine: Any) -> None:  # noqa: ANN401 - a socket of an untyped library
    if not engine.closed and not engine.closing:
        end_soon(engine.close(wait=False))

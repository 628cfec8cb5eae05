"""python-socketio's server on our transport."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from typing import Any, cast

from socketio.packet import CONNECT_ERROR  # pyright: ignore[reportMissingTypeStubs]

from realtime.tasks import carry_out
from realtime.transport.engine import BROKEN, Engine
from realtime.transport.handshake import Handshake
from realtime.transport.library import SocketServer
from realtime.transport.members import MAIN, Members
from realtime.transport.packets import Event
from realtime.transport.websocket import TRANSPORT_CLOSE

log = logging.getLogger(__name__)


class Server(SocketServer):
    """A Socket.IO server whose WebSockets are ours where uvicorn has `ws=server.websocket`.

    What is hot, events of the namespace `/`, comes in through `hear`; everything else takes
    python-socketio's own way. Whoever has not joined a namespace within `hello_within` seconds is
    not kept.
    """

    eio: Engine
    manager: Members

    def __init__(
        self,
        *,
        path: str = "/socket.io/",
        hello_within: float = 20.0,
        **options: Any,  # noqa: ANN401 - the library's
    ) -> None:
        super().__init__(client_manager=Members(), **options)
        self._path = path
        self._hello_within = hello_within
        self._strangers: deque[tuple[float, str]] = deque()
        """Who came, and until when they must have said who they are; the first come first."""
        self.eio.hear = self.hear
        self.eio.moved = self.manager.moved

    def websocket(self, **uvicorns: Any) -> Handshake:  # noqa: ANN401 - uvicorn's
        """What uvicorn makes for each request to upgrade."""
        return Handshake(self.eio, self._path, **uvicorns)

    def hear(self, sid: str, event: Event) -> None:
        """Take an event of the namespace `/`."""
        ack_id, data = event
        eio_sid = cast(str, self.manager.eio_sid_from_sid(sid, MAIN))
        carry_out(self._handle_event_internal(self, sid, eio_sid, data, MAIN, ack_id))

    # What python-socketio would do otherwise.

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    async def _handle_eio_connect(self, eio_sid: str, environ: Any) -> None:  # noqa: ANN401
        await super()._handle_eio_connect(eio_sid, environ)
        loop = asyncio.get_running_loop()
        self._strangers.append((loop.time() + self._hello_within, eio_sid))
        if len(self._strangers) == 1:  # One timer for all: one for each would take 0.5 kB.
            loop.call_later(self._hello_within, self._end_strangers)

    def _end_strangers(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._strangers and self._strangers[0][0] <= now:
            self._end_stranger(self._strangers.popleft()[1])
        if self._strangers:
            loop.call_at(self._strangers[0][0], self._end_strangers)

    def _end_stranger(self, eio_sid: str) -> None:
        """Do not keep a socket open for somebody who never said who they are."""
        if eio_sid not in self.eio.sockets:
            return  # Most are gone before.
        present = self.manager.rooms
        if not any(self.manager.sid_from_eio_sid(eio_sid, each) for each in present):
            carry_out(self.eio.disconnect(eio_sid))

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:  # noqa: ANN401
        """End a socket that does not speak Socket.IO, without a trace in the log each time."""
        try:
            await super()._handle_eio_message(eio_sid, data)
        except BROKEN as error:
            log.debug("a socket does not speak Socket.IO: %r", error)
            await self.eio.disconnect(eio_sid)

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:  # noqa: ANN401
        namespace = namespace or MAIN
        if namespace not in self.handlers:
            refusal = {"message": "Invalid namespace"}
            refused = self.packet_class(CONNECT_ERROR, data=refusal, namespace=namespace)
            await self._send_packet(eio_sid, refused)
            return
        await self.eio.turns.mine()
        await _logged("connect", super()._handle_connect(eio_sid, namespace, data))
        if eio_sid not in self.eio.sockets:  # It vanished while it was let in.
            await self._handle_disconnect(eio_sid, namespace, TRANSPORT_CLOSE)

    async def _handle_disconnect(
        self, eio_sid: str, namespace: str | None, reason: str | None = None
    ) -> None:
        await _logged("disconnect", super()._handle_disconnect(eio_sid, namespace, reason))

    async def _handle_event(
        self,
        eio_sid: str,
        namespace: str | None,
        id: int | None,
        data: Any,  # noqa: ANN401
    ) -> None:
        if not isinstance(data, list) or not data:
            raise ValueError("not an event")
        await super()._handle_event(eio_sid, namespace, id, data)

    async def _handle_event_internal(self, *event: Any) -> None:  # noqa: ANN401
        await _logged("event", super()._handle_event_internal(*event))

    async def _handle_ack(
        self,
        eio_sid: str,
        namespace: str | None,
        id: int,
        data: Any,  # noqa: ANN401
    ) -> None:
        await _logged("ack", super()._handle_ack(eio_sid, namespace, id, data))


async def _logged(what: str, handling: Coroutine[Any, Any, None]) -> None:
    """A fault of ours is told; it is not taken for a socket's."""
    try:
        await handling
    except Exception:
        log.exception("%s was not handled", what)

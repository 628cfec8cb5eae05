"""The Socket.IO server: python-socketio as the protocol engine, its event handling taken over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, cast

import engineio  # pyright: ignore[reportMissingTypeStubs]
import orjson
import socketio  # pyright: ignore[reportMissingTypeStubs]
from engineio.packet import NOOP  # pyright: ignore[reportMissingTypeStubs]
from engineio.packet import Packet as EnginePacket  # pyright: ignore[reportMissingTypeStubs]
from socketio.packet import Packet  # pyright: ignore[reportMissingTypeStubs]

from realtime.fanout import Outbox, end_soon
from realtime.options import Options

log = logging.getLogger(__name__)

Hear = Callable[[str, Any, "int | None"], None]
"""Takes what a socket sent: its sid, the event with its arguments, and the id to answer under."""


class _Json:
    """orjson with the signature that python-socketio calls."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:  # noqa: ANN401 - any JSON
        return orjson.dumps(value).decode()

    loads = staticmethod(orjson.loads)


class _JsonPacket(Packet):
    """Nothing of ours is binary: of a binary event the placeholders stay, and are refused."""

    uses_binary_events = False
    json = _Json

    @classmethod
    def reconstruct_binary(cls, data: Any, attachments: Any) -> Any:  # noqa: ANN401
        return data


class _NotOurs(logging.Filter):
    """Keeps out the traces that the engine writes for each frame that is none.

    Anybody who can connect could fill the disk with them.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return record.msg not in ("Unknown receive error", "post request handler error")


_engine_log = logging.getLogger("deskwire.engine")
_engine_log.setLevel(logging.ERROR)
_engine_log.addFilter(_NotOurs())


class _Engine(engineio.AsyncServer):
    async def handle_request(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        try:
            return await super().handle_request(*args, **kwargs)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        except (ValueError, IndexError) as error:
            log.debug("a socket sent what is no packet: %r", error)
            return ""

    def create_queue(self, *args: Any, **kwargs: Any) -> Outbox:  # noqa: ANN401
        return Outbox()

    async def disconnect(self, sid: str | None = None) -> None:
        """End a socket now; stock waits until the client fetched what it has, maybe for ever."""
        engine: Any = cast(Any, self).sockets.pop(sid, None)
        if engine is not None:
            await engine.close(wait=False, reason=cast(Any, self).reason.SERVER_DISCONNECT)
            if engine.upgraded:
                engine.queue.put_nowait(None)  # Ends the writer, and with it the WebSocket.


class Door(socketio.AsyncServer):
    """Hands every event to `hear`, in the order in which one socket sent them.

    python-socketio itself would look for a function by the event's name, answer an unknown one
    with an empty success, and let a client name the server's own `disconnect`.
    """

    def __init__(self, options: Options, hear: Hear) -> None:
        origins: Any = options.origins
        if isinstance(origins, tuple):
            origins = list(cast("tuple[str, ...]", origins))
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            async_mode="asgi",
            serializer=_JsonPacket,
            cors_allowed_origins="*" if origins == ["*"] else origins,
            max_http_buffer_size=options.frame_bytes,
            ping_interval=options.ping_interval,
            ping_timeout=options.ping_timeout,
            engineio_logger=_engine_log,
        )
        self._hear = hear
        self._hello_within = options.hello_within

    def _engineio_server_class(self) -> type[_Engine]:
        return _Engine

    async def _handle_event(
        self,
        eio_sid: str,
        namespace: str | None,
        id: int | None,
        data: Any,  # noqa: ANN401
    ) -> None:
        manager: Any = cast(Any, self).manager
        sid = manager.sid_from_eio_sid(eio_sid, namespace or "/")
        if manager.is_connected(sid, namespace or "/"):
            self._hear(sid, data, id)

    async def _handle_eio_connect(self, eio_sid: str, environ: Any) -> None:  # noqa: ANN401
        await cast(Any, super())._handle_eio_connect(eio_sid, environ)
        loop = asyncio.get_running_loop()
        loop.call_later(self._hello_within, self._end_stranger, eio_sid)

    def _end_stranger(self, eio_sid: str) -> None:
        """Do not keep a socket open for somebody who never said who they are."""
        if not cast(Any, self).manager.sid_from_eio_sid(eio_sid, "/"):
            end_soon(cast(Any, self).eio.disconnect(eio_sid))

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:  # noqa: ANN401
        """End a socket that does not speak Socket.IO, without a trace in the log each time."""
        try:
            await cast(Any, super())._handle_eio_message(eio_sid, data)
        except (ValueError, TypeError, IndexError, KeyError) as error:
            log.debug("a socket does not speak Socket.IO: %r", error)
            await cast(Any, self).eio.disconnect(eio_sid)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        engine: Any = cast(Any, self).eio.sockets.get(eio_sid)
        if engine is not None and not engine.upgraded:
            # Let go of a waiting long poll, which would hold its request for another minute.
            engine.queue.put_nowait(EnginePacket(NOOP))
        await cast(Any, super())._handle_eio_disconnect(eio_sid, reason)

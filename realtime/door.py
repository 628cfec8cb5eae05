"""The Socket.IO door: nothing but JSON, and every event goes to one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import orjson
from socketio.packet import Packet  # pyright: ignore[reportMissingTypeStubs]

from realtime.options import Options
from realtime.transport.members import MAIN
from realtime.transport.packets import Event
from realtime.transport.server import Server

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

    def add_attachment(self, attachment: Any) -> bool:  # noqa: ANN401
        """Count it, and keep nothing: a client may announce as many as it likes."""
        self.attachment_count -= 1
        return self.attachment_count <= 0


class Door(Server):
    """Hands every event to `hear`, in the order in which one socket sent them.

    python-socketio itself would look for a function by the event's name, answer an unknown one
    with an empty success, and let a client name the server's own `disconnect`.
    """

    def __init__(self, options: Options, hear: Hear) -> None:
        origins: Any = options.origins
        if isinstance(origins, tuple):
            origins = list(cast("tuple[str, ...]", origins))
        super().__init__(
            serializer=_JsonPacket,
            cors_allowed_origins="*" if origins == ["*"] else origins,
            max_http_buffer_size=options.frame_bytes,
            ping_interval=options.ping_interval,
            ping_timeout=options.ping_timeout,
            hello_within=options.hello_within,
            outbox_bytes=options.outbox_bytes,
            messages_per_second=max(options.message_rate, 10 * options.command_rate),
            per_address=options.sockets_per_address,
            handshakes_per_minute=options.handshakes_per_minute,
        )
        self._hear = hear

    def hear(self, sid: str, event: Event) -> None:
        ack_id, data = event
        self._hear(sid, data, ack_id)

    async def _handle_event(
        self,
        eio_sid: str,
        namespace: str | None,
        id: int | None,
        data: Any,  # noqa: ANN401
    ) -> None:
        if not isinstance(data, list):
            raise TypeError("not an event")
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace or MAIN)
        if sid is not None and self.manager.is_connected(sid, namespace or MAIN):
            self.hear(sid, (id, cast("list[Any]", data)))

"""python-socketio's client, with every frame shown to the watch."""

from __future__ import annotations

from typing import Any

import socketio

from tests.watching.outside import Line


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

"""Where connections wait until they are let in: thousands may come in the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from realtime.turns import Turns


class Doorstep(asyncio.Protocol):
    """Makes uvicorn's protocol for a connection in its turn, and hands over.

    To set one up and read its first request takes a fifth of a millisecond: two thousand that were
    accepted in one step of the loop kept everybody else waiting for that long.
    """

    def __init__(
        self,
        make: Callable[..., asyncio.Protocol],
        turns: Turns,
        **uvicorns: Any,  # noqa: ANN401 - handed on as they are
    ) -> None:
        self._make = make
        self._turns = turns
        self._uvicorns = uvicorns
        self._transport: asyncio.Transport = cast(Any, None)
        self._early = b""
        """What was said before its turn."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._turns.begin(self._enter)

    def data_received(self, data: bytes) -> None:
        self._early += data
        self._transport.pause_reading()

    def _enter(self) -> None:
        transport = self._transport
        if transport.is_closing():
            return
        protocol = self._make(**self._uvicorns)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if self._early:
            transport.resume_reading()
            protocol.data_received(self._early)

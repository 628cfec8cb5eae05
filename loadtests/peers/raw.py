"""A broadcast by picows and nothing else: what the sockets themselves cost in Python."""

from __future__ import annotations

from typing import Any

import orjson
import uvloop
from picows import (
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    ws_create_server,  # pyright: ignore[reportUnknownVariableType]
)

from loadtests.peers.envelope import envelope

everybody: dict[WSTransport, None] = {}
"""In the order in which they came: there is only one room."""


class Member(WSListener):
    """Speaks as much of Engine.IO and Socket.IO as the load generator asks for."""

    def on_ws_connected(self, transport: WSTransport) -> None:
        transport.send(WSMsgType.TEXT, b'0{"sid":"raw","upgrades":[]}')

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        everybody.pop(transport, None)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.TEXT:
            return
        packet = frame.get_payload_as_bytes()
        if packet.startswith(b"40"):
            transport.send(WSMsgType.TEXT, b'40{"sid":"raw"}')
            return
        at = packet.index(b"[")
        event, asked = orjson.loads(packet[at:])
        answer: dict[str, Any] = {"ok": True}
        if event == "join":
            everybody[transport] = None
            answer["rooms"] = asked["rooms"]
        else:
            told = b"42" + orjson.dumps(["event", envelope(asked, asked["command_id"], 1)])
            for member in everybody:
                member.send(WSMsgType.TEXT, told)
        transport.send(WSMsgType.TEXT, b"43" + packet[2:at] + orjson.dumps([answer]))


def _listen(_request: WSUpgradeRequest) -> Member:
    return Member()


async def serve() -> None:
    server = await ws_create_server(_listen, "127.0.0.1", 0, backlog=4_096)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())

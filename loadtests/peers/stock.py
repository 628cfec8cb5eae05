"""python-socketio as it comes, on uvicorn as it comes."""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from typing import Any, cast

import socketio  # pyright: ignore[reportMissingTypeStubs]
import uvicorn
import uvloop
from socketio.exceptions import (  # pyright: ignore[reportMissingTypeStubs]
    ConnectionRefusedError as Refused,
)

from domain.errors import Unauthenticated
from loadtests.peers.envelope import envelope
from server.auth.tokens import TokenKind, Tokens
from server.clock import SystemClock

Json = dict[str, Any]

tokens = Tokens(os.environ["SECRET_KEY"].encode(), SystemClock())
bus = os.environ.get("REDIS_URL")
manager = socketio.AsyncRedisManager(bus) if bus else None
sio: Any = socketio.AsyncServer(async_mode="asgi", client_manager=manager, cors_allowed_origins="*")
heads: Counter[str] = Counter()


@sio.event
async def connect(sid: str, environ: Json, auth: Json) -> None:
    try:
        claims = tokens.read(auth["token"], TokenKind.ACCESS)
    except Unauthenticated as error:
        raise Refused(error.message) from None
    await sio.save_session(sid, {"user": claims.subject})


@sio.event
async def join(sid: str, asked: Json) -> Json:
    for each in asked["rooms"]:
        await sio.enter_room(sid, each["room"])
    return {"ok": True, "rooms": asked["rooms"]}


@sio.event
async def command(sid: str, note: Json) -> Json:
    room = f"ticket:{note['ticket_id']}:staff"
    heads[room] += 1
    user_id = (await sio.get_session(sid))["user"]
    await sio.emit("event", envelope(note, user_id, heads[room]), room=room)
    return {"ok": True, "seq": heads[room], "result": {"message_id": note["command_id"]}}


@sio.event
async def signal(sid: str, said: Json) -> Json:
    user = (await sio.get_session(sid))["user"]
    told = {**said, "from": {"kind": "agent", "id": user}, "base_seq": 0}
    await sio.emit("signal", told, room=said["room"], skip_sid=sid)
    return {"ok": True}


@sio.on("time")
async def tell_time(sid: str, _asked: Json) -> Json:
    return {"ok": True, "now": time.time_ns() // 1_000_000, "node": "stock"}


async def serve() -> None:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(4_096)
    print("ready", listening.getsockname()[1], flush=True)
    config = uvicorn.Config(
        cast(Any, socketio.ASGIApp(sio)), access_log=False, log_level="error", lifespan="off"
    )
    await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    uvloop.run(serve())

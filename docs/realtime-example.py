"""A chat on `realtime/` by itself, with rooms, join and replay: `python docs/realtime-example.py`.

It needs REDIS_URL. Connect with Socket.IO and `auth {token: <a UUID of yours>, protocol: 1}`;
`join {rooms: [{room: "ticket:<any UUID>:staff"}]}`; say `command {type: "ticket.reply",
command_id, ticket_id, body}`. Who joins again with the `epoch` and `after` they had gets what they
missed; who types and who views is told too. `docs/wire.md` is the rest.
"""

import asyncio
import os
from dataclasses import dataclass

import uvicorn

from domain.audience import staff_room
from domain.ports import Outcome, Publisher
from realtime.cluster import open_redis
from realtime.memory import Anybody, MemoryLog
from realtime.node import Realtime


@dataclass
class Chat:
    log: MemoryLog
    publisher: Publisher

    async def dispatch(self, command, actor):
        said = {"type": "message.posted", "v": 1, "body": command.body}
        room = staff_room(command.ticket_id)
        envelope = self.log.append(room, actor.ref, command.command_id, said)
        self.publisher.publish([envelope])
        return Outcome(envelope.seq, {})


async def serve():
    redis, log = open_redis(os.environ["REDIS_URL"]), MemoryLog()
    async with redis, Realtime(redis=redis, log=log, sessions=Anybody()) as door:
        app = door.mount(None, Chat(log, door.publisher))
        port = int(os.environ.get("PORT", "8000"))
        await uvicorn.Server(uvicorn.Config(app, port=port, ws=door.websocket)).serve()


asyncio.run(serve())

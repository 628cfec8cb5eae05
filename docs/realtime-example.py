"""A chat on `realtime/` by itself, with rooms, join and replay: `python docs/realtime-example.py`.

Connect with Socket.IO and `auth {token: <who you are, a UUID>, protocol: 1}`; `join {rooms: [{room:
"ticket:<any UUID>:staff"}]}`; say `command {type: "ticket.reply", command_id, ticket_id, body}`.
Who joins again with the `epoch` and the `after` that they had gets what they missed.
"""

import asyncio
import os
import time
from collections import defaultdict
from uuid import uuid4

import uvicorn

from domain.access import DEFAULT_ROLES, Actor
from domain.audience import staff_room
from domain.message import ActorKind, Envelope
from domain.ports import Newer, Outcome, RoomRead, Session, Snapshot
from domain.ticket.state import Ticket
from realtime.cluster import open_redis
from realtime.feed import RedisFeeds
from realtime.node import Realtime
from realtime.options import Options

OPEN = Ticket(id=str(uuid4()), number=1)  # What access to a room is judged on: all may enter all.


class Chat:
    """What the door asks for: who comes in, what was said, and how something is said."""

    def __init__(self):
        self.epoch = uuid4().hex  # Another one after a restart: what was said is gone then.
        self.log = defaultdict(list)

    async def authenticate(self, token):
        rights = DEFAULT_ROLES["supervisor"]
        actor = Actor(kind=ActorKind.AGENT, id=token, permissions=rights)
        return Session(token, actor, access_version="1", expires_at=2**52)

    async def recheck(self, sessions):
        return {session.id: session for session in sessions}

    async def snapshot(self, room):
        return Snapshot(
            len(self.log[room]),
            OPEN,
            {"said": [each.model_dump() for each in self.log[room][-50:]]},
        )

    async def read_room(self, room, after, epoch):
        missed = self.log[room][after:] if epoch == self.epoch else None
        return RoomRead(room, self.epoch, len(self.log[room]), OPEN, missed, more=False)

    async def read_gap(self, room, after, upto):
        return self.log[room][after:upto]

    async def newer(self, looked):
        heads = {room: len(self.log[room]) for room in looked}
        return {room: Newer(head, head) for room, head in heads.items() if head > looked[room]}

    async def of(self, ticket_ids):
        return []  # Nobody marks what they have read.

    async def dispatch(self, command, actor):
        log = self.log[room := staff_room(command.ticket_id)]
        said = {"type": "message.posted", "v": 1, "body": command.body}
        place = {"room": room, "epoch": self.epoch, "seq": len(log) + 1, "prev": len(log)}
        who = {"at": time.time_ns() // 10**6, "actor": actor.ref, "command_id": command.command_id}
        log.append(Envelope(**place, **who, events=[said]))
        self.publish(log[-1:])
        return Outcome(len(log), {})


async def serve():
    redis, chat = open_redis(os.environ["REDIS_URL"]), Chat()
    ports = dict.fromkeys(("log", "sessions", "markers", "feed_source"), chat)
    realtime = Realtime(redis=redis, feeds=RedisFeeds(redis), options=Options(), **ports)
    chat.publish = realtime.publisher.publish
    await realtime.start()
    port = int(os.environ.get("PORT", "8000"))
    config = uvicorn.Config(realtime.mount(None, chat), port=port, ws=realtime.websocket)
    await uvicorn.Server(config).serve()
    await realtime.stop()
    await redis.aclose()


if __name__ == "__main__":
    asyncio.run(serve())

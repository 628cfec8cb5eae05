"""The realtime parts of one node, joined: built, mounted, started and stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Self

import socketio  # pyright: ignore[reportMissingTypeStubs]

from domain import audience
from domain.ports import Dispatch, FeedSource, Log, Markers, Publisher, Search, Sessions
from realtime.bus import Bus, Kind
from realtime.cluster import AnyRedis
from realtime.door import Door
from realtime.durable import LogSource
from realtime.fanout import SocketFanout
from realtime.feed import RedisFeeds
from realtime.feed_rooms import FeedRooms
from realtime.gateway import Gateway
from realtime.heads import HeadSweep
from realtime.joins import Joins
from realtime.markers import MarkerBook
from realtime.memory import MemoryMarkers, NoFeeds
from realtime.options import Counters, Options
from realtime.presence import Presence
from realtime.rooms import Rooms
from realtime.sessions import RESTART, Connections
from realtime.signals import Signals
from realtime.source import Source
from realtime.streams import Streams
from realtime.tasks import Tasks

COME_BACK_WITHIN = 5.0


class Realtime:
    """The Socket.IO door of a node.

    `publisher` may be given to dispatch at once; the door opens with `mount`, which needs
    dispatch. `redis` is the caller's, with `decode_responses=False`, and stays open. Without
    `feed_source` feed rooms are empty at first, without `markers` they are this node's own; a log
    and sessions to begin with are in `realtime/memory.py`. `async with` starts and stops it.
    """

    def __init__(
        self,
        *,
        redis: AnyRedis,
        log: Log,
        sessions: Sessions,
        feeds: RedisFeeds | None = None,
        feed_source: FeedSource | None = None,
        markers: Markers | None = None,
        options: Options | None = None,
    ) -> None:
        feeds, markers = feeds or RedisFeeds(redis), markers or MemoryMarkers()
        self.options = options = options or Options()
        self.counters = counters = Counters()
        self._sessions = sessions
        self._gateway: Gateway | None = None
        self._tasks = Tasks()
        self._door = Door(options, self._hear)
        self._fanout = SocketFanout(self._door, options.outbox_bytes, self._overflowed)
        self.bus = Bus(redis, self._receive, options, counters)
        durable, fed = LogSource(log), FeedRooms(feeds, feed_source or NoFeeds())

        def source_of(room: audience.Room) -> Source:
            return durable if room.kind.durable else fed

        self.rooms = Rooms(self._fanout, self.bus, source_of, options)
        self.connections = Connections(sessions, self.bus, self._fanout, options, counters)
        self.streams = Streams(self.rooms, self.bus, options)
        self._signals = Signals(self.rooms, self.bus, self.streams, options)
        self.book = MarkerBook(self.rooms, self.bus, log, markers, options)
        turns = self._door.eio.turns
        self._joins = Joins(self.rooms, self.bus, self.book, self._signals, turns, options)
        self._heads = HeadSweep(self.rooms, self.bus, self.book, options)
        self._presence = Presence(redis, self.connections, options)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def publisher(self) -> Publisher:
        """For dispatch: from a commit to the members of its rooms, here and on other nodes."""
        return self.rooms

    def mount(
        self,
        app: Any,  # noqa: ANN401 - ASGI
        dispatch: Dispatch,
        search: Search | None = None,
    ) -> socketio.ASGIApp:
        """Put the door before an ASGI app, at /socket.io/; commands go to `dispatch`, and where
        there is something to search, questions to `search`."""
        self._gateway = Gateway(
            dispatch=dispatch,
            sessions=self._sessions,
            connections=self.connections,
            rooms=self.rooms,
            joins=self._joins,
            signals=self._signals,
            book=self.book,
            fanout=self._fanout,
            options=self.options,
            search=search,
        )
        door: Any = self._door
        door.on("connect", self._gateway.connect)
        door.on("disconnect", self._gateway.disconnect)
        return socketio.ASGIApp(door, app)

    def websocket(self, **uvicorns: Any) -> asyncio.Protocol:  # noqa: ANN401
        """uvicorn's `ws=`: our own WebSockets, beside the application's others.

        Without it, the door's WebSockets go through the application, at a fifth of the speed.
        """
        return self._door.websocket(**uvicorns)

    async def start(self) -> None:
        """Connect to the bus, and begin to sweep."""
        await self.bus.start()
        sweeps = (self._heads, self.connections, self.book, self._presence)
        for sweep in (*sweeps, self._signals, self.streams):
            self._tasks.spawn(sweep.run())

    def dismiss(self) -> None:
        """Ask every client to reconnect, at different moments; the rest goes on meanwhile."""
        self.connections.close_all(RESTART, COME_BACK_WITHIN)

    async def stop(self) -> None:
        """Dismiss every client and let everything go."""
        self.dismiss()
        await self.book.flush()
        await self._tasks.end()
        self.rooms.stop()
        await self.bus.stop()
        await self._door.shutdown()

    async def kick(self, who: Iterable[str]) -> None:
        """Recheck at once the sessions and people with these ids, on every node."""
        await self.connections.kick(who)

    def _hear(self, sid: str, data: Any, ack_id: int | None) -> None:  # noqa: ANN401
        if self._gateway is not None:
            self._gateway.hear(sid, data, ack_id)

    def _overflowed(self, sid: str) -> None:
        self.connections.overflowed(sid)

    def _receive(self, room: str, kind: Kind, body: bytes) -> None:
        match kind:
            case Kind.EVENT:
                self.rooms.receive(room, body)
                self.streams.overhear(room, body)
            case Kind.STREAM:
                self.streams.receive(room, body)
            case Kind.SIGNAL:
                self._signals.receive(room, body)
            case Kind.COMPANY:
                self._signals.receive_company(body)
            case Kind.MARKER:
                self.book.receive(room, body)
            case Kind.KICK:
                self._tasks.spawn(self.connections.receive_kick(body))

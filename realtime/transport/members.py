"""Who is in which of python-socketio's rooms, indexed from both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, cast

from engineio.packet import MESSAGE, Packet  # pyright: ignore[reportMissingTypeStubs]
from socketio.packet import EVENT  # pyright: ignore[reportMissingTypeStubs]

from realtime.transport.frames import frame
from realtime.transport.library import Manager
from realtime.transport.websocket import WebSocket

MAIN = "/"


class Members(Manager):
    """python-socketio's manager, for many sockets in many rooms.

    A socket that leaves costs its own rooms only, where stock looks through all; the room that
    every socket has for itself is not kept. `websockets` are the sessions of ours in the namespace
    `/`, by their sid there.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pending_connect, self.pending_disconnect = _Lines(), _Lines()
        self.websockets: dict[str, WebSocket] = {}
        self._rooms_of: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    async def pre_connect(self, eio_sid: str, namespace: str) -> str | None:
        sid = await super().pre_connect(eio_sid, namespace)
        session = self.server.eio.sockets.get(eio_sid)
        if sid is not None and namespace == MAIN and isinstance(session, WebSocket):
            self.websockets[sid] = session
        return sid

    async def connect(self, sid: str, namespace: str) -> Any:  # noqa: ANN401
        await super().connect(sid, namespace)
        if namespace == MAIN and (session := self.websockets.get(sid)) is not None:
            session.namespace_sid = sid

    def moved(self, session: WebSocket) -> None:
        """A session goes on over a WebSocket: what is for it goes there from now on."""
        sid = self.sid_from_eio_sid(session.sid, MAIN)
        if sid is not None:
            self.websockets[sid] = session
            if self.is_connected(sid, MAIN):
                session.namespace_sid = sid

    async def emit(
        self,
        event: str,
        data: Any,  # noqa: ANN401
        namespace: str,
        room: Any = None,  # noqa: ANN401
        skip_sid: Any = None,  # noqa: ANN401
        callback: Any = None,  # noqa: ANN401
        to: Any = None,  # noqa: ANN401
        **named: Any,  # noqa: ANN401
    ) -> None:
        """`server.emit` of python-socketio: encoded and framed once for all WebSockets of ours.

        Stock makes a task and a frame for each recipient. What is binary or wants an answer
        takes stock's way.
        """
        several = cast("tuple[Any, ...]", data) if isinstance(data, tuple) else (data,)
        said = [event] if data is None else [event, *several]
        encoded = None
        if callback is None and namespace in self.rooms:
            packet = self.server.packet_class(EVENT, namespace=namespace, data=said)
            encoded = packet.encode()
        if not isinstance(encoded, str):
            await super().emit(
                event, data, namespace, room, skip_sid=skip_sid, callback=callback, to=to, **named
            )
            return
        skipped = cast("list[Any]", skip_sid if isinstance(skip_sid, list) else [skip_sid])
        framed, polled = frame(b"4" + encoded.encode()), Packet(MESSAGE, encoded)
        for sid, eio_sid in list(self.get_participants(namespace, to or room)):
            if sid in skipped:
                continue
            socket = self.server.eio.sockets.get(eio_sid)
            if isinstance(socket, WebSocket):
                socket.write(framed)
            elif socket is not None:
                await socket.send(polled)

    def basic_disconnect(self, sid: str, namespace: str, **_: Any) -> None:  # noqa: ANN401
        if namespace == MAIN and (session := self.websockets.pop(sid, None)) is not None:
            session.namespace_sid = None
        for room in self._rooms_of.pop((namespace, sid), ()):
            super().basic_leave_room(sid, namespace, room)
        super().basic_leave_room(sid, namespace, None)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)

    def basic_enter_room(
        self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None
    ) -> None:
        if room == sid:
            return
        super().basic_enter_room(sid, namespace, room, eio_sid)
        if room is not None:
            self._rooms_of[namespace, sid].add(room)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        super().basic_leave_room(sid, namespace, room)
        self._rooms_of[namespace, sid].discard(room)

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        return [sid, *self._rooms_of.get((namespace, sid), ())]

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
        there = self.rooms.get(namespace, {})
        found: dict[str, str] = {}
        names: list[Any] = [room] if room is None or isinstance(room, str) else room
        for name in names:
            if self.is_sid_room(namespace, name):
                found[name] = there[None][name]
            else:
                found.update(there.get(name, {}))
        yield from found.items()


class _Line(set[str]):
    """Those who are coming or going: stock keeps a list, and looks through it for each."""

    append = set[str].add


class _Lines(dict[str, Any]):
    def __setitem__(self, namespace: str, _: Any) -> None:  # noqa: ANN401
        super().__setitem__(namespace, _Line())

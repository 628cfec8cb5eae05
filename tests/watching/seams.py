"""Where commands come in and bytes go out of a server that runs in the tests' own process."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote_plus
from weakref import WeakKeyDictionary

from tests.watching.watch import Person, Watch

Wrapped = Callable[..., Any]


class Seams:
    """Puts the watch between the parts of the product, as soon as they are imported.

    A part that is not where it was fails every test: a watch that sees nothing is none.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._actors: dict[str, Any] = {}
        self._doors: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self._waiting: list[tuple[str, str, str, Callable[[Wrapped], Wrapped]]] = [
            ("server.dispatch.dispatcher", "Dispatcher", "dispatch", self._dispatch),
            ("server.dispatch.documents", "DocumentDispatch", "dispatch", self._dispatch),
            ("tests.realtime.memory", "Desk", "do", self._do),
            ("server.store.attachments", "AttachmentFolder", "keep", self._keep),
            ("server.auth.sessions", "StoreSessions", "authenticate", self._authenticate),
            ("server.http.guard", "Guard", "__call__", self._guard),
            ("server.mail.letters", "Letter", "to_mail", self._write),
            ("server.mail.post", "Drawer", "_kept", self._drop),
            ("realtime.node", "Realtime", "__init__", self._open),
            ("realtime.fanout", "SocketFanout", "_send", self._send),
            ("realtime.fanout", "SocketFanout", "ack", self._ack),
            ("realtime.transport.engine", "Outbox", "_put", self._put),
            ("engineio.base_socket", "BaseSocket", "__init__", self._connect),
        ]

    def watch_imported(self) -> None:
        """Wrap what was imported since the last time."""
        for seam in list(self._waiting):
            module, owner, method, wrap = seam
            if module in sys.modules:
                part = getattr(sys.modules[module], owner)
                setattr(part, method, wraps(getattr(part, method))(wrap(getattr(part, method))))
                self._waiting.remove(seam)

    # What comes in.

    def _dispatch(self, dispatch: Wrapped) -> Wrapped:
        async def watched(part: Any, command: Any, actor: Any) -> Any:
            content = self._asked(command, actor)
            outcome = await dispatch(part, command, actor)
            self._watch.answered(content, outcome.result)
            return outcome

        return watched

    def _do(self, do: Wrapped) -> Wrapped:
        def watched(desk: Any, command: Any, actor: Any) -> Any:
            content = self._asked(command, actor)
            events = do(desk, command, actor)
            for event in events:
                if message_id := getattr(event, "message_id", None):
                    self._watch.answered(content, {"message_id": message_id})
            return events

        return watched

    def _asked(self, command: Any, actor: Any) -> dict[str, Any]:
        content = command.model_dump(mode="python") | {"type": command.type}
        self._watch.asked(content, by_staff=actor.audience == "staff")
        return content

    def _keep(self, keep: Wrapped) -> Wrapped:
        async def watched(part: Any, draft: Any, file: Any) -> Any:
            self._watch.stored(file.id, file.name)
            return await keep(part, draft, file)

        return watched

    # Who asks.

    def _authenticate(self, authenticate: Wrapped) -> Wrapped:
        async def watched(part: Any, token: str) -> Any:
            session = await authenticate(part, token)
            self._actors[token] = session.actor
            return session

        return watched

    # What goes out.

    def _guard(self, call: Wrapped) -> Wrapped:
        async def watched(
            part: Any, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]
        ) -> None:
            if scope["type"] != "http":
                return await call(part, scope, receive, send)
            given, answer = bytearray(), bytearray()

            async def heard() -> Any:
                message = await receive()
                given.extend(message.get("body", b""))
                return message

            async def sent(message: Any) -> None:
                for pair in message.get("headers", ()):
                    answer.extend(b": ".join(pair) + b"\n")
                answer.extend(message.get("body", b""))
                await send(message)

            try:
                await call(part, scope, heard, sent)
            finally:
                self._answer(scope, given, answer)

        return watched

    def _answer(self, scope: Any, given: bytearray, answer: bytearray) -> None:
        header = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        actor = self._actors.get(header.partition(" ")[2].strip())
        where = f"{scope['method']} {scope['path']}"
        query = unquote_plus(scope.get("query_string", b"").decode("latin-1"))
        asked = f"{where}?{query} {given.decode('utf-8', 'replace')}"
        text = answer.decode("utf-8", "replace")
        self._watch.sent("answers", text, _person(actor), where, asked)

    def _write(self, to_mail: Wrapped) -> Wrapped:
        def watched(letter: Any, sender: str) -> Any:
            self._letter(letter)
            return to_mail(letter, sender)

        return watched

    def _drop(self, kept: Wrapped) -> Wrapped:
        def watched(drawer: Any, letter: Any) -> Any:
            self._letter(letter)
            return kept(drawer, letter)

        return watched

    def _letter(self, letter: Any) -> None:
        text = f"{letter.line}\n{letter.text}"
        self._watch.sent(
            "letters", text, Person(letter.to, letter.to_staff), f"a letter of {letter.id}"
        )

    def _open(self, begin: Wrapped) -> Wrapped:
        def watched(realtime: Any, **parts: Any) -> None:
            begin(realtime, **parts)
            self._doors[realtime._door.eio] = realtime

        return watched

    def _connect(self, begin: Wrapped) -> Wrapped:
        def watched(socket: Any, *arguments: Any) -> None:
            begin(socket, *arguments)
            socket.queue.socket = socket

        return watched

    def _put(self, put: Wrapped) -> Wrapped:
        def watched(outbox: Any, packet: Any) -> None:
            data = getattr(packet, "data", None)
            if isinstance(data, str):
                self._packet(outbox.socket.server, outbox.socket.sid, data)
            put(outbox, packet)

        return watched

    def _send(self, send: Wrapped) -> Wrapped:
        def watched(fanout: Any, said: Any, sids: Any, **how: Any) -> None:
            for sid in sids:
                if (socket := fanout._websockets.get(sid)) is not None:
                    for packet in said.polled:
                        self._packet(fanout._server.eio, socket.sid, packet.data)
                # Those who poll have an outbox.
            send(fanout, said, sids, **how)

        return watched

    def _ack(self, ack: Wrapped) -> Wrapped:
        def watched(fanout: Any, sid: str, ack_id: int, payload: bytes) -> None:
            if (socket := fanout._websockets.get(sid)) is not None:
                self._packet(fanout._server.eio, socket.sid, f"3{ack_id}[{payload.decode()}]")
            ack(fanout, sid, ack_id, payload)

        return watched

    def _packet(self, engine: Any, eio_sid: str, data: str) -> None:
        actor = None
        if (realtime := self._doors.get(engine)) is not None:  # Else it is the transport alone.
            sid = realtime._door.manager.sid_from_eio_sid(eio_sid, "/")
            connection = realtime.connections.get(sid)
            actor = connection.actor if connection else None
        where = "an answer" if data.startswith("3") else "an event"
        self._watch.sent("packets", data, _person(actor), where)


def _person(actor: Any) -> Person:
    if actor is None:
        return Person()
    kind = "guest" if actor.guest else actor.kind.value
    return Person(f"{kind} {actor.id}", actor.audience == "staff")

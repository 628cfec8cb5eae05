"""What clients ask: one table of events, every payload checked, every question answered."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic
from typing import Any, NamedTuple, cast
from uuid import uuid4

from orjson import Fragment
from socketio.exceptions import (  # pyright: ignore[reportMissingTypeStubs]
    ConnectionRefusedError as Refused,
)

from domain.catalog import parse_command
from domain.errors import DomainError, Invalid, RateLimited, Retryable, Unauthenticated
from domain.ports import Dispatch, Search, Sessions
from domain.rates import Bucket
from realtime.connection import Connection
from realtime.fanout import Fanout
from realtime.joins import Joins
from realtime.markers import MarkerBook
from realtime.options import Options
from realtime.rooms import Rooms
from realtime.sessions import Connections
from realtime.signals import Signals
from realtime.wire import (
    PROTOCOL,
    Hello,
    Join,
    Leave,
    Mark,
    Renew,
    Signal,
    Time,
    dump,
    read,
    refusal,
    upgrade_required,
)
from realtime.wire import Search as Asked

log = logging.getLogger(__name__)

Payload = Any
Answer = dict[str, Any]


MOMENTARY = ("signal", "mark")
"""Events with a limit of their own; all others, unknown ones too, share that of the commands."""


class Question(NamedTuple):
    """How an event is answered that must wait for something, and which questions of one
    connection wait for each other."""

    answer: Callable[[Connection, Payload], Awaitable[Answer]]
    subject: Callable[[Payload], str]


class Gateway:
    """Lets connections in and answers them; all state is in the parts it asks."""

    def __init__(
        self,
        *,
        dispatch: Dispatch,
        sessions: Sessions,
        connections: Connections,
        rooms: Rooms,
        joins: Joins,
        signals: Signals,
        book: MarkerBook,
        fanout: Fanout,
        options: Options,
        search: Search | None,
    ) -> None:
        self._dispatch = dispatch
        self._sessions = sessions
        self._connections = connections
        self._rooms = rooms
        self._joins = joins
        self._signals = signals
        self._book = book
        self._fanout = fanout
        self._options = options
        self._in_turn: dict[str, Question] = {
            "command": Question(self._command, _ticket_of),
            "join": Question(self._join, _always("rooms")),
            "leave": Question(self._leave, _always("rooms")),
            "renew": Question(self._renew, _always("session")),
        }
        if search is not None:
            self._in_turn["search"] = Question(partial(_find, search), _always("search"))
        self._at_once: dict[str, Callable[[Connection, Payload], Answer]] = {
            "time": self._time,
            "signal": self._signal,
            "mark": self._mark,
        }

    # Connecting.

    async def connect(self, sid: str, _environ: Any, auth: Any = None) -> None:  # noqa: ANN401
        """Let a socket in, or refuse it with our error shape as the refusal's data."""
        try:
            session = await self._sessions.authenticate(_token_of(auth))
            self._connections.admit(session.actor)
        except DomainError as error:
            raise Refused(error.message, error.as_dict()) from None
        except Exception as error:
            raise Refused("Try again.", _unexpected(error, "connect").as_dict()) from None
        if not self._fanout.alive(sid):
            raise Refused("The connection is gone.")
        options = self._options
        commands = Bucket(options.command_rate, options.command_burst)
        signals = Bucket(options.signal_rate, options.signal_burst)
        self._connections.add(Connection(sid, session, commands, signals))

    async def disconnect(self, sid: str, _reason: str | None = None) -> None:
        self._connections.remove(sid)

    # Asking.

    def hear(self, sid: str, data: Any, ack_id: int | None) -> None:  # noqa: ANN401
        """Answer what a socket sent, or put it in line; called in the order in which it came."""
        connection = self._connections.get(sid)
        if connection is None or not isinstance(data, list) or not data:
            return
        try:
            answer = self._answer(connection, cast("list[Any]", data), ack_id)
        except DomainError as error:
            answer = refusal(error)
        except Exception as error:
            answer = refusal(_unexpected(error, str(cast("list[Any]", data)[0])[:80]))
        if answer is not None:
            self._reply(connection, ack_id, answer)

    def _answer(self, connection: Connection, data: list[Any], ack_id: int | None) -> Answer | None:
        """What waits for nothing is answered in this step of the loop: a task and its turn would
        cost a signal half as much again. None of what is put in line."""
        event, *payloads = data
        if event not in MOMENTARY:
            connection.commands.take(monotonic())
        known = isinstance(event, str)
        at_once = self._at_once.get(event) if known else None
        in_turn = self._in_turn.get(event) if known else None
        if at_once is None and in_turn is None:
            raise Invalid(f"There is no event {str(event)[:80]!r}.")
        if len(payloads) != 1:
            raise Invalid("An event has exactly one payload.")
        [payload] = payloads
        if at_once is not None:
            return {"ok": True, **at_once(connection, payload)}
        assert in_turn is not None
        if connection.lanes.waiting >= self._options.commands_at_once:
            raise RateLimited("Too many at once; wait a moment.", fields={"retry_after": 1.0})
        given = (connection, in_turn.answer, event, payload, ack_id)
        connection.lanes.add(in_turn.subject(payload), self._work, *given)
        return None

    async def _work(
        self,
        connection: Connection,
        answering: Callable[[Connection, Payload], Awaitable[Answer]],
        event: str,
        payload: Payload,
        ack_id: int | None,
    ) -> None:
        try:
            if connection.barred:
                raise Unauthenticated("This session has ended.")
            answer = {"ok": True, **await answering(connection, payload)}
        except DomainError as error:
            answer = refusal(error)
        except Exception as error:
            answer = refusal(_unexpected(error, event))
        self._reply(connection, ack_id, answer)

    def _reply(self, connection: Connection, ack_id: int | None, answer: Answer) -> None:
        if ack_id is None or connection.closed:
            return
        try:
            encoded = dump(answer)
        except TypeError as error:
            encoded = dump(refusal(_unexpected(error, "answer")))
        self._fanout.ack(connection.sid, ack_id, encoded)

    # The table.

    async def _command(self, connection: Connection, payload: Payload) -> Answer:
        outcome = await self._dispatch.dispatch(parse_command(payload), connection.actor)
        return {"seq": outcome.seq, "result": outcome.result}

    async def _join(self, connection: Connection, payload: Payload) -> Answer:
        asked = read(Join, payload)
        return {"rooms": Fragment(await self._joins.join(connection, asked.rooms))}

    async def _leave(self, connection: Connection, payload: Payload) -> Answer:
        self._rooms.leave(connection, read(Leave, payload).rooms)
        return {}

    async def _renew(self, connection: Connection, payload: Payload) -> Answer:
        session = await self._sessions.authenticate(read(Renew, payload).token)
        self._connections.renew(connection, session)
        return {"expires_at": session.expires_at}

    def _time(self, _connection: Connection, payload: Payload) -> Answer:
        read(Time, payload)
        return {"now": self._options.now(), "node": self._options.node}

    def _signal(self, connection: Connection, payload: Payload) -> Answer:
        self._signals.send(connection, read(Signal, payload))
        return {}

    def _mark(self, connection: Connection, payload: Payload) -> Answer:
        connection.signals.take(monotonic())
        return {**self._book.mark(connection, read(Mark, payload))}


async def _find(search: Search, connection: Connection, payload: Payload) -> Answer:
    asked = read(Asked, payload)
    return {"items": await search(connection.actor, asked.q, asked.language, asked.limit)}


def _token_of(auth: Any) -> str:  # noqa: ANN401 - anything may come
    if not isinstance(auth, dict):
        raise Unauthenticated("Send a token to connect.")
    protocol = cast("dict[str, Any]", auth).get("protocol")
    if type(protocol) is not int or protocol < PROTOCOL:
        raise upgrade_required()
    hello = read(Hello, auth)
    if not hello.token:
        raise Unauthenticated("Send a token to connect.")
    return hello.token


def _ticket_of(payload: Payload) -> str:
    """Commands to one ticket wait for each other; new tickets have a line of their own."""
    ticket = cast("dict[str, Any]", payload).get("ticket_id") if isinstance(payload, dict) else None
    return f"ticket:{ticket}" if isinstance(ticket, str) else "ticket"


def _always(subject: str) -> Callable[[Payload], str]:
    return lambda _payload: subject


def _unexpected(error: Exception, event: str) -> Retryable:
    """Log what nobody foresaw, under an id that the asker is told too."""
    trace = uuid4().hex
    log.error("%s failed, trace %s", event, trace, exc_info=error)
    return Retryable("Something went wrong here; try again.", fields={"trace": trace})

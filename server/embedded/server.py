"""Connections: requests in, one at a time each; replies out when they may leave."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Generator
from functools import partial
from time import perf_counter
from typing import cast

from .commands import COMMANDS
from .documents import Document, Value, decode
from .engine import Command, Engine, Request, Steps, check_request
from .errors import MongoError
from .failpoints import Fault
from .retries import once
from .wire import Message, ProtocolError, encode_reply, frame, message_length, parse
from .writer import told

SLICE = 0.003
_PAUSE_READING_AT = 1 << 20
_log = logging.getLogger(__name__)


class Connection(asyncio.Protocol):
    """One client. While a request of its runs, the next ones wait in the buffer."""

    def __init__(self, engine: Engine, connections: set[Connection]) -> None:
        self._engine = engine
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self.busy = False
        self._blocked = False  # The client does not read its replies.
        self._pumping = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._connections.discard(self)
        self._buffer.clear()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._pump()

    def pause_writing(self) -> None:
        self._blocked = True

    def resume_writing(self) -> None:
        self._blocked = False
        self._pump()

    def close(self) -> None:
        """Drop the client without another word."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def end(self) -> None:
        """Send what is on its way, then close."""
        if self._transport is not None:
            self._transport.close()

    def _pump(self) -> None:
        """Handle the messages in the buffer, until one has to wait."""
        if self._pumping:
            return
        self._pumping = True
        try:
            while self._transport is not None and not self.busy and not self._blocked:
                length = message_length(self._buffer)
                if length is None or len(self._buffer) < length:
                    break
                data = bytes(memoryview(self._buffer)[:length])
                del self._buffer[:length]
                self._handle(data)
        except ProtocolError as error:
            _log.info("a connection is closed: %s", error)
            self.close()
        finally:
            self._pumping = False
        if self._transport is not None:
            waiting = self.busy or self._blocked
            if waiting and len(self._buffer) > _PAUSE_READING_AT:
                self._transport.pause_reading()
            elif not waiting and not self._transport.is_reading():
                self._transport.resume_reading()

    def _handle(self, data: bytes) -> None:
        self.busy = True
        try:
            message = parse(data)
        except MongoError as error:  # The frame is sound, what it holds is not.
            request_id = int.from_bytes(data[4:8], "little", signed=True)
            self._finish(Message(request_id, {}, {}), error, Fault())
            return
        fault = Fault()
        try:
            command, request = self._request(message)
            namespace = f"{request.db}.{request.get(request.name)}"
            fault = self._engine.failpoints.strike(request.name, namespace)
            self._start(message, command, request, fault)
        except Exception as error:
            self._finish(message, error, fault)

    def _request(self, message: Message) -> tuple[Command, Request]:
        body = message.body
        name = next(iter(body), "")
        command = COMMANDS.get(name)
        if command is None:
            if name in ("commitTransaction", "abortTransaction"):
                raise MongoError(20, "Transactions are not supported by this store")
            raise MongoError(59, f"no such command: '{name}'")
        request = Request(name, body, message.sequences)
        check_request(command, request)
        return command, request

    def _start(self, message: Message, command: Command, request: Request, fault: Fault) -> None:
        if fault.close_before:
            self.close()
            return
        if fault.error is not None:
            raise fault.error
        done = partial(self._finish, message, fault=fault)
        work = command.run(self._engine, request)
        if callable(work):
            self._engine.writer.submit(work, done)
        elif not isinstance(work, Generator):
            done(work)
        else:
            if request.get("maxTimeMS"):
                work = _timed(work, perf_counter() + request.body["maxTimeMS"] / 1000)
            if "txnNumber" in request.body:
                work = once(self._engine.writing.connection, request, work)
            if command.writes:
                self._engine.writer.submit(work, done)
            else:
                self._read(work, done)

    def _read(self, steps: Steps, done: Callable[[Value], None]) -> None:
        """Run a reading command for a slice of time, and go on after the others."""
        until = perf_counter() + SLICE
        try:
            while perf_counter() < until:
                next(steps)
        except StopIteration as end:
            done(end.value)
        except Exception as error:
            done(error)
        else:
            if self._transport is None:
                steps.close()
            else:
                self._loop.call_soon(self._read, steps, done)

    def _finish(self, message: Message, outcome: Value, fault: Fault) -> None:
        """Send what came out, and turn to the next message."""
        self.busy = False
        if fault.close_after:
            self.close()
        if self._transport is None:
            return
        if message.wants_reply:
            reply = _reply_of(outcome)
            if fault.reported is not None:
                reply = encode_reply(decode(reply) | fault.reported)
            self._transport.write(frame(reply, message))
        if self._engine.stopping:
            self.end()
        else:
            self._pump()


def _reply_of(outcome: Value) -> bytes:
    if isinstance(outcome, Exception):
        outcome = told(outcome).as_reply()
    return outcome if isinstance(outcome, bytes) else encode_reply(cast("Document", outcome))


def _timed(steps: Steps, deadline: float) -> Steps:
    try:
        while True:
            next(steps)
            if perf_counter() > deadline:
                raise MongoError(50, "operation exceeded time limit")
            yield
    except StopIteration as end:
        return end.value

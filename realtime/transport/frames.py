"""RFC 6455 without I/O: what a client's bytes say, and how a server's message looks."""

from __future__ import annotations

import struct
from typing import Final

try:
    from websockets.speedups import apply_mask as unmask  # In C: a message of 350 bytes in 0.1 µs,
except ImportError:
    from websockets.utils import apply_mask as unmask  # where this takes 1.3.

CONTINUATION: Final = 0
TEXT: Final = 1
BINARY: Final = 2
CLOSE: Final = 8
PING: Final = 9
PONG: Final = 10

NORMAL: Final = 1000
PROTOCOL_ERROR: Final = 1002
INVALID_DATA: Final = 1007
POLICY_VIOLATION: Final = 1008
TOO_BIG: Final = 1009
RESTARTS: Final = 1012
TRY_AGAIN_LATER: Final = 1013

WHOLE_TEXT: Final = 0x80 | TEXT
"""How nearly every frame begins."""
CONTROL_BYTES = 125
"""The most that a control frame may carry."""

Message = tuple[int, "str | bytes"]
"""An opcode with its payload: `str` for TEXT, `bytes` for the others. CONTINUATION stands for a
part of a message that is still to be completed, and carries nothing."""

_PARTIAL: Message = (CONTINUATION, b"")


class Violation(Exception):
    """The client broke the protocol: the connection is to be failed with `code`."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """A server's frame: one message, unmasked."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 65_536:
        return struct.pack("!BBH", 0x80 | opcode, 126, size) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, size) + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """What says why a connection ends; a long reason is cut."""
    said = reason.encode()[: CONTROL_BYTES - 2].decode(errors="ignore").encode()
    return frame(code.to_bytes(2, "big") + said, CLOSE)


class Parser:
    """A client's frames, as messages of at most `limit` bytes.

    What is too long is refused when its head is read, before any of it is kept. Between messages
    nothing is kept at all.
    """

    __slots__ = ("_at", "_buffer", "_limit", "_opcode", "_parts")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer: bytes | bytearray = b""
        self._at = 0
        self._opcode = CONTINUATION
        """Of the message whose parts are coming; CONTINUATION between messages."""
        self._parts: bytearray | None = None

    def feed(self, data: bytes) -> None:
        """Take bytes as they came."""
        if not self._buffer:
            self._buffer = data
            return
        if self._at or not isinstance(self._buffer, bytearray):
            self._buffer = bytearray(memoryview(self._buffer)[self._at :])
            self._at = 0
        self._buffer += data

    def next(self) -> Message | None:
        """The next frame's message, None where more bytes are needed; raises Violation.

        A close comes with a sound code and reason, or with nothing.
        """
        found = self._frame()
        if found is None:
            return None
        first, payload = found
        opcode = first & 0x0F
        if opcode >= CLOSE:
            if opcode == CLOSE:
                _check_close(payload)
            return (opcode, payload)
        if first & 0x80 and self._parts is None:
            return (opcode, _text(payload) if opcode == TEXT else payload)
        return self._assemble(first, payload)

    def _frame(self) -> tuple[int, bytes] | None:
        """The first byte and the payload of what is whole in the buffer."""
        buffer, at = self._buffer, self._at
        there = len(buffer) - at
        if there < 2:
            return None
        first, second = buffer[at], buffer[at + 1]
        size = second & 0x7F
        if first != WHOLE_TEXT or second < 0x80 or self._parts is not None:
            self._check_head(first, second, size)
        head = 6
        if size >= 126:
            long = size == 127
            head = 14 if long else 8
            if there < head:
                return None
            size = int.from_bytes(buffer[at + 2 : at + head - 4], "big")
            if size < (65_536 if long else 126):
                raise Violation(PROTOCOL_ERROR, "a length is not in its shortest form")
            if size >= 1 << 63:
                raise Violation(PROTOCOL_ERROR, "a length is no length")
        if size + (len(self._parts) if self._parts and not first & 0x08 else 0) > self._limit:
            raise Violation(TOO_BIG, f"a message may have {self._limit} bytes")
        end = at + head + size
        if len(buffer) < end:
            return None
        payload = unmask(buffer[at + head : end], buffer[at + head - 4 : at + head])
        if end == len(buffer):
            self._buffer, self._at = b"", 0
        else:
            self._at = end
        return first, payload

    def _check_head(self, first: int, second: int, size: int) -> None:
        opcode = first & 0x0F
        if first & 0x70:
            raise Violation(PROTOCOL_ERROR, "no extension was agreed on")
        if not second & 0x80:
            raise Violation(PROTOCOL_ERROR, "a client's frame must be masked")
        if opcode > BINARY:
            if not CLOSE <= opcode <= PONG:
                raise Violation(PROTOCOL_ERROR, "there is no such frame")
            if not first & 0x80 or size > CONTROL_BYTES:
                raise Violation(PROTOCOL_ERROR, "a control frame must be short and whole")
        elif (opcode == CONTINUATION) != (self._parts is not None):
            raise Violation(PROTOCOL_ERROR, "parts of messages are out of order")

    def _assemble(self, first: int, payload: bytes) -> Message:
        if self._parts is None:
            self._opcode, self._parts = first & 0x0F, bytearray()
        self._parts += payload
        if not first & 0x80:
            return _PARTIAL
        opcode, whole = self._opcode, bytes(self._parts)
        self._opcode, self._parts = CONTINUATION, None
        return (opcode, _text(whole) if opcode == TEXT else whole)


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Violation(INVALID_DATA, "a text is not UTF-8") from None


def _check_close(payload: bytes) -> None:
    if not payload:
        return
    code = int.from_bytes(payload[:2], "big")
    registered = 1000 <= code <= 1014 and code not in (1004, 1005, 1006)
    if len(payload) < 2 or not (registered or 3000 <= code <= 4999):
        raise Violation(PROTOCOL_ERROR, "there is no such close code")
    _text(payload[2:])

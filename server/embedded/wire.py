"""OP_MSG on the wire: cutting a byte stream into messages, and framing replies."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import count

from .documents import Document, decode, decode_given, encode
from .errors import MongoError, not_supported

MAX_MESSAGE = 48_000_000
OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
_MORE_TO_COME, _EXHAUST = 2, 1 << 16
_HEADER = struct.Struct("<iiii")
_INT32 = struct.Struct("<i")
_REPLY_HEAD = struct.Struct("<iqii")
_ids = count(1)


class ProtocolError(Exception):
    """The peer does not speak this protocol; the connection is closed without an answer."""


@dataclass(slots=True)
class Message:
    """One request. `sequences` holds documents that came beside the body, still as BSON."""

    request_id: int
    body: Document
    sequences: dict[str, list[bytes]]
    wants_reply: bool = True
    legacy: bool = False


def message_length(buffer: bytearray) -> int | None:
    """The length of the message at the start of the buffer; None if too little is there."""
    if len(buffer) < 16:
        return None
    length, _, _, opcode = _HEADER.unpack_from(buffer)
    if not 16 < length <= MAX_MESSAGE:
        raise ProtocolError(f"a message of {length} bytes")
    if opcode not in (OP_MSG, OP_QUERY):
        raise ProtocolError(f"opcode {opcode}")
    return length


def parse(data: bytes) -> Message:
    """Parse one whole message; MongoError if it can be answered that it is wrong."""
    _, request_id, _, opcode = _HEADER.unpack_from(data)
    try:
        return _parse_query(data, request_id) if opcode == OP_QUERY else _parse(data, request_id)
    except (struct.error, IndexError, UnicodeDecodeError, ValueError) as error:
        raise ProtocolError(str(error)) from error


def _parse(data: bytes, request_id: int) -> Message:
    (flags,) = _INT32.unpack_from(data, 16)
    if flags & 0xFFFF & ~_MORE_TO_COME:
        raise ProtocolError(f"flags {flags:#x}")
    if flags & _EXHAUST:
        raise not_supported("an answer of several messages")
    message = Message(request_id, {}, {}, wants_reply=not flags & _MORE_TO_COME)
    body: bytes | None = None
    position = 20
    while position < len(data):
        kind = data[position]
        (length,) = _INT32.unpack_from(data, position + 1)
        end = position + 1 + length
        if length < 5 or end > len(data):
            raise ProtocolError("a section longer than its message")
        if kind == 0 and body is None:
            body = data[position + 1 : end]
        elif kind == 1:
            name_end = data.index(b"\x00", position + 5, end)
            name = data[position + 5 : name_end].decode()
            if name in message.sequences:
                raise ProtocolError("a document sequence given twice")
            message.sequences[name] = _documents(data, name_end + 1, end)
        else:
            raise ProtocolError(f"a section of kind {kind}")
        position = end
    if body is None:
        raise ProtocolError("a message without a body")
    message.body = decode_given(body)
    return message


def _documents(data: bytes, position: int, end: int) -> list[bytes]:
    documents: list[bytes] = []
    while position < end:
        (length,) = _INT32.unpack_from(data, position)
        if length < 5 or position + length > end:
            raise ProtocolError("a document longer than its section")
        documents.append(data[position : position + length])
        position += length
    return documents


def _parse_query(data: bytes, request_id: int) -> Message:
    """The greeting of drivers that do not know yet whether we speak OP_MSG."""
    name_end = data.index(b"\x00", 20)
    if not data[20:name_end].endswith(b".$cmd"):
        raise ProtocolError("OP_QUERY other than a command")
    body = decode(data[name_end + 9 :])
    name = next(iter(body), "").lower()
    if name not in ("ismaster", "hello"):
        raise ProtocolError("OP_QUERY other than a greeting")
    body["$db"] = data[20:name_end].decode().removesuffix(".$cmd")
    return Message(request_id, body, {}, legacy=True)


def frame(raw: bytes, message: Message) -> bytes:
    """The bytes of an answer to a message."""
    if message.legacy:
        head = _HEADER.pack(36 + len(raw), next(_ids), message.request_id, OP_REPLY)
        return head + _REPLY_HEAD.pack(8, 0, 0, 1) + raw
    head = _HEADER.pack(21 + len(raw), next(_ids) & 0x7FFFFFFF, message.request_id, OP_MSG)
    return head + b"\x00\x00\x00\x00\x00" + raw


def encode_reply(reply: Document) -> bytes:
    """An answer may be a little larger than a document."""
    try:
        return encode(reply)
    except MongoError as error:
        return encode(error.as_reply())


def cursor_reply(batch: list[bytes], cursor_id: int, namespace: str, name: str) -> bytes:
    """`{cursor: {<name>: batch, id, ns}, ok: 1}` around documents that stay as they are."""
    items = b"".join(
        b"".join((b"\x03", str(n).encode(), b"\x00", raw)) for n, raw in enumerate(batch)
    )
    array = _INT32.pack(len(items) + 5) + items + b"\x00"
    text = namespace.encode() + b"\x00"
    cursor = b"".join(
        (
            b"\x04" + name.encode() + b"\x00" + array,
            b"\x12id\x00" + struct.pack("<q", cursor_id),
            b"\x02ns\x00" + _INT32.pack(len(text)) + text,
            b"\x00",
        )
    )
    body = b"\x03cursor\x00" + _INT32.pack(len(cursor) + 4) + cursor + b"\x01ok\x00" + _ONE
    return _INT32.pack(len(body) + 5) + body + b"\x00"


_ONE = struct.pack("<d", 1.0)
